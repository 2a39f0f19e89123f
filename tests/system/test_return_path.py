"""The sender that mail leaves with, and its ENVID, through a real Postfix:
what comes back to it is believed without a header, and goes on."""
import os
import re

import pytest

from harness import mails

NEWS = "news@example.com"
STRANGER = {"ADDR": "203.0.113.9", "HELO": "mx.example.net"}
SETTINGS = """
token = {{ keys = "{keys}"; }};
streams = (
    {{ name = "plain"; sender = [ "plain@example.com" ]; }},
    {{ name = "all"; return_path = "b@bounces.example.com"; envid = true; }}
);
"""


@pytest.fixture(scope="module")
def site(site):
    keys = os.path.join(os.path.dirname(site.suppressd.conf_path), "keys")
    site.configure(SETTINGS.format(keys=keys), outbound="null_sender = true;")
    site.suppressd.done("key", "new")
    site.suppressd.reload()
    site.offer_dsn()
    return site


def send(site, *recipients, sender=NEWS, **options):
    outcome = site.send("submission", sender, recipients,
                        mails.plain("News"), **options)
    assert outcome.data and outcome.data[0] == 250, outcome
    site.wait_idle()


def sent_to(site, address):
    """What the remote server got for an address, once."""
    mail, = [m for m in site.delivered() if address in m["recipients"]]
    return mail


def path_to(site, address):
    """The sender of a mail that has reached an address."""
    send(site, address)
    return sent_to(site, address)["sender"]


def short_dsn(failed, **options):
    """A report that returns nothing of what was sent, as RFC 3464 allows."""
    report = mails.dsn(failed, **options)
    head, _, _ = report.partition("\n--b1\nContent-Type: message/rfc822")
    return head + "\n--b1--\n"


def come_back(site, path, report):
    outcome = site.send("mx", "", [path], report, xclient=STRANGER)
    assert outcome.data[0] == 250
    site.wait_idle()


def bounces_about(site, address, owner=NEWS):
    """The bounces about an address that its sender has got."""
    return [m for m in site.postfix.mailbox(owner) if address.encode() in m]


def notices(site):
    """How many bounces Postfix has made so far."""
    return len(re.findall("sender non-delivery notification",
                          site.postfix.log()))


def test_a_refusal_comes_back_to_the_program(site, fresh):
    dead, alive = fresh("dead"), fresh()
    site.refuse(dead)
    before = notices(site)
    send(site, dead, alive)
    site.wait_suppressed(dead)
    assert not site.suppressd.is_suppressed(alive)
    assert not site.suppressd.is_suppressed(NEWS)
    sender = sent_to(site, alive)["sender"]
    assert re.fullmatch(r"b\+[a-z2-7]{16}\+news=@bounces\.example\.com",
                        sender)
    bounce, = bounces_about(site, dead)
    assert sender.encode() in bounce  # X-Postfix-Sender
    assert site.postfix.mailbox(sender) == []
    assert notices(site) == before + 1


def test_mail_of_sendmail(site, fresh):
    dead, alive = fresh("dead"), fresh()
    site.refuse(dead)
    for recipient in dead, alive:
        site.postfix.sendmail(NEWS, [recipient], mails.plain("News"))
    site.wait_reached(alive)
    site.wait_suppressed(dead)
    site.wait_idle()
    assert sent_to(site, alive)["sender"].startswith("b+")
    assert len(bounces_about(site, dead)) == 1


def test_the_address_alone_is_a_proof(site, fresh):
    dead = fresh("dead")
    path = path_to(site, dead)
    come_back(site, path, short_dsn(dead, to=path))
    assert site.suppressd.is_suppressed(dead)
    assert len(bounces_about(site, dead)) == 1
    event, = site.suppressd.events(dead)
    assert event["proof"] == "token"


def test_forged_and_replayed_ones_are_none(site, fresh):
    victim, holder = fresh("victim"), fresh("holder")
    path, other = path_to(site, victim), path_to(site, holder)
    base, token, rest = path.split("+")
    swapped = token[:9] + ("q" if token[9] != "q" else "x") + token[10:]
    for bad in token[:-1], token[:-8], token + "a", token + "a" * 8, swapped:
        come_back(site, f"{base}+{bad}+{rest}", short_dsn(victim))
    come_back(site, f"{base}+{token}+ceo{rest}", short_dsn(victim))
    come_back(site, other, short_dsn(victim))
    # As if XVERP had put it there.
    come_back(site, other.replace("@", "+" + victim.replace("@", "=") + "@"),
              short_dsn(victim))
    assert not site.suppressd.is_suppressed(victim)
    assert not site.suppressd.is_suppressed(holder)
    assert bounces_about(site, victim, "ceo@example.com") == []


def test_another_sites_key(site, fresh):
    victim = fresh("victim")
    site.suppressd.done("key", "new", "theirs")
    site.suppressd.reload()
    path = path_to(site, victim)
    keys = os.path.join(os.path.dirname(site.suppressd.conf_path), "keys")
    os.unlink(f"{keys}/theirs.key")
    site.suppressd.reload()
    come_back(site, path, short_dsn(victim))
    assert not site.suppressd.is_suppressed(victim)
    assert bounces_about(site, victim) == []


def test_no_loops(site, fresh):
    """A null sender stays one: its bounce would come back for ever. And the
    bounce that goes on to a sender who does not take it is the last."""
    dead, author = fresh("dead"), fresh("author")
    site.refuse(dead, author)
    before = notices(site)
    outcome = site.send("submission", "", [dead], mails.plain("News"))
    assert outcome.data[0] == 250
    site.postfix.sendmail("<>", [dead], mails.plain("News"))
    site.postfix.flush_maildrop()
    site.wait_idle()
    assert site.postfix.log().count(f"to=<{dead}>") >= 2
    assert notices(site) == before
    send(site, fresh("dead2"), sender=author)  # it is taken
    assert notices(site) == before
    gone = fresh("gone")
    site.refuse(gone)
    send(site, gone, sender=author)
    site.wait_suppressed(gone)
    site.wait_idle()
    assert notices(site) == before + 1


def test_the_envid_comes_back(site, fresh):
    dead, victim = fresh("dead"), fresh("victim")
    send(site, dead)
    send(site, victim)
    envid = sent_to(site, dead)["envid"]
    assert re.fullmatch("[a-z2-7]{37}", envid, re.IGNORECASE)
    for failed in victim, dead:
        come_back(site, "b@bounces.example.com", short_dsn(failed).replace(
            "Reporting-MTA:", f"Original-Envelope-Id: {envid}\nReporting-MTA:"))
    assert site.suppressd.is_suppressed(dead)
    assert not site.suppressd.is_suppressed(victim)


def test_the_clients_envid_stays(site, fresh):
    to = fresh()
    send(site, to, parameters=["ENVID=QQ314159"])
    mail = sent_to(site, to)
    assert mail["envid"] == "QQ314159"
    assert mail["sender"].startswith("b+")


def test_a_stream_without_it(site, fresh):
    to = fresh()
    send(site, to, sender="plain@example.com")
    mail = sent_to(site, to)
    assert (mail["sender"], mail["envid"]) == ("plain@example.com", "")


def test_xverp(site, fresh):
    """Postfix puts the recipient behind, and each gets a mail of its own."""
    dead, alive = fresh("d"), fresh("a")
    site.refuse(dead)
    send(site, dead, alive, sender="n@example.com", parameters=["XVERP=+="])
    behind = alive.replace("@", "=")
    assert re.fullmatch(
        rf"b\+[a-z2-7]{{16}}\+n=\+{re.escape(behind)}@bounces\.example\.com",
        sent_to(site, alive)["sender"])
    site.wait_suppressed(dead)
    site.wait_idle()
    assert len(bounces_about(site, dead, "n@example.com")) == 1


def test_xverp_tells_who_had_it_forwarded(site, fresh):
    """The report names the address behind; ours is in the sender."""
    moved = fresh("m")
    send(site, moved, sender="n@example.com", parameters=["XVERP=+="])
    path = sent_to(site, moved)["sender"]
    come_back(site, path, short_dsn("inner@backend.example.org"))
    assert site.suppressd.is_suppressed(moved)
    assert not site.suppressd.is_suppressed("inner@backend.example.org")
