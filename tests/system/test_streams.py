"""Streams: which mail it is, which reasons stop it, and what happens then."""
import pytest

from harness import mails
from harness.wait import until

STREAMS = """
streams = (
    { name = "receipts"; login = [ "shop-app" ];
      blocks = [ "bounced" ]; },
    { name = "network"; client = [ "198.51.100.0/24" ];
      blocks = [ "abuse" ]; },
    { name = "hop"; daemon = [ "OTHER" ]; action = "observe"; },
    { name = "removing"; sender = [ "remove@example.com" ];
      action = "remove"; },
    { name = "holding"; sender = [ "hold@example.com" ];
      action = "hold"; },
    { name = "deferring"; sender = [ "defer@example.com" ];
      action = "defer"; },
    { name = "observing"; sender = [ "observe@example.com" ];
      action = "observe"; },
    { name = "refusing"; sender = [ "refuse@example.com" ];
      action = "reject"; },
    { name = "newsletter"; header = [ "X-Stream: newsletter", "List-Id: *" ];
      blocks = [ "user" ]; },
    { name = "rest"; blocks = [ "bounced" ]; }
);
"""


@pytest.fixture(scope="module")
def site(site):
    site.reconfigure(STREAMS)
    return site


def send(site, sender, *recipients, text=None, **options):
    return site.send("submission", sender, recipients,
                     text or mails.plain("News"), **options)


# What a client gets to hear of a listed recipient, at once.
AT_RCPT = [
    ("refuse@example.com", 550),
    ("defer@example.com", 450),
    ("remove@example.com", 250),
    ("hold@example.com", 250),
    ("observe@example.com", 250),
]


@pytest.mark.parametrize("sender, code", AT_RCPT)
def test_the_reply_to_rcpt(site, listed, fresh, sender, code):
    bad, good = listed(), fresh()
    outcome = send(site, sender, bad, good)
    assert outcome.rcpt[bad][0] == code
    assert outcome.rcpt[good][0] == 250
    assert outcome.data[0] == 250


def test_remove(site, listed, fresh):
    bad, good = listed(), fresh()
    send(site, "remove@example.com", bad, good)
    site.wait_reached(good)
    site.wait_idle()
    assert site.reached(bad) == 0


def test_hold(site, listed, fresh):
    bad, good = listed(), fresh()
    before = set(site.postfix.queue_names("hold"))
    send(site, "hold@example.com", bad, good)
    held = until(lambda: set(site.postfix.queue_names("hold")) - before,
                 "the message is on hold")
    assert len(held) == 1
    assert site.reached(bad) == site.reached(good) == 0


def test_defer(site, listed, fresh):
    bad, good = listed(), fresh()
    assert send(site, "defer@example.com", bad, good).accepted() == [good]
    site.wait_reached(good)
    assert site.reached(bad) == 0


def test_observe(site, listed, fresh):
    bad, good = listed(), fresh()
    send(site, "observe@example.com", bad, good)
    site.wait_reached(bad, good)
    assert f"recipient=<{bad}> verdict=observe" in site.suppressd.log()


def test_by_login(site, listed):
    """An opt-out does not stop a receipt; a dead address does."""
    opted_out, dead = listed(), listed("--source", "bounced")
    outcome = send(site, "shop@example.com", opted_out, dead,
                   xclient={"LOGIN": "shop-app"})
    assert outcome.accepted() == [opted_out]
    assert outcome.rcpt[dead][0] == 550


def test_by_client(site, listed):
    opted_out, complained = listed(), listed("--source", "abuse")
    outcome = send(site, "news@example.com", opted_out, complained,
                   xclient={"ADDR": "198.51.100.7", "LOGIN": "other"})
    assert outcome.accepted() == [opted_out]
    assert outcome.rcpt[complained][0] == 550


@pytest.mark.parametrize("header", [
    {"X_Stream": "newsletter"}, {"List_Id": "News <news.example.com>"}])
def test_by_header(site, listed, fresh, header):
    """The header comes after RCPT: the listed one is removed."""
    bad, good = listed(), fresh()
    send(site, "news@example.com", bad, good,
         text=mails.plain("News", **header))
    site.wait_reached(good)
    site.wait_idle()
    assert site.reached(bad) == 0


def test_by_header_refused_when_nobody_is_left(site, listed):
    bad = listed()
    outcome = send(site, "news@example.com", bad,
                   text=mails.plain("News", X_Stream="newsletter"))
    assert outcome.data[0] == 550
    site.wait_idle()
    assert site.reached(bad) == 0


def test_the_last_row_takes_the_rest(site, listed):
    opted_out = listed()
    send(site, "news@example.com", opted_out)
    site.wait_reached(opted_out)


def test_a_reason_for_one_stream(site, listed):
    value = listed("--stream", "refusing")
    assert send(site, "refuse@example.com", value).rcpt[value][0] == 550
    send(site, "remove@example.com", value)
    site.wait_reached(value)
