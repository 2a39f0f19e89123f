"""backup and restore: the store in one file, and back."""
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tarfile

import pytest

from program import FAILED, USAGE


@pytest.fixture
def backup(listed, home):
    """A backup of the store `listed`, and what was on the list."""
    file = home / "backup.tar"
    listed.done("backup", file)
    return file


def reasons(ctl):
    return sorted((json.dumps(row) for row in ctl.json("list")))


def test_tar_and_b2sum_read_it(backup):
    with tarfile.open(backup) as archive:
        members = archive.getmembers()
        assert [m.name for m in members] == [
            "backup.json", "key", "journal/0000000001.jsonl", "checksum"]
        told = archive.extractfile("checksum").read().decode().strip()
        covered = backup.read_bytes()[:members[-1].offset]
        assert json.load(archive.extractfile("backup.json"))["segments"] == 1
    assert hashlib.blake2b(covered, digest_size=32).hexdigest() == told
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_it_comes_back(listed, home, backup):
    before = reasons(listed)
    old = listed.store
    listed.done("add", "later@example.com")
    row, = listed.json("restore", backup)
    assert row["values"] > 0 and row["suppressed"] > 0
    assert reasons(listed) == before
    # the old one is kept, as it was
    listed.store = home / os.path.basename(row["kept"])
    assert "later@example.com" in listed.values()
    listed.store = old
    assert listed.json("verify")[0]["faults"] == 0


def test_on_a_new_host(listed, home, backup):
    before = reasons(listed)
    listed.store = home / "other"
    assert listed.json("restore", backup)[0]["kept"] == ""
    assert reasons(listed) == before


def identities(ctl):
    """Who wrote each event: node and incarnation."""
    lines = "".join(path.read_text() for path in
                    sorted((ctl.store / "journal").glob("*.jsonl")))
    events = [json.loads(line) for line in lines.splitlines()]
    return [(e["node"], e["inc"], e["seq"]) for e in events if "lsn" in e]


def test_events_after_it_have_a_new_incarnation(listed, backup):
    before = identities(listed)
    listed.done("restore", backup)
    listed.done("add", "one@example.com")
    listed.done("add", "two@example.com")
    *old, one, two = identities(listed)
    assert old == before
    assert one[0] == before[0][0] and one[1] != before[0][1]
    assert one[2] == 1 and two == (one[0], one[1], 2)
    assert listed.json("verify")[0]["faults"] == 0


def test_through_a_pipe(listed, home):
    before = reasons(listed)
    archive = listed.run("backup", "-").stdout
    listed.store = home / "other"
    assert listed.run("restore", "-", stdin=archive).returncode == 0
    assert reasons(listed) == before


def test_one_that_is_damaged_changes_nothing(listed, home, backup):
    before = reasons(listed)
    whole = backup.read_bytes()
    for at in (0, 130, 600, 1100, len(whole) // 2, len(whole) - 1500):
        bad = bytearray(whole)
        bad[at] ^= 1
        backup.write_bytes(bad)
        assert "no whole backup" in listed.refused(FAILED, "restore", backup)
    for length in (0, 100, 512, len(whole) // 2, len(whole) - 2000):
        backup.write_bytes(whole[:length])
        assert "no whole backup" in listed.refused(FAILED, "restore", backup)
    assert reasons(listed) == before
    assert [p.name for p in home.iterdir() if "restoring" in p.name] == []


def test_a_store_in_use_is_not_replaced(listed, backup):
    with open(listed.store / "lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = listed.refused(FAILED, "restore", backup)
    assert "in use: stop suppressd first" in said


def test_nothing_is_written_over(listed, home, backup):
    assert "exists" in listed.refused(USAGE, "backup", backup)
    assert "No such file" in listed.refused(USAGE, "restore", home / "none")
    (home / "store.restoring").mkdir()
    assert "interrupted" in listed.refused(FAILED, "restore", backup)
    shutil.rmtree(home / "store.restoring")


def test_while_it_is_written(listed, home):
    """A batch that is half there is not in it."""
    segment = listed.store / "journal/0000000001.jsonl"
    before = reasons(listed)
    with open(segment, "ab") as journal:
        journal.write(b'{"v":1,"lsn":99,"b":')
    listed.done("backup", home / "backup.tar")
    listed.store = home / "other"
    listed.done("restore", home / "backup.tar")
    assert reasons(listed) == before
