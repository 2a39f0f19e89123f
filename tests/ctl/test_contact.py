"""contact: people, what they are reached at, and do not contact."""
import subprocess

import pytest

from program import DATA, NO, TIME, USAGE

CONTACT = ["v", "type", "contact", "name", "values", "since", "blocked",
           "blocked_since", "source", "stream", "by", "why"]
VALUE = ["v", "type", "value", "kind", "since", "may_be_contacted", "status",
         "shared_with"]
CHANGE = ["v", "contact", "value", "kind", "changed", "put", "lifted",
          "result"]
BLOCK = ("contact", "block", "c1", "--why", "asked by phone")


@pytest.fixture
def joe(ctl):
    ctl.done("contact", "add", "c1", "--name", "Joe Doe", "joe@example.com",
             "joe@work.example")
    return ctl


def show(ctl, contact="c1"):
    """The contact, its values by their text, and the events."""
    rows = ctl.json("contact", "show", contact)
    assert rows[0]["type"] == "contact"
    values = {row["value"]: row for row in rows if row["type"] == "value"}
    return rows[0], values, [row for row in rows if row["type"] == "event"]


def reachable(ctl, contact="c1"):
    return [value for value, row in show(ctl, contact)[1].items()
            if row["may_be_contacted"]]


def test_what_it_does_and_says(joe):
    contact, values, events = show(joe)
    assert list(contact) == CONTACT
    assert (contact["name"], contact["values"], contact["blocked"]) == (
        "Joe Doe", 2, False)
    assert TIME.fullmatch(contact["since"]) and not contact["blocked_since"]
    assert list(values) == ["joe@example.com", "joe@work.example"]
    assert all(list(row) == VALUE for row in values.values())
    assert [row["op"] for row in events] == ["link", "link", "name"]
    rows = joe.json(*BLOCK)
    assert [list(row) for row in rows] == [CHANGE]
    assert (rows[0]["changed"], rows[0]["put"]) == (True, 2)
    contact, values, events = show(joe)
    assert (contact["blocked"], contact["source"], contact["why"]) == (
        True, "user", "asked by phone")
    assert contact["by"] == subprocess.check_output(
        ["id", "-un"], encoding="utf-8").strip()
    assert not any(row["may_be_contacted"] for row in values.values())
    assert joe.values() == list(values)


def test_the_banner_is_first(joe):
    assert not joe.done("contact", "show", "c1").startswith("***")
    joe.done(*BLOCK, "--stream", "news")
    lines = joe.done("contact", "show", "c1").splitlines()
    assert lines[0].startswith("*** DO NOT CONTACT *** since 20")
    assert lines[0].endswith(" (user): asked by phone")
    assert lines[1].strip() == "in the stream news"
    assert lines[2] == "c1: Joe Doe"


def test_names_from_outside_are_escaped(joe):
    joe.done("contact", "set", "c1", "--name", "\u009b31mJoe")
    joe.done("contact", "block", "c1", "--why", "\x1b[2Jgone")
    text = joe.done("contact", "show", "c1")
    assert "\u009b" not in text and "\x1b" not in text
    joe.refused(USAGE, "contact", "set", "c1", "--name", "a\x1b[2J")
    joe.done("contact", "set", "c1", "--name", "=1+1")
    assert "'=1+1" in joe.done("--csv", "contact", "list")


def test_what_comes_later_is_blocked_too(joe):
    joe.done(*BLOCK)
    row, = joe.json("contact", "set", "c1", "late@example.com")
    assert row["put"] == 1
    assert joe.status("check", "late@example.com") == NO


def test_only_what_is_selected(joe):
    joe.done("contact", "set", "c1", "@doe.example")
    joe.done(*BLOCK, "--kind", "domain")
    assert reachable(joe) == ["joe@example.com", "joe@work.example"]
    joe.done(*BLOCK, "joe@example.com")
    assert reachable(joe) == ["joe@work.example"]
    assert not show(joe)[0]["blocked"]
    joe.done("contact", "set", "c1", "late@example.com")
    assert "late@example.com" in reachable(joe)
    joe.done("contact", "unblock", "c1", "--kind", "email")
    assert "@doe.example" not in reachable(joe)
    joe.done("contact", "unblock", "c1")
    assert len(reachable(joe)) == 4


def test_a_foreign_value_is_not_selected(joe):
    said = joe.refused(USAGE, *BLOCK, "joe@example.com", "x@example.com")
    assert "x@example.com is no value of the contact" in said
    assert joe.values() == []
    assert joe.status(*BLOCK, "--kind", "phone") == NO


def test_a_shared_value_counts_for_both(joe):
    joe.done("contact", "add", "c2", "--name", "Office", "joe@work.example")
    joe.done("contact", "block", "c2")
    assert reachable(joe) == ["joe@example.com"]
    value = show(joe)[1]["joe@work.example"]
    assert (value["status"], value["shared_with"]) == ("on the list", "c2")
    rows = joe.json("show", "joe@work.example")
    assert sorted(row["contact"] for row in rows
                  if row["type"] == "contact") == ["c1", "c2"]
    assert joe.json("check", "joe@work.example",
                    status=NO)[0]["contact"] == "c2"


def test_check_names_the_contact(joe):
    joe.done(*BLOCK)
    row, = joe.json("check", "joe@example.com", status=NO)
    assert (row["contact"], row["why"]) == ("c1", "asked by phone")
    text = joe.run("check", "joe@example.com").stdout.decode()
    assert "asked by phone (contact c1)" in text


def test_a_bounce_marks_one_address(joe):
    joe.done("add", "--source", "bounced", "joe@example.com")
    contact, values, events = show(joe)
    assert not contact["blocked"]
    assert reachable(joe) == ["joe@work.example"]
    assert values["joe@example.com"]["status"] == "on the list"
    assert (events[0]["op"], events[0]["source"]) == ("add", "bounced")


def test_a_restore_lifts_what_it_names(joe):
    joe.done("add", "joe@example.com")
    joe.done(*BLOCK)
    # the manual reason goes, do not contact stays
    row, = joe.json("remove", "joe@example.com", status=NO)
    assert "not what a contact's block put" in row["result"]
    row, = joe.json("remove", "joe@example.com", status=NO)
    assert (row["changed"], "a contact is blocked" in row["result"]) == (
        False, True)
    joe.done("contact", "unblock", "c1", "joe@example.com")
    assert reachable(joe) == ["joe@example.com"]
    joe.done("contact", "unblock", "c1")
    assert len(reachable(joe)) == 2
    ops = [row["op"] for row in show(joe)[2]]
    assert ops.count("block") == 1 and ops.count("remove") == 3


@pytest.mark.parametrize("source", ["lead", "abuse"])
def test_wishes_want_force_and_words(joe, source):
    joe.done("contact", "block", "c1", "--source", source)
    assert joe.status("contact", "unblock", "c1") == NO
    assert show(joe)[0]["blocked"]
    said = joe.refused(USAGE, "contact", "unblock", "c1", "--force")
    assert "force wants why" in said
    joe.done("contact", "unblock", "c1", "--force", "--why", "wrote to us")
    assert len(reachable(joe)) == 2
    assert show(joe)[2][0]["why"] == "wrote to us"


def test_undo_leaves_a_block(joe):
    joe.done(*BLOCK)
    rows = joe.json("undo", "--search", "joe@", "--why", "test", status=NO)
    assert all("of a contact" in row["result"] for row in rows[:-1])
    assert reachable(joe) == []


def test_what_leaves_stays_blocked(joe):
    joe.done(*BLOCK)
    row, = joe.json("contact", "set", "c1", "--drop", "joe@example.com")
    assert "stays blocked" in row["result"]
    joe.done("contact", "unblock", "c1")
    assert joe.status("check", "joe@example.com") == NO
    joe.done("contact", "unblock", "c1", "joe@example.com")
    assert joe.status("check", "joe@example.com") == 0


def test_remove_and_its_history(joe):
    joe.done(*BLOCK)
    assert "unblock it first" in joe.refused(USAGE, "contact", "remove", "c1")
    joe.done("contact", "unblock", "c1")
    joe.done("contact", "remove", "c1")
    assert joe.status("contact", "show", "c1") == NO
    assert joe.status("contact", "find", "joe@example.com") == NO
    assert joe.json("history")[-1]["op"] == "forget"


def test_list_and_find(joe):
    joe.done("contact", "add", "c2", "--name", "Ann Other")
    joe.done("contact", "block", "c2")
    rows = joe.json("contact", "list")
    assert sorted(row["contact"] for row in rows) == ["c1", "c2"]
    page = joe.json("contact", "list", "--limit", "1")
    rest = joe.json("contact", "list", "--after", page[0]["contact"])
    assert page + rest == rows
    for asked in (["list", "--blocked"], ["list", "--search", "ann"],
                  ["find", "other"], ["find", "C2"]):
        row, = joe.json("contact", *asked)
        assert row["contact"] == "c2"
    row, = joe.json("contact", "find", "joe@example.com")
    assert row["contact"] == "c1"
    assert joe.status("contact", "find", "nobody") == NO


@pytest.mark.parametrize("arguments, said", [
    ([], "contact"),
    (["frob"], "say add, set, show"),
    (["show"], "say the id"),
    (["show", "c1", "c2"], "one id"),
    (["show", "joe@example.com"], "is no contact's id"),
    (["add", "c1", "--name", "Jim"], "already"),
    (["add", "c2"], "say the name"),
    (["add", "x" * 40, "--name", "Jim"], "is no contact's id"),
    (["add", "c2", "--name", "x" * 256], "longer than 255"),
    (["set", "c1"], "say what to set"),
    (["set", "c1", "--drop"], "drop goes with values"),
    (["set", "c1", "no value"], "no value"),
    (["set", "c9", "joe@example.com"], "no contact 'c9'"),
    (["block", "c9"], "no contact 'c9'"),
    (["block", "c9", "--kind", "email"], "no contact 'c9'"),
    (["list", "c1"], "find"),
    (["find"], "find"),
    (["remove", "c1", "joe@example.com"], "--drop"),
])
def test_says_what_is_wrong(joe, arguments, said):
    text = joe.run("contact", *arguments)
    assert text.returncode == USAGE
    assert said in text.stderr.decode()
    assert show(joe)[0]["values"] == 2


def test_a_whole_contact_is_one_batch(joe):
    many = [f"v{n}@example.com" for n in range(50)]
    joe.done("contact", "add", "big", "--name", "Big", *many)
    joe.done("contact", "block", "big")
    lines = (joe.store / "journal/0000000001.jsonl").read_text().splitlines()
    batches = {line.split('"b":')[1].split(",")[0]
               for line in lines if '"contact":"big"' in line}
    assert len(batches) == 2
    joe.refused(USAGE, "contact", "set", "big",
                *(f"w{n}@example.com" for n in range(151)))
    assert show(joe, "big")[0]["values"] == 50


def test_a_person_has_values_of_every_kind(ctl):
    ctl.configure('phone_region = "FR";\n')
    ctl.done("contact", "add", "c1", "--name", "Joe", "joe@example.com",
             "06 12 34 56 78", "https://www.linkedin.com/in/Joe/")
    assert [(row["kind"], value) for value, row in show(ctl)[1].items()] == [
        ("email", "joe@example.com"), ("phone", "+33612345678"),
        ("linkedin", "linkedin.com/in/joe")]
    for kind, left in (("phone", 2), ("linkedin", 1), ("email", 0)):
        ctl.done(*BLOCK, "--kind", kind)
        assert len(reachable(ctl)) == left
    row, = ctl.json("contact", "find", "+33 6 12 34 56 78")
    assert row["contact"] == "c1"


def test_export_of_one_person(joe):
    """All that is known, and of nobody else."""
    joe.done("add", "--why", "asked", "joe@work.example", "eve@work.example")
    joe.done("remove", "joe@work.example")
    joe.done("add", "--stream", "news", "joe@work.example")
    joe.done("contact", "set", "c1", "--name", "Joe Doe", "user@example.net")
    joe.done("ingest", DATA / "arf-full.eml", DATA / "postfix-failed.eml")
    rows = joe.json("export", "--contact", "c1")
    assert list(dict.fromkeys(row["type"] for row in rows)) == [
        "contact", "value", "reason", "event", "review"]

    def of(kind, *names):
        return [tuple(row[name] for name in names)
                for row in rows if row["type"] == kind]
    assert of("contact", "name") == [("Joe Doe",)]
    assert of("value", "value") == [
        ("joe@example.com",), ("joe@work.example",), ("user@example.net",)]
    assert of("reason", "value", "stream") == [("joe@work.example", "news")]
    assert of("review", "value", "source") == [("user@example.net", "abuse")]
    assert [op for op, in of("event", "op")] == [
        "report", "link", "add", "remove", "add", "link", "link", "name"]
    assert not [row for row in rows if "eve@" in str(row)]
    # Without --json, too; the others choose.
    assert joe.done("export", "--contact", "c1") == joe.done(
        "--json", "export", "--contact", "c1")
    rows = joe.json("export", "--contact", "c1", "--source", "abuse")
    assert of("reason", "value") == [] and len(of("review", "value")) == 1


def test_export_of_who_is_gone(joe):
    joe.done("contact", "remove", "c1")
    rows = joe.json("export", "--contact", "c1")
    assert {row["type"] for row in rows} == {"event"}
    assert joe.json("export", "--contact", "c2", status=NO) == []
    assert "JSON alone" in joe.refused(USAGE, "--csv", "export", "--contact",
                                       "c1")
