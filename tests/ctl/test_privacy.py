"""A store of hashes: no text of values, and all that can work does."""
import signal
import time

import pytest

from program import DATA, FAILED, NO, USAGE, YES
from test_erase import files_with

VALUES = ["anna@example.com", "@.example.org", "+33612345678",
          "linkedin.com/in/joe"]
TEXTS = ["example.com", "@.example.org", "+33612345678", "linkedin.com/in",
         "out.example.net"]


def has_text(ctl):
    return [name for text in TEXTS for name in files_with(ctl.store, text)]


def fill(ctl):
    ctl.done("add", "--why", "by anna@example.com", *VALUES)
    ctl.done("add", "--source", "abuse", "--stream", "news",
             "bert@example.com")
    ctl.done("contact", "add", "c1", "--name", "Joe Doe", *VALUES[:2])


@pytest.fixture
def hashed(ctl):
    ctl.configure('privacy = "hashed";\n')
    fill(ctl)
    return ctl


def test_no_file_has_text(hashed):
    assert has_text(hashed) == []
    assert hashed.json("privacy")[0]["privacy"] == "hashed"
    # That is for good, whatever the settings say.
    hashed.configure("")
    hashed.done("add", "carla@example.com")
    assert has_text(hashed) == []


def test_lookups(hashed):
    for value in VALUES:
        assert hashed.status("check", value) == NO
    row, = hashed.json("check", "joe@mail.example.org", status=NO)
    assert row["value"] == "joe@mail.example.org"
    assert row["blocked_by"].startswith("domain#")
    assert row["since"] and row["source"] == "user"
    assert hashed.status("check", "joe@example.com") == YES
    assert hashed.status("check", "--stream", "bills",
                         "bert@example.com") == YES
    assert hashed.json("show", "+33612345678")[0]["value"].startswith(
        "phone#")


def test_lists_and_numbers(hashed):
    def number(*options):
        return len(hashed.json("list", *options))
    assert number() == 5
    assert number("--kind", "domain") == 1
    assert number("--source", "abuse") == 1
    assert number("--stream", "news") == 1
    assert number("--since", "2020-01-01") == 5
    assert number("--until", "2020-01-01") == 0
    rows = {(r["type"], r["name"]): r for r in hashed.json("stats")}
    assert rows["total", "values"]["count"] == 5
    assert rows["kind", "email"]["count"] == 2
    first = hashed.json("list", "--limit", "2")
    rest = hashed.json("list", "--after", first[-1]["value"])
    assert len({r["value"] for r in first + rest}) == 5


def test_changes(hashed):
    hashed.done("remove", "anna@example.com")
    assert hashed.status("check", "anna@example.com") == YES
    hashed.done("contact", "block", "c1")
    assert hashed.status("check", "anna@example.com") == NO
    hashed.done("contact", "unblock", "c1")
    assert [r["op"] for r in hashed.json("history", "anna@example.com")] == [
        "remove", "add", "remove", "link", "add"]
    exported = hashed.done("export")
    hashed.done("undo", "--why", "test", "--source", "user")
    assert hashed.status("check", "+33612345678") == YES
    hashed.run("import", "-", stdin=exported)
    assert hashed.status("check", "+33612345678") == NO
    assert hashed.json("verify")[0]["faults"] == 0
    assert has_text(hashed) == []


def test_reports(hashed):
    hashed.done("ingest", DATA / "postfix-failed.eml")
    row, = hashed.json("review", "list")
    assert row["value"].startswith("email#")
    assert has_text(hashed) == []
    hashed.done("review", "accept", str(row["number"]))
    assert hashed.status("check", "bad1@out.example.net") == NO
    assert has_text(hashed) == []


@pytest.mark.parametrize("command", [["list"], ["history"], ["export"],
                                     ["undo", "--why", "test"],
                                     ["review", "list"]])
def test_text_cannot_be_searched_for(hashed, command):
    result = hashed.run(*command, "--search", "anna")
    assert result.returncode == USAGE
    assert (b"keeps hashes, no text that could be searched for 'anna'"
            in result.stderr)


def test_backup_and_restore(hashed, home):
    hashed.done("backup", home / "backup.tar")
    hashed.store = home / "other"
    hashed.configure("")
    hashed.done("restore", home / "backup.tar")
    assert hashed.json("privacy")[0]["privacy"] == "hashed"
    hashed.done("add", "carla@example.com")
    for value in VALUES:
        assert hashed.status("check", value) == NO
    assert has_text(hashed) == []


def test_an_old_store_is_converted(ctl):
    fill(ctl)
    assert has_text(ctl) != []
    assert ctl.json("privacy")[0]["privacy"] == "plain"
    before = [(r["kind"], r["source"], r["since"]) for r in ctl.json("list")]
    row, = ctl.json("privacy", "hashed")
    assert row["privacy"] == "hashed" and row["events"] == 9
    assert has_text(ctl) == []
    assert [(r["kind"], r["source"], r["since"])
            for r in ctl.json("list")] == before
    for value in VALUES:
        assert ctl.status("check", value) == NO
    assert ctl.json("privacy", "hashed")[0]["events"] == 0
    ctl.done("add", "carla@example.com")
    assert has_text(ctl) == []


def test_the_setting_alone_hashes_what_is_new(ctl):
    fill(ctl)
    ctl.configure('privacy = "hashed";\n')
    result = ctl.run("add", "new@example.net")
    assert result.returncode == YES
    assert b"suppressctl privacy hashed" in result.stderr
    assert files_with(ctl.store, "new@example.net") == []
    assert has_text(ctl) != []
    ctl.json("privacy", "hashed")
    assert has_text(ctl) == []
    ctl.done("add", "carla@example.com")


@pytest.mark.parametrize("after", [0, 0.02, 0.05, 0.2])
def test_killed_in_the_middle(ctl, after):
    (ctl.home / "list").write_text(
        "".join(f"a{i}@example.com\n" for i in range(30000)))
    ctl.done("import", ctl.home / "list")
    fill(ctl)
    process = ctl.start("privacy", "hashed")
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ctl.run("add", "last@example.com")
    assert ctl.json("verify")[0]["faults"] == 0
    # What recovery has to say of it, it says once more.
    assert ctl.run("privacy", "hashed").returncode == YES
    assert has_text(ctl) == []
    for value in [*VALUES, "a7@example.com", "last@example.com"]:
        assert ctl.status("check", value) == NO
    assert ctl.json("verify")[0]["suppressed"] == 30006


def test_what_is_wrong_is_said(ctl):
    assert "no way back" in ctl.refused(USAGE, "privacy", "plain")
    assert "start suppressd" in ctl.refused(FAILED, "privacy")
    assert "start suppressd" in ctl.refused(FAILED, "privacy", "hashed")
