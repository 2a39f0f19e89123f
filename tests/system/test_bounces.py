"""Mail that comes back: what is proven suppresses, what is not does not."""
import pytest

from harness import mails

NEWS = "news@example.com"
REPORTER = {"ADDR": "192.0.2.5", "HELO": "fbl.example.org"}
STRANGER = {"ADDR": "203.0.113.9", "HELO": "mx.example.net"}


def send(site, *recipients):
    return site.send("submission", NEWS, recipients, mails.plain("News"))


def bounce_from(site, client, text, to="bounces@bounces.example.com"):
    outcome = site.send("mx", "", [to], text, xclient=client)
    assert outcome.data[0] == 250
    site.wait_idle()


def test_a_remote_refusal_suppresses_only_that_address(site, fresh):
    dead, alive = fresh("dead"), fresh()
    site.refuse(dead)
    assert send(site, dead, alive).accepted() == [dead, alive]
    site.wait_suppressed(dead)
    site.wait_idle()
    assert site.reached(alive) == 1
    assert not site.suppressd.is_suppressed(alive)
    assert not site.suppressd.is_suppressed(NEWS)
    # And from then on it is stopped at the door.
    assert send(site, dead, alive).rcpt[dead][0] == 550


def test_the_sender_still_gets_the_bounce(site, fresh):
    dead = fresh("dead")
    site.refuse(dead)
    send(site, dead)
    site.wait_idle()
    assert any(dead.encode() in mail for mail in site.postfix.mailbox(NEWS))


def test_the_list_says_why(site, fresh):
    dead = fresh("dead")
    site.refuse(dead)
    send(site, dead)
    site.wait_suppressed(dead)
    shown = site.suppressd.done("show", dead)
    assert "bounced" in shown
    assert "5.1.1" in shown


# Refusals that say nothing about the address (RFC 3463).
HARMLESS = [
    "550 5.7.1 Message rejected as spam",
    "552 5.2.2 Mailbox full",
    "550 5.3.4 Message too big for system",
    "554 5.6.0 Bad content",
]


@pytest.mark.parametrize("reply", HARMLESS)
def test_not_the_fault_of_the_address(site, fresh, reply):
    value = fresh()
    site.refuse(value, reply=reply)
    send(site, value)
    site.wait_idle()
    assert site.postfix.mailbox(NEWS)
    assert not site.suppressd.is_suppressed(value)


def test_a_temporary_refusal_changes_nothing(site, fresh):
    value = fresh()
    site.refuse(value, reply="450 4.2.1 Try again later")
    send(site, value)
    assert not site.suppressd.is_suppressed(value)
    site.accept_all()
    site.postfix.flush()
    site.wait_reached(value)
    assert not site.suppressd.is_suppressed(value)


def test_forged_by_a_local_user(site, fresh):
    """As Postfix itself makes it, but by sendmail -f '<>'."""
    victim = fresh("victim")
    site.postfix.sendmail("<>", ["bounces@bounces.example.com"],
                          mails.dsn(victim))
    site.wait_idle()
    assert not site.suppressd.is_suppressed(victim)
    assert "unverified" in site.suppressd.done("--json", "history", victim)


def test_forged_by_smtp(site, fresh):
    victim = fresh("victim")
    bounce_from(site, STRANGER, mails.dsn(victim))
    assert not site.suppressd.is_suppressed(victim)
    assert "unverified" in site.suppressd.done("--json", "history", victim)


def test_the_unverified_is_delivered(site, fresh):
    to = fresh("bounces", "bounces.example.com")
    bounce_from(site, STRANGER, mails.dsn(fresh("victim")), to)
    assert len(site.postfix.mailbox(to)) == 1


def test_forged_by_a_user_with_a_login(site, fresh):
    victim = fresh("victim")
    outcome = site.send("submission", "", ["bounces@bounces.example.com"],
                        mails.dsn(victim), xclient={"LOGIN": "mallory"})
    assert outcome.data[0] == 250
    site.wait_idle()
    assert not site.suppressd.is_suppressed(victim)


def test_forged_within_a_bounce_of_ours(site, fresh):
    """A user lets a forged bounce bounce to us: Postfix's own one, which is
    believed, returns it."""
    victim, gone = fresh("victim"), fresh("gone")
    site.refuse(gone)
    outcome = site.send("submission", "bounces@bounces.example.com", [gone],
                        mails.dsn(victim), xclient={"LOGIN": "mallory"})
    assert outcome.data[0] == 250
    site.wait_suppressed(gone)
    site.wait_idle()
    assert "own-bounce" in site.suppressd.done("--json", "history", gone)
    assert site.suppressd.events(victim) == []


def test_a_bounce_from_a_trusted_host(site, fresh):
    """SPF of its HELO name: the sender is null (RFC 7208, 2.4)."""
    dead = fresh("dead")
    bounce_from(site, REPORTER, mails.dsn(dead, message_id=dead))
    assert site.suppressd.is_suppressed(dead)


def test_the_same_report_again_changes_nothing(site, fresh):
    dead = fresh("dead")
    for _ in range(2):
        bounce_from(site, REPORTER, mails.dsn(dead, message_id=dead))
    assert len(site.suppressd.events(dead)) == 1


def complain(site, client, text, sender="feedback@fbl.example.org"):
    outcome = site.send("mx", sender, ["fbl@example.com"], text,
                        xclient=client)
    assert outcome.data[0] == 250
    site.wait_idle()


def test_a_complaint_by_a_trusted_reporter(site, fresh):
    value = fresh("angry")
    complain(site, REPORTER, mails.arf(value, message_id=value))
    assert site.suppressd.is_suppressed(value)
    assert "abuse" in site.suppressd.done("show", value)
    assert send(site, value).rcpt[value][0] == 550


# Who must not be believed: another host with the reporter's name; a host
# that proves a name of its own, but not one that we trust.
DOUBTFUL = [
    ({"ADDR": "192.0.2.6", "HELO": "fbl.example.org"},
     "feedback@fbl.example.org"),
    ({"ADDR": "192.0.2.7", "HELO": "other.example.org"},
     "feedback@other.example.org"),
    ({"ADDR": "192.0.2.5", "HELO": "fbl.example.org"},
     "feedback@no-record.example.org"),
]


@pytest.mark.parametrize("client, sender", DOUBTFUL)
def test_a_complaint_that_is_not_proven(site, fresh, client, sender):
    value = fresh("victim")
    complain(site, client, mails.arf(value, message_id=value), sender)
    assert not site.suppressd.is_suppressed(value)
    assert "unverified" in site.suppressd.done("--json", "history", value)


def test_not_spam_is_no_complaint(site, fresh):
    value = fresh("friendly")
    complain(site, REPORTER, mails.arf(value, feedback_type="not-spam",
                                       message_id=value))
    assert not site.suppressd.is_suppressed(value)


@pytest.mark.parametrize("value", ["colleague@example.com",
                                   "vip@example.net"])
def test_ours_and_the_protected_are_never_suppressed(site, value):
    bounce_from(site, REPORTER, mails.dsn(value, message_id=value))
    assert not site.suppressd.is_suppressed(value)


# Reports that are broken: they change nothing and are delivered.
BROKEN = {
    "empty": "",
    "truncated": mails.dsn("victim@example.net").partition("m@")[0],
    "binary": bytes(range(1, 256)) * 64,
    "no report": mails.plain("Out of office", Auto_Submitted="auto-replied"),
    "no report in it": mails.plain("550 5.1.1 victim@example.net?",
                                   to="bounces@bounces.example.com"),
    "large": mails.dsn("victim@example.net").replace(
        "Hello.", "Hello.\n" * 20000),
}


@pytest.mark.settings
@pytest.mark.parametrize("name", BROKEN)
def test_broken_reports(site, fresh, name):
    site.reconfigure(inbound="report_max_bytes = 100000;")
    to = fresh("bounces", "bounces.example.com")
    before = site.suppressd.done("--json", "list")
    bounce_from(site, REPORTER, BROKEN[name], to)
    assert len(site.postfix.mailbox(to)) == 1
    assert site.suppressd.done("--json", "list") == before


# What becomes of a report that was understood and believed.
@pytest.mark.settings
@pytest.mark.parametrize("processed, delivered",
                         [("deliver", 1), ("discard", 0)])
def test_processed(site, fresh, processed, delivered):
    site.reconfigure(inbound=f'processed = "{processed}";')
    to, dead = fresh("bounces", "bounces.example.com"), fresh("dead")
    bounce_from(site, REPORTER, mails.dsn(dead, message_id=dead), to)
    assert site.suppressd.is_suppressed(dead)
    assert len(site.postfix.mailbox(to)) == delivered
