"""Reports that come back: whose content is read, and that what was learned
is on the disk when the end of the message is answered."""
import signal

import pytest

from daemon import Daemon
from harness import mails
from signing import STRANGER

LIMIT = 100000
SETTINGS = f"""\
inbound = {{
    bounces = [ "@bounces.example.com" ];
    complaints = [ "fbl@example.com" ];
    own_domains = [ "example.com" ];
    report_max_bytes = {LIMIT};
}};
"""
# bounce(8) with its own cleanup(8).
BOUNCE = {"ip": "127.0.0.1", "port": 0, "daemon": "BOUNCE"}


@pytest.fixture
def bounce(daemon):
    session = daemon.session(**BOUNCE)
    yield session
    session.close()


def report(mta, mail, recipient="news@example.com", sender=""):
    return mta.message([recipient], mail, sender)


@pytest.mark.parametrize("sender", ["", "<>"])
def test_our_own_bounce_suppresses(daemon, bounce, fresh, sender):
    dead = fresh("dead")
    assert report(bounce, mails.dsn(dead), sender=sender) == (
        ["continue"], "continue")
    assert bounce.edits == []
    assert daemon.is_suppressed(dead)


def test_a_strangers_bounce_is_kept_and_suppresses_nobody(daemon, stranger,
                                                          fresh):
    victim = fresh("victim")
    answers = report(stranger, mails.dsn(victim),
                     "<tok9@bounces.example.com>")
    assert answers == (["continue"], "continue")
    assert not daemon.is_suppressed(victim)
    assert "unverified" in daemon.done("--json", "history", victim)


def test_the_same_to_somebody_else_is_not_read(daemon, stranger, fresh):
    victim = fresh("victim")
    stranger.mail("<>")
    stranger.rcpt("<anna@example.com>")
    assert stranger.content(mails.dsn(victim)) == "skip"
    assert stranger.eom() == "continue"
    assert daemon.json("history", victim) == []


def test_several_reports_in_one_session(daemon, bounce, fresh):
    dead = [fresh("dead") for _ in range(3)]
    for value in dead:
        report(bounce, mails.dsn(value, message_id=value))
    assert all(daemon.is_suppressed(value) for value in dead)


def test_an_aborted_report_teaches_nothing(daemon, bounce, fresh):
    dead, other = fresh("dead"), fresh("dead")
    bounce.mail("")
    bounce.rcpt("news@example.com")
    bounce.content(mails.dsn(dead))
    bounce.abort()
    report(bounce, mails.dsn(other))
    assert not daemon.is_suppressed(dead)
    assert daemon.is_suppressed(other)


def test_nothing_leaks_from_a_report_into_other_mail(stranger, fresh):
    report(stranger, mails.dsn(fresh()), "<b@bounces.example.com>")
    stranger.mail("<anna@example.net>")
    stranger.rcpt("<berta@example.com>")
    assert stranger.content("Subject: Hello\n\nHello.\n") == "skip"
    assert stranger.eom() == "continue"


def in_pieces(mta, mail, size):
    """Its content in chunks of that size; the answers, cut at a skip."""
    data, answers = mta.headers(mail), []
    for at in range(0, len(data), size):
        answers.append(mta.body(data[at:at + size]))
        if answers[-1] == "skip":
            break
    return answers


@pytest.mark.parametrize("size", [1, 7, 100, 65535])
def test_a_body_in_pieces(daemon, bounce, fresh, size):
    dead = fresh("dead")
    bounce.mail("")
    bounce.rcpt("news@example.com")
    assert set(in_pieces(bounce, mails.dsn(dead), size)) == {"continue"}
    assert bounce.eom() == "continue"
    assert daemon.is_suppressed(dead)


@pytest.mark.parametrize("more, read", [(LIMIT - 10000, True),
                                        (LIMIT, False)])
def test_read_up_to_report_max_bytes(daemon, bounce, fresh, more, read):
    dead = fresh("dead")
    mail = mails.dsn(dead).replace("Hello.\n", "Hello, you.\n" * (more // 12))
    bounce.mail("")
    bounce.rcpt("news@example.com")
    answers = in_pieces(bounce, mail, 9000)
    assert (answers[-1] == "continue") == read
    assert set(answers[:-1]) == {"continue"}
    assert bounce.eom() == "continue"
    assert daemon.is_suppressed(dead) == read


def test_odd_bytes(daemon, bounce, fresh):
    """NUL, 8-bit and lines without end: read, or not, and delivered on."""
    dead = fresh("dead")
    every = bytes(range(256)) * 40
    bounce.mail("")
    bounce.rcpt("news@example.com")
    bounce.header("X-Odd", bytes(set(range(1, 256)) - {10, 13}))
    assert bounce.content(mails.dsn(dead)) == "continue"
    assert bounce.body(every) == "continue"
    assert bounce.eom() == "continue"
    assert daemon.is_suppressed(dead)
    assert daemon.log().count("\n") == len(daemon.log().splitlines())


@pytest.mark.parametrize("mail", ["", "\n\n", "Subject: x\n\n", "\n\n\n"])
def test_empty_mail(bounce, mail):
    bounce.mail("")
    bounce.rcpt("news@example.com")
    bounce.content(mail)
    assert bounce.eom() == "continue"


def test_no_rcpt_no_headers_no_body(daemon, bounce):
    bounce.mail("")
    bounce.rcpt("news@example.com")
    assert bounce.eom(i="Q1") == "continue"
    assert daemon.mta().steps


@pytest.mark.settings
def test_what_is_not_believed_is_delivered(daemon, fresh):
    daemon.change(SETTINGS.replace(
        "own_domains", 'processed = "discard"; own_domains'))
    mta = daemon.session(**STRANGER)
    assert report(mta, mails.dsn(fresh()), "<b@bounces.example.com>")[1] \
        == "continue"
    mta.close()


def test_learned_before_it_is_answered(fresh):
    """kill -9 right behind the answer: the list has it."""
    daemon = Daemon(SETTINGS)
    try:
        daemon.start()
        for _ in range(5):
            dead = fresh("dead")
            mta = daemon.session(**BOUNCE)
            assert report(mta, mails.dsn(dead, message_id=dead))[1] \
                == "continue"
            daemon.process.send(signal.SIGKILL)
            daemon.process.popen.wait(30)
            mta.drop()
            assert daemon.is_suppressed(dead)
            daemon.start()
            mta = daemon.session()
            assert mta.message([dead])[0][0].startswith("550")
            mta.close()
        daemon.done("verify")
    finally:
        daemon.close()
