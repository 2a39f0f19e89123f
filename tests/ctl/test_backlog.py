"""ingest and explain of mboxes: any number of messages in one file."""
import mailbox
import os
import pty
import re
import subprocess
import time
from email.utils import formatdate

import pytest

from program import DATA, NO, USAGE, YES

BOUNCE = (DATA / "postfix-failed.eml").read_bytes()
PLAIN = (DATA / "plain.eml").read_bytes()
COMPLAINT = (DATA / "arf-full.eml").read_bytes()
FROM = b"From MAILER-DAEMON Wed Nov 25 13:37:55 2026\n"


def bounce(n):
    return BOUNCE.replace(b"bad1@", b"bad%d@" % n)


def address(n):
    return f"bad{n}@out.example.net"


def join(*mails, line=FROM):
    return b"".join(line + mail.rstrip(b"\n") + b"\n\n" for mail in mails)


def told(rows):
    """What is said of each message: its number, type and addresses."""
    return [(row.get("message"), row["type"],
             [r["address"] for r in row["recipients"]])
            for row in rows if row["type"] != "summary"]


THREE = [(1, "bounce", [address(1)]), (2, "none", []),
         (3, "bounce", [address(2)])]


@pytest.mark.parametrize("line", [
    FROM,
    b"From - Wed Nov 25 13:37:55 2026\n",
    b"From joe@example.com  Wed Nov  5 03:07:55 2026\n",
    b"From joe@example.com Wed Nov 25 13:37 2026\n",
    b"From joe@example.com Wed Nov 25 13:37:55 CET 2026\n",
    b"From joe@example.com Wed Nov 25 13:37:55 2026 +0100\n",
    b"From 17001@xxx Wed Nov 25 13:37:55 +0000 2026\n",
    b"From joe@example.com Wed, 25 Nov 2026 13:37:55 +0000\n",
    b"From \"joe the second\"@example.com Wed Nov 25 13:37:55 2026\n",
    b"From joe Wed Nov 25 13:37:55 2026 remote from mars\n",
])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_mbox(ctl, home, line, ending):
    box = home / "any name"
    box.write_bytes(join(bounce(1), PLAIN, bounce(2), line=line)
                    .replace(b"\n", ending))
    rows = ctl.json("explain", box)
    assert {row["file"] for row in rows} == {str(box)}
    assert told(rows) == THREE
    assert told(ctl.json("explain", stdin=box.read_bytes())) == THREE


def test_one_mail_has_no_number(ctl, home):
    row, = ctl.json("explain", DATA / "postfix-failed.eml")
    assert "message" not in row
    (home / "box").write_bytes(join(bounce(1)))
    row, = ctl.json("explain", home / "box")
    assert row["message"] == 1


@pytest.mark.parametrize("text", [
    b"From here on all is well.\n",
    b"\nFrom here on all is well.\n",
    b"\nFrom Monday on, Nov 3 at 10:00, all is well.\n",
    b"\nFrom joe Wed Nov 25 13:37:55 2026\nhe has been well.\n",
    b"text\nFrom joe Wed Nov 25 13:37:55 2026\nSubject: well\n",
    b"\n>From joe Wed Nov 25 13:37:55 2026\nSubject: well\n",
    b"\n>>From joe Wed Nov 25 13:37:55 2026\nSubject: well\n",
    b"\nFrom joe Wed Nov 45 13:37:55 2026\nSubject: well\n",
    b"\nFrom joe Wed Nov 25 33:37:55 2026\nSubject: well\n",
])
def test_from_inside_a_body(ctl, home, text):
    """Also in front of what the report says."""
    first = bounce(1).replace(b"This is the mail system", text + b"\nThis is")
    (home / "box").write_bytes(join(first, PLAIN, bounce(2)))
    assert told(ctl.json("explain", home / "box")) == THREE


@pytest.mark.parametrize("stored, meant", [
    (">From here it goes back", "From here it goes back"),
    (">>From here it goes back", ">From here it goes back"),
    ("> From here it goes back", "> From here it goes back"),
    (">Fromage", ">Fromage"),
])
def test_quoted_from_is_taken_back(ctl, home, stored, meant):
    mail = (DATA / "qmail-clone.eml").read_text().replace(
        "Mailbox does not exist", stored)
    (home / "box").write_bytes(join(mail.encode(), PLAIN))
    first, _ = ctl.json("explain", home / "box")
    assert first["recipients"][0]["diagnostic"].startswith(meant)
    row, = ctl.json("explain", stdin=mail)
    assert row["recipients"][0]["diagnostic"].startswith(stored)


def with_length(mail, more=0):
    head, body = mail.split(b"\n\n", 1)
    return (head + b"\nContent-Length: %d\n\n" % (len(body) + more) + body)


INNER = FROM + b"Subject: a mail in a mail\n\n"


def test_content_length(ctl, home):
    """mboxcl2 quotes nothing: a whole mbox may be in a body."""
    first = bounce(1).replace(b"Hello.\n", b"Hello.\n\n" + INNER)
    box = [with_length(m) for m in (first, PLAIN, bounce(2))]
    (home / "box").write_bytes(b"".join(FROM + m + b"\n" for m in box))
    assert told(ctl.json("explain", home / "box")) == THREE
    box = [m.replace(b"\n", b"\r\n") for m in (FROM, first, PLAIN, bounce(2))]
    lengths = [m.replace(b"\r\n\r\n", b"\r\nContent-Length: %d\r\n\r\n"
                         % (len(m) - m.index(b"\r\n\r\n") - 4), 1)
               for m in box[1:]]
    (home / "box").write_bytes(b"".join(box[0] + m + b"\r\n"
                                        for m in lengths))
    assert told(ctl.json("explain", home / "box")) == THREE


@pytest.mark.parametrize("more", [1, -1, 30, 10 ** 6, 10 ** 30, -10 ** 6])
def test_wrong_content_length(ctl, home, more):
    """It is a stranger's word: mails must not be hidden by it."""
    box = [with_length(m, more) for m in (bounce(1), PLAIN, bounce(2))]
    (home / "box").write_bytes(b"".join(FROM + m + b"\n" for m in box))
    assert told(ctl.json("explain", home / "box")) == THREE


def test_content_length_of_a_stranger(ctl, home):
    """The first mail shows that nobody counts here; the second is right by
    its word, and swallows the third."""
    second, third = PLAIN.rstrip(b"\n") + b"\n", bounce(2)
    head, body = second.split(b"\n\n", 1)
    length = len(body) + 1 + len(FROM) + len(third)
    second = head + b"\nContent-Length: %d\n\n" % length + body
    (home / "box").write_bytes(
        b"".join(FROM + m + b"\n" for m in (bounce(1), second, third)))
    assert told(ctl.json("explain", home / "box")) == THREE


@pytest.mark.parametrize("unquoted", [False, True])
def test_made_by_another_program(ctl, home, unquoted):
    """Python's mailbox, with all mails of the tests; it ends the last line
    of each, so those that are cut off in it are others then."""
    files = [f for f in sorted(DATA.glob("*.eml"))
             if f.read_bytes().endswith(b"\n")]
    box = mailbox.mbox(home / "box", create=True)
    for file in files:
        box.add(file.read_bytes())
    if unquoted:
        box.add(b"Subject: mine\n\nFrom me.\n\nFrom you, too.\n")
    box.close()
    rows = ctl.json("explain", home / "box")
    assert [r["message"] for r in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == len(files) + unquoted
    for file, mine, want in zip(files, rows, ctl.json("explain", *files)):
        assert mine["type"] == want["type"], file
        assert mine["recipients"] == want["recipients"], file


@pytest.mark.parametrize("box, expected", [
    (FROM, [(1, "none", [])]),
    (FROM + b"\n", [(1, "none", [])]),
    (FROM + b"\n" + FROM + b"\n", [(1, "none", []), (2, "none", [])]),
    (FROM.rstrip(b"\n"), [(1, "none", [])]),
    (b"", [(None, "none", [])]),
    (b"From nobody\n" + bounce(1), [(None, "bounce", [address(1)])]),
    (join(bounce(1)).rstrip(b"\n"), [(1, "bounce", [address(1)])]),
    (join(bounce(1), bounce(2)).rstrip(b"\n")[:-300],
     [(1, "bounce", [address(1)]), (2, "bounce", [address(2)])]),
    (join(PLAIN, b"Subject: x"), [(1, "none", []), (2, "none", [])]),
    (FROM + b"X: " + b"\0" * 9000 + b"\n\n" + join(bounce(2)),
     [(1, "none", []), (2, "bounce", [address(2)])]),
], ids=["a line", "a mail of nothing", "two of nothing", "no line end",
        "nothing", "no date", "no end", "cut off", "only a header", "NUL"])
def test_odd_mboxes(ctl, home, box, expected):
    (home / "box").write_bytes(box)
    assert told(ctl.json("explain", home / "box")) == expected


@pytest.mark.parametrize("size", [99 * 1000, 100 * 1000, 101 * 1000,
                                  165 * 1000, 400 * 1000, 5 * 1000 * 1000])
@pytest.mark.parametrize("form", ["lines", "one line", "lengths", "empty",
                                  "From lines"])
def test_a_huge_message_is_passed_over(ctl, home, size, form):
    """The next one is read, wherever the end of the window is."""
    ctl.configure("inbound = { report_max_bytes = 100000; };")
    huge = {"lines": b"x" * 98 + b"\n\n", "one line": b"x" * 100,
            "lengths": b"x" * 99 + b"\n", "empty": b"\n" * 100,
            "From lines": FROM + b"X: " + b"x" * 52 + b"\n"}[form]
    assert len(huge) == 100
    huge = b"Subject: huge\n\nHello\n" + huge * (size // 100) + b"\n"
    box = [bounce(1), huge, bounce(2)]
    if form == "lengths":
        box = [with_length(m) for m in box]
    (home / "box").write_bytes(b"".join(FROM + m + b"\n" for m in box))
    rows = ctl.json("explain", home / "box")
    assert told(rows) == THREE
    assert ("report_max_bytes" in rows[1]["note"]) == (size >= 100 * 1000)
    *_, summary = ctl.json("ingest", "--believe", home / "box")
    assert summary["too_large"] == (size >= 100 * 1000)
    assert ctl.values() == [address(1), address(2)]


def test_memory_is_bounded(ctl, home):
    """A hundred megabytes in a process that may have much less."""
    one = join(*[b"Subject: x\n\n" + b"y" * 70 + b"\n"] * 1000)
    with open(home / "box", "wb") as box:
        box.write(join(bounce(1)))
        for _ in range(100 * 1000 * 1000 // len(one) // 4):
            box.write(one)
        box.write(FROM + b"Subject: huge\n\n")
        for _ in range(75):
            box.write(b"z" * 1000 * 1000)
        box.write(b"\n\n" + join(bounce(2)))
    out = subprocess.run(
        ["/usr/bin/env", "time", "-f", "%M", *ctl.command(
            "--csv", "explain", home / "box")],
        capture_output=True, check=True)
    assert out.stdout.decode().count("\r\n") == 3
    if "asan" not in os.environ["BUILDDIR"]:
        assert int(out.stderr) < 60 * 1000


def test_summary_in_text(ctl, home):
    (home / "box").write_bytes(join(bounce(1), PLAIN, bounce(2), COMPLAINT))
    text = ctl.done("explain", home / "box")
    assert f"{home}/box, message 3: bounce" in text
    assert text.endswith("types: none 1, bounce 2, complaint 1\n"
                         "classes: bad-address 2\n"
                         "4 read, 3 would be suppressed, 0 unverified\n")
    text = ctl.done("ingest", "--believe", home / "box")
    assert text.endswith("types: none 1, bounce 2, complaint 1\n"
                         "classes: bad-address 2\n"
                         "4 read, 3 suppressed, 0 unverified\n")
    assert "read" not in ctl.done("explain", DATA / "plain.eml").split("\n")[-1]


def test_summary_in_json(ctl, home):
    (home / "box").write_bytes(join(bounce(1), PLAIN, bounce(1)))
    *rows, summary = ctl.json("ingest", "--believe", home / "box")
    assert len(rows) == 3
    assert [r["changed"] for row in rows for r in row["recipients"]] == [
        True, False]
    assert summary["type"] == "summary"
    assert (summary["mails"], summary["suppressed"]) == (3, 1)
    assert (summary["types"]["bounce"], summary["types"]["none"]) == (2, 1)
    assert summary["types"]["complaint"] == 0
    assert summary["classes"]["bad-address"] == 2
    assert len(ctl.json("explain", home / "box")) == 3


def test_summary_of_what_was_not_kept(ctl, home):
    ctl.configure("review = { per_day = 2; };")
    box = home / "box"
    box.write_bytes(join(*map(bounce, range(1, 6))))
    *_, summary = ctl.json("ingest", box)
    assert (summary["unverified"], summary["not_kept"]) == (2, 3)
    assert len(ctl.json("history")) == 2
    text = ctl.done("ingest", box)
    assert "3 not kept: too many that are not proven\n" in text
    assert "5 read, 0 suppressed, 2 unverified (kept" in text


def test_csv_has_the_number_last(ctl, home):
    (home / "box").write_bytes(join(PLAIN, bounce(1)))
    head, row, end = ctl.run("--csv", "explain",
                             home / "box").stdout.decode().split("\r\n")
    assert head.endswith(",message") and row.endswith(",2") and end == ""


def test_pipe_takes_one_mail(ctl):
    """Postfix's local(8) puts a "From " line in front, and quotes nothing:
    a stranger's text must not become a report of its own."""
    mail = FROM + b"Subject: hello\n\nHello.\n\n" + join(bounce(1))
    row, summary = ctl.json("ingest", "--pipe", "--believe", stdin=mail)
    assert (row["type"], summary["mails"]) == ("none", 1)
    assert ctl.values() == []


def test_what_cannot_be_read_on(ctl, home):
    """A directory where a mail should be: named, and the rest is read."""
    (home / "box").write_bytes(join(bounce(1), bounce(2)))
    result = ctl.run("--json", "ingest", "--believe", home / "none",
                     home / "box", "/proc/self/mem")
    assert result.returncode == USAGE
    assert f"{home}/none: No such file".encode() in result.stderr
    assert b"/proc/self/mem: " in result.stderr
    assert ctl.values() == [address(1), address(2)]


def test_many_at_once(ctl, home):
    """More than one commit, and reports of the same addresses in each."""
    count = 2500
    (home / "box").write_bytes(join(*[bounce(n % 700)
                                      for n in range(count)]))
    *rows, summary = ctl.json("ingest", "--believe", home / "box")
    assert [r["message"] for r in rows] == list(range(1, count + 1))
    assert [r["recipients"][0]["changed"] for r in rows] == (
        [True] * 700 + [False] * 1800)
    assert summary["suppressed"] == 700
    assert len(ctl.json("history")) == 700
    assert ctl.status("verify") == YES


def test_progress(ctl, home):
    """Rate and time left; a pipe keeps it waiting half way."""
    (home / "box").write_bytes(join(bounce(1)))
    fifo = home / "fifo"
    os.mkfifo(fifo)
    master, slave = pty.openpty()
    with subprocess.Popen(
            ctl.command("explain", home / "box", fifo, home / "box"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=slave) as process:
        os.close(slave)
        with open(fifo, "wb"):
            seen = b""
            while not re.search(rb"explain: mails: 1, \d+/s, \d+ s, "
                                rb"\d+ s left", seen):
                seen += os.read(master, 4096)
        assert process.wait() == YES
    os.close(master)


def full(days_ago, n=1):
    """A full mailbox, reported so many days ago."""
    date = formatdate(time.time() - days_ago * 86400).encode()
    mail = bounce(n).replace(b"5.1.1", b"5.2.2").replace(
        b"User unknown", b"Mailbox full")
    mail = re.sub(rb"(?m)^Arrival-Date:.*$", b"Arrival-Date: " + date, mail)
    return re.sub(rb"(?m)^Date:.*$", b"Date: " + date, mail, count=1)


@pytest.mark.parametrize("days, status", [
    ([5, 4, 3, 2, 1], NO),
    ([2, 4, 1, 5, 3], NO),       # in any order
    ([4, 3, 2, 1], YES),         # too few
    ([4, 3, 2, 1, 1], YES),      # the same report twice
    ([35, 34, 33, 32, 31], YES),  # before the window
    ([-1, -2, -3, -4, -5], YES),  # no day that is still to come
])
def test_soft_bounces_count_on_their_days(ctl, home, days, status):
    box = home / "box"
    box.write_bytes(join(*map(full, days)))
    rows = ctl.json("ingest", "--believe", box)
    assert {r["class"] for row in rows[:-1]
            for r in row["recipients"]} == {"full"}
    assert ctl.status("check", address(1)) == status
    events = ctl.json("history", address(1))
    assert len(events) == len(set(days))
    past = [e for e in events if e["happened"]]
    assert len(past) == len([day for day in set(days) if day > 0])


def test_what_a_pipe_brings_has_just_come(ctl):
    for day in range(5, 0, -1):
        ctl.done("ingest", "--believe", "--pipe", stdin=full(day))
    assert ctl.status("check", address(1)) == YES
    assert {e["happened"] for e in ctl.json("history", address(1))} == {""}
