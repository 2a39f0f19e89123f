"""What mailers hear of the recipients of mail on its way out, and which
bytes are said to them."""
import pytest

from mta import (ALL_STEPS, DELRCPT, NOBODY, NOEOH, NOHDRS, QUARANTINE,
                 RCPT_REJ, SETSYMLIST, SKIP)

STREAMS = """\
streams = (
    { name = "removing"; sender = [ "remove@example.com" ];
      action = "remove"; },
    { name = "holding"; sender = [ "hold@example.com" ];
      action = "hold"; },
    { name = "deferring"; sender = [ "defer@example.com" ];
      action = "defer"; },
    { name = "observing"; sender = [ "observe@example.com" ];
      action = "observe"; }
);
replies = {
    user = { code = 550; status = "5.7.1"; text = "100% stopped, %s %d"; };
    abuse = { code = 554; status = "5.7.7"; text = "has complained"; };
};
"""
BOUNCES = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    own_domains = [ "example.com" ];
    report_max_bytes = 100000;
};
"""
NO_REPORTS = "inbound = { bounce_daemons = []; };\n"
BY_HEADER = """\
streams = ( { name = "bulk"; header = [ "X-Stream: bulk" ]; } );
"""
SETTINGS = BOUNCES + STREAMS
NO_CONTENT = NOHDRS | NOEOH | NOBODY

# What sendmail(1) and bounce(8) look like to a milter.
INTERNAL = {
    "port 0": {"ip": "127.0.0.1", "port": 0, "daemon": "mail.example.com"},
    "port 0, IPv6": {"ip": "::1", "port": 0, "daemon": None},
    "LOCAL": {"ip": "127.0.0.1", "port": 0, "daemon": "LOCAL"},
    "LOCAL by name": {"ip": "192.0.2.1", "daemon": "LOCAL"},
}


@pytest.fixture(params=INTERNAL)
def internal(request, daemon):
    session = daemon.session(**INTERNAL[request.param])
    yield session
    session.close()


def test_negotiates_what_it_uses(daemon):
    mta = daemon.mta()
    assert mta.actions == DELRCPT | QUARANTINE | SETSYMLIST
    assert mta.steps & RCPT_REJ == 0
    assert mta.steps & SKIP
    assert mta.steps & NO_CONTENT == 0
    assert mta.steps & ~ALL_STEPS == 0
    mta.close()


def test_asks_for_its_macros_only(daemon):
    mta = daemon.mta()
    asked = {stage: set(names.split()) for stage, names in mta.macros.items()}
    assert asked == {0: {"{daemon_name}"}, 2: {"i", "{auth_authen}"},
                     3: {"i", "{rcpt_addr}", "{rcpt_mailer}"}, 5: {"i"}}
    mta.close()


def test_a_mailer_without_macro_lists(daemon, listed):
    mta = daemon.mta(actions=DELRCPT | QUARANTINE)
    assert mta.actions == DELRCPT | QUARANTINE
    mta.connect()
    mta.mail()
    assert mta.rcpt(listed()).startswith("550")
    mta.close()


CONTENT = [(NO_REPORTS, NO_CONTENT), (NO_REPORTS + BY_HEADER, 0), ("", 0),
           (BOUNCES, 0)]


@pytest.mark.settings
@pytest.mark.parametrize("settings, spared", CONTENT)
def test_content_is_asked_for_where_it_counts(daemon, settings, spared):
    daemon.change(settings)
    mta = daemon.mta()
    assert mta.steps & NO_CONTENT == spared
    mta.connect()
    answers, last = mta.message(["anna@example.net"])
    assert (answers, last) == (["continue"], "continue")
    mta.close()


REASONS = [
    ("user", "550 5.7.1 100% stopped, %s %d (suppressd)"),
    ("abuse", "554 5.7.7 has complained (suppressd)"),
    ("bounced", "550 5.7.1 this recipient is suppressed: mail to it has "
                "bounced (suppressd)"),
]


@pytest.mark.parametrize("source, text", REASONS)
def test_refused_by_reason_and_others_go_on(mta, listed, fresh, source, text):
    bad = listed("--source", source)
    answers, last = mta.message([fresh(), bad, fresh()])
    assert answers == ["continue", text, "continue"]
    assert (last, mta.edits) == ("continue", [])


@pytest.mark.settings
def test_mail_to_a_phone_asks_for_its_number(daemon, fresh):
    daemon.change(SETTINGS + 'phone_region = "FR";\n'
                  'outbound = { sms_gateways = [ "sms.example" ]; };\n')
    daemon.done("add", "06 12 34 56 78")
    mta = daemon.session(daemon="ORIGINATING")
    mta.mail()
    assert mta.rcpt("0612345678@sms.example").startswith("550")
    assert mta.rcpt("33612345678@sms.example").startswith("550")
    assert mta.rcpt("0612345679@sms.example") == "continue"
    assert mta.rcpt("0612345678@example.net") == "continue"
    mta.close()


def test_everybody_is_refused(mta, listed, fresh):
    mta.mail()
    assert mta.rcpt(listed()).startswith("550")
    assert mta.rcpt(listed()).startswith("550")
    mta.abort()
    assert mta.message([fresh()]) == (["continue"], "continue")


# sender: answer to RCPT, what happens at the end when others are left, the
# answer when nobody is.
ACTIONS = [
    ("remove@example.com", "continue", "-", "discard"),
    ("hold@example.com", "continue", "q", "continue"),
    ("defer@example.com", "450 4.7.1 100% stopped, %s %d (suppressd)", "",
     None),
    ("observe@example.com", "continue", "", "continue"),
]


@pytest.mark.parametrize("sender, at_rcpt, edits, alone", ACTIONS)
def test_actions(mta, listed, fresh, sender, at_rcpt, edits, alone):
    bad = listed()
    answers, last = mta.message([bad, fresh()], sender=f"<{sender}>")
    assert (answers, last) == ([at_rcpt, "continue"], "continue")
    assert "".join(letter for letter, _ in mta.edits) == edits
    assert mta.message([bad], sender=f"<{sender}>") == ([at_rcpt], alone)


@pytest.mark.parametrize("sender", ["news@example.com", "defer@example.com",
                                    "remove@example.com"])
def test_internal_mail_is_never_refused(internal, listed, fresh, sender):
    bad, good = listed(), fresh()
    answers, last = internal.message([bad, good], sender=sender)
    assert (answers, last) == (["continue"] * 2, "continue")
    assert internal.removed() == [bad.encode()]
    answers, last = internal.message([bad, listed()], sender=sender)
    assert (answers, last) == (["continue"] * 2, "discard")


def test_own_bounces_reach_everybody(daemon, listed):
    mta = daemon.session(ip="127.0.0.1", port=0, daemon="BOUNCE")
    assert mta.message([listed()], sender="") == (["continue"], "continue")
    assert mta.edits == []
    mta.close()


# How a listed address may come (facts of Postfix and Sendmail): argument,
# {rcpt_addr}, what is removed. "@" stands for the address.
SPELLINGS = [
    ("<@>", "@", ["<@>"]),
    ("@", "@", ["@"]),
    ("< @ >", "@", ["< @ >"]),
    ("<@relay.test,@other.test:@>", "@",
     ["<@relay.test,@other.test:@>", "<@>"]),
    ("@relay.test:@", None, ["@relay.test:@", "@"]),
    ("<@.>", "@", ["<@.>"]),
    ("<example.net!somebody>", "@", ["<example.net!somebody>"]),
    (b"<\xff\xfe@x>", "@", [b"<\xff\xfe@x>"]),
]


def spelled(form, address):
    """The form with the address for its single "@"s that stand alone."""
    if isinstance(form, bytes) or form is None:
        return form
    if form == "@":
        return address
    for mark in ("<@>", "< @ >", "<@.>", ":@>"):
        if mark in form:
            return form.replace(mark, mark.replace("@", address))
    return form[:-1] + address if form.endswith(":@") else form


@pytest.mark.parametrize("argument, macro, removed", SPELLINGS)
def test_exactly_the_bytes_that_came(mta, listed, fresh, argument, macro,
                                     removed):
    bad, good = listed(), fresh()
    macros = {} if macro is None else {"rcpt_addr": spelled(macro, bad)}
    mta.mail("<remove@example.com>")
    assert mta.rcpt(spelled(argument, bad), **macros) == "continue"
    assert mta.rcpt(good, rcpt_addr=good) == "continue"
    mta.eoh()
    assert mta.eom() == "continue"
    want = [spelled(form, bad) for form in removed]
    assert mta.removed() == [w if isinstance(w, bytes) else w.encode()
                             for w in want]


@pytest.mark.parametrize("sender", ["<>", ""])
def test_a_null_sender_is_not_filtered(mta, listed, sender):
    assert mta.message([listed()], sender=sender) == (["continue"],
                                                      "continue")


@pytest.mark.settings
@pytest.mark.parametrize("sender", ["<>", ""])
def test_a_null_sender_is_filtered_by_setting(daemon, listed, sender):
    daemon.change(SETTINGS + "outbound = { null_sender = true; };\n")
    mta = daemon.session()
    answers, _ = mta.message([listed()], sender=sender)
    assert answers[0].startswith("550")
    mta.close()


ODD = ["", "<>", "<", ">", "@", "<@>", "<@:>", "<@a:>", "postmaster",
       "<postmaster>", "<a@b@c>", "<a@[192.0.2.1]>", "<\"@example.net>",
       b"\xff", b"<\xc3\x28@example.net>", "<" + "a" * 5000 + "@x.test>",
       "<a@" + "b." * 200 + "test>", "<%s%n@example.net>", "<a\r\nb@x.test>"]


@pytest.mark.parametrize("argument", ODD, ids=range(len(ODD)))
def test_an_argument_that_is_no_address(mta, listed, argument):
    mta.mail()
    assert mta.rcpt(argument) == "continue"
    assert mta.rcpt(listed()).startswith("550")
    mta.eoh()
    assert mta.eom() == "continue"
    assert mta.edits == []


@pytest.mark.parametrize("argument", ODD, ids=range(len(ODD)))
def test_a_sender_that_is_no_address(mta, listed, argument):
    mta.mail(argument)
    mta.rcpt(listed())
    mta.abort()
    assert mta.message(["anna@example.net"])[1] == "continue"


def test_a_line_of_the_log_is_one_line(daemon, mta, listed):
    """Neither the sender nor the recipient can forge one."""
    bad = listed()
    forged = "suppressd: forged: everything is well"
    mta.mail(f"<news\n{forged}@example.com>", i=f"Q\n{forged}")
    assert mta.rcpt(f"<@a\n{forged}:{bad}>", rcpt_addr=bad).startswith("550")
    mta.abort()
    lines = daemon.log().splitlines()
    assert any(bad in line for line in lines)
    assert not any(line.startswith(forged) for line in lines)


def test_a_long_recipient_does_not_hide_the_verdict(daemon, mta, listed):
    bad = listed()
    mta.mail("<remove@example.com>", i="QLONG")
    mta.rcpt("<@" + "a" * 6000 + f":{bad}>", rcpt_addr=bad)
    mta.rcpt("<anna@example.net>", rcpt_addr="anna@example.net")
    mta.eoh()
    mta.eom()
    line, = [x for x in daemon.log().splitlines() if "QLONG: " in x]
    assert "action=remove" in line and f"value={bad}" in line


MAILERS = [("smtp", "550"), ("error", "550"), ("relay", "550"),
           ("local", "continue"), ("virtual", "continue"),
           ("lmtp", "continue"), ("discard", "continue"), (None, "550")]


@pytest.mark.parametrize("mailer, answer", MAILERS)
def test_mail_that_stays_is_not_filtered(mta, listed, mailer, answer):
    mta.mail()
    macros = {} if mailer is None else {"rcpt_mailer": mailer}
    assert mta.rcpt(listed(), **macros).split()[0] == answer
    mta.abort()


def test_our_own_domain_is_not_filtered(daemon, mta):
    daemon.done("add", "own@example.com")
    assert mta.message(["own@example.com"]) == (["continue"], "continue")


def test_mail_from_outside_is_not_filtered(daemon, listed):
    mta = daemon.session(daemon="mx.example.com")
    assert mta.message([listed()]) == (["continue"], "continue")
    mta.close()


def test_a_login_makes_it_outbound(daemon, listed):
    mta = daemon.session(daemon="mx.example.com")
    mta.mail("<a@example.com>", **{"{auth_authen}": "anna"})
    assert mta.rcpt(listed()).startswith("550")
    # And it is of this message only.
    mta.abort()
    mta.mail("<a@example.com>", i="Q")
    assert mta.rcpt(listed()) == "continue"
    mta.close()


def test_no_macros_at_all(daemon, listed):
    mta = daemon.mta()
    mta.connect(ip="127.0.0.1", daemon=None)
    assert mta.message([listed()])[0][0].startswith("550")
    mta.close()


def test_mail_without_helo(daemon, listed):
    mta = daemon.mta()
    mta.connect()
    assert mta.message([listed()])[0][0].startswith("550")
    mta.close()


def test_nothing_leaks_into_the_next_message(mta, listed, fresh):
    bad = listed()
    mta.mail("<remove@example.com>")
    mta.rcpt(bad)
    mta.abort()
    assert mta.message([fresh()]) == (["continue"], "continue")
    assert mta.edits == []
    mta.mail("<remove@example.com>")
    mta.rcpt(bad)
    # MAIL again without RSET between, as after an error.
    assert mta.message([fresh()], sender="<hold@example.com>") == (
        ["continue"], "continue")
    assert mta.edits == []
    for _ in range(3):
        assert mta.message([bad, fresh()], sender="<remove@example.com>")[1] \
            == "continue"
        assert mta.removed() == [bad.encode()]


def test_the_next_client_on_the_same_connection(daemon, mta, listed, fresh):
    """SMFIC_QUIT_NC: nothing is negotiated anew."""
    mta.message([fresh()])
    mta.next_client()
    mta.connect(ip="198.51.100.1", daemon="mx.example.com")
    mta.helo()
    assert mta.message([listed()]) == (["continue"], "continue")
    mta.next_client()
    mta.connect()
    mta.helo()
    answers, last = mta.message([listed(), fresh()])
    assert answers[0].startswith("550")
    assert (answers[1], last) == ("continue", "continue")


def test_ten_thousand_recipients(daemon, mta, listed):
    bad = [listed() for _ in range(3)]
    many = [f"r{n}@example.net" for n in range(10000)]
    many[0], many[5000], many[-1] = bad
    answers, last = mta.message(many, sender="<remove@example.com>")
    assert set(answers) == {"continue"}
    assert last == "continue"
    assert mta.removed() == [b.encode() for b in bad]
    assert daemon.mta().steps  # and it serves others


def test_ten_thousand_listed_recipients(daemon, mta):
    daemon.done("add", "@many.example.net")
    many = [f"r{n}@many.example.net" for n in range(10000)]
    answers, last = mta.message(many, sender="<remove@example.com>")
    assert set(answers) == {"continue"}
    assert last == "discard"
    answers, last = mta.message([*many, "one@example.net"],
                                sender="<remove@example.com>")
    assert last == "continue"
    assert mta.removed() == [r.encode() for r in many]


def test_the_body_of_other_mail_is_not_read(mta, fresh):
    mta.mail()
    mta.rcpt(fresh())
    mta.header("Subject", "News")
    mta.eoh()
    assert mta.body(b"x" * 65535) == "skip"
    assert mta.eom() == "continue"


@pytest.mark.settings
def test_a_reload_counts_for_the_sessions_after_it(daemon, listed):
    bad = listed()
    before = daemon.session()
    before.mail("<remove@example.com>")
    daemon.change(BOUNCES)
    assert before.rcpt(bad) == "continue"
    before.close()
    after = daemon.session()
    after.mail("<remove@example.com>")
    assert after.rcpt(bad).startswith("550")
    after.close()


@pytest.mark.settings
def test_a_bad_configuration_is_not_taken(daemon, mta, listed):
    bad = listed()
    daemon.configure("nonsense = 1;\n")
    assert "not reloaded" in daemon.reload()
    assert mta.message([bad])[0][0].startswith("550")


def test_the_list_is_one_list(daemon, mta, fresh):
    """An address that is added while a session is open counts at once."""
    bad = fresh()
    mta.mail()
    assert mta.rcpt(bad) == "continue"
    daemon.done("add", bad)
    assert mta.rcpt(bad).startswith("550")
    daemon.done("remove", bad)
    assert mta.rcpt(bad) == "continue"
    mta.abort()
