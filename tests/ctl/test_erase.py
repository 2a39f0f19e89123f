"""Erasing: no file has the text any more, and the value stays blocked."""
import signal
import time

import pytest

from program import FAILED, NO, USAGE, YES

JOE = "joe@example.com"


def files_with(top, text):
    """The files that have it, in whatever case."""
    return [str(path.relative_to(top)) for path in top.rglob("*")
            if path.is_file()
            and text.lower().encode() in path.read_bytes().lower()]


@pytest.fixture
def joes(ctl):
    """A value that is in each place where one can be."""
    ctl.done("add", "--why", "asked by Joe@Example.com", "Joe@Example.com",
             "anna@example.com")
    ctl.done("add", "--source", "bounced", "--why",
             f"550 5.1.1 <{JOE}>: unknown", JOE)
    ctl.done("contact", "add", "c1", "--name", f"Joe {JOE}", JOE,
             "anna@example.com")
    (ctl.store / "quarantine/0000000001-9.jsonl").write_text(
        f'{{"v":1,"value":"{JOE}","sho')
    refusals = ctl.store / "refusals"
    refusals.mkdir()
    return ctl


def test_no_file_has_it(joes):
    assert len(files_with(joes.store, JOE)) == 2
    row, = joes.json("erase", "--why", f"ticket 1 of {JOE}", JOE)
    assert row["events"] == 6 and row["files"] == 1
    assert files_with(joes.store, JOE) == []
    assert joes.json("verify")[0]["faults"] == 0
    assert files_with(joes.store, "anna@example.com") != []


def test_it_stays_blocked(joes):
    before, = joes.json("check", JOE, status=NO)
    hidden = joes.json("erase", JOE)[0]["value"]
    assert hidden.startswith("email#") and len(hidden) == 38
    for spelling in (JOE, "JOE@EXAMPLE.COM", hidden):
        row, = joes.json("check", spelling, status=NO)
        assert row["blocked_by"] == hidden
        assert (row["since"], row["source"], row["by"]) == (
            before["since"], before["source"], before["by"])
    assert joes.status("check", "anna@example.com") == NO
    assert joes.status("check", "jim@example.com") == YES


def test_the_history_says_who_and_why(joes):
    hidden = joes.json("erase", "--why", "ticket 1", JOE)[0]["value"]
    rows = joes.json("history", JOE)
    assert [row["op"] for row in rows] == ["erase", "link", "add", "add"]
    assert {row["value"] for row in rows} == {hidden}
    assert rows[0]["why"] == "ticket 1"
    assert rows[0]["by"]
    assert rows[2]["why"] == f"550 5.1.1 <{'*' * len(JOE)}>: unknown"
    assert joes.json("history", hidden) == rows


def test_lists_and_contacts_show_the_hash(joes):
    hidden = joes.json("erase", JOE)[0]["value"]
    assert joes.values() == ["anna@example.com", hidden, hidden]
    assert hidden in joes.done("contact", "show", "c1")
    page = joes.json("list", "--limit", "1")
    rest = joes.json("list", "--after", page[0]["value"])
    assert page[0]["value"] not in [row["value"] for row in rest]
    joes.done("contact", "block", "c1")
    joes.done("contact", "unblock", "c1")
    joes.done("remove", hidden)
    assert joes.status("check", JOE) == YES
    assert joes.json("verify")[0]["faults"] == 0


def test_what_comes_later_is_kept_by_hash(joes):
    joes.done("erase", JOE)
    joes.done("add", "--source", "abuse", "--why", f"of <{JOE}>", JOE)
    assert joes.status("remove", JOE) == NO
    assert files_with(joes.store, JOE) == []


def test_again_does_nothing(joes):
    joes.done("erase", JOE)
    before = joes.json("history")
    row, = joes.json("erase", JOE)
    assert (row["events"], row["refusals"], row["files"]) == (0, 0, 0)
    assert joes.json("history") == before


@pytest.mark.parametrize("value", ["@example.org", "+33612345678",
                                   "linkedin.com/in/joe"])
def test_other_kinds(ctl, value):
    ctl.done("add", value, "anna@example.org")
    hidden = ctl.json("erase", value)[0]["value"]
    assert ctl.json("check", value, status=NO)[0]["blocked_by"] == hidden
    assert files_with(ctl.store, value) == (
        ["journal/0000000001.jsonl"] if value[0] == "@" else [])
    assert files_with(ctl.store, f'"{value}"') == []
    row, = ctl.json("history", hidden)[:1]
    assert row["op"] == "erase"


def test_backup_and_export(joes, home):
    joes.done("erase", JOE)
    before = joes.done("export")
    joes.done("backup", home / "backup.tar")
    assert JOE.encode() not in (home / "backup.tar").read_bytes()
    joes.store = home / "other"
    joes.done("restore", home / "backup.tar")
    assert joes.done("export") == before
    assert joes.status("check", JOE) == NO
    (home / "export").write_text(before)
    joes.done("remove", JOE)
    joes.done("import", home / "export")
    assert joes.status("check", JOE) == NO
    assert files_with(joes.store, JOE) == []


def test_what_is_wrong_is_said(ctl):
    assert "start suppressd, or add" in ctl.refused(FAILED, "erase", JOE)
    ctl.done("add", "anna@example.com")
    assert "is no value" in ctl.refused(USAGE, "erase", "joe")
    assert ctl.status("erase") == USAGE
    assert ctl.status("erase", JOE, "anna@example.com") == USAGE


@pytest.mark.parametrize("after", [0, 0.01, 0.03, 0.1])
def test_killed_in_the_middle(ctl, after):
    """Before, after, or what the next writer brings to its end."""
    (ctl.home / "list").write_text(
        "".join(f"a{i}@example.com\n" for i in range(30000)))
    ctl.done("add", JOE)
    ctl.done("import", ctl.home / "list")
    process = ctl.start("erase", JOE)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ctl.run("add", "last@example.com")
    assert not (ctl.store / "erasing").exists()
    assert ctl.json("verify")[0]["faults"] == 0
    assert ctl.status("check", JOE) == NO
    erased = "erase" in [row["op"] for row in ctl.json("history", JOE)]
    assert (files_with(ctl.store, JOE) == []) == erased
    ctl.done("erase", JOE)
    assert files_with(ctl.store, JOE) == []
    assert len(set(ctl.values())) == 30002
