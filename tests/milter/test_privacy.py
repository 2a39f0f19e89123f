"""A daemon that keeps hashes alone."""
from test_erase import files_with
from test_history import refusals_of
from daemon import SETTINGS as USUAL

SETTINGS = USUAL + 'privacy = "hashed";\n'


def test_mail_is_refused_and_no_file_has_text(daemon, mta, listed, fresh):
    bad = listed("--source", "abuse")
    daemon.done("add", "@.hashed.example")
    mta.mail("<shop@example.com>")
    assert mta.rcpt(f"<{bad.upper()}>").startswith("550")
    assert mta.rcpt("<joe@mail.hashed.example>").startswith("550")
    assert mta.rcpt(fresh()) == "continue"
    mta.abort()
    row, = refusals_of(daemon, bad)
    assert row["value"].startswith("email#")
    row, = refusals_of(daemon, "joe@mail.hashed.example")
    assert row["blocked_by"].startswith("domain#")
    for text in (bad, "joe@mail", "hashed.example"):
        assert files_with(daemon, text) == []
    daemon.done("remove", "--force", "--why", "test", bad)
    assert daemon.json("privacy")[0]["privacy"] == "hashed"
    assert daemon.json("verify")[0]["faults"] == 0
