"""Mail that goes out: who is refused, and that everybody else is served."""
import pytest

from harness import mails

NEWS = "news@example.com"


def send(site, *recipients, sender=NEWS, service="submission", **options):
    return site.send(service, sender, recipients, mails.plain("News"),
                     **options)


def test_one_is_refused_and_the_others_are_served(site, fresh, listed):
    bad, good, other = listed(), fresh(), fresh()
    outcome = send(site, good, bad, other)
    code, text = outcome.rcpt[bad]
    assert code == 550
    assert text.startswith("5.7.1 ")
    assert outcome.accepted() == [good, other]
    site.wait_reached(good, other)
    assert site.reached(bad) == 0


def test_when_all_are_refused_nothing_is_sent(site, listed):
    first, second = listed(), listed()
    outcome = send(site, first, second)
    assert [code for code, _ in outcome.rcpt.values()] == [550, 550]
    site.wait_idle()
    assert site.reached(first) == site.reached(second) == 0


def test_a_domain(site):
    site.suppressd.done("add", "@whole.test")
    outcome = send(site, "anna@whole.test", "anna@below.whole.test",
                   "anna@notwhole.test")
    assert outcome.rcpt["anna@whole.test"][0] == 550
    assert outcome.accepted() == ["anna@below.whole.test",
                                  "anna@notwhole.test"]
    site.wait_reached("anna@below.whole.test", "anna@notwhole.test")


def test_the_names_below_a_domain(site):
    site.suppressd.done("add", "@.names.test")
    below = ["anna@a.names.test", "anna@b.a.names.test"]
    outcome = send(site, "anna@names.test", *below)
    assert [outcome.rcpt[r][0] for r in below] == [550, 550]
    assert outcome.accepted() == ["anna@names.test"]
    site.wait_reached("anna@names.test")


def test_a_hundred_recipients(site, fresh):
    """Thirty refusals: the limits of smtpd don't end the session."""
    everybody = [fresh("one") for _ in range(100)]
    bad = everybody[::3][:30]
    site.suppressd.done("add", "-f", "-", stdin="\n".join(bad) + "\n")
    outcome = send(site, *everybody)
    good = [r for r in everybody if r not in bad]
    assert outcome.accepted() == good
    assert {outcome.rcpt[r][0] for r in bad} == {550}
    site.wait_reached(*good)
    assert sum(site.reached(r) for r in bad) == 0


# One address, as clients spell it (RFC 5321, 4.1.2 and appendix C).
SPELLINGS = [
    "spelled@example.net",
    "Spelled@EXAMPLE.Net",
    '"spelled"@example.net',
    "@relay.test:spelled@example.net",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_the_same_address(site, spelling):
    site.suppressd.done("add", "spelled@example.net")
    assert send(site, spelling).rcpt[spelling][0] == 550


def test_a_tagged_address_is_another_address(site):
    site.suppressd.done("add", "tagged@example.net")
    assert send(site, "tagged+shop@example.net").accepted()


def test_who_is_taken_from_the_list_is_served_again(site, listed):
    value = listed()
    assert send(site, value).rcpt[value][0] == 550
    site.suppressd.done("remove", value)
    assert send(site, value).accepted() == [value]
    site.wait_reached(value)


def test_our_own_people_are_never_filtered(site):
    site.suppressd.done("add", "colleague@example.com", "@example.com")
    assert send(site, "colleague@example.com").accepted()
    assert send(site, "colleague@example.com", service="mx",
                sender="friend@example.org",
                xclient={"ADDR": "203.0.113.9"}).accepted()
    site.wait_idle()
    assert len(site.postfix.mailbox("colleague@example.com")) == 2


def test_null_sender_passes(site, listed):
    """A bounce is no mail to somebody who wants none."""
    value = listed()
    assert send(site, value, sender="").accepted() == [value]
    site.wait_reached(value)


@pytest.mark.settings
def test_null_sender_is_filtered_by_setting(site, listed):
    value = listed()
    site.reconfigure(outbound="null_sender = true;")
    assert send(site, value, sender="").rcpt[value][0] == 550


# What makes mail outbound: a service, a login or a network; here by the
# service for incoming mail, which says nothing itself.
CLIENTS = [
    (None, True),
    ({"ADDR": "198.51.100.7"}, True),
    ({"ADDR": "198.51.100.200"}, False),
    ({"ADDR": "198.51.100.7", "LOGIN": "shop-app"}, False),
]


@pytest.mark.settings
@pytest.mark.parametrize("xclient, passes", CLIENTS)
def test_what_is_outbound(site, listed, xclient, passes):
    site.reconfigure(networks='"198.51.100.128/25"')
    value = listed()
    outcome = send(site, value, service="mx", xclient=xclient)
    assert (outcome.rcpt[value][0] == 250) == passes


def test_a_refusal_names_nobody_else(site, listed):
    bad, hidden = listed(), listed()
    outcome = send(site, bad, hidden)
    assert hidden not in outcome.rcpt[bad][1]
