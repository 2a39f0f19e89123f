"""Things that fail in the middle: the store, the connection, the daemon."""
import itertools
import signal
import socket
import struct

import pytest

from daemon import Daemon
from harness import mails
from harness.wait import until

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
INTERNAL = {"ip": "127.0.0.1", "port": 0, "daemon": "LOCAL"}
BOUNCE = {"ip": "127.0.0.1", "port": 0, "daemon": "BOUNCE"}
LATER = "451 4.3.0 the suppression list cannot be read now (suppressd)"


@pytest.fixture
def broken(request):
    """Its index is gone bad; on_error is what the test asks for."""
    made = Daemon(f'on_error = "{request.param}";\n' + SETTINGS)
    try:
        made.start()
        made.done("add", "listed@example.net")
        made.break_store()
        yield made
    finally:
        made.close()


DEFER = pytest.mark.parametrize("broken", ["defer"], indirect=True)
ACCEPT = pytest.mark.parametrize("broken", ["accept"], indirect=True)


@DEFER
def test_store_fails_defer_at_rcpt(broken):
    mta = broken.session()
    assert mta.message(["listed@example.net"]) == ([LATER], None)
    assert "verdict=unknown" in broken.log()
    mta.close()


@DEFER
def test_store_fails_defer_for_internal_mail(broken):
    """Never at RCPT; the whole message, at its end."""
    mta = broken.session(**INTERNAL)
    assert mta.message(["listed@example.net"]) == (["continue"], LATER)
    assert mta.edits == []
    # And the next one is not held up by that.
    assert mta.message(["anna@example.com"]) == (["continue"], "continue")
    mta.close()


@DEFER
def test_store_fails_defer_by_header(broken):
    mta = broken.session()
    assert mta.message(["listed@example.net"],
                       "X-Stream: bulk\n\n.\n", "<bulk@example.com>") == (
        ["continue"], LATER)
    mta.close()


@ACCEPT
@pytest.mark.parametrize("client", [{}, INTERNAL], ids=["smtp", "internal"])
def test_store_fails_accept(broken, client):
    mta = broken.session(**client)
    assert mta.message(["listed@example.net"]) == (["continue"], "continue")
    assert mta.edits == []
    assert "action=accept" in broken.log()
    mta.close()


@DEFER
def test_store_fails_a_report_comes_again(broken):
    mta = broken.session(**BOUNCE)
    answers, last = mta.message(["news@example.com"],
                                mails.dsn("dead@example.net"), "")
    assert answers == ["continue"]
    assert last.startswith("451 4.3.0 the report cannot be recorded now")
    mta.close()


def the_steps(mta, mail):
    """A message, one packet a step."""
    yield lambda: mta.connect(**BOUNCE)
    yield mta.helo
    yield lambda: mta.mail("")
    yield lambda: mta.rcpt("news@example.com")
    yield lambda: mta.header("Subject", "Bounce")
    yield mta.eoh
    yield lambda: mta.body(mail.encode())
    yield mta.eom


@pytest.mark.parametrize("steps", range(9))
def test_dropped_after_each_step(daemon, steps):
    """Several at once; what leaks, a sanitizer tells at the end."""
    for client in (0, 1, 2):
        mta = daemon.mta()
        for step in itertools.islice(
                the_steps(mta, mails.dsn("x@example.net")), steps):
            step()
        if client == 1:
            mta.send("B", b"")
        mta.drop()
    mta = daemon.session()
    assert mta.message(["anna@example.net"])[1] == "continue"
    mta.close()


PACKETS = [
    b"", b"\0", b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\5M<>", b"\xff\xff\xff\xffM",
    b"\0\0\0\1M", b"\0\0\0\1R", b"\0\0\0\1C", b"\0\0\0\2C4", b"\0\0\0\1O",
    b"\0\0\0\1Z", b"\0\0\0\3Rab", b"\0\0\0\2DR", b"\0\0\0\4DRab",
    struct.pack("!L", 70000) + b"B" + b"x" * 69999,
]


@pytest.mark.parametrize("packet", PACKETS, ids=range(len(PACKETS)))
@pytest.mark.parametrize("steps", [0, 2, 4, 7])
def test_broken_packets(daemon, packet, steps):
    mta = daemon.mta()
    for step in itertools.islice(
            the_steps(mta, mails.dsn("x@example.net")), steps):
        step()
    try:
        mta.socket.sendall(packet)
        mta.socket.shutdown(socket.SHUT_WR)
        while mta.socket.recv(65536):
            pass
    except OSError:
        pass  # it has closed already
    mta.drop()
    mta = daemon.session()
    assert mta.message(["anna@example.net"])[1] == "continue"
    mta.close()


def test_reload_within_a_session(daemon):
    daemon.done("add", "listed@example.net")
    mta = daemon.session()
    mta.mail()
    for _ in range(3):
        assert "not reloaded" not in daemon.reload()
        assert mta.rcpt("listed@example.net").startswith("550")
        assert mta.rcpt("anna@example.net") == "continue"
    mta.eoh()
    assert mta.eom() == "continue"
    mta.close()


@pytest.fixture
def own():
    """A daemon that the test may end."""
    made = Daemon(SETTINGS)
    try:
        made.start()
        made.done("add", "listed@example.net")
        yield made
    finally:
        made.close()


def test_stopped_within_a_message(own):
    """At each step. No answer says more than "later", none stays away, and
    it ends well in a few seconds."""
    sessions = []
    for steps in range(8):
        mta = own.mta()
        todo = the_steps(mta, mails.dsn("dead@example.net"))
        for step in itertools.islice(todo, steps):
            step()
        sessions.append((mta, todo))
    own.process.send(signal.SIGTERM)
    for mta, todo in sessions:
        try:
            for step in todo:
                assert step() in (None, "continue", "tempfail")
        except OSError:
            pass  # it has closed: the mailer says "later" itself
        mta.drop()
    assert own.process.popen.wait(20) == 0


def test_stopped_with_idle_sessions(own):
    """What a busy mailer leaves open does not hold it up."""
    idle = [own.session() for _ in range(20)]
    for mta in idle[:10]:
        mta.mail()
        mta.rcpt("listed@example.net")
    own.stop()
    for mta in idle:
        mta.drop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT,
                                    signal.SIGHUP])
def test_stops_by(own, number):
    assert own.process.stop(number) == 0
    assert own.log().splitlines()[-1] == "suppressd: stopped"


def test_reloads_while_it_stops(own):
    """None of them finds the configuration gone."""
    own.process.send(signal.SIGTERM)
    until(lambda: own.process.send(signal.SIGUSR1) or own.process.ended(),
          "it stops")
    assert own.process.popen.returncode == 0


def test_new_sessions_while_it_stops(own):
    own.process.send(signal.SIGTERM)

    def again():
        try:
            mta = own.mta()
            mta.drop()
        except (OSError, AssertionError):
            pass
        return own.process.ended()

    until(again, "it stops")
    assert own.process.popen.returncode == 0
