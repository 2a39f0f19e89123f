"""Who did not get mail is in the history."""
import pytest

from harness.wait import until
from test_outbound import INTERNAL, SETTINGS


def refusals_of(daemon, value, count=1):
    """They are written behind the mail: waits for so many."""
    def rows():
        found = daemon.json("history", "--type", "refusal", value)
        return found if len(found) >= count else None
    found = until(rows, f"{count} refusals of {value}")
    assert len(found) == count
    return found


def test_a_refusal_at_rcpt(daemon, listed, fresh):
    bad = listed("--source", "abuse")
    reason = daemon.json("show", bad)[0]
    mta = daemon.session(ip="192.0.2.77")
    mta.mail("<shop@example.com>", **{"{auth_authen}": "shop-app"})
    assert mta.rcpt(fresh()) == "continue"
    assert mta.rcpt(f"<{bad.upper()}>", i="4Zabc").startswith("554")
    mta.close()
    row = refusals_of(daemon, bad)[0]
    assert row["type"] == "refusal"
    assert row["op"] == "reject"
    assert row["value"] == row["blocked_by"] == bad
    assert row["source"] == "abuse"
    assert row["stream"] == "default"
    assert row["sender"] == "shop@example.com"
    assert row["login"] == row["by"] == "shop-app"
    assert row["client"] == "192.0.2.77"
    assert row["queue_id"] == "4Zabc"
    assert row["at"] >= reason["since"]
    assert reason["since"] in row["why"]


@pytest.mark.parametrize("sender, done", [
    ("remove@example.com", "remove"), ("hold@example.com", "hold"),
    ("defer@example.com", "defer"), ("observe@example.com", "observe")])
def test_what_was_done(daemon, mta, listed, fresh, sender, done):
    bad = listed()
    mta.message([bad, fresh()], sender=f"<{sender}>")
    row = refusals_of(daemon, bad)[0]
    assert (row["op"], row["sender"]) == (done, sender)


def test_local_mail_is_removed(daemon, listed, fresh):
    session = daemon.session(**INTERNAL["LOCAL"])
    bad = listed()
    session.message([bad, fresh()])
    session.close()
    assert refusals_of(daemon, bad)[0]["op"] == "remove"


def test_each_recipient_of_a_domain(daemon, mta):
    daemon.done("add", "@history.example")
    mta.message(["a@history.example", "anna@example.net",
                 "b@history.example"])
    rows = refusals_of(daemon, "@history.example", 2)
    assert {row["value"] for row in rows} == {"a@history.example",
                                              "b@history.example"}
    assert {row["blocked_by"] for row in rows} == {"@history.example"}
    assert refusals_of(daemon, "b@history.example")[0]["op"] == "reject"


def test_stands_between_the_events(daemon, mta, listed):
    bad = listed()
    mta.message([bad])
    refusals_of(daemon, bad)
    daemon.done("remove", bad)
    whole = [row["op"] for row in daemon.json("history", bad)]
    assert sorted(whole) == ["add", "reject", "remove"]
    assert whole[-1] == "add"
    assert [row["op"] for row in daemon.json("history", "--type", "event",
                                             bad)] == ["remove", "add"]
    assert [row["op"] for row in daemon.json("show", bad)] == whole


@pytest.mark.settings
def test_none_are_kept(daemon, mta, listed):
    mta.message([listed()])
    until(lambda: daemon.json("history", "--type", "refusal"), "one is kept")
    daemon.change(SETTINGS + "refusals = { days = 0; };\n")
    until(lambda: not daemon.json("history", "--type", "refusal"),
          "what was kept goes")
    bad = listed()
    mta.message([bad])
    daemon.change(SETTINGS)
    mta.message([bad])
    assert len(refusals_of(daemon, bad)) == 1


def test_whose_block_it_was(daemon, fresh):
    """The log and the history name the contact; of others they do not."""
    bad, other = fresh(), fresh()
    daemon.done("contact", "add", "--name", "Joe", "c-42", bad)
    daemon.done("contact", "block", "c-42")
    daemon.done("add", other)
    mta = daemon.session()
    mta.mail("<shop@example.com>")
    assert mta.rcpt(f"<{bad}>").startswith("5")
    assert mta.rcpt(f"<{other}>").startswith("5")
    mta.close()
    assert refusals_of(daemon, bad)[0]["contact"] == "c-42"
    assert refusals_of(daemon, other)[0]["contact"] == ""
    rows = daemon.json("contact", "show", "c-42")
    row, = [row for row in rows if row["type"] == "refusal"]
    assert (row["value"], row["sender"]) == (bad, "shop@example.com")
    lines = daemon.log().splitlines()
    assert [line.endswith(" contact=c-42") for line in lines
            if bad in line or other in line] == [True, False]
