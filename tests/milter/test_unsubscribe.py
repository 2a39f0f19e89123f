"""List-Unsubscribe and CFBL-Address on mail that goes out, and the mails by
which somebody unsubscribes."""
import re

import pytest

from harness import mails
from signing import STRANGER, Signing, with_key

SETTINGS = """\
token = {{ keys = "{keys}"; }};
inbound = {{
    complaints = [ "fbl@example.com" ];
    unsubscribe = [ "unsub@example.com" ];
    own_domains = [ "example.com" ];
    authserv_ids = [ "mx.example.com" ];
}};
streams = (
    {{ name = "receipts"; sender = [ "shop@example.com" ];
      blocks = [ "bounced", "user" ]; }},
    {{ name = "offers"; header = [ "X-Stream: offers" ];
      unsubscribe_mailto = "unsub+@example.com"; unsubscribe_all = true; }},
    {{ name = "news"; token = true; action = "{action}";
      unsubscribe_mailto = "unsub@example.com";
      unsubscribe_https = "https://lists.example.com/u/";
      cfbl = "fbl@example.com"; }}
);
"""
OFFERS = "X-Stream: offers\nSubject: Offers\n\nBuy.\n"


class Lists(Signing):
    def settings(self, action="reject", **others):
        return SETTINGS.format(**{"keys": self.keys, "action": action,
                                  **others})


@pytest.fixture(name="daemon", scope="module")
def lists_daemon():
    yield from with_key(Lists())


def send(mta, *recipients, **options):
    """What is added to a message: {name: value}, no name twice."""
    _, answer = mta.message([f"<{r}>" for r in recipients], **options)
    assert answer == "continue"
    added = [tuple(data.decode().split("\0")) for command, data in mta.edits
             if command == "h"]
    assert len(dict(added)) == len(added)
    return dict(added)


def unsubscribe(stranger, sender, to, subject):
    """Sends one as Apple Mail does."""
    stranger.mail(f"<{sender}>")
    assert stranger.rcpt(f"<{to}>") == "continue"
    stranger.content(mails.apple(sender, to, subject))
    assert stranger.eom() == "continue"
    assert stranger.edits == []


def reasons(daemon, value):
    return {(row["source"], row["stream"])
            for row in daemon.json("list") if row["value"] == value}


def refused(daemon, value, **options):
    session = daemon.session()
    answers, last = session.message([f"<{value}>"], **options)
    session.close()
    return last != "continue" or answers[0].startswith("550")


def test_all_of_them(mta, fresh):
    added = send(mta, fresh())
    assert set(added) == {"X-Suppressd-Id", "List-Unsubscribe",
                          "List-Unsubscribe-Post", "CFBL-Address",
                          "CFBL-Feedback-ID"}
    assert re.fullmatch(
        r"<mailto:unsub@example\.com\?subject=unsubscribe%20([a-z2-7]+)>,\n\t"
        r"<https://lists\.example\.com/u/\1>", added["List-Unsubscribe"])
    # RFC 8058 3.1
    assert added["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # RFC 9477 5.1
    assert added["CFBL-Address"] == "fbl@example.com; report=arf"
    assert re.fullmatch(r"[a-z2-7\s]+", added["CFBL-Feedback-ID"])


def test_by_stream(mta, fresh):
    assert send(mta, fresh(), sender="<shop@example.com>") == {}
    added = send(mta, fresh(), mail=OFFERS)
    assert set(added) == {"List-Unsubscribe"}
    assert re.match(r"<mailto:unsub\+[a-z2-7]{37}@example\.com\?subject=",
                    added["List-Unsubscribe"])


def test_nothing_without_a_key(daemon, fresh):
    daemon.change(daemon.settings(keys=f"{daemon.top}/none"))
    try:
        mta = daemon.session()
        assert send(mta, fresh()) == {}
        assert mta.actions & 0x01 == 0
        mta.close()
    finally:
        daemon.change(daemon.settings())


def test_nothing_on_what_comes_in(stranger, fresh):
    assert send(stranger, fresh(), sender="<x@example.org>") == {}
    assert send(stranger, "anna@example.com", sender="<x@example.org>") == {}


def test_several_recipients(mta, fresh):
    """Each could unsubscribe the others; a complaint still has an address."""
    added = send(mta, fresh(), fresh())
    assert set(added) == {"X-Suppressd-Id", "CFBL-Address",
                          "CFBL-Feedback-ID"}
    added = send(mta, fresh(), "anna@example.com")
    assert "List-Unsubscribe" not in added


@pytest.mark.parametrize("action", ["reject", "remove"])
def test_the_one_that_is_left(daemon, listed, fresh, action):
    daemon.change(daemon.settings(action=action))
    try:
        mta = daemon.session()
        left = fresh()
        gone = listed()
        added = send(mta, gone, left)
        assert "List-Unsubscribe" in added
        assert gone not in str(added)
        mta.close()
    finally:
        daemon.change(daemon.settings())


@pytest.mark.parametrize("own", [
    "List-Unsubscribe: <https://example.com/mine>",
    "list-unsubscribe: <mailto:mine@example.com>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click"])
def test_the_applications_own_stays(mta, fresh, own):
    added = send(mta, fresh(), mail=f"{own}\nSubject: News\n\nHello.\n")
    assert set(added) == {"X-Suppressd-Id", "CFBL-Address",
                          "CFBL-Feedback-ID"}
    # Of the message before; the next has none.
    assert "List-Unsubscribe" in send(mta, fresh())


@pytest.mark.parametrize("own", ["CFBL-Address: mine@example.com",
                                 "CFBL-Feedback-ID: 1"])
def test_the_applications_own_loop_stays(mta, fresh, own):
    added = send(mta, fresh(), mail=f"{own}\nSubject: News\n\nHello.\n")
    assert set(added) == {"X-Suppressd-Id", "List-Unsubscribe",
                          "List-Unsubscribe-Post"}


@pytest.mark.parametrize("own", [True, False])
def test_a_recipient_unsubscribes(daemon, mta, stranger, fresh, own):
    """From its own address, or from where it is forwarded to."""
    value = fresh()
    to, subject = mails.mailto(send(mta, value)["List-Unsubscribe"])
    sender = value if own else "jo@icloud.example"
    unsubscribe(stranger, sender, to, subject)
    assert reasons(daemon, value) == {("lead", "news")}
    assert reasons(daemon, "jo@icloud.example") == set()
    assert refused(daemon, value)
    assert not refused(daemon, value, sender="<shop@example.com>")
    assert not refused(daemon, value, mail=OFFERS)
    assert "report=unsubscribe" in daemon.log()


def test_it_leaves_all(daemon, mta, stranger, fresh):
    value = fresh()
    to, subject = mails.mailto(
        send(mta, value, mail=OFFERS)["List-Unsubscribe"])
    unsubscribe(stranger, value, to, subject)
    assert reasons(daemon, value) == {("lead", "*")}
    assert refused(daemon, value)
    assert not refused(daemon, value, sender="<shop@example.com>")


def test_a_subject_of_its_own(daemon, mta, stranger, fresh):
    """The short token in the address needs the recipient's own address."""
    value, other = fresh(), fresh()
    to, _ = mails.mailto(send(mta, value, mail=OFFERS)["List-Unsubscribe"])
    unsubscribe(stranger, other, to, "unsubscribe")
    assert reasons(daemon, value) == reasons(daemon, other) == set()
    unsubscribe(stranger, value, to, "unsubscribe")
    assert reasons(daemon, value) == {("lead", "*")}


def test_an_address_in_utf8(daemon, mta, stranger, fresh):
    value = fresh("jürgen€", "bücher.example")
    to, subject = mails.mailto(send(mta, value)["List-Unsubscribe"])
    assert subject.isascii()
    unsubscribe(stranger, "jo@icloud.example", to, subject)
    assert refused(daemon, value)


def test_the_longest_address(daemon, mta, stranger, fresh):
    """RFC 5321 4.5.3.1: 64 of the local part, 256 of the path."""
    value = fresh("a" * 50, ".".join(["b" * 60, "c" * 60, "d" * 55, "test"]))
    added = send(mta, value)["List-Unsubscribe"]
    assert max(map(len, added.split("\n"))) <= 998 - len("List-Unsubscribe: ")
    to, subject = mails.mailto(added)
    unsubscribe(stranger, value, to, subject)
    assert reasons(daemon, value) == {("lead", "news")}


def spoilt(token):
    middle = len(token) // 2
    changed = "b" if token[middle] == "a" else "a"
    yield token[:-1]
    yield token[:-8]
    yield token + "a"
    yield token + "aaaaaaaa"
    yield token[:middle] + changed + token[middle + 1:]
    yield ""


def test_what_is_no_token_waits_for_a_person(daemon, mta, stranger, fresh):
    holder, victim = fresh("holder"), fresh("victim")
    to, subject = mails.mailto(send(mta, holder)["List-Unsubscribe"])
    tokens = list(spoilt(subject.split()[1]))
    for token in tokens:
        unsubscribe(stranger, victim, to, f"unsubscribe {token}")
    assert reasons(daemon, victim) == reasons(daemon, holder) == set()
    waiting = [row for row in daemon.json("review", "list")
               if row["value"] == victim]
    assert len(waiting) == len(tokens)
    assert {row["state"] for row in waiting} == {"unverified"}
    log = daemon.log()
    assert "token=it is forged or changed" in log
    assert "token=it is cut, changed or no token" in log
    # A person knows better.
    daemon.done("review", "accept", str(waiting[0]["number"]))
    assert reasons(daemon, victim) == {("lead", "*")}


def test_a_token_of_another_site(daemon, stranger, fresh):
    value = fresh()
    daemon.configure(daemon.settings(keys=f"{daemon.top}/theirs"))
    daemon.done("key", "new")
    daemon.reload()
    theirs = daemon.session()
    to, subject = mails.mailto(send(theirs, value)["List-Unsubscribe"])
    theirs.close()
    daemon.change(daemon.settings())
    unsubscribe(stranger, value, to, subject)
    assert reasons(daemon, value) == set()
    assert "token=none of our keys has made it" in daemon.log()


def test_replayed_for_somebody_else(daemon, mta, stranger, fresh):
    """Whoever shows it, it is about its own address."""
    holder, victim = fresh("holder"), fresh("victim")
    to, subject = mails.mailto(send(mta, holder)["List-Unsubscribe"])
    unsubscribe(stranger, victim, to, subject)
    assert reasons(daemon, victim) == set()
    assert reasons(daemon, holder) == {("lead", "news")}


def complain(stranger, token, results=""):
    """What RFC 9477 leaves of a message: all else may be blacked out."""
    report = mails.arf("redacted@example.net").replace(
        "To: <redacted@example.net>", f"CFBL-Feedback-ID: {token}")
    answers = stranger.message(["<fbl@example.com>"], results + report,
                               sender="<feedback@fbl.example.org>")
    assert answers == (["continue"], "continue")


def test_a_complaint_by_the_loop(daemon, mta, stranger, fresh):
    """Who complains is in its token; it counts if it is signed."""
    angry = fresh("angry")
    token = send(mta, angry)["CFBL-Feedback-ID"].replace("\n\t", "\n ")
    complain(stranger, token)
    assert reasons(daemon, angry) == set()
    assert "token=RFC 9477 wants its DKIM signature" in daemon.log()
    complain(stranger, token, "Authentication-Results: mx.example.com;"
             " dkim=pass header.d=fbl.example.org\n")
    assert reasons(daemon, angry) == {("abuse", "*")}


def test_it_is_on_the_disk_when_it_is_answered(daemon, fresh):
    """kill -9 right behind the answer: the list has it."""
    value = fresh()
    mta, stranger = daemon.session(), daemon.session(**STRANGER)
    to, subject = mails.mailto(send(mta, value)["List-Unsubscribe"])
    unsubscribe(stranger, value, to, subject)
    daemon.kill()
    mta.drop()
    stranger.drop()
    assert reasons(daemon, value) == {("lead", "news")}
    daemon.start()
    assert refused(daemon, value)
