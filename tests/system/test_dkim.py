"""With a real OpenDKIM: behind us it signs what we add, before us it tells
whom a report comes from, and nobody can say so in its name."""
import email
import os

import dkim
import pytest

from harness import mails, opendkim
from harness.wait import until

NEWS = "news@example.com"
HOST = "mx.example.com"
# Nobody whose SPF says anything.
STRANGER = {"ADDR": "203.0.113.9", "HELO": "mx.example.net"}
TOKENS = """
token = {{ keys = "{keys}"; }};
streams = ( {{ name = "all"; token = true; cfbl = "fbl+loop@example.com";
    unsubscribe_mailto = "unsub@example.com";
    unsubscribe_https = "https://lists.example.com/u/"; }} );
"""
INBOUND = f"""
authserv_ids = [ "{HOST}" ];
unsubscribe = [ "unsub@example.com" ];
"""
# RFC 8058 4 and RFC 9477 3.1.3 want the last four signed.
OURS = ["x-suppressd-id", "list-unsubscribe", "list-unsubscribe-post",
        "cfbl-address", "cfbl-feedback-id"]
VOUCHED = (f"Authentication-Results: {HOST};"
           " dkim=pass header.d=fbl.example.org\n")


@pytest.fixture(name="keys", scope="module")
def dkim_keys(site):
    home = f"{site.top}/dkim"
    os.mkdir(home)
    os.chmod(home, 0o755)
    return {domain: opendkim.Key(home, domain) for domain in
            ("example.com", "fbl.example.org", "provider.example",
             "evil.example")}


@pytest.fixture(scope="module")
def site(site):
    keys = os.path.join(os.path.dirname(site.suppressd.conf_path), "keys")
    site.configure(TOKENS.format(keys=keys), inbound=INBOUND)
    site.suppressd.done("key", "new")
    site.suppressd.reload()
    return site


@pytest.fixture(scope="module")
def milters(site, keys):
    """The signer behind us, where our mail comes in; the verifier before us,
    where others' does."""
    home = f"{site.top}/dkim"
    signer = opendkim.signer(home, keys["example.com"])
    verifier = opendkim.verifier(home, HOST, *keys.values())
    try:
        order(site, f"$suppressd_milter, inet:127.0.0.1:{signer.port}")
        mx = f"127.0.0.1:{site.postfix.ports['mx']}/inet"
        postconf(site, "-P", f"{mx}/smtpd_milters=inet:127.0.0.1:"
                 f"{verifier.port},$suppressd_milter")
        site.postfix.command("postfix", "-c", site.postfix.etc, "reload")
        yield signer
    finally:
        signer.stop()
        verifier.stop()


def postconf(site, *arguments):
    site.postfix.command("postconf", "-c", site.postfix.etc, *arguments)


def order(site, milters):
    postconf(site, "-e", f"smtpd_milters={milters}")
    site.postfix.command("postfix", "-c", site.postfix.etc, "reload")


def sent(site, to):
    """A mail that went out, and reached somebody."""
    outcome = site.send("submission", NEWS, [to], mails.plain("News"))
    assert outcome.data[0] == 250
    site.wait_reached(to)
    mail, = [m for m in site.delivered() if to in m["recipients"]]
    raw = mail["text"].encode("latin-1")
    assert b"\nX-Suppressd-Id: " in raw
    return raw


def signature(site, keys, fresh):
    """(is it good, the headers that it covers) of a mail that went out."""
    raw = sent(site, fresh())
    ours = keys["example.com"]
    verifier = dkim.DKIM(raw)
    good = verifier.verify(dnsfunc=lambda name, timeout=5: (
        ours.record.encode() if name.rstrip(b".") == ours.name.encode()
        else None))
    return good, [name.decode().lower() for name in verifier.include_headers]


@pytest.mark.usefixtures("milters")
def test_a_signer_behind_us_covers_what_we_add(site, keys, fresh):
    good, covered = signature(site, keys, fresh)
    assert good
    assert [name for name in OURS if covered.count(name) != 1] == []


def test_a_signer_before_us_does_not(site, keys, milters, fresh):
    """So doctor calls it a fault."""
    order(site, f"inet:127.0.0.1:{milters.port}, $suppressd_milter")
    try:
        good, covered = signature(site, keys, fresh)
    finally:
        order(site, f"$suppressd_milter, inet:127.0.0.1:{milters.port}")
    assert good
    assert not set(OURS) & set(covered)


def signed(report, key):
    raw = report.replace("\n", "\r\n").encode()
    with open(key.path, "rb") as f:
        head = dkim.sign(raw, key.selector.encode(), key.domain.encode(),
                         f.read(), include_headers=[b"from", b"subject"])
    return head.decode().replace("\r\n", "\n") + report


def complain(site, report, to="fbl@example.com"):
    outcome = site.send("mx", "feedback@evil.example", [to], report,
                        xclient=STRANGER)
    assert outcome.data[0] == 250
    site.wait_idle()


def proof_of(site, address):
    row, = until(lambda: site.suppressd.events(address),
                 f"a report about {address}")
    return row["proof"]


@pytest.mark.usefixtures("milters")
def test_a_reporter_that_has_signed_is_believed(site, keys, fresh):
    angry = fresh("angry")
    complain(site, signed(mails.arf(angry, message_id=angry),
                          keys["fbl.example.org"]))
    assert proof_of(site, angry) == "authentication-results"
    assert site.suppressd.is_suppressed(angry)


FORGED = {
    "nothing is signed": VOUCHED,
    "only SPF is claimed": f"Authentication-Results: {HOST};"
                           " spf=pass smtp.mailfrom=fbl.example.org\n",
    "with a Received of ours": f"Received: from x by {HOST}; Thu\n" + VOUCHED,
}


@pytest.mark.usefixtures("milters")
@pytest.mark.parametrize("how", FORGED)
def test_forged_results(site, fresh, how):
    victim = fresh("victim")
    complain(site, FORGED[how] + mails.arf(victim, message_id=victim))
    assert proof_of(site, victim) == "none"
    assert not site.suppressd.is_suppressed(victim)


@pytest.mark.usefixtures("milters")
def test_forged_results_under_another_signature(site, keys, fresh):
    victim = fresh("victim")
    complain(site, VOUCHED + signed(mails.arf(victim, message_id=victim),
                                    keys["evil.example"]))
    assert proof_of(site, victim) == "none"
    assert not site.suppressd.is_suppressed(victim)


@pytest.mark.usefixtures("milters")
def test_signed_and_then_changed(site, keys, fresh):
    victim = fresh("victim")
    report = signed(mails.arf("other@example.net", message_id=victim),
                    keys["fbl.example.org"])
    complain(site, report.replace("other@example.net", victim))
    assert proof_of(site, victim) == "none"
    assert not site.suppressd.is_suppressed(victim)


@pytest.mark.usefixtures("milters")
@pytest.mark.parametrize("signer", ["provider.example", "evil.example", None])
def test_a_feedback_loop_for_everybody(site, keys, fresh, signer):
    """RFC 9477 3.2: of a provider that nobody has named, signed by the domain
    of its From; all but the token is blacked out."""
    angry = fresh("angry")
    token = email.message_from_bytes(sent(site, angry))["CFBL-Feedback-ID"]
    token = "\n ".join(token.split())
    report = mails.arf("redacted@example.net", message_id=angry).replace(
        "To: <redacted@example.net>", f"CFBL-Feedback-ID: {token}").replace(
        "feedback@fbl.example.org", "feedback@provider.example")
    complain(site, signed(report, keys[signer]) if signer else report,
             "fbl+loop@example.com")
    assert site.suppressd.is_suppressed(angry) == (
        signer == "provider.example")
    if signer == "provider.example":
        assert proof_of(site, angry) == "token"
