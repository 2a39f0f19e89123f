"""Tokens through a real Postfix: out with the mail, back with a report."""
import email
import os

import pytest

from harness import mails

NEWS = "news@example.com"
STRANGER = {"ADDR": "203.0.113.9", "HELO": "mx.example.net"}
TOKENS = """
token = {{ keys = "{keys}"; }};
streams = ( {{ name = "all"; token = true; }} );
"""


@pytest.fixture(scope="module")
def site(site):
    keys = os.path.join(os.path.dirname(site.suppressd.conf_path), "keys")
    site.configure(TOKENS.format(keys=keys))
    site.suppressd.done("key", "new")
    site.suppressd.reload()
    return site


def token_sent(site, address):
    """The one token on the mail that has reached an address."""
    mail, = [m for m in site.delivered() if address in m["recipients"]]
    message = email.message_from_string(mail["text"])
    token, = message.get_all("X-Suppressd-Id")
    return token


def send(site, *recipients):
    outcome = site.send("submission", NEWS, recipients, mails.plain("News"))
    assert outcome.data[0] == 250
    site.wait_idle()


def bounce(site, victim, token):
    report = mails.dsn(victim).replace(
        "\nSubject: News\n", f"\nX-Suppressd-Id: {token}\nSubject: News\n")
    outcome = site.send("mx", "", ["bounces@bounces.example.com"], report,
                        xclient=STRANGER)
    assert outcome.data[0] == 250
    site.wait_idle()


def test_a_strangers_bounce_with_our_token_suppresses(site, fresh):
    dead = fresh("dead")
    send(site, dead)
    bounce(site, dead, token_sent(site, dead))
    assert site.suppressd.is_suppressed(dead)


def test_one_message_to_two(site, fresh):
    dead, alive = fresh("dead"), fresh()
    send(site, dead, alive)
    bounce(site, dead, token_sent(site, dead))
    assert site.suppressd.is_suppressed(dead)
    assert not site.suppressd.is_suppressed(alive)


def test_replayed_against_somebody_else(site, fresh):
    holder, victim = fresh("holder"), fresh("victim")
    send(site, holder)
    bounce(site, victim, token_sent(site, holder))
    assert not site.suppressd.is_suppressed(victim)
    assert not site.suppressd.is_suppressed(holder)


def test_many_recipients_in_one_header(site, fresh):
    """Folded lines pass Postfix; the last of a hundred is known, too."""
    people = [fresh() for _ in range(100)]
    send(site, *people)
    token = token_sent(site, people[-1])
    assert max(map(len, token.split("\n"))) <= 78
    bounce(site, people[-1], token)
    assert site.suppressd.is_suppressed(people[-1])
    assert not site.suppressd.is_suppressed(people[0])


def test_our_own_bounce_brings_it_back(site, fresh):
    dead = fresh("dead")
    site.refuse(dead)
    send(site, dead)
    site.wait_suppressed(dead)
    assert any("X-Suppressd-Id: " in mail.decode()
               for mail in site.postfix.mailbox(NEWS)
               if dead in mail.decode())
