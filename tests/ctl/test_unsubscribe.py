"""explain, ingest and review of mails by which somebody unsubscribes."""
import pytest

from harness import mails
from program import DATA

SETTINGS = """\
inbound = {{ unsubscribe = [ "unsub@example.com" ]; }};
token = {{ keys = "{keys}"; }};
"""
JOE = "joe@example.net"
ELSEWHERE = "jo@icloud.example"


@pytest.fixture(name="token")
def token_of_joe(ctl, home):
    """Of the stream news, and what made it, by tests/data/token.vectors."""
    vectors = [line.split() for line in open(DATA / "token.vectors",
                                             encoding="utf-8")]
    secret, token = next((v[1], v[6]) for v in vectors
                         if v[0] == "header" and v[3:6] == ["news", "4096",
                                                            JOE])
    keys = home / "keys"
    keys.mkdir(mode=0o700)
    key = keys / "a.key"
    key.touch(mode=0o600)
    key.write_text("suppressd-key 1\nmade 2026-11-25T13:00:00Z\n"
                   f"secret {secret}\n")
    ctl.configure(SETTINGS.format(keys=keys))
    return token


def request(subject, sender=ELSEWHERE):
    return mails.apple(sender, "unsub@example.com", subject)


def test_explain_is_the_contract(ctl, token):
    row, = ctl.json("explain", "--trust",
                    stdin=request(f"unsubscribe {token}"))
    assert row["type"] == "unsubscribe"
    recipient, = row["recipients"]
    assert (recipient["address"], recipient["suppress"]) == (JOE, True)
    assert (recipient["action"], recipient["status"],
            recipient["class"]) == ("", "", "")
    assert recipient["rule"]
    assert (recipient["trust"], recipient["proof"]) == ("believed", "token")
    assert {"proof": "token", "said": "names who unsubscribes"} in (
        recipient["tried"])
    assert not ctl.store.exists()


def test_explain_for_people(ctl, token):
    text = ctl.done("explain", stdin=request(f"unsubscribe {token}"))
    for word in ("unsubscribe", JOE, "token", "would be suppressed",
                 f"unsubscribed by mail from {ELSEWHERE}"):
        assert word in text
    assert token not in text


def test_explain_what_is_wrong(ctl, token):
    text = ctl.done("explain", "--trust",
                    stdin=request(f"unsubscribe {token[:-8]}b"))
    for word in ("unsubscribe", ELSEWHERE, "unverified", "not proven",
                 "cut, changed or no token"):
        assert word in text


def test_ingest_by_its_token(ctl, token):
    ctl.done("ingest", stdin=request(f"unsubscribe {token}"))
    row, = ctl.json("list")
    assert (row["value"], row["source"], row["stream"]) == (
        JOE, "lead", "news")
    assert row["why"] == f"unsubscribed by mail from {ELSEWHERE}"
    event, = ctl.json("history", JOE)
    assert (event["report"], event["trust"], event["proof"]) == (
        "unsubscribe", "believed", "token")


@pytest.mark.usefixtures("token")
def test_without_a_token_a_person_decides(ctl):
    ctl.done("ingest", stdin=request("unsubscribe", JOE))
    assert ctl.json("list") == []
    row, = ctl.json("review", "list")
    assert (row["value"], row["state"]) == (JOE, "unverified")
    ctl.done("review", "accept", str(row["number"]))
    row, = ctl.json("list")
    assert (row["value"], row["source"], row["stream"]) == (JOE, "lead", "*")


@pytest.mark.usefixtures("token")
def test_vouched_for(ctl):
    """What has come to the mailbox of a list that never had tokens."""
    ctl.done("ingest", "--believe", stdin=request("unsubscribe", JOE))
    row, = ctl.json("list")
    assert (row["value"], row["source"]) == (JOE, "lead")
