"""check, show, list and history."""
import random

import pytest

from program import FAILED, NO, TIME, USAGE, YES

REASON = ["v", "type", "value", "kind", "source", "stream", "contact",
          "since", "expires", "count", "last_seen", "by", "why", "shown",
          "evidence"]


@pytest.mark.parametrize("values, status", [
    (["joe@example.com"], YES),
    (["anna@example.com"], NO),
    (["ANNA@Example.Com"], NO),
    (["joe@example.com", "anna@example.com"], NO),
    (["joe@example.org"], NO),       # its domain is on the list
    (["joe@sub.example.org"], YES),  # only that domain
    (["@example.org"], NO),
    (["@example.com"], YES),
    (["anna@example.com", "oops"], USAGE),
])
def test_check(listed, values, status):
    assert listed.status("check", *values) == status


def test_check_below_a_domain(ctl):
    ctl.done("add", "@.example.com")
    assert ctl.status("check", "joe@a.b.example.com") == NO
    assert ctl.status("check", "joe@example.com") == YES
    assert ctl.status("check", "joe@notexample.com") == YES


def test_check_says_which_why_and_since(listed):
    rows = listed.json("check", "joe@example.com", "Anna@example.com",
                       "eve@example.org", status=NO)
    assert [(r["value"], r["may_be_contacted"], r["blocked_by"], r["source"],
             r["why"]) for r in rows] == [
        ("joe@example.com", True, "", "", ""),
        ("anna@example.com", False, "anna@example.com", "user",
         "asked by phone"),
        ("eve@example.org", False, "@example.org", "user", "")]
    assert rows[0]["since"] is None
    assert TIME.fullmatch(rows[1]["since"])


def test_check_for_people_names_only_who_may_not(listed):
    result = listed.run("check", "joe@example.com", "anna@example.com")
    assert b"joe@" not in result.stdout
    assert b"asked by phone" in result.stdout
    assert listed.done("check", "joe@example.com") == ""


def test_check_of_a_stream(listed):
    assert listed.status("check", "--stream", "news",
                         "carla@example.net") == NO
    assert listed.status("check", "--stream", "bills",
                         "carla@example.net") == YES
    assert listed.status("check", "--stream", "bills",
                         "anna@example.com") == NO
    assert listed.status("check", "carla@example.net") == NO


def test_check_knows_what_a_stream_heeds(ctl):
    ctl.write('streams = ( { name = "bills"; daemon = ["BILLS"];'
                  ' blocks = ["bounced"]; }, { name = "news"; } );')
    ctl.done("add", "joe@example.com")
    ctl.done("add", "--source", "bounced", "ann@example.com")
    assert ctl.status("check", "--stream", "bills", "joe@example.com") == YES
    assert ctl.status("check", "--stream", "bills", "ann@example.com") == NO
    assert ctl.status("check", "--stream", "news", "joe@example.com") == NO


def test_check_from_a_file(listed):
    result = listed.run("--csv", "check", "-f", "-",
                        stdin="joe@example.com\r\nanna@example.com\r\n")
    lines = result.stdout.decode().split("\r\n")
    assert lines[0].startswith("value,may_be_contacted,blocked_by,")
    assert lines[1].startswith("joe@example.com,yes,")
    assert lines[2].startswith("anna@example.com,no,anna@example.com,")
    assert result.returncode == NO


def test_check_of_a_long_list(ctl):
    """Order and answers do not depend on what is looked up together."""
    ctl.done("add", "-f", "-", stdin="".join(
        f"user{n}@d{n % 7}.example\n" for n in range(0, 6000, 3)))
    ctl.done("add", "@.example.org", "@d3.example", "@d4.example")
    ctl.done("remove", "@d4.example")
    asked = [f"user{n}@d{n % 7}.example" for n in range(6000)]
    asked[10:10] = ["a@b.example.org", "@d3.example", "@b.example.org"] * 2
    rows = ctl.json("check", "-f", "-", status=NO,
                    stdin="\n".join(asked))
    assert [row["value"] for row in rows] == asked

    def blocked_by(value):
        name, domain = value.split("@")
        if domain == "b.example.org":
            return "@.example.org" if name else ""
        if name and int(name[4:]) % 3 == 0:
            return value
        return "@d3.example" if domain == "d3.example" else ""
    assert [row["blocked_by"] for row in rows] == [blocked_by(value)
                                                   for value in asked]
    assert all(row["may_be_contacted"] == (row["blocked_by"] == "")
               for row in rows)


def test_check_names_lines_at_fault(listed):
    text = ("joe@example.com\n" + "x" * 300000 + "\r\n# " + "y" * 60000
            + "\n\nanna@example.com\noops\nann@example.net")
    result = listed.run("--json", "check", "-f", "-", stdin=text)
    said = result.stderr.decode().splitlines()
    assert result.returncode == USAGE
    assert len(said) == 2
    assert "standard input:2: " in said[0] and "longer than" in said[0]
    assert "standard input:6: " in said[1] and "'oops'" in said[1]
    assert result.stdout.count(b"\n") == 3


def test_check_without_a_store_does_not_say_yes(ctl):
    said = ctl.refused(FAILED, "check", "joe@example.com")
    assert "don't send" in said


def test_show(listed):
    listed.done("add", "--stream", "news", "anna@example.com")
    rows = listed.json("show", "ANNA@example.com")
    assert [(r["type"], r["stream"]) for r in rows] == [
        ("reason", "*"), ("reason", "news"),
        ("event", "news"), ("event", "*")]
    assert list(rows[0]) == REASON


def test_show_of_the_unknown(listed):
    result = listed.run("show", "joe@example.com")
    assert result.returncode == NO
    assert result.stdout == b"joe@example.com is not on the list.\n"


def test_show_of_what_was_lifted(listed):
    listed.done("remove", "--why", "he came back", "anna@example.com")
    text = listed.done("show", "anna@example.com")
    assert "anna@example.com is not on the list." in text
    assert "he came back" in text and "asked by phone" in text


def test_list_has_all(listed):
    rows = listed.json("list")
    assert [list(r) for r in rows] == [REASON] * 4
    assert sorted(r["value"] for r in rows) == [
        "@example.org", "anna@example.com", "bert@example.com",
        "carla@example.net"]


def test_list_of_nothing(ctl):
    ctl.done("add", "-f", "-", stdin="")
    assert ctl.done("list") == "Nothing on the list matches.\n"
    assert ctl.json("list") == []
    assert ctl.run("--csv", "list").stdout.count(b"\r\n") == 1


@pytest.mark.parametrize("arguments, values", [
    (["--kind", "domain"], ["@example.org"]),
    (["--source", "abuse"], ["bert@example.com"]),
    (["--stream", "news"], ["@example.org", "carla@example.net"]),
    (["--by", "no such user"], []),
    (["--search", "EXAMPLE.COM"], ["anna@example.com", "bert@example.com"]),
    (["--search", "phone"], ["anna@example.com"]),
    (["--since", "2000-01-01"], ["@example.org", "anna@example.com",
                                 "bert@example.com", "carla@example.net"]),
    (["--until", "2000-01-01"], []),
    (["--since", "9999-01-01"], []),
    (["--kind", "email", "--stream", "news"], ["carla@example.net"]),
])
def test_filters(listed, arguments, values):
    rows = listed.json("list", *arguments)
    assert sorted(r["value"] for r in rows) == values
    events = listed.json("history", *arguments)
    assert sorted(e["value"] for e in events) == values


def test_since_and_until_meet(listed):
    """since is inclusive, until is not."""
    row, = listed.json("list", "--search", "anna")
    assert listed.json("list", "--search", "anna", "--since", row["since"])
    assert not listed.json("list", "--search", "anna", "--until",
                           row["since"])


def test_order_stays(ctl):
    values = [f"a{i}@example.com" for i in range(40)]
    ctl.done("add", *values)
    first = [r["value"] for r in ctl.json("list")]
    assert sorted(first) == sorted(values)
    ctl.done("add", *[f"b{i}@example.com" for i in range(40)])
    ctl.done("rebuild")
    again = [r["value"] for r in ctl.json("list")]
    assert [v for v in again if v.startswith("a")] == first


def test_list_by_expiry(ctl):
    ctl.done("add", "for.ever@example.com")
    ctl.done("add", "--expires", "30d", "a.month@example.com")
    ctl.done("add", "--expires", "1s", "over@example.com")
    while "over@example.com" in ctl.values():
        pass

    def values(*arguments):
        return sorted(row["value"]
                      for row in ctl.json("list", "--expiry", *arguments))
    assert values("none") == ["for.ever@example.com"]
    assert values("some") == ["a.month@example.com"]
    assert values("over") == ["over@example.com"]
    assert ctl.values() == ["a.month@example.com", "for.ever@example.com"]
    said = ctl.refused(USAGE, "list", "--expiry", "never")
    assert "none, some or over" in said


def test_list_finds_what_is_escaped_in_the_journal(ctl):
    """The search looks at bytes first, and at words where these differ."""
    ctl.done("add", "--why", 'a "q" \\ b', "plain@example.com")
    ctl.done("add", "--why", "gr\u00fc\u00dfe", "m\u00fcller@example.com")
    ctl.done("add", "--why", "x" * 500, "--source", "abuse",
             "l" * 60 + "@" + "d" * 60 + ".example")
    for text, value in [('"Q"', "plain@example.com"),
                        ("\\", "plain@example.com"),
                        ("GR\u00fc", "m\u00fcller@example.com"),
                        ("m\u00fcll", "m\u00fcller@example.com"),
                        ("LLLL@dd", "l" * 60 + "@" + "d" * 60 + ".example")]:
        rows = ctl.json("list", "--search", text)
        assert [row["value"] for row in rows] == [value], text
    # What is in the line, but in none of its words.
    assert ctl.json("list", "--search", "stream") == []
    assert ctl.json("list", "--search", '"kind"') == []


@pytest.mark.parametrize("page", [1, 3, 7])
def test_pages_give_each_row_once(ctl, page):
    values = [f"a{i}@example.com" for i in range(12)]
    ctl.done("add", *values)
    ctl.done("add", "--stream", "news", *random.sample(values, 5))
    ctl.done("add", "--source", "api", *random.sample(values, 5))
    seen, after = [], []
    while True:
        rows = ctl.json("list", "--limit", page, *after)
        if not rows:
            break
        # A page ends with a value, not between its reasons.
        assert len({r["value"] for r in rows[:-1]}) <= page
        seen += rows
        after = ["--after", rows[-1]["value"]]
    assert seen == ctl.json("list")


@pytest.mark.parametrize("word, column", [
    ("value", "value"), ("since", "since"), ("seen", "last_seen"),
    ("count", "count"), ("by", "by"), ("stream", "stream")])
@pytest.mark.parametrize("down", [False, True])
def test_sorted_pages(ctl, word, column, down):
    """The place of the last row is made of what the row has."""
    values = [f"{n}@example.com" for n in random.sample(range(100, 999), 12)]
    ctl.done("add", *values)
    ctl.done("add", "--stream", "news", *values[:5])
    ctl.done("add", *values[3:6])
    sort = ["--sort", f"-{word}" if down else word]
    seen, after = [], []
    while True:
        rows = ctl.json("list", "--limit", 4, *sort, *after)
        seen += rows
        if len(rows) < 4:
            break
        last = rows[-1]
        after = ["--after", last["value"] if word == "value"
                 else f"{last[column]},{last['value']}"]
    assert seen == ctl.json("list", *sort)
    keys = [row[column] for row in seen]
    assert keys == sorted(keys, reverse=down)
    assert len(seen) == 17


def test_a_page_for_people_ends_with_its_place(listed):
    said = listed.done("list", "--sort", "value", "--limit", "2")
    assert said.endswith("Go on with: --after 'anna@example.com'\n")
    said = listed.done("list", "--sort", "-source", "--limit", "1")
    assert said.endswith("--after 'abuse,bert@example.com'\n")
    assert "Go on" not in listed.done("list", "--limit", "4")
    said = listed.refused(USAGE, "list", "--sort", "since", "--after", "x@y.z")
    assert "'x@y.z' is no place in a list sorted by since" in said


def test_list_of_a_contact(listed):
    listed.done("contact", "add", "--name", "Anna", "c1", "anna@example.com", "@example.org",
                "free@example.com")
    rows = listed.json("list", "--contact", "c1", "--sort", "value")
    assert [r["value"] for r in rows] == ["@example.org", "anna@example.com"]
    rows = listed.json("list", "--contact", "c1", "--stream", "news")
    assert [r["value"] for r in rows] == ["@example.org"]
    assert listed.json("list", "--contact", "c2") == []
    assert "letters" in listed.refused(USAGE, "list", "--contact", "c 2")


def test_limit_of_history(listed):
    every = listed.json("history")
    assert listed.json("history", "--limit", "2") == every[:2]
    assert [e["value"] for e in every][:2] == ["anna@example.com",
                                               "bert@example.com"]


@pytest.mark.parametrize("page", [1, 4, 5])
@pytest.mark.parametrize("which", [[], ["u1@example.com"],
                                   ["--contact", "c1"],
                                   ["--stream", "news"]])
def test_pages_of_a_history(ctl, page, which):
    ctl.done("contact", "add", "--name", "Una", "c1", "u1@example.com",
             "u2@example.com")
    for why in ("one", "two", "three"):
        ctl.done("add", "--why", why, "u1@example.com", "u2@example.com")
        ctl.done("add", "--stream", "news", "u3@example.com")
    every = ctl.json("history", *which)
    assert len(every) >= 3
    seen, after = [], []
    while True:
        rows = ctl.json("history", *which, "--limit", page, *after)
        if not rows:
            break
        assert len(rows) <= page
        seen += rows
        after = ["--after", rows[-1]["place"]]
    assert seen == every
    said = ctl.done("history", *which, "--limit", "1")
    assert said.endswith(f"Go on with: --after '{every[0]['place']}'\n")


def test_history_of_a_contact(listed):
    listed.done("contact", "add", "--name", "Anna", "c1", "anna@example.com",
                "@example.org")
    rows = listed.json("history", "--contact", "c1")
    assert [(r["op"], r["value"], r["kind"]) for r in rows] == [
        ("link", "@example.org", "domain"),
        ("link", "anna@example.com", "email"),
        ("name", "c1", "contact"),
        ("add", "@example.org", "domain"),
        ("add", "anna@example.com", "email")]
    rows = listed.json("history", "--contact", "c1", "--search", "phone")
    assert [r["value"] for r in rows] == ["anna@example.com"]
    said = listed.refused(USAGE, "history", "--contact", "c1", "joe@x.example")
    assert "not both" in said
    said = listed.refused(USAGE, "history", "--after", "anna@example.com")
    assert "is no place in a history" in said


def test_history_of_one_value_is_newest_first(ctl):
    for why in ("one", "two", "three"):
        ctl.done("add", "--why", why, "joe@example.com")
    ctl.done("add", "ann@example.com")
    events = ctl.json("history", "joe@example.com")
    assert [e["why"] for e in events] == ["three", "two", "one"]
    assert all(TIME.fullmatch(e["at"]) for e in events)
    assert [e["why"] for e in ctl.json("history", "--limit", "1",
                                       "joe@example.com")] == ["three"]


def test_history_of_the_unknown(listed):
    assert listed.json("history", "joe@example.com", status=NO) == []
    result = listed.run("history", "joe@example.com")
    assert (result.returncode, result.stdout) == (NO, b"No event matches.\n")
    assert listed.done("history", "--by", "x") == "No event matches.\n"
