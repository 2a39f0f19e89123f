"""Ten thousand forged reports in a row: memory, disk, log and the list of
what waits for a person stay bounded, and real reports still get through."""
import os

import pytest

from harness import mails
from mta import Mta
from signing import STRANGER, Signing, bounce_of, send

REPORTS = 10000
REPEATED = 300
PER_DAY = 40
REAL_EVERY = 2500
LINES_A_MINUTE = 60
FILLED = 2000


class Batch(Mta):
    """Sends what needs no answer together with what does."""

    def __init__(self, *arguments, **options):
        self.waiting = []
        super().__init__(*arguments, **options)

    def send(self, command, data=b""):
        self.waiting.append((len(data) + 1).to_bytes(4, "big")
                            + command.encode() + data)

    def read(self):
        self.socket.sendall(b"".join(self.waiting))
        self.waiting = []
        return super().read()


@pytest.fixture(name="daemon")
def flooded_daemon():
    made = Signing(more=f"review = {{ per_day = {PER_DAY}; }};")
    try:
        made.done("key", "new", "ours")
        made.start()
        yield made
    finally:
        made.close()


def memory_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as f:
        line, = [line for line in f if line.startswith("VmRSS:")]
    return int(line.split()[1])


def disk_bytes(daemon):
    return sum(os.stat(os.path.join(folder, name)).st_blocks * 512
               for folder, _, names in os.walk(daemon.store)
               for name in names)


def fill_shards(daemon):
    """A shard of the index grows when it is first written to."""
    values = os.path.join(daemon.home, "values")
    with open(values, "w", encoding="ascii") as f:
        f.writelines(f"fill-{n}@example.org\n" for n in range(FILLED))
    daemon.done("add", "-f", values)
    daemon.done("remove", "-f", values)


def forge(session, n):
    """Each about somebody else, every third with a token."""
    victim = f"victim-{n}@flood.example"
    report = (bounce_of(victim, "aaaa" * 40) if n % 3 == 0 else
              mails.dsn(victim, message_id=victim))
    _, answer = session.message(["<b@bounces.example.com>"], report,
                                sender="<>")
    assert answer == "continue"


def test_ten_thousand_forged_reports(daemon, fresh):
    session = Batch(daemon.socket)
    session.connect(**STRANGER)
    session.helo()
    ours = daemon.session()
    real = []
    fill_shards(daemon)
    memory = disk = 0
    for n in range(REPORTS):
        forge(session, n)
        if n == 1000:
            memory, disk = memory_kib(daemon), disk_bytes(daemon)
        if n % REAL_EVERY == REAL_EVERY - 1:
            dead = fresh("dead")
            real.append(dead)
            report = bounce_of(dead, send(ours, dead))
            assert session.message(["<b@bounces.example.com>"], report,
                                   sender="<>")[1] == "continue"
    # One that was kept comes again and again.
    for _ in range(REPEATED):
        forge(session, 0)
    if not os.environ.get("SANITIZE"):
        assert memory_kib(daemon) - memory < 8 * 1024
    assert disk_bytes(daemon) - disk < len(real) * 1024 * 1024
    assert len(daemon.json("review", "list")) == PER_DAY
    assert all(daemon.is_suppressed(dead) for dead in real)
    assert {row["value"] for row in daemon.json("list")} == set(real)
    session.drop()
    ours.close()
    daemon.stop()
    judge_log(daemon.log(), len(real))


def judge_log(log, real):
    """Each minute has its lines at most, and the sums are told."""
    lines = log.splitlines()
    told = [line for line in lines if "outcome=" in line]
    sums = [line for line in lines if "more reports changed nothing" in line]
    assert len(told) <= real + (1 + len(sums)) * LINES_A_MINUTE
    assert len(lines) - len(told) < 10 + 3 * len(sums)
    assert sum("token=it is cut, changed" in line for line in told) > 0
    assert sums[-1].endswith(f": {-(-REPORTS // 3) + REPEATED}")
    last = [line for line in lines if "review.per_day" in line][-1]
    assert f": {REPORTS - PER_DAY} were not kept" in last
