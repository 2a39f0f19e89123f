"""add and remove."""
import datetime
import subprocess
import time

import pytest

from program import NO, TIME, USAGE, YES


def seconds(text):
    at = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return at.replace(tzinfo=datetime.timezone.utc).timestamp()


def test_add_says_what_it_did(ctl):
    assert ctl.json("add", "Joe@Example.COM", "@example.net",
                    "@.example.net") == [
        {"v": 1, "value": "joe@example.com", "kind": "email",
         "changed": True, "result": "added"},
        {"v": 1, "value": "@example.net", "kind": "domain",
         "changed": True, "result": "added"},
        {"v": 1, "value": "@.example.net", "kind": "domain",
         "changed": True, "result": "added"}]
    assert ctl.values() == ["@.example.net", "@example.net",
                            "joe@example.com"]


def test_what_add_writes_down(ctl):
    before = int(time.time())
    ctl.done("add", "--source", "api", "--stream", "news", "--why",
             "he called: \"no more\"", "--expires", "30d", "joe@example.com")
    row, = ctl.json("list")
    assert row["source"] == "api"
    assert row["stream"] == "news"
    assert row["why"] == "he called: \"no more\""
    assert row["by"] == subprocess.check_output(
        ["id", "-un"], encoding="utf-8").strip()
    assert TIME.fullmatch(row["since"]) and TIME.fullmatch(row["expires"])
    assert before <= seconds(row["since"]) <= time.time()
    assert (before <= seconds(row["expires"]) - 30 * 86400
            <= seconds(row["since"]))


def test_defaults_of_add(ctl):
    ctl.done("add", "joe@example.com")
    row, = ctl.json("list")
    assert (row["source"], row["stream"], row["why"], row["expires"]) == (
        "user", "*", "", None)


@pytest.mark.parametrize("text", ["90s", "15m", "12h", "30d", "8w"])
def test_lengths_of_time(ctl, text):
    before = int(time.time())
    ctl.done("add", "--expires", text, "joe@example.com")
    row, = ctl.json("list")
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[text[-1]]
    assert (before <= seconds(row["expires"]) - int(text[:-1]) * unit
            <= seconds(row["since"]))


def test_a_reason_ends_by_itself(ctl):
    ctl.done("add", "--expires", "1s", "joe@example.com")
    deadline = time.time() + 30
    while ctl.status("check", "joe@example.com") == NO:
        assert time.time() < deadline
        time.sleep(0.2)
    assert ctl.values() == []


@pytest.mark.parametrize("bad", [
    "joe", "joe@", "@", "joe@example..com", "joe@-example.com", "a b@c",
    "joe@example.com, ann@example.com", "=1+1", "x" * 600 + "@example.com",
    "+33 6", "https://linkedin.com/feed/"])
def test_bad_value(ctl, bad):
    said = ctl.refused(USAGE, "add", "good@example.com", bad)
    assert bad[:60] in said
    assert "nothing was changed" in said
    assert not ctl.store.exists()


BAD_LINES = ("good@example.com\n"
             "bad one\n"
             "# a comment\n"
             "\n"
             "worse@\n"
             "fine@example.net\n")


def test_every_bad_line_is_named_and_nothing_added(ctl, home):
    (home / "list.txt").write_text(BAD_LINES)
    said = ctl.refused(USAGE, "add", "-f", home / "list.txt")
    assert f"{home}/list.txt:2: " in said
    assert f"{home}/list.txt:5: " in said
    assert "2 bad values" in said and "--partial" in said
    assert len(said.splitlines()) == 3
    assert not ctl.store.exists()


def test_partial_takes_the_good_ones(ctl):
    result = ctl.run("add", "--partial", "-f", "-", stdin=BAD_LINES)
    assert result.returncode == USAGE
    assert b"standard input:2: " in result.stderr
    assert b"standard input:5: " in result.stderr
    assert b"nothing was changed" not in result.stderr
    assert ctl.values() == ["fine@example.net", "good@example.com"]


@pytest.mark.parametrize("text", [
    b"\xef\xbb\xbfa@example.com\r\nb@example.com\r\n",
    b"a@example.com\nb@example.com",
    b"\n\n  a@example.com \t\r\n\t\r\n# b@example.org\n b@example.com\n\n",
    b"  # indented comment\na@example.com\nb@example.com\n",
    b"a@example.com\nb@example.com\na@example.com\n",
    b"<a@example.com>\nb@example.com\n",
    b"\xef\xbb\xbf# comment\r\na@example.com\r\n\r\nb@example.com\r\n",
])
def test_lines_as_people_write_them(ctl, text):
    ctl.done("add", "-f", "-", stdin=text)
    assert ctl.values() == ["a@example.com", "b@example.com"]


def test_utf_16_is_one_fault(ctl):
    said = ctl.refused(USAGE, "add", "-f", "-",
                       stdin="a@example.com\nb@example.com\n".encode("utf-16"))
    assert "save it as UTF-8" in said
    assert len(said.splitlines()) == 1


def test_the_file_and_operands_together(ctl, home):
    (home / "list").write_text("a@example.com\n")
    ctl.done("add", "-f", home / "list", "b@example.com")
    assert ctl.values() == ["a@example.com", "b@example.com"]


def test_an_empty_file_is_no_error(ctl):
    assert "No values" in ctl.done("add", "-f", "-", stdin="# none\n\n")
    assert ctl.json("add", "-f", "-", stdin="") == []


@pytest.mark.parametrize("name", ["nothing", "."])
def test_a_file_that_cannot_be_read(ctl, home, name):
    said = ctl.refused(USAGE, "add", "-f", home / name)
    assert str(home / name) in said


@pytest.mark.parametrize("line", [b"j\xffe@example.com", b"\xc0\xaf@example.com",
                                  b"joe\x00@example.com", b"joe@ex\xe4mple.com",
                                  b"joe\x1b[31m@example.com"])
def test_bytes_that_are_no_text(ctl, line):
    said = ctl.refused(USAGE, "add", "-f", "-", stdin=line + b"\n")
    assert "standard input:1: " in said
    assert all(c == "\n" or c.isprintable() for c in said)


def test_international_values(ctl):
    ctl.done("add", "J\u00d6RG@B\u00dcCHER.example", "@b\u00fccher.example")
    assert ctl.values() == ["@xn--bcher-kva.example",
                            "j\u00f6rg@xn--bcher-kva.example"]
    assert ctl.status("check", "jo\u0308rg@xn--bcher-kva.example") == NO


def test_many_lines(ctl):
    lines = "".join(f"a{i}@example.com\n" for i in range(20000))
    ctl.done("add", "-f", "-", stdin=lines)
    row, = ctl.json("verify")
    assert (row["suppressed"], row["faults"]) == (20000, 0)


def test_more_than_one_go_can_take(ctl):
    lines = "".join(f"a{i}@example.com\n" for i in range(200001))
    said = ctl.refused(USAGE, "add", "-f", "-", stdin=lines)
    assert "200000" in said
    assert not ctl.store.exists()


def test_remove_lifts(listed):
    assert listed.json("remove", "anna@example.com", "x@example.org") == [
        {"v": 1, "value": "anna@example.com", "kind": "email",
         "changed": True, "result": "lifted"},
        {"v": 1, "value": "x@example.org", "kind": "email",
         "changed": False, "result": "was not on the list"}]
    assert listed.status("check", "anna@example.com") == YES


@pytest.mark.parametrize("source", ["abuse", "lead"])
def test_somebodys_own_wish_wants_force(ctl, source):
    ctl.done("add", "--source", source, "joe@example.com")
    for arguments in (["remove", "joe@example.com"],
                      ["remove", "--source", source, "joe@example.com"]):
        row, = ctl.json(*arguments, status=NO)
        assert row["changed"] is False
        assert "--force" in row["result"]
    assert ctl.status("check", "joe@example.com") == NO
    assert ctl.status("remove", "--force", "joe@example.com") == USAGE
    ctl.done("remove", "--force", "--why", "he asked to get mail again",
             "joe@example.com")
    assert ctl.status("check", "joe@example.com") == YES
    assert (ctl.json("history", "joe@example.com")[0]["why"]
            == "he asked to get mail again")


def test_remove_without_force_lifts_the_others(ctl):
    ctl.done("add", "joe@example.com")
    ctl.done("add", "--source", "abuse", "joe@example.com")
    row, = ctl.json("remove", "joe@example.com", status=NO)
    assert row["changed"] is True and "abuse" in row["result"]
    assert [r["source"] for r in ctl.json("list")] == ["abuse"]


def test_remove_names_source_and_stream(ctl):
    for source in ("user", "api"):
        for stream in ("*", "news"):
            ctl.done("add", "--source", source, "--stream", stream,
                     "joe@example.com")
    ctl.done("remove", "--source", "user", "--stream", "news",
             "joe@example.com")
    assert sorted((r["source"], r["stream"]) for r in ctl.json("list")) == [
        ("api", "*"), ("api", "news"), ("user", "*")]
    ctl.done("remove", "--stream", "*", "joe@example.com")
    assert [(r["source"], r["stream"]) for r in ctl.json("list")] == [
        ("api", "news")]


def test_remove_from_a_file_is_all_or_none(listed):
    said = listed.refused(USAGE, "remove", "-f", "-",
                          stdin="anna@example.com\noops\n")
    assert "standard input:2: " in said
    assert listed.status("check", "anna@example.com") == NO


def test_remove_from_no_store_makes_none(ctl):
    ctl.run("remove", "joe@example.com")
    assert not ctl.store.exists()


def test_a_value_may_come_back(ctl):
    ctl.done("add", "joe@example.com")
    ctl.done("remove", "joe@example.com")
    ctl.done("add", "joe@example.com")
    assert ctl.status("check", "joe@example.com") == NO
    assert [e["op"] for e in ctl.json("history", "joe@example.com")] == [
        "add", "remove", "add"]


@pytest.mark.parametrize("command", ["add", "check", "remove"])
def test_a_stream_that_is_not_configured_is_told(ctl, command):
    """Most likely a typing mistake, and such a reason stops no mail."""
    ctl.done("add", "joe@example.com")
    result = ctl.run(command, "--stream", "nwes", "joe@example.com")
    assert b"no stream 'nwes'" in result.stderr
    assert b"news" in result.stderr  # those that there are
    assert len(result.stderr.splitlines()) == 1
    for stream in ("news", "*"):
        assert ctl.run(command, "--stream", stream,
                       "joe@example.com").stderr == b""
