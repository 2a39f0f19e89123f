"""review: what waits for a person."""
import json
import subprocess

import pytest

from program import DATA, FAILED, NO, TIME, USAGE, YES

BOUNCE = DATA / "postfix-failed.eml"
BAD = "bad1@out.example.net"
COMPLAINT = DATA / "arf-full.eml"
ANGRY = "user@example.net"

LIST = ["v", "type", "number", "at", "state", "value", "kind", "source", "stream",
        "expires", "report", "class", "status", "rule", "proof", "why"]
ANSWER = ["v", "number", "value", "kind", "source", "class", "expires",
          "changed", "result"]


@pytest.fixture
def waiting(ctl):
    """Two reports without proof that would suppress, and one that would
    not."""
    ctl.done("ingest", BOUNCE, COMPLAINT, DATA / "postfix-delayed.eml")
    return ctl


def number_of(ctl, value):
    row, = [r for r in ctl.json("review", "list") if r["value"] == value]
    return row["number"]


def values(ctl, *options):
    return [r["value"] for r in ctl.json("review", "list", *options)]


def test_list(waiting):
    bounce, complaint = waiting.json("review", "list")
    assert list(bounce) == LIST
    assert (bounce["value"], complaint["value"]) == (BAD, ANGRY)
    assert (bounce["source"], complaint["source"]) == ("bounced", "abuse")
    assert bounce["state"] == complaint["state"] == "unverified"
    assert (bounce["report"], bounce["class"], bounce["status"]) == (
        "bounce", "bad-address", "5.1.1")
    assert TIME.fullmatch(bounce["at"])
    assert bounce["number"] == [
        r["lsn"] for r in waiting.json("history")][0]


def test_list_for_people_and_for_spreadsheets(waiting):
    text = waiting.done("review", "list")
    assert text.split()[:4] == ["NUMBER", "WHEN", "STATE", "VALUE"]
    assert BAD in text and ANGRY in text
    lines = waiting.done("--csv", "review", "list").splitlines()
    assert lines[0] == ",".join(LIST[1:])
    assert len(lines) == 3


@pytest.mark.parametrize("options, want", [
    (["--source", "abuse"], [ANGRY]),
    (["--kind", "email"], [BAD, ANGRY]),
    (["--kind", "domain"], []),
    (["--search", "OUT.example"], [BAD]),
    (["--since", "2100-01-01"], []),
    (["--until", "2000-01-01"], []),
    (["--since", "2000-01-01"], [BAD, ANGRY]),
    (["--limit", "1"], [BAD]),
    (["--state", "unverified"], [BAD, ANGRY]),
    (["--state", "held"], []),
])
def test_conditions(waiting, options, want):
    assert values(waiting, *options) == want
    status = YES if want else NO
    for answer in ("accept", "reject"):
        rows = waiting.json("review", answer, "--all", "--dry-run", *options,
                            status=status)
        assert [r["value"] for r in rows] == want
    assert values(waiting) == [BAD, ANGRY]


def test_accept_by_number(waiting):
    number = number_of(waiting, BAD)
    row, = waiting.json("review", "accept", number)
    assert list(row) == ANSWER
    assert (row["number"], row["value"], row["changed"], row["result"]) == (
        number, BAD, True, "accepted")
    assert waiting.status("check", BAD) == NO
    assert waiting.status("check", ANGRY) == YES
    assert values(waiting) == [ANGRY]
    reason, = waiting.json("list")
    assert reason["source"] == "bounced"
    assert reason["by"] == subprocess.check_output(
        ["id", "-un"], encoding="utf-8").strip()


def test_reject_by_condition(waiting):
    row, = waiting.json("review", "reject", "--source", "bounced", "--why",
                        "I called him")
    assert row["result"] == "rejected"
    assert waiting.status("check", BAD) == YES
    assert values(waiting) == [ANGRY]
    newest = waiting.json("history", BAD)[0]
    assert (newest["op"], newest["trust"], newest["why"]) == (
        "report", "rejected", "I called him")


def test_all(waiting):
    assert len(waiting.json("review", "accept", "--all")) == 2
    assert waiting.values() == [BAD, ANGRY]
    assert "Nothing waits." in waiting.done("review", "list")
    assert waiting.json("review", "accept", "--all", status=NO) == []
    assert waiting.run("review", "accept", "--all").stdout


def test_the_same_report_again_waits_no_more(waiting):
    waiting.done("review", "reject", "--all")
    waiting.done("ingest", BOUNCE)
    assert values(waiting) == []


def test_dry_run_changes_nothing(waiting):
    before = waiting.json("history")
    rows = waiting.json("review", "accept", "--all", "--dry-run")
    assert [(r["changed"], r["result"]) for r in rows] == [
        (False, "would be accepted")] * 2
    assert waiting.json("history") == before


def test_numbers_that_do_not_wait(waiting):
    number = number_of(waiting, BAD)
    result = waiting.run("review", "accept", number, number + 1000)
    assert result.returncode == NO
    assert str(number + 1000).encode() in result.stderr
    assert waiting.status("check", BAD) == NO
    result = waiting.run("review", "accept", number)
    assert result.returncode == NO
    # A number and a condition: both.
    assert waiting.status("review", "accept", number_of(waiting, ANGRY),
                          "--source", "bounced") == NO


@pytest.mark.parametrize("arguments, said", [
    (["accept"], "say which"),
    (["reject"], "say which"),
    (["reject", "--limit", "5"], "say which"),
    (["accept", "--why", "so"], "say which"),
    (["accept", "one"], "'one' is no number"),
    (["accept", "-1"], "no option"),
    (["list", "1"], "'1': list takes no numbers"),
    (["drop", "1"], "'drop' is none of list, accept, reject"),
    (["list", "--state", "new"], "none of unverified or held"),
])
def test_wrong_usage(waiting, arguments, said):
    assert said in waiting.refused(USAGE, "review", *arguments)
    assert len(values(waiting)) == 2


def test_no_store(ctl):
    ctl.refused(FAILED, "review", "list")
    ctl.refused(FAILED, "review", "accept", "--all")
    assert not ctl.store.exists()


def test_our_own_and_protected_never_wait(ctl):
    ctl.configure('inbound = { own_domains = [ "out.example.net" ];\n'
                  f'protected = [ "{ANGRY}" ]; }};\n')
    ctl.done("ingest", BOUNCE, COMPLAINT)
    assert values(ctl) == []


def forged(i):
    return BOUNCE.read_text().replace(BAD, f"user{i}@out.example.net")


def test_a_flood_is_bounded(ctl, home):
    """Also where each mail is a program of its own."""
    ctl.configure("review = { per_day = 3; };\n")
    for i in range(6):
        ctl.done("ingest", stdin=forged(i))
    assert len(values(ctl)) == 3
    assert len(ctl.json("history")) == 3
    ctl.done("ingest", "--believe", stdin=forged(5))
    assert ctl.values() == ["user5@out.example.net"]


def test_more_than_one_batch(ctl, home):
    """A batch is 5000."""
    ctl.configure("review = { per_day = 100000; };\n")
    (home / "mails").mkdir()
    for i in range(5500):
        (home / f"mails/{i}").write_text(forged(i))
    ctl.run("ingest", home / "mails")
    assert len(values(ctl)) == 5500
    rows = ctl.json("review", "accept", "--source", "bounced")
    assert len(rows) == 5500 and all(r["changed"] for r in rows)
    assert len(ctl.values()) == 5500
    batches = {json.loads(line)["b"] for line in
               (ctl.store / "journal/0000000001.jsonl").open()
               if '"trust":"accepted"' in line}
    assert len(batches) == 2
