"""Aliases: the milter sees a recipient before aliases are expanded; behind
an internal hop it sees them after."""
import pytest

from harness import mails

NEWS = "news@example.com"
LISTED, MEMBER = "listed-member@example.net", "member@example.net"


@pytest.fixture(autouse=True)
def listed_member(site):
    site.suppressd.done("add", LISTED)


def test_without_the_hop_an_alias_hides_its_members(site):
    site.send("submission", NEWS, ["team@example.com"], mails.plain("News"))
    site.wait_reached(MEMBER, LISTED)


def test_with_the_hop_members_are_refused_one_by_one(site):
    before = {r: site.reached(r) for r in (MEMBER, LISTED)}
    outcome = site.send("hop_in", NEWS, ["team@example.com"],
                        mails.plain("News"))
    assert outcome.data[0] == 250
    site.wait_idle()
    assert site.reached(MEMBER) == before[MEMBER] + 1
    assert site.reached(LISTED) == before[LISTED]


def test_the_sender_is_told_of_that_one_only(site):
    before = len(site.postfix.mailbox(NEWS))
    site.send("hop_in", NEWS, ["team@example.com"], mails.plain("News"))
    site.wait_idle()
    bounce, = site.postfix.mailbox(NEWS)[before:]
    assert f"Final-Recipient: rfc822; {LISTED}".encode() in bounce
    assert f"Final-Recipient: rfc822; {MEMBER}".encode() not in bounce


def test_our_own_refusal_teaches_nothing(site):
    """It came back as a bounce of our own Postfix, and is no bounce."""
    before = site.suppressd.events(LISTED)
    site.send("hop_in", NEWS, ["team@example.com"], mails.plain("News"))
    site.wait_idle()
    assert site.suppressd.events(LISTED) == before
