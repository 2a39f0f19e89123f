"""import and export: lists of others come in, ours goes out and back."""
import csv
import io
import json
import os
import re

import pytest

from program import DATA, FAILED, NO, USAGE, YES

FILES = DATA / "import"
ANNA, BERT, CARLA = "anna@example.com", "bert@example.com", "carla@example.com"
FIRST, SECOND, THIRD = ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z",
                        "2026-03-03T10:00:00Z")

# file, format, and value, source, since, why of each reason; None: whatever
# it says by itself.
FORMATS = [
    ("ses.csv", "ses", [(ANNA, "bounced", FIRST, None),
                        (BERT, "abuse", SECOND, None)]),
    ("ses.jsonl", "ses", [(ANNA, "bounced", FIRST, None),
                          (BERT, "abuse", SECOND, None)]),
    ("postmark.csv", "postmark",
     [(ANNA, "bounced", FIRST, None), (BERT, "abuse", SECOND, None),
      (CARLA, "lead", THIRD, None),
      ("dora@example.com", "user", "2026-03-04T10:00:00Z", None)]),
    ("sendgrid-bounces.csv", "sendgrid-bounces",
     [(ANNA, "bounced", FIRST, '550 5.1.1 no such user, "anna"')]),
    ("sendgrid-invalid.csv", "sendgrid-invalid",
     [("anna@example.cmo", "bounced", FIRST,
       "Mail domain mentioned in email address is unknown")]),
    ("sendgrid-spam-reports.csv", "sendgrid-spam-reports",
     [(BERT, "abuse", SECOND, None)]),
    ("sendgrid-unsubscribes.csv", "sendgrid-unsubscribes",
     [(CARLA, "lead", THIRD, None)]),
    ("mailgun-bounces.csv", "mailgun-bounces",
     [(ANNA, "bounced", FIRST, "550 5.1.1\r\nunknown")]),
    ("mailgun-unsubscribes.csv", "mailgun-unsubscribes",
     [(CARLA, "lead", THIRD, None)]),
    ("mailgun-complaints.csv", "mailgun-complaints",
     [(BERT, "abuse", SECOND, None)]),
    ("mailchimp-unsubscribed.csv", "mailchimp-unsubscribed",
     [(CARLA, "lead", THIRD, "No longer interested")]),
    ("mailchimp-cleaned.csv", "mailchimp-cleaned",
     [(ANNA, "bounced", FIRST, None)]),
    ("lemlist.csv", "csv", [("@example.net", "user", None, None),
                            (ANNA, "user", None, None)]),
    ("semicolons.csv", "csv",
     [(CARLA, "user", "2026-03-03T00:00:00Z", "asked by phone")]),
    ("plain.txt", "plain", [("@.example.net", "user", None, None),
                            (ANNA, "user", None, None)]),
]


def imported(ctl, *arguments, status=YES, **options):
    total, = ctl.json("import", *arguments, status=status, **options)
    return total


def reasons(ctl):
    return sorted(ctl.json("list"), key=lambda row: (row["value"],
                                                     row["source"]))


@pytest.mark.parametrize("file, name, want", FORMATS,
                         ids=[row[0] for row in FORMATS])
def test_exports_of_others(ctl, file, name, want):
    total = imported(ctl, FILES / file)
    assert (total["format"], total["added"], total["bad"]) == (
        name, len(want), 0)
    rows = reasons(ctl)
    assert [(r["value"], r["source"]) for r in rows] == [
        w[:2] for w in want]
    for row, (_, _, since, why) in zip(rows, want):
        assert since in (None, row["since"])
        assert row["why"] == (why or f"import of {FILES / file}")
        assert row["stream"] == "*" and row["expires"] is None


def test_subscribers_are_not_suppressed(ctl):
    said = ctl.refused(USAGE, "import", FILES / "mailchimp-subscribed.csv")
    assert "want mail" in said
    assert ctl.values() == []


def test_every_line_has_a_verdict(ctl, home):
    ctl.done("add", "--source", "abuse", BERT)
    report = home / "report.csv"
    done = ctl.run("import", "-", "--report", report, stdin=(
        f"email,source\r\n{ANNA},user\r\n{ANNA},user\r\nnobody,user\r\n"
        f"{BERT},abuse\r\n"))
    assert done.returncode == USAGE
    assert b"standard input:4: 'nobody' is no value" in done.stderr
    assert b"Added 1 of 4 lines (csv); 2 stood already" in done.stdout
    rows = list(csv.reader(io.StringIO(report.read_text())))
    assert rows[0] == ["line", "value", "verdict", "why"]
    assert [row[:3] for row in rows[1:]] == [
        ["2", ANNA, "added"], ["3", ANNA, "known"], ["4", "nobody", "bad"],
        ["5", BERT, "known"]]
    assert "no value" in rows[3][3]


def test_a_dry_run_writes_nothing(ctl):
    ctl.done("add", ANNA)
    total = imported(ctl, FILES / "plain.txt", "--dry-run")
    assert (total["added"], total["known"], total["dry_run"]) == (1, 1, True)
    assert ctl.values() == [ANNA]
    assert "Would add 1 of 2 lines" in ctl.done(
        "import", FILES / "plain.txt", "--dry-run")


def test_nothing_is_weakened(ctl):
    ctl.done("add", "--source", "abuse", "--why", "complained", ANNA)
    ctl.done("add", "--source", "bounced", ANNA)
    before = reasons(ctl)
    total = imported(ctl, "-", stdin=(
        "email,source,expires,why\n"
        f"{ANNA},abuse,2099-01-01,no\n{ANNA},bounced,2099-01-01,no\n"))
    assert (total["added"], total["known"]) == (0, 2)
    assert reasons(ctl) == before


def test_what_the_lines_do_not_say(ctl):
    imported(ctl, "-", "--source", "lead", "--stream", "news", "--why",
             "moved here", "--expires", "30d", stdin=ANNA)
    row, = reasons(ctl)
    assert (row["source"], row["stream"], row["why"]) == (
        "lead", "news", "moved here")
    assert row["expires"] > row["since"]


# Texts that are easily lost on the way.
ODD = ["=1+1", "'=1+1", "'quoted'", 'a "b", c', "grüße", "-", "@here",
       "ends with a comma,"]


@pytest.fixture
def full(ctl):
    """A list with all that a reason can have."""
    for number, why in enumerate(ODD):
        ctl.done("add", "--why", why, "--expires", "90d",
                 f"odd{number}@example.com")
    imported(ctl, "-", stdin=(
        "value,source,stream,since,by,why,count,shown\n"
        f"{BERT},abuse,*,2020-01-01,bob,complained,1,Bert@Example.com\n"
        f"{BERT},bounced,news,2021-02-03T04:05:06Z,suppressd,gone,7,\n"
        "@example.net,lead,bills,2022-01-01,carol,,1,\n"))
    return ctl


def without(rows):
    """What a reason is; seen last, and proven, it is by the import."""
    return sorted(({k: v for k, v in row.items()
                    if k not in ("last_seen", "evidence")} for row in rows),
                  key=json.dumps)


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_ours_goes_out_and_back(full, home, form):
    before = full.json("export")
    assert len(before) == len(ODD) + 3
    (home / "list").write_bytes(full.run(form, "export").stdout)
    full.store = home / "other"
    total = imported(full, home / "list")
    assert (total["format"], total["added"]) == ("suppressd", len(before))
    assert without(full.json("export")) == without(before)
    # and once more: nothing is new
    assert imported(full, home / "list")["known"] == len(before)


def test_bare_values(full):
    values = full.done("export").splitlines()
    assert sorted(values) == sorted({row["value"]
                                     for row in full.json("list")})
    assert full.done("export", "--source", "lead") == "@example.net\n"


def test_a_batch_is_taken_back(ctl):
    ctl.done("add", ANNA)
    batch = imported(ctl, FILES / "plain.txt")["batch"]
    imported(ctl, "-", stdin=CARLA)
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", batch)
    assert ctl.status("undo", "20200101-000000-abcd", "--why", "no") == NO
    assert "say --why" in ctl.refused(USAGE, "undo", batch)
    *rows, total = ctl.json("undo", batch, "--why", "the wrong file")
    assert [row["value"] for row in rows] == ["@.example.net"]
    assert total["lifted"] == 1
    assert ctl.values() == [ANNA, CARLA]


def test_what_only_came_again_is_not_taken_back(ctl):
    ctl.done("add", "--expires", "1d", ANNA)
    batch = imported(ctl, "-", stdin=ANNA)["batch"]
    row, = reasons(ctl)
    assert row["expires"] is None
    assert ctl.status("undo", batch, "--why", "the wrong file") == NO
    assert ctl.values() == [ANNA]


@pytest.mark.parametrize("text, said", [
    (b"\xff\xfej\0o\0e\0", "UTF-16"),
    (b"name,mail\nJoe,joe@example.com\n", "has to name the columns"),
    (b'{"name":"Joe"}\n', 'name it "value" or "email"'),
])
def test_files_of_no_use(ctl, text, said):
    assert said in ctl.refused(USAGE, "import", "-", stdin=text)
    assert ctl.values() == []


def test_files_that_are_not_there(ctl, home):
    assert "No such file" in ctl.refused(USAGE, "import", home / "none")
    assert "--report" in ctl.refused(
        USAGE, "import", FILES / "plain.txt", "--report", home / "no" / "r")
    file = home / "list"
    file.write_text(ANNA)
    assert "is the file to be imported" in ctl.refused(
        USAGE, "import", file, "--report", file)
    assert file.read_text() == ANNA


def test_many_bad_lines_are_summed_up(ctl):
    done = ctl.run("import", "-", stdin="nobody\n" * 50)
    assert done.returncode == USAGE
    assert len(done.stderr.splitlines()) == 21
    assert b"30 more bad lines" in done.stderr


def test_no_room_for_the_spool(ctl):
    assert "TMPDIR" in ctl.refused(
        FAILED, "import", "-", stdin=ANNA,
        env={**os.environ, "TMPDIR": "/nonexistent"})


def test_control_bytes_do_not_reach_the_terminal(ctl, home):
    done = ctl.run("import", "-", "--report", home / "r",
                   stdin=b"\x1b[31mred\n")
    assert b"\x1b" not in done.stderr + (home / "r").read_bytes()
