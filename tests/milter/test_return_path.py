"""The sender of mail that goes out, and who gets what comes back to it."""
import pytest

from harness import mails
from mta import ADDHDRS, ADDRCPT, CHGFROM
from signing import STRANGER, Signing, with_key

NEWS = "news@example.com"
SETTINGS = """\
token = {{ keys = "{keys}"; }};
outbound = {{ null_sender = true; }};
streams = (
    {{ name = "bare"; sender = [ "bare@example.com" ]; }},
    {{ name = "by-id"; sender = [ "id@example.com" ]; envid = true; }},
    {{ name = "late"; sender = [ "late@example.com" ];
       header = [ "X-Stream: late" ];
       return_path = "b@bounces.example.com"; }},
    {{ name = "both"; return_path = "{base}"; envid = true; }}
);
inbound = {{
    bounces = [ "@bounces.example.com" ];
    complaints = [ "fbl@example.com" ];
    own_domains = [ "example.com", "bounces.example.com" ];
    {inbound}
}};
"""
BASE = "bounces@bounces.example.com"


class Rewriting(Signing):
    def settings(self, base=BASE, inbound=""):
        return SETTINGS.format(keys=self.keys, base=base, inbound=inbound)


@pytest.fixture(name="daemon", scope="module")
def rewriting_daemon():
    yield from with_key(Rewriting())


def changes(mta, letter):
    return [data.decode() for command, data in mta.edits if command == letter]


def sender_of(mta):
    """(sender, parameters) that the last message leaves with; None: its
    own."""
    found = [change.split("\0") for change in changes(mta, "e")]
    assert len(found) <= 1
    if not found:
        return None
    return found[0][0], found[0][1] if len(found[0]) > 1 else ""


def send(mta, *recipients, sender=NEWS, parameters=(),
         mail="Subject: News\n\nHello.\n"):
    """The sender that it leaves with, without "<>"; "": its own."""
    mta.mail(f"<{sender}>", *parameters)
    for recipient in recipients:
        assert mta.rcpt(f"<{recipient}>") == "continue"
    mta.content(mail)
    assert mta.eom() == "continue"
    changed = sender_of(mta)
    if changed is None:
        return ""
    assert changed[0][0] + changed[0][-1] == "<>"
    return changed[0][1:-1]


def bring_back(stranger, report, to):
    """Who gets a report to this address: (those added, those removed)."""
    assert stranger.message([f"<{to}>"], report, sender="<>")[1] == "continue"
    assert {command for command, _ in stranger.edits} <= set("+-")
    return changes(stranger, "+"), changes(stranger, "-")


def test_negotiates_what_it_needs(daemon):
    mta = daemon.mta()
    assert mta.actions & CHGFROM and mta.actions & ADDRCPT
    assert mta.actions & ADDHDRS
    mta.close()
    mta = daemon.mta(actions=0x1FF & ~CHGFROM & ~ADDRCPT)
    assert mta.actions & (CHGFROM | ADDRCPT) == 0
    mta.close()


def test_one_recipient(mta, fresh):
    to = fresh()
    path = send(mta, to)
    local, _, domain = path.partition("@")
    base, token, sender = local.split("+")
    assert (base, sender, domain) == ("bounces", "news=",
                                      "bounces.example.com")
    assert len(token) == 29
    _, parameters = sender_of(mta)
    assert parameters.startswith("ENVID=") and len(parameters) == 6 + 37
    assert send(mta, to) == path  # stateless, the same on the same day
    assert send(mta, fresh()) != path


def test_several_recipients(mta, fresh):
    path = send(mta, fresh(), fresh())
    assert len(path.split("+")[1]) == 16
    assert sender_of(mta)[1] == ""  # an id would prove none of them


def test_who_is_refused_does_not_count(mta, fresh, listed):
    good, refused = fresh(), listed()
    mta.mail(f"<{NEWS}>")
    assert mta.rcpt(f"<{refused}>").startswith("550")
    assert mta.rcpt(f"<{good}>") == "continue"
    mta.content("Subject: x\n\nHello.\n")
    assert mta.eom() == "continue"
    path = sender_of(mta)[0]
    assert f"<{send(mta, good)}>" == path


def test_a_stream_by_header(mta, fresh):
    path = send(mta, fresh(), sender="late@example.com",
                mail="Subject: x\nX-Stream: late\n\nHello.\n")
    assert path.startswith("b+") and "+late=@" in path


@pytest.mark.parametrize("null", ["<>", ""])
def test_never_a_null_sender(daemon, mta, fresh, null):
    """Neither as SMTP shows it nor as bounce(8) and sendmail(1) do."""
    local = daemon.session(ip="127.0.0.1", port=0, daemon="LOCAL")
    for session in (mta, local):
        session.mail(null)
        assert session.rcpt(f"<{fresh()}>") == "continue"
        session.content("Subject: bounce\n\nHello.\n")
        assert session.eom() == "continue"
        assert sender_of(session) is None
    local.close()


def test_never_our_own_bounces(daemon, fresh):
    bounce = daemon.session(ip="127.0.0.1", port=0, daemon="BOUNCE")
    for sender in ("", "double-bounce@mail.example.com"):
        bounce.mail(sender)
        bounce.rcpt(fresh())
        bounce.content(mails.dsn(fresh()))
        assert bounce.eom() == "continue"
        assert sender_of(bounce) is None
    bounce.close()


def test_never_a_double_bounce(mta, fresh):
    assert send(mta, fresh(), sender="double-bounce@example.com") == ""


def test_never_other_mail(mta, stranger, fresh):
    assert send(mta, fresh(), sender="bare@example.com") == ""
    assert send(mta, "anna@example.com") == ""
    assert send(stranger, fresh(), sender="x@example.org") == ""


def test_never_twice(mta, fresh):
    """Behind a content filter it comes to us again."""
    to = fresh()
    path = send(mta, to)
    assert send(mta, to, sender=path, parameters=["ENVID=x"]) == ""


def test_sendmail_has_no_brackets(daemon, fresh):
    local = daemon.session(ip="127.0.0.1", port=0, daemon="LOCAL")
    local.mail(NEWS)
    local.rcpt(fresh())
    local.content("Subject: x\n\nHello.\n")
    assert local.eom() == "continue"
    # It may have an ENVID of its own, which Postfix does not show.
    path, parameters = sender_of(local)
    assert path.startswith("<bounces+") and parameters == ""
    local.close()


@pytest.mark.parametrize("name", ["ENVID", "envid"])
def test_the_clients_own_envid(mta, fresh, name):
    assert send(mta, fresh(), parameters=[f"{name}=QQ314159", "RET=HDRS"])
    assert sender_of(mta)[1] == ""
    # The next message of the session has none.
    assert send(mta, fresh())
    assert sender_of(mta)[1].startswith("ENVID=")


def test_an_envid_alone(mta, fresh):
    assert send(mta, fresh(), sender="id@example.com") == "id@example.com"
    assert sender_of(mta)[1].startswith("ENVID=")
    assert send(mta, fresh(), sender="id@example.com",
                parameters=["ENVID=own"]) == ""
    assert send(mta, fresh(), fresh(), sender="id@example.com") == ""


def test_an_abort_leaves_nothing(mta, fresh):
    """Neither recipients nor parameters go over to the next message."""
    to = fresh()
    path = send(mta, to)
    mta.mail(f"<{NEWS}>", "ENVID=x", "XVERP=+=")
    assert mta.rcpt(f"<{fresh()}>") == "continue"
    mta.abort()
    assert send(mta, to) == path
    assert sender_of(mta)[1].startswith("ENVID=")


def test_xverp_needs_room(mta):
    """Postfix puts the recipient behind: 64 bytes of local part in all."""
    assert send(mta, "a@example.net", sender="n@example.com",
                parameters=["XVERP=+="])
    assert send(mta, "a.very.long.name.indeed@example.net",
                sender="n@example.com", parameters=["XVERP=+="]) \
        == "n@example.com"


def test_no_room_is_told_once(daemon, mta, fresh):
    for name in ("a" * 60, "b" * 60):
        sender = f"{name}@example.com"
        assert send(mta, fresh(), sender=sender) == sender
    assert daemon.log().count("there is no room for it in return_path") == 1


def test_a_bounce_to_it_suppresses_and_goes_on(daemon, mta, stranger, fresh):
    dead = fresh("dead")
    path = send(mta, dead, sender="News+Shop@Example.com")
    added, removed = bring_back(stranger, mails.dsn(dead), path)
    assert (added, removed) == (["<News+Shop@example.com>"], [f"<{path}>"])
    assert daemon.is_suppressed(dead)


def test_our_own_bounce_goes_on(daemon, mta, fresh):
    dead = fresh("dead")
    path = send(mta, dead)
    bounce = daemon.session(ip="127.0.0.1", port=0, daemon="BOUNCE")
    bounce.mail("")
    assert bounce.rcpt(path, rcpt_addr=path) == "continue"
    bounce.content(mails.dsn(dead))
    assert bounce.eom() == "continue"
    assert changes(bounce, "+") == [f"<{NEWS}>"]
    assert changes(bounce, "-") == [path]
    assert daemon.is_suppressed(dead)
    bounce.close()


def test_any_mail_to_it_goes_on(mta, stranger, fresh):
    """A vacation reply is for whom had written, too."""
    path = send(mta, fresh())
    reply = "Subject: Out of office\nAuto-Submitted: auto-replied\n\nBye.\n"
    assert bring_back(stranger, reply, path)[0] == [f"<{NEWS}>"]


def test_one_to_several_proves_nothing_and_goes_on(daemon, mta, stranger,
                                                   fresh):
    holder, victim = fresh(), fresh("victim")
    path = send(mta, holder, victim)
    added, _ = bring_back(stranger, mails.dsn(victim), path)
    assert added == [f"<{NEWS}>"]
    assert not daemon.is_suppressed(victim)
    assert "token=the return path is that of a mail to several" \
        in daemon.log()


def test_forged_ones_stay_and_prove_nothing(daemon, mta, stranger, fresh):
    victim, holder = fresh("victim"), fresh("holder")
    path, other = send(mta, victim), send(mta, holder)
    report = mails.dsn(victim)
    swapped = "b" if path[20] != "b" else "c"
    for forged in (path.replace("+news=", "+ceo="),
                   path[:20] + path[21:], path[:20] + "q" + path[20:],
                   path[:20] + swapped + path[21:],
                   path.replace("@bounces.", "@x.bounces.")):
        assert bring_back(stranger, report, forged) == ([], []), forged
    # That of another recipient is ours, and goes on: for him alone.
    assert bring_back(stranger, report, other)[0] == [f"<{NEWS}>"]
    assert not daemon.is_suppressed(victim)
    assert not daemon.is_suppressed(holder)


def test_what_is_discarded_goes_on_to_nobody(daemon, mta, fresh):
    dead = fresh("dead")
    path = send(mta, dead)
    daemon.change(daemon.settings(inbound='processed = "discard";'))
    try:
        stranger = daemon.session(**STRANGER)
        assert stranger.message([f"<{path}>"], mails.dsn(dead),
                                sender="<>")[1] == "discard"
        assert stranger.edits == []
        stranger.close()
    finally:
        daemon.change(daemon.settings())
    assert daemon.is_suppressed(dead)


def test_comes_back_when_the_setting_is_off(daemon, fresh):
    dead = fresh("dead")
    mta = daemon.session()
    path = send(mta, dead)
    mta.close()
    daemon.change(daemon.settings(base=""))
    try:
        mta = daemon.session()
        assert send(mta, fresh()) == NEWS  # only an ENVID
        mta.close()
        stranger = daemon.session(**STRANGER)
        assert bring_back(stranger, mails.dsn(dead), path)[0] == [f"<{NEWS}>"]
        stranger.close()
    finally:
        daemon.change(daemon.settings())
    assert daemon.is_suppressed(dead)


def test_an_envid_that_comes_back_is_a_proof(daemon, mta, stranger, fresh):
    dead, victim = fresh("dead"), fresh("victim")
    send(mta, dead, sender="id@example.com")
    envid = sender_of(mta)[1].removeprefix("ENVID=")
    for failed in (victim, dead):
        report = mails.dsn(failed).replace(
            "Reporting-MTA:", f"Original-Envelope-Id: {envid}\nReporting-MTA:")
        assert bring_back(stranger, report, BASE) == ([], [])
    assert daemon.is_suppressed(dead)
    assert not daemon.is_suppressed(victim)
