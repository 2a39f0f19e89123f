"""Many sessions at once, with changes, reports and reloads beside them; for
the build with the thread sanitizer, which ends the daemon when it finds
something."""
import itertools
import threading

import pytest

from harness import mails

SESSIONS, MESSAGES = 20, 15
SETTINGS = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    own_domains = [ "example.com" ];
};
streams = (
    { name = "removing"; sender = [ "remove@example.com" ];
      action = "remove"; },
    { name = "bulk"; sender = [ "bulk@example.com" ];
      header = [ "X-Stream: bulk" ]; }
);
"""
BOUNCE = {"ip": "127.0.0.1", "port": 0, "daemon": "BOUNCE"}

pytestmark = pytest.mark.parallel


def outbound(daemon, name, bad):
    """Mails of each kind in one session."""
    mta = daemon.session()
    for n in range(MESSAGES):
        good = f"{name}-{n}@example.net"
        answers, last = mta.message([bad, good])
        assert answers[0].startswith("550") and answers[1] == "continue"
        assert (last, mta.edits) == ("continue", [])
        for sender, mail in [("remove@example.com", ".\n\n.\n"),
                             ("bulk@example.com", "X-Stream: bulk\n\n.\n")]:
            answers, last = mta.message([good, bad], mail, f"<{sender}>")
            assert answers == ["continue"] * 2
            assert (last, mta.removed()) == ("continue", [bad.encode()])
        if n % 5 == 4:
            mta.drop()
            mta = daemon.session()
    mta.close()


def inbound(daemon, name, bad):
    """Reports; each is on the list once it is answered."""
    mta = daemon.session(**BOUNCE)
    for n in range(MESSAGES):
        dead = f"dead-{name}-{n}@example.net"
        assert mta.message(["news@example.com"],
                           mails.dsn(dead, message_id=dead), "")[1] \
            == "continue"
        other = daemon.session()
        assert other.message([dead])[0][0].startswith("550")
        other.close()
    mta.close()
    assert bad


def changes(daemon, name, _bad):
    """The companion, through the writer's socket."""
    for n in range(MESSAGES // 3):
        value = f"changed-{name}-{n}@example.net"
        mta = daemon.session()
        daemon.done("add", value)
        assert mta.message([value])[0][0].startswith("550")
        daemon.done("remove", value)
        assert mta.message([value]) == (["continue"], "continue")
        mta.close()


class Work(threading.Thread):
    def __init__(self, what, *arguments):
        super().__init__()
        self.what = what
        self.arguments = arguments
        self.failure = None

    def run(self):
        try:
            self.what(*self.arguments)
        except BaseException as error:  # told by the main thread
            self.failure = error


def test_many_at_once(daemon, listed):
    bad = listed()
    kinds = itertools.cycle([outbound, outbound, inbound, outbound, changes])
    work = [Work(what, daemon, str(n), bad)
            for n, what in zip(range(SESSIONS), kinds)]
    for w in work:
        w.start()
    while any(w.is_alive() for w in work):
        assert "not reloaded" not in daemon.reload()
        for w in work:
            w.join(0.2 / SESSIONS)
    assert [w.failure for w in work] == [None] * SESSIONS
    daemon.done("verify")
    # A stop under load, too: no answer but "later", and a clean end.
    mtas = [daemon.session() for _ in range(SESSIONS)]
    for mta in mtas:
        mta.mail("<remove@example.com>")
        mta.rcpt(bad)
    daemon.stop()
    for mta in mtas:
        mta.drop()
