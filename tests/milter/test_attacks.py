"""Attacks on the list: reports that are forged, to silence somebody. None
suppresses anybody, and the log names each with a reason. Beside each kind
stands the real report, which does."""
import os

import pytest

from harness import mails
from harness.process import PortServer
from signing import Signing, bounce_of, bring_back, returned, send

# The reporter proves itself from 192.0.2.5; the attacker has a domain whose
# SPF passes for everybody.
ZONE = """\
fbl.example.org. 60 IN TXT "v=spf1 ip4:192.0.2.5 -all"
evil.example. 60 IN TXT "v=spf1 +all"
"""
INBOUND = """\
trusted_reporters = [ "fbl.example.org" ];
authserv_ids = [ "mx.example.com" ];
"""
DNS = 'dns = {{ server = "127.0.0.1"; port = {port}; }};'

OUTSIDE = {"ip": "203.0.113.9", "daemon": "smtpd"}
REPORTER = {"ip": "192.0.2.5", "daemon": "smtpd"}
OWN_BOUNCE = {"ip": "127.0.0.1", "port": 0, "daemon": "BOUNCE"}
SENDMAIL = {"ip": "127.0.0.1", "port": 0, "daemon": "LOCAL"}
LOOPBACK = {"ip": "127.0.0.1", "daemon": "smtpd"}

FBL = "<fbl@example.com>"
VOUCHED = ("Authentication-Results: mx.example.com;"
           " dkim=pass header.d=fbl.example.org\n")
FOREIGN = "Received: from x by mail.evil.example with ESMTP; Thu\n"


@pytest.fixture(name="daemon", scope="module")
def guarded_daemon():
    made = Signing()
    name_server = None
    try:
        with open(f"{made.top}/zone", "w", encoding="utf-8") as f:
            f.write(ZONE)
        name_server = PortServer("nameserver.py", made.top)
        made.configure(made.settings(
            inbound=INBOUND, more=DNS.format(port=name_server.port)))
        made.done("key", "new", "ours")
        made.start()
        yield made
    finally:
        made.close()
        if name_server is not None:
            name_server.stop()


@pytest.fixture
def report(daemon):
    """report(mail, client, to=, sender=) brings one in, and gives what the
    log then says of it."""
    def bring(mail, client=None, helo="mx.evil.example", **options):
        before = len(daemon.log())
        session = daemon.mta()
        session.connect(**(client or OUTSIDE))
        session.helo(helo)
        bring_back(session, mail, **options)
        session.close()
        line, = daemon.log()[before:].splitlines()
        return line
    return bring


@pytest.fixture
def holder(mta, fresh):
    """Somebody who got a mail of ours, and the token on it."""
    address = fresh("holder")
    return address, send(mta, address)


def is_unproven(line):
    return "trust=unverified proof=none outcome=not proven" in line


def test_the_real_ones_count(daemon, report, holder, fresh):
    address, token = holder
    assert "proof=token" in report(bounce_of(address, token))
    angry = fresh("angry")
    assert "proof=spf" in report(
        mails.arf(angry, message_id=angry), REPORTER, to=FBL,
        sender="<feedback@fbl.example.org>")
    vouched = fresh("angry")
    assert "proof=authentication-results" in report(
        VOUCHED + FOREIGN + mails.arf(vouched, message_id=vouched), to=FBL)
    dead = fresh("dead")
    assert "proof=own-bounce" in report(
        mails.dsn(dead, message_id=dead), OWN_BOUNCE)
    for value in (address, angry, vouched, dead):
        assert daemon.is_suppressed(value)


def test_a_forged_dsn_with_a_guessed_message_id(daemon, report, mta, fresh):
    victim = fresh("victim")
    mail = ("From: News <news@example.com>\nSubject: News\n"
            "Message-Id: <guessed.1@mail.example.com>\n\nHello.\n")
    assert send(mta, victim, mail=mail)
    line = report(mails.dsn(victim, message_id=victim).replace(
        f"{victim}.original@mail.example.com", "guessed.1@mail.example.com"))
    assert is_unproven(line)
    assert not daemon.is_suppressed(victim)


def spoiled(token, how):
    plain = "".join(token.split())
    return {"cut by a letter": plain[:-1],
            "cut by a byte": plain[:-2],
            "longer by a letter": plain + "a",
            "longer by a byte": plain + "aa",
            "longer in front": "aa" + plain,
            "changed": plain[:40] + ("a" if plain[40] != "a" else "b")
            + plain[41:]}[how]


@pytest.mark.parametrize("how", ["cut by a letter", "cut by a byte",
                                 "longer by a letter", "longer by a byte",
                                 "longer in front", "changed"])
def test_a_token_that_was_changed(daemon, report, holder, how):
    address, token = holder
    line = report(bounce_of(address, spoiled(token, how)))
    assert is_unproven(line)
    assert "token=it is" in line or "token=none of our keys" in line
    assert not daemon.is_suppressed(address)


def test_a_token_replayed_for_another_recipient(daemon, report, holder,
                                                fresh):
    address, token = holder
    victim = fresh("victim")
    line = report(bounce_of(victim, token))
    assert is_unproven(line) and "token=it was made for somebody else" in line
    for value in (victim, address):
        assert not daemon.is_suppressed(value)


def test_our_header_copied_from_a_list_archive(daemon, report, mta, fresh):
    """With all of the header that the archive shows, into a complaint."""
    members = [fresh("member") for _ in range(3)]
    token = send(mta, *members)
    victim = fresh("victim")
    archived = (f"X-Suppressd-Id: {token}\nList-Id: <news.example.com>\n"
                "Received: from mail.example.com by lists.example.com; Thu\n")
    forged = mails.arf(victim, message_id=victim).replace(
        "\nSubject: News\n", f"\n{archived}Subject: News\n")
    line = report(forged, to=FBL)
    assert is_unproven(line) and "token=it was made for several" in line
    named = forged.replace("Feedback-Type: abuse\n", "Feedback-Type: abuse\n"
                           f"Original-Rcpt-To: {victim}\n")
    assert "token=it was made for somebody else" in report(named, to=FBL)
    for value in (victim, *members):
        assert not daemon.is_suppressed(value)


def test_a_token_of_another_site(daemon, report, fresh):
    victim = fresh("victim")
    other = Signing()
    try:
        other.done("key", "new", "theirs")
        other.start()
        session = other.session()
        token = send(session, victim)
        session.close()
    finally:
        other.close()
    line = report(bounce_of(victim, token))
    assert is_unproven(line) and "token=none of our keys has made it" in line
    assert not daemon.is_suppressed(victim)


def test_a_key_that_was_retired_and_taken_away(daemon, report, fresh):
    """Whoever has stolen it can make tokens for anybody."""
    victim = fresh("victim")
    daemon.done("key", "new", "stolen")
    daemon.reload()
    session = daemon.session()
    token = send(session, victim)
    session.close()
    daemon.done("key", "retire", "stolen")
    os.unlink(f"{daemon.keys}/stolen.retired.key")
    daemon.reload()
    line = report(bounce_of(victim, token))
    assert is_unproven(line) and "token=none of our keys has made it" in line
    assert not daemon.is_suppressed(victim)


def test_an_arf_of_an_unlisted_domain_whose_spf_passes(daemon, report, fresh):
    victim = fresh("victim")
    forged = mails.arf(victim, message_id=victim)
    for sender in ("<feedback@evil.example>", "<>",
                   "<feedback@fbl.example.org.evil.example>",
                   "<\"x@fbl.example.org\"@evil.example>"):
        # It looks like the reporter's, and keeps its From.
        line = report(forged, helo="evil.example", to=FBL, sender=sender)
        assert "trust=unverified proof=none" in line
    assert not daemon.is_suppressed(victim)


def test_the_reporters_name_from_elsewhere(daemon, report, fresh):
    victim = fresh("victim")
    line = report(mails.arf(victim, message_id=victim), to=FBL,
                  helo="fbl.example.org",
                  sender="<feedback@fbl.example.org>")
    assert is_unproven(line)
    assert not daemon.is_suppressed(victim)


def test_an_inner_message_that_is_forged(daemon, report, holder, fresh):
    """All that a report returns is a stranger's: it cannot prove itself, nor
    can a report within it."""
    victim = fresh("victim")
    address, token = holder
    inner = (VOUCHED + "Received: from fbl.example.org by mx.example.com\n"
             "Return-Path: <feedback@fbl.example.org>\n")
    forged = mails.arf(victim, message_id=victim).replace(
        "\nFrom: News <news", f"\n{inner}From: News <news")
    assert is_unproven(report(forged, to=FBL))
    # A real bounce of our Postfix returns what an attacker had written.
    nested = mails.dsn(victim, message_id=victim)
    outer = mails.dsn(fresh("mallory"), message_id=fresh("id"))
    head, mark, _ = outer.partition("Content-Type: message/rfc822\n\n")
    line = report(head + mark + nested + "\n--b1--\n", OWN_BOUNCE)
    assert victim not in line and "mallory" in line
    # The token of somebody else in a message below the returned one.
    line = report(returned(mails.dsn(victim, message_id=fresh("id")), token)
                  .replace("\nSubject: News\n", "\nSubject: News\n"
                           "Content-Type: message/rfc822\n"))
    assert "trust=unverified" in line
    for value in (victim, address):
        assert not daemon.is_suppressed(value)


FORGED_RESULTS = {
    # Our host has found nothing and says so; the sender wrote the next.
    "above": "Authentication-Results: mx.example.com; dkim=none\n"
             + VOUCHED + FOREIGN,
    "below": FOREIGN + VOUCHED,
    "of another host": VOUCHED.replace("mx.", "mail.") + FOREIGN,
    "in a comment": "Authentication-Results: evil.example"
                    " (mx.example.com; dkim=pass header.d=fbl.example.org);"
                    " none\n",
    "broken out of a comment": "Authentication-Results: mx.example.com;"
                               " spf=pass (envelope-from=\"a)"
                               " smtp.mailfrom=fbl.example.org (b\"@evil"
                               ".example) smtp.mailfrom=evil.example\n",
}


@pytest.mark.parametrize("where", FORGED_RESULTS)
def test_forged_authentication_results(daemon, report, fresh, where):
    victim = fresh("victim")
    assert is_unproven(report(
        FORGED_RESULTS[where] + mails.arf(victim, message_id=victim), to=FBL))
    assert not daemon.is_suppressed(victim)


@pytest.mark.parametrize("client", [SENDMAIL, LOOPBACK, {
    "ip": "203.0.113.9", "daemon": "ORIGINATING"}])
def test_authentication_results_from_inside(daemon, report, fresh, client):
    """Our own people write past the host that removes forgeries."""
    victim = fresh("victim")
    assert is_unproven(report(
        VOUCHED + mails.arf(victim, message_id=victim), client, to=FBL))
    assert not daemon.is_suppressed(victim)


@pytest.mark.parametrize("client", [OUTSIDE, SENDMAIL, LOOPBACK])
def test_a_bounce_of_our_postfix_that_it_is_not(daemon, report, fresh,
                                                client):
    """Byte for byte, from outside and by sendmail -f '<>'."""
    victim = fresh("victim")
    assert is_unproven(report(
        mails.dsn(victim, message_id=victim), client,
        sender="<>" if client is OUTSIDE else ""))
    assert not daemon.is_suppressed(victim)
