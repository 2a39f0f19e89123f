"""ingest and explain."""
import re
import shutil
import subprocess

import pytest

from program import DATA, FAILED, NO, TEMPFAIL, USAGE, YES

BOUNCE = DATA / "postfix-failed.eml"
BAD = "bad1@out.example.net"
CONTRACT = {"v", "file", "type", "recipients"}
RECIPIENT = {"address", "action", "status", "class", "rule", "suppress"}


def test_explain_json_is_the_contract(ctl):
    row, = ctl.json("explain", BOUNCE)
    assert CONTRACT <= set(row)
    assert (row["v"], row["file"], row["type"]) == (1, str(BOUNCE), "bounce")
    recipient, = row["recipients"]
    assert RECIPIENT <= set(recipient)
    assert recipient["address"] == BAD
    assert recipient["action"] == "failed"
    assert recipient["status"] == "5.1.1"
    assert recipient["class"] == "bad-address"
    assert recipient["rule"]
    assert recipient["suppress"] is True
    assert ctl.json("explain", "--json", BOUNCE) == [row]


@pytest.mark.parametrize("name, kind, suppressed", [
    ("postfix-failed", "bounce", [BAD]),
    ("postfix-delayed", "delayed", []),
    ("postfix-relayed", "none", []),
    ("arf-full", "complaint", ["user@example.net"]),
    ("arf-not-spam", "complaint-other", []),
    ("auto-reply", "auto-reply", []),
    ("plain", "none", []),
    ("empty", "none", []),
])
def test_types(ctl, name, kind, suppressed):
    row, = ctl.json("explain", DATA / f"{name}.eml")
    assert row["type"] == kind
    assert [r["address"] for r in row["recipients"]
            if r["suppress"]] == suppressed


@pytest.mark.parametrize("name, words", [
    ("postfix-failed", "rfc3464"),
    ("qmail", "qmail"),
    ("exim", "exim"),
    ("arf-full", "arf"),
    ("plain", ""),
])
def test_explain_tells_whose_format_it_is(ctl, name, words):
    mail = DATA / f"{name}.eml"
    row, = ctl.json("explain", mail)
    assert row["format"] == words
    line = ctl.done("explain", mail).splitlines()[0]
    shown = f" ({words})" if words else ""
    assert line.startswith(f"{mail}: {row['type']}{shown}")
    assert ("(" in line) == bool(words)


def test_every_mail_of_the_tests_is_explained(ctl):
    """One object for each, and nothing is written."""
    files = sorted(DATA.glob("*.eml"))
    rows = ctl.json("explain", *files)
    assert [row["file"] for row in rows] == [str(f) for f in files]
    assert {row["type"] for row in rows} <= {
        "bounce", "delayed", "complaint", "complaint-other", "unsubscribe",
        "auto-reply", "none"}
    assert not ctl.store.exists()


def test_explain_step_by_step(ctl):
    text = ctl.done("explain", BOUNCE)
    for word in (str(BOUNCE), "bounce", BAD, "failed", "5.1.1",
                 "bad-address", "User unknown", "would be suppressed"):
        assert word in text
    assert not ctl.store.exists()


def test_explain_tells_when_it_happened(ctl):
    """Where that is not today."""
    date = b"Date: Thu, 5 Nov 2015 10:00:00 +0100"
    mail = re.sub(rb"(?m)^Date:.*$", date, BOUNCE.read_bytes(), count=1)
    row, = ctl.json("explain", stdin=mail)
    assert row["recipients"][0]["happened"] == "2015-11-05T09:00:00Z"
    assert "happened    2015-11-05T09:00:00Z" in ctl.run(
        "explain", stdin=mail).stdout.decode()
    to_come = mail.replace(b"2015", b"2999")
    row, = ctl.json("explain", stdin=to_come)
    assert row["recipients"][0]["happened"] == ""


def test_explain_asks_for_proof(ctl):
    row, = ctl.json("explain", "--trust", BOUNCE)
    recipient, = row["recipients"]
    assert recipient["suppress"] is False
    assert recipient["trust"] == "unverified"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input(ctl, arguments):
    row, = ctl.json("explain", *arguments, stdin=BOUNCE.read_bytes())
    assert (row["file"], row["type"]) == ("-", "bounce")


def test_csv(ctl):
    text = ctl.run("--csv", "explain", BOUNCE, DATA / "plain.eml").stdout
    lines = text.decode().split("\r\n")
    assert lines[0].startswith("file,type,address,action,status,class,rule")
    assert lines[1].startswith(f"{BOUNCE},bounce,{BAD},failed,5.1.1,")
    assert lines[2:] == [""]


def test_ingest_believes_nobody(ctl):
    row, _ = ctl.json("ingest", BOUNCE)
    assert row["recipients"][0]["trust"] == "unverified"
    assert ctl.status("check", BAD) == YES
    event, = ctl.json("history", BAD)
    assert (event["op"], event["trust"]) == ("report", "unverified")


def test_ingest_vouched_for(ctl):
    row, _ = ctl.json("ingest", "--believe", BOUNCE)
    assert row["recipients"][0]["changed"] is True
    assert ctl.status("check", BAD) == NO
    reason, = ctl.json("list")
    assert (reason["value"], reason["source"]) == (BAD, "bounced")


def test_the_same_report_twice(ctl):
    ctl.done("ingest", "--believe", BOUNCE)
    events = ctl.json("history")
    row, _ = ctl.json("ingest", "--believe", BOUNCE)
    assert row["recipients"][0]["changed"] is False
    assert ctl.json("history") == events


def test_ingest_tells_how_many(ctl):
    text = ctl.done("ingest", "--believe", BOUNCE, DATA / "plain.eml")
    assert text.endswith("2 read, 1 suppressed, 0 unverified\n")


def maildir(home):
    for name in ("new", "cur", "tmp"):
        (home / "Maildir" / name).mkdir(parents=True)
    shutil.copy(BOUNCE, home / "Maildir/new/1.a.host")
    shutil.copy(DATA / "arf-full.eml", home / "Maildir/cur/2.b.host:2,S")
    shutil.copy(DATA / "plain.eml", home / "Maildir/tmp/3.c.host")
    return home / "Maildir"


@pytest.mark.parametrize("command", ["explain", "ingest"])
def test_maildir(ctl, home, command):
    box = maildir(home)
    before = sorted(str(p) for p in box.rglob("*"))
    rows = [r for r in ctl.json(command, box) if r["type"] != "summary"]
    assert [(r["file"], r["type"]) for r in rows] == [
        (f"{box}/new/1.a.host", "bounce"),
        (f"{box}/cur/2.b.host:2,S", "complaint")]
    assert sorted(str(p) for p in box.rglob("*")) == before


def test_folder(ctl, home):
    folder = home / "mails"
    (folder / "below").mkdir(parents=True)
    for name in ("b.eml", "a.eml", ".hidden", "below/c.eml"):
        shutil.copy(BOUNCE, folder / name)
    assert [r["file"] for r in ctl.json("explain", folder)] == [
        f"{folder}/a.eml", f"{folder}/b.eml"]


def test_an_empty_folder(ctl, home):
    (home / "mails").mkdir()
    assert ctl.json("explain", home / "mails") == []
    summary, = ctl.json("ingest", home / "mails")
    assert (summary["type"], summary["mails"]) == ("summary", 0)


HUGE = (b"From: a@example.com\nSubject: huge\n\n"
        + b"x" * 70 + b"\n") + b"y" * 12 * 1024 * 1024


@pytest.mark.parametrize("command", ["explain", "ingest"])
@pytest.mark.parametrize("content", [
    b"", b"\n", b"\0" * 5000, bytes(range(256)) * 40, b"\xff\xfe",
    b"Content-Type: multipart/report; boundary=b\n\n--b\n" * 300,
    BOUNCE.read_bytes()[:900], HUGE,
    BOUNCE.read_bytes().replace(b"Hello.", b"y" * 12 * 1024 * 1024)],
    ids=["empty", "line end", "NUL", "binary", "two bytes", "nested",
         "cut off", "huge", "huge bounce"])
def test_what_is_no_report_changes_nothing(ctl, home, command, content):
    (home / "mail").write_bytes(content)
    believe = ["--believe"] if command == "ingest" else []
    row = ctl.json(command, *believe, home / "mail")[0]
    assert [r for r in row["recipients"] if r["suppress"]] == []
    assert ctl.status(command, stdin=content) == YES
    if command == "ingest":
        assert ctl.json("list") == []


def test_too_large_is_said(ctl, home):
    (home / "mail").write_bytes(HUGE)
    assert "report_max_bytes" in ctl.done("explain", home / "mail")


@pytest.mark.parametrize("command", ["explain", "ingest"])
def test_what_cannot_be_read_is_named_and_the_rest_read(ctl, home, command):
    result = ctl.run("--json", command, home / "none.eml", BOUNCE)
    assert result.returncode == USAGE
    assert f"{home}/none.eml: No such file".encode() in result.stderr
    assert str(BOUNCE).encode() in result.stdout


def test_a_name_that_is_not_utf_8(ctl, home):
    shutil.copy(BOUNCE, bytes(home) + b"/\xff\xfe.eml")
    row, = ctl.json("explain", bytes(home) + b"/\xff\xfe.eml")
    assert row["type"] == "bounce"


def test_pipe(ctl):
    mail = BOUNCE.read_bytes()
    assert ctl.status("ingest", "--pipe", stdin=mail) == YES
    assert ctl.status("ingest", "--pipe", stdin=b"no report\n") == YES
    assert len(ctl.json("history")) == 1


@pytest.mark.parametrize("arguments", [
    ["--store", "/dev/null/store", "ingest", "--pipe"],
    ["-c", "/nowhere/suppressd.conf", "ingest", "--pipe"],
    ["ingest", "--pipe", "/nowhere/mail"],
    ["ingest", "--pipe", "--frob"],
    ["ingest", "--frob", "--pipe"],
    ["--frob", "ingest", "--pipe"],
    ["injest", "--pipe"],
])
def test_pipe_never_bounces(ctl, arguments):
    """To a mailer anything but 0 and 75 would lose the report."""
    result = ctl.run(*arguments, stdin=BOUNCE.read_bytes())
    assert result.returncode == TEMPFAIL
    assert result.stderr


def test_pipe_with_a_damaged_store(listed):
    (listed.store / "key").unlink()
    assert listed.status("ingest", "--pipe",
                         stdin=BOUNCE.read_bytes()) == TEMPFAIL


def test_pipe_and_a_full_disk(listed):
    with open("/dev/full", "wb") as full, open(BOUNCE, "rb") as mail:
        done = subprocess.run(listed.command("ingest", "--pipe"), stdin=mail,
                              stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode in (YES, TEMPFAIL)


def test_ingest_without_pipe_says_3(ctl):
    assert ctl.status("--store", "/dev/null/store", "ingest",
                      BOUNCE) == FAILED
