"""How answers look: tables, JSON, CSV; terminals, pipes, full disks."""
import csv
import fcntl
import io
import os
import pty
import subprocess

import pytest

from program import DATA, FAILED, YES

ODD = 'said "no", twice;\n\tthen \x1b[31mhung up \u202e\u00e9'


def rows(ctl, *arguments):
    text = ctl.run("--csv", *arguments).stdout.decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_gives_back_what_was_given(ctl):
    """But for control bytes and turned text: JSON has those exactly."""
    ctl.done("add", "--why", ODD, "joe@example.com",
             '"a,b"@example.com', "J\u00f6rg@example.com")
    found = rows(ctl, "list")
    assert {r["why"] for r in found} == {
        'said "no", twice;\\x0a\\x09then \\x1b[31mhung up '
        "\\xe2\\x80\\xae\u00e9"}
    assert sorted(r["value"] for r in found) == sorted([
        "joe@example.com", '"a,b"@example.com', "j\u00f6rg@example.com"])


def test_json_is_ascii_and_exact(ctl):
    ctl.done("add", "--why", ODD, "joe@example.com")
    assert ctl.json("list")[0]["why"] == ODD


@pytest.mark.parametrize("command", [["list"], ["history"],
                                     ["show", "joe@example.com"],
                                     ["check", "joe@example.com"]])
def test_escapes_do_not_reach_a_terminal(ctl, command):
    ctl.done("add", "--why", ODD + "\x9b31m\x7f", "joe@example.com")
    text = ctl.run(*command).stdout.decode()
    assert r"\x1b[31mhung up" in text
    assert not set(text) & set("\x1b\x9b\x7f\t")
    assert len([line for line in text.splitlines() if "said" in line]) <= 2


def mail(diagnostic):
    text = (DATA / "postfix-failed.eml").read_bytes()
    return text.replace(b"smtp; 550 5.1.1 <", b"smtp; 550 5.1.1 "
                        + diagnostic + b"<")


@pytest.mark.parametrize("command", ["explain", "ingest"])
def test_escapes_in_a_report(ctl, home, command):
    path = home / "odd\x1b[2J.eml"
    path.write_bytes(mail(b"\x1b[31m\xc2\x9b\r\n "))
    result = ctl.run(command, path)
    assert result.returncode == YES
    assert b"\x1b" not in result.stdout and b"\xc2\x9b" not in result.stdout
    assert rb"odd\x1b[2J.eml" in result.stdout


def many(ctl):
    ctl.done("add", "-f", "-", stdin="".join(
        f"a{i}@example.com\n" for i in range(20000)))


@pytest.mark.parametrize("arguments", [
    ["list"], ["--json", "list"], ["--csv", "list"], ["history"],
    ["--json", "history"]])
def test_a_closed_pipe_is_no_error(ctl, arguments):
    many(ctl)
    process = ctl.start(*arguments)
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == YES
    process.stderr.close()


EVERY = [
    ["add", "ann@example.com"], ["remove", "ann@example.com"],
    ["check", "joe@example.com"], ["show", "joe@example.com"], ["list"],
    ["list", "--search", "nobody"], ["history"], ["verify"], ["rebuild"],
    ["doctor"], ["explain", DATA / "postfix-failed.eml"],
    ["--json", "explain", DATA / "postfix-failed.eml"],
    ["ingest", DATA / "postfix-failed.eml"], ["--help"], ["list", "--help"]]


@pytest.mark.parametrize("arguments", EVERY)
def test_a_full_disk_is_told(listed, arguments):
    listed.done("add", "joe@example.com")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(listed.command(*arguments), stdout=full,
                              stderr=subprocess.PIPE, check=False)
    assert done.returncode == FAILED
    assert b"No space left" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("closed", [[1], [0, 1, 2], [2]])
@pytest.mark.parametrize("arguments", [["add", "ann@example.com"],
                                       ["list"], ["add", "bad"]])
def test_closed_standard_files_do_no_harm(listed, arguments, closed):
    subprocess.run(listed.command(*arguments), check=False,
                   preexec_fn=lambda: [os.close(fd) for fd in closed])
    row, = listed.json("verify")
    assert row["faults"] == 0


def rest_of(terminal):
    """What was written to it, once its other end is closed."""
    text = b""
    try:
        while piece := os.read(terminal, 65536):
            text += piece
    except OSError:  # Linux says so that nobody has it open
        pass
    return text


def on_terminal(ctl, *arguments, columns=80):
    """What it prints when standard output and error are a terminal."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=slave, check=True)
    process = subprocess.Popen(ctl.command(*arguments), stdout=slave,
                               stderr=slave, stdin=subprocess.DEVNULL)
    os.close(slave)
    text = rest_of(master)
    os.close(master)
    process.wait(60)
    return text.decode().replace("\r\n", "\n")


def test_a_table_fits_the_terminal(ctl):
    ctl.done("add", "--why", "w" * 200, "joe@example.com",
             "j" * 60 + "@example.com")
    text = on_terminal(ctl, "list", columns=100)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "\u2026" in text


def test_a_table_is_whole_where_no_terminal_is(ctl):
    ctl.done("add", "--why", "w" * 200, "joe@example.com")
    assert "w" * 200 in ctl.done("list")


def test_long_work_shows_that_it_goes_on(listed):
    """On a terminal only, and the line goes away again."""
    master, slave = pty.openpty()
    with open(listed.store / "lock", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen(
            listed.command("add", "new@example.com"), stderr=slave,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        os.close(slave)
        text = b""
        while b"add: 2 s" not in text:
            text += os.read(master, 1000)
    out, _ = process.communicate(timeout=60)
    text += rest_of(master)
    os.close(master)
    assert process.returncode == YES
    assert b"added" in out
    assert text.endswith(b"\r\x1b[K")
    assert b"\n" not in text


def test_a_mail_from_the_terminal_is_asked_for(ctl):
    master, slave = pty.openpty()
    process = subprocess.Popen(ctl.command("explain"), stdin=slave,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    os.close(slave)
    assert b"Ctrl-D" in process.stderr.readline()
    os.write(master, b"\x04")
    out, said = process.communicate(timeout=60)
    os.close(master)
    assert (out, said, process.returncode) == (b"-: none: empty\n", b"", YES)
