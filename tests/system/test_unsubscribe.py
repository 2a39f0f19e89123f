"""Unsubscribing through a real Postfix: the header goes out with a
newsletter, and its mailto comes back."""
import email
import os
import re

import pytest

from harness import mails

NEWS = "news@example.com"
SHOP = "shop@example.com"
APPLE = {"ADDR": "203.0.113.9", "HELO": "mx.icloud.example"}
INBOUND = 'unsubscribe = [ "unsub@example.com" ];'
STREAMS = """
token = {{ keys = "{keys}"; }};
streams = (
    {{ name = "receipts"; sender = [ "shop@example.com" ];
      blocks = [ "bounced", "user" ]; }},
    {{ name = "newsletter"; cfbl = "fbl@example.com";
      unsubscribe_mailto = "unsub+@example.com";
      unsubscribe_https = "https://lists.example.com/u/"; }}
);
"""


@pytest.fixture(scope="module")
def site(site):
    keys = os.path.join(os.path.dirname(site.suppressd.conf_path), "keys")
    site.configure(STREAMS.format(keys=keys), inbound=INBOUND)
    site.suppressd.done("key", "new")
    site.suppressd.reload()
    return site


def send(site, sender, value, text=None):
    return site.send("submission", sender, [value],
                     text or mails.plain("News", to=value))


def received(site, value):
    """The one mail that has reached an address."""
    site.wait_idle()
    mail, = [m for m in site.delivered() if value in m["recipients"]]
    return email.message_from_string(mail["text"])


def header(message, name):
    """The one header of this name, unfolded."""
    value, = message.get_all(name)
    return re.sub(r"\r?\n\s+", " ", value)


def unsubscribe(site, sender, to, subject):
    outcome = site.send("mx", sender, [to], mails.apple(sender, to, subject),
                        xclient=APPLE)
    assert outcome.data[0] == 250


def test_from_newsletter_to_refusal(site, fresh):
    value = fresh()
    assert send(site, NEWS, value).data[0] == 250
    mail = received(site, value)
    assert header(mail, "List-Unsubscribe-Post") == (
        "List-Unsubscribe=One-Click")
    assert header(mail, "CFBL-Address") == "fbl@example.com; report=arf"
    to, subject = mails.mailto(header(mail, "List-Unsubscribe"))

    # Forwarded, and read elsewhere.
    unsubscribe(site, "jo@icloud.example", to, subject)
    assert re.search(r"\blead\b.*\bnewsletter\b",
                     site.suppressd.done("show", value))
    assert not site.suppressd.is_suppressed("jo@icloud.example")
    assert send(site, NEWS, value).rcpt[value][0] == 550
    assert send(site, SHOP, value).data[0] == 250
    site.wait_idle()
    assert site.reached(value) == 2


def test_a_stream_that_offers_nothing(site, fresh):
    value = fresh()
    assert send(site, SHOP, value).data[0] == 250
    assert not [name for name in received(site, value)
                if name.startswith(("List-", "CFBL-"))]


def test_a_forged_one_waits_for_a_person(site, fresh):
    value = fresh("victim")
    assert send(site, NEWS, value).data[0] == 250
    to, subject = mails.mailto(header(received(site, value),
                                      "List-Unsubscribe"))
    unsubscribe(site, "jo@icloud.example", to, subject[:-1])
    assert not site.suppressd.is_suppressed(value)
    unsubscribe(site, value, "unsub@example.com", "unsubscribe")
    assert not site.suppressd.is_suppressed(value)
    assert [row["value"] for row in site.suppressd.json("review", "list")] == [
        "jo@icloud.example", value]


def test_sent_to_itself_it_keeps_one(site, fresh):
    """What we have put there once is the message's own the next time."""
    first, second = fresh(), fresh()
    assert send(site, NEWS, first).data[0] == 250
    mail = received(site, first)
    assert send(site, NEWS, second, mail.as_string()).data[0] == 250
    again = received(site, second)
    assert header(again, "List-Unsubscribe") == header(mail,
                                                       "List-Unsubscribe")
    assert header(again, "CFBL-Address") == header(mail, "CFBL-Address")
