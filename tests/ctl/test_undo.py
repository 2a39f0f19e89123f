"""undo: what was put on the list is taken back."""
import subprocess
import time

import pytest

from program import FAILED, NO, TIME, USAGE, YES

ROW = ["v", "type", "value", "kind", "source", "stream", "since", "changed",
       "result"]
TOTAL = ["v", "type", "lifted", "kept", "dry_run"]
WHY = ("--why", "a mistake")


def undo(ctl, *options, status=YES):
    """The reasons and the total."""
    *rows, total = ctl.json("undo", *WHY, *options, status=status)
    assert all(list(row) == ROW for row in rows)
    assert list(total) == TOTAL and total["type"] == "total"
    return rows, total


def next_second(ctl):
    """A time that nothing before has."""
    last = ctl.json("history")[-1]["at"]
    while True:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if now > last:
            return now
        time.sleep(0.02)


def test_what_it_does_and_says(listed):
    rows, total = undo(listed, "--search", "example.net")
    row, = rows
    assert (row["type"], row["value"], row["source"], row["stream"]) == (
        "reason", "carla@example.net", "user", "news")
    assert TIME.fullmatch(row["since"])
    assert (row["changed"], row["result"]) == (True, "lifted")
    assert (total["lifted"], total["kept"], total["dry_run"]) == (1, 0, False)
    assert "carla@example.net" not in listed.values()
    newest = listed.json("history", "carla@example.net")[0]
    assert (newest["op"], newest["why"]) == ("remove", "a mistake")
    assert newest["by"] == subprocess.check_output(
        ["id", "-un"], encoding="utf-8").strip()


def test_for_people_and_for_spreadsheets(listed):
    text = listed.done("undo", *WHY, "--dry-run", "--stream", "news")
    assert text.split()[:2] == ["VALUE", "SOURCE"]
    assert "would be lifted" in text
    assert "Would take back 2 reasons." in text
    text = listed.done("--csv", "undo", *WHY, "--stream", "news")
    assert text.splitlines()[0] == ",".join(ROW[1:])
    assert len(text.splitlines()) == 3
    assert "Took back 0 reasons." in listed.run(
        "undo", *WHY, "--stream", "news").stdout.decode()


# Of the store `listed`: anna (user), bert (abuse), carla and @example.org
# (user, news).
@pytest.mark.parametrize("options, want", [
    (["--source", "user"], ["@example.org", "anna@example.com",
                            "carla@example.net"]),
    (["--stream", "news"], ["@example.org", "carla@example.net"]),
    (["--stream", "*", "--source", "user"], ["anna@example.com"]),
    (["--kind", "domain"], ["@example.org"]),
    (["--search", "phone"], ["anna@example.com"]),
    (["--by", "nobody-of-that-name"], []),
    (["--since", "2100-01-01"], []),
    (["--until", "2000-01-01"], []),
    (["--since", "2000-01-01", "--kind", "domain"], ["@example.org"]),
])
def test_conditions(listed, options, want):
    status = YES if want else NO
    before = listed.values()
    rows, total = undo(listed, "--dry-run", *options, status=status)
    assert sorted(r["value"] for r in rows) == want
    assert (total["lifted"], total["dry_run"]) == (len(want), True)
    assert listed.values() == before
    rows, total = undo(listed, *options, status=status)
    assert sorted(r["value"] for r in rows) == want
    assert (total["lifted"], total["dry_run"]) == (len(want), False)
    assert listed.values() == sorted(set(before) - set(want))


def test_somebodys_own_wish_wants_force(listed):
    rows, total = undo(listed, "--search", "bert", status=NO)
    assert (total["lifted"], total["kept"]) == (0, 1)
    assert "--force" in rows[0]["result"] and rows[0]["changed"] is False
    assert listed.status("check", "bert@example.com") == NO
    assert undo(listed, "--search", "bert", "--force")[1]["lifted"] == 1
    assert listed.status("check", "bert@example.com") == YES


def test_a_wave_and_nothing_else(ctl):
    """December 2020: a receiver says for a while that nobody exists."""
    ctl.done("add", "--source", "bounced", "old@example.net")
    ctl.done("add", "--source", "user", "user1@example.net")
    since = next_second(ctl)
    wave = [f"user{i}@example.net" for i in range(5)]
    ctl.done("add", "--source", "bounced", "old@example.net",
             "other@example.org", *wave)
    until = next_second(ctl)
    ctl.done("add", "--source", "bounced", "late@example.net")
    rows, total = undo(ctl, "--since", since, "--until", until, "--source",
                       "bounced", "--search", "@example.net")
    assert sorted(r["value"] for r in rows) == wave
    assert total["lifted"] == len(wave)
    assert ctl.values() == ["late@example.net", "old@example.net",
                            "other@example.org", "user1@example.net"]
    row, = ctl.json("verify")
    assert row["faults"] == 0


def test_what_was_imported(ctl):
    assert ctl.json("imports", status=FAILED) == []
    ctl.done("add", "none@example.com")
    assert ctl.json("imports") == []
    batches = []
    for names in ("a b c", "d"):
        lines = "".join(f"{n}@example.com\n" for n in names.split())
        batches.append(ctl.json("import", "-", stdin=lines)[-1]["batch"])
    ctl.done("remove", "b@example.com", "none@example.com")
    rows = ctl.json("imports")
    assert [(r["batch"], r["added"], r["lifted"]) for r in rows] == [
        (batches[1], 1, 0), (batches[0], 3, 1)]
    assert all(TIME.fullmatch(r["at"]) and r["by"] for r in rows)
    undo(ctl, batches[0])
    assert ctl.json("imports", "--limit", "1") == rows[:1]
    assert ctl.json("imports")[1]["lifted"] == 3
    assert batches[0] in ctl.done("imports")


@pytest.mark.parametrize("arguments, said", [
    ([*WHY], "at least one condition"),
    ([*WHY, "--force"], "at least one condition"),
    ([*WHY, "--dry-run"], "at least one condition"),
    (["--source", "bounced"], "--why"),
    ([*WHY, "--source", "bounced", "--limit", "1"], "no option"),
])
def test_wrong_usage(listed, arguments, said):
    before = listed.values()
    assert said in listed.refused(USAGE, "undo", *arguments)
    assert listed.values() == before


def test_no_store(ctl):
    ctl.refused(FAILED, "undo", *WHY, "--source", "user")
    assert not ctl.store.exists()
