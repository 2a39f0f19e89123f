"""stats: the list in numbers, by row and as a chart."""
import datetime
import os
import pty
import re
import struct
import subprocess
import termios
from fcntl import ioctl

from program import DATA, FAILED, USAGE

BLOCK = "\u2588"


def counts(ctl, *arguments):
    return {(row["type"], row["name"]): row
            for row in ctl.json("stats", *arguments)}


def test_numbers(listed):
    """anna, bert, and on the stream news carla and a domain."""
    rows = counts(listed)
    found = {key: row["count"] for key, row in rows.items()
             if key[0] != "day" and row["count"]}
    assert found == {
        ("total", "values"): 4, ("total", "reasons"): 4,
        ("kind", "email"): 3, ("kind", "domain"): 1,
        ("source", "user"): 3, ("source", "abuse"): 1,
        ("stream", "*"): 2, ("stream", "news"): 2,
        ("domain", "example.com"): 2, ("domain", "example.net"): 1}
    days = [row for key, row in rows.items() if key[0] == "day"]
    assert len(days) == 30
    assert sum(row["added"] for row in days) == 4
    listed.done("remove", "--why", "asked", "anna@example.com")
    days = [row for row in listed.json("stats") if row["type"] == "day"]
    assert sum(row["lifted"] for row in days) == 1
    assert sum(row["added"] for row in days) == 4


def test_days_and_domains(listed):
    since = datetime.datetime.now(datetime.UTC).date()
    since -= datetime.timedelta(days=2)
    rows = counts(listed, "--since", since.isoformat(), "--limit", "1")
    assert [name for kind, name in rows if kind == "domain"] == [
        "example.com"]
    days = [name for kind, name in rows if kind == "day"]
    assert days[0] == since.isoformat()
    assert 3 <= len(days) <= 4  # midnight may have passed
    assert len([key for key in counts(listed, "--since", "2001-01-01")
                if key[0] == "day"]) == 366


def test_chart(listed):
    utf8 = {**os.environ, "LC_ALL": "C.UTF-8"}
    text = listed.done("stats", env=utf8)
    assert text.startswith("4 values are on the list, for 4 reasons.\n")
    assert re.search(rf"^  user +3 {BLOCK}+$", text, re.MULTILINE)
    assert "Lifted by day" not in text  # nothing was
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 80
    bars = {line.split()[0]: line.count(BLOCK) for line in lines
            if BLOCK in line}
    assert bars["user"] // bars["abuse"] in (2, 3)
    plain = listed.done("stats", env={**os.environ, "LC_ALL": "C"})
    assert plain.isascii()
    assert re.search(r"^  user +3 #+$", plain, re.MULTILINE)


def test_chart_fits_the_terminal(listed):
    listed.done("add", "joe@" + "x" * 60 + ".example")
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 60, 0, 0))
    subprocess.run(listed.command("stats"), stdout=theirs, check=True,
                   env={**os.environ, "LC_ALL": "C"}, timeout=60)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536):
            text += piece
    except OSError:  # the end of a terminal
        pass
    os.close(ours)
    lines = text.decode().split("\r\n")
    assert max(map(len, lines)) <= 68  # label, number and the least bar
    assert any(len(line) > 50 for line in lines)


def test_an_empty_list(ctl):
    ctl.refused(FAILED, "stats")
    ctl.done("add", "joe@example.com")
    ctl.done("remove", "--why", "x", "joe@example.com")
    assert ctl.done("stats").startswith("0 values are on the list")
    assert ctl.refused(USAGE, "stats", "--limit", "0")


def test_bounces_by_class(listed):
    """Each report once, whether it suppressed, and not what is said of it."""
    listed.done("ingest", DATA / "postfix-failed.eml")
    listed.done("review", "accept", "--all")
    rows = counts(listed)
    assert rows[("class", "bad-address")]["count"] == 1
    assert "Bounces by class" in listed.done("stats")
