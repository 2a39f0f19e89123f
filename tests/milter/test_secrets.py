"""No secret of a key where somebody could find it: in a core dump, or in
what is printed."""
import hashlib
import os
import re

import pytest

from harness import mails
from signing import (STRANGER, Signing, bounce_of, bring_back, send,
                     with_key)

# What a token's key derives from the secret of its file: policy/keys.h.
CONTEXT = b"supprssd"
PURPOSES = range(2, 7)


@pytest.fixture(name="daemon", scope="module")
def signing_daemon():
    yield from with_key(Signing())


@pytest.fixture(scope="module")
def secrets(daemon):
    """{name: bytes} of all that must not be found; base/hash.h says how keys
    are derived (libsodium's crypto_kdf)."""
    with open(f"{daemon.keys}/first.key", encoding="ascii") as f:
        digits = f.read().split()[-1]
    secret = bytes.fromhex(digits)
    found = {"the secret": secret, "its digits": digits.encode()}
    for purpose in PURPOSES:
        found[f"key {purpose}"] = hashlib.blake2b(
            key=secret, digest_size=32,
            salt=purpose.to_bytes(8, "little").ljust(16, b"\0"),
            person=CONTEXT.ljust(16, b"\0")).digest()
    return found


def areas(pid):
    """(begin, end, is dumped) of the memory that is there: core(5) leaves out
    what has the flag dd, madvise(2) MADV_DONTDUMP."""
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as f:
        text = f.read()
    head = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (r\S+) .*$", re.MULTILINE)
    places = list(head.finditer(text))
    for i, m in enumerate(places):
        end = places[i + 1].start() if i + 1 < len(places) else len(text)
        rest = text[m.end():end]
        resident = int(re.search(r"^Rss: +(\d+)", rest, re.MULTILINE)[1])
        flags = re.search(r"^VmFlags:(.*)$", rest, re.MULTILINE)[1].split()
        if resident > 0 and "[v" not in m[0]:
            yield int(m[1], 16), int(m[2], 16), "dd" not in flags


def memory(pid, dumped):
    """What a core dump would hold, or what it would not."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as f:
        for begin, end, is_dumped in areas(pid):
            if is_dumped == dumped:
                f.seek(begin)
                try:
                    yield f.read(end - begin)
                except OSError:
                    pass  # a guard page


def use(daemon, fresh):
    """Makes and reads tokens of each form."""
    ours = daemon.session()
    one, two, three = fresh(), fresh(), fresh()
    stranger = daemon.session(**STRANGER)
    bring_back(stranger, bounce_of(one, send(ours, one)))
    bring_back(stranger, bounce_of(two, send(ours, two, three)))
    bring_back(stranger, bounce_of(one, "a" * 160))
    bring_back(stranger, mails.dsn(three, message_id=three))
    assert daemon.is_suppressed(one) and daemon.is_suppressed(two)
    stranger.close()
    ours.close()


@pytest.mark.skipif(bool(os.environ.get("SANITIZE")),
                    reason="a sanitizer keeps terabytes beside the memory")
def test_no_core_dump_has_it(daemon, secrets, fresh):
    for _ in range(3):
        use(daemon, fresh)
    daemon.reload()
    use(daemon, fresh)
    pid = daemon.process.pid
    dumped = list(memory(pid, True))
    assert sum(map(len, dumped)) > 1 << 20
    for name, bytes_ in secrets.items():
        assert not any(bytes_ in area for area in dumped), name
    # And yet it is there: we do look at the right bytes.
    hidden = list(memory(pid, False))
    for purpose in PURPOSES:
        assert any(secrets[f"key {purpose}"] in area for area in hidden)


def test_nothing_that_is_printed_has_it(daemon, secrets, fresh):
    use(daemon, fresh)
    path = f"{daemon.keys}/first.key"
    said = daemon.done("--json", "key", "list")
    os.chmod(path, 0o644)
    try:
        said += daemon.ctl("key", "list").stderr + daemon.run("-t").stderr
        said += daemon.ctl("--json", "doctor").stdout
    finally:
        os.chmod(path, 0o600)
    with open(path, "r+", encoding="ascii") as f:
        good = f.read()
        f.write("more\n")
    try:
        said += daemon.ctl("key", "list").stderr + daemon.run("-t").stderr
    finally:
        with open(path, "w", encoding="ascii") as f:
            f.write(good)
    said += daemon.log()
    assert path in said
    for name, bytes_ in secrets.items():
        for text in (bytes_.hex(), bytes_.hex().upper(),
                     bytes_.decode("latin-1")):
            assert text not in said and text[:16] not in said, name
