"""The daemon as a program: what it says to who starts it, what it wants for
itself, and what it does when it can't have it."""
import glob
import os
import pwd
import re
import select
import shutil
import signal
import socket
import time

import pytest

from harness import client, mails
from harness.process import DAEMON_USER, Process
from harness.wait import until

NEWS = "news@example.com"
REPORTER = {"ADDR": "192.0.2.5", "HELO": "fbl.example.org"}


def test_help_and_version(site):
    asked = site.suppressd.run("--help")
    assert asked.returncode == 0 and asked.stderr == ""
    for option in ("--config", "--debug", "--test", "--help", "--version"):
        assert option in asked.stdout
    asked = site.suppressd.run("--version")
    assert asked.returncode == 0
    assert re.fullmatch(r"suppressd \d+\.\d+\.\d+\n", asked.stdout)


@pytest.mark.parametrize("arguments", [["--nonsense"], ["-c"], ["word"]])
def test_usage(site, arguments):
    asked = site.suppressd.run(*arguments)
    assert asked.returncode == 2
    assert "usage: suppressd" in asked.stderr and asked.stdout == ""


def test_checks_a_configuration(site):
    """-t, beside a daemon that runs."""
    assert site.suppressd.run("-t").returncode == 0
    site.suppressd.configure("nonsense = 1;\n")
    try:
        asked = site.suppressd.run("-t")
        assert asked.returncode == 2
        assert re.search(r"suppressd\.conf:\d+: nonsense", asked.stderr)
    finally:
        site.configure()
    assert site.suppressd.run("-c", "/nonexistent", "-t").returncode == 2


def second(site, name, settings):
    """Another daemon of the same user; its status and what it says."""
    path = f"{site.suppressd.home}/{name}.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write('log = "stderr";\n' + settings)
    other = Process([f"{site.suppressd.home}/suppressd", "-c", path],
                    f"{site.suppressd.home}/{name}.log",
                    **site.suppressd.options)
    return other.popen.wait(60), other.log()


def test_two_on_one_socket(site, listed, fresh):
    status, said = second(
        site, "same-socket", f'socket = "unix:{site.suppressd.socket}";\n'
        f'store = "{site.suppressd.home}/other-store";\n')
    assert status == 3
    assert "another suppressd serves it" in said
    bad = listed()
    assert site.send("submission", NEWS, [bad, fresh()],
                     mails.plain("News")).rcpt[bad][0] == 550


def test_two_on_one_store(site, listed, fresh):
    """It waits for a suppressctl to be done, and then says who has it."""
    status, said = second(
        site, "same-store", f'store = "{site.suppressd.store}";\n'
        f'socket = "unix:{site.suppressd.home}/other.sock";\n')
    assert status == 3
    assert "is being written by another process" in said
    assert len(said.splitlines()) == 1
    bad = listed()
    assert site.send("submission", NEWS, [bad, fresh()],
                     mails.plain("News")).rcpt[bad][0] == 550


def identity(pid):
    """Users, groups and capabilities of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        lines = dict(line.split(":", 1) for line in f)
    return {name: lines[name].split()
            for name in ("Uid", "Gid", "Groups", "CapPrm", "CapEff")}


def test_root_becomes_the_user(site):
    """The store and the socket are that user's, and so is the child for
    SPF."""
    home = f"{site.suppressd.home}/dropped"
    os.mkdir(home)
    shutil.chown(home, DAEMON_USER)
    with open(f"{home}/conf", "w", encoding="utf-8") as f:
        f.write(f'log = "stderr"; user = "{DAEMON_USER}"; '
                f'store = "{home}/store"; socket = "unix:{home}/socket";\n')
    daemon = Process([f"{site.suppressd.home}/suppressd", "-c",
                      f"{home}/conf"], f"{home}/log")
    try:
        until(lambda: "serves unix:" in daemon.log() or daemon.ended(),
              "suppressd serves")
        user = pwd.getpwnam(DAEMON_USER)
        is_now = identity(daemon.pid)
        assert is_now == {
            "Uid": [str(user.pw_uid)] * 4, "Gid": [str(user.pw_gid)] * 4,
            "Groups": [str(user.pw_gid)], "CapPrm": ["0" * 16],
            "CapEff": ["0" * 16]}
        assert "runs as root" not in daemon.log()
        for name in ("store", "store/journal", "store/index", "socket"):
            assert os.stat(f"{home}/{name}").st_uid == user.pw_uid
        with open(f"/proc/{daemon.pid}/task/{daemon.pid}/children",
                  encoding="ascii") as f:
            children = f.read().split()
        assert [identity(child)["Uid"] for child in children] == [
            is_now["Uid"]]
    finally:
        status = daemon.stop()
    assert status == 0


@pytest.mark.settings
def test_processed_reports_are_filed(site, fresh):
    """The Maildir has it, and nobody else."""
    maildir = f"{site.suppressd.home}/processed"
    site.reconfigure(inbound=f'processed = "file"; maildir = "{maildir}";')
    dead, to = fresh("dead"), fresh("b", "bounces.example.com")
    site.send("mx", "", [to], mails.dsn(dead), xclient=REPORTER)
    assert site.suppressd.is_suppressed(dead)
    name, = glob.glob(f"{maildir}/new/*")
    assert os.listdir(f"{maildir}/tmp") == []
    with open(name, "rb") as f:
        mail = f.read()
    assert dead.encode() in mail and b"\r\n" not in mail
    assert mail.partition(b"\n\n")[2].strip() == mails.dsn(
        dead).encode().partition(b"\n\n")[2].strip()
    site.wait_idle()
    assert site.postfix.mailbox(to) == []


@pytest.mark.settings
def test_a_maildir_that_fails(site, fresh):
    """Then the report is delivered."""
    site.reconfigure(inbound='processed = "file"; '
                     'maildir = "/proc/nonexistent";')
    dead, to = fresh("dead"), fresh("b", "bounces.example.com")
    site.send("mx", "", [to], mails.dsn(dead), xclient=REPORTER)
    site.wait_idle()
    assert site.suppressd.is_suppressed(dead)
    assert len(site.postfix.mailbox(to)) == 1
    assert "delivered instead of filed" in site.suppressd.log()


def test_hung_at_the_end_of_a_message(site, fresh):
    """Postfix waits for it; nothing passes and nothing is lost."""
    good = fresh()
    smtp = client.connect(site.postfix.ports["submission"])
    try:
        assert smtp.docmd("MAIL", f"FROM:<{NEWS}>")[0] == 250
        assert smtp.docmd("RCPT", f"TO:<{good}>")[0] == 250
        assert smtp.docmd("DATA")[0] == 354
        site.suppressd.process.send(signal.SIGSTOP)
        smtp.send(mails.plain("News").replace("\n", "\r\n") + ".\r\n")
        # No answer is the right one.
        assert select.select([smtp.sock], [], [], 1)[0] == []
        assert site.reached(good) == 0
        site.suppressd.process.send(signal.SIGKILL)
        assert smtp.getreply()[0] == 451
    finally:
        smtp.close()
        site.suppressd.process.popen.wait(30)
        site.suppressd.start()
    site.wait_idle()
    assert site.reached(good) == 0


def test_a_directory_that_is_read_only(site, listed, fresh):
    """The configuration's is not the daemon's to write."""
    site.suppressd.stop()
    os.chown(site.suppressd.home, 0, 0)
    os.chmod(site.suppressd.conf_path, 0o444)
    try:
        site.suppressd.start()
        bad = listed()
        assert site.send("submission", NEWS, [bad, fresh()],
                         mails.plain("News")).rcpt[bad][0] == 550
    finally:
        os.chmod(site.suppressd.conf_path, 0o644)
        shutil.chown(site.suppressd.home, DAEMON_USER)


def damage_journal(store):
    """A byte of the first line of a journal with several."""
    name = sorted(glob.glob(f"{store}/journal/*.jsonl"))[0]
    with open(name, "r+b") as f:
        f.seek(30)
        byte = f.read(1)
        f.seek(30)
        f.write(bytes([byte[0] ^ 1]))
    return name


def test_a_damaged_journal(site, listed, fresh):
    """Lookups go on; what would have to be written waits."""
    bad, dead = listed(), fresh("dead")
    site.refuse(dead)
    site.suppressd.stop()
    name = damage_journal(site.suppressd.store)
    try:
        site.suppressd.start()
        assert "lookups go on" in site.suppressd.log()
        outcome = site.send("submission", NEWS, [bad, fresh()],
                            mails.plain("News"))
        assert outcome.rcpt[bad][0] == 550
        to = fresh("b", "bounces.example.com")
        outcome = site.send("mx", "", [to], mails.dsn(dead),
                            xclient=REPORTER)
        assert outcome.data[0] == 451
        assert site.suppressd.ctl("add", fresh()).returncode == 3
    finally:
        site.suppressd.stop()
        assert damage_journal(site.suppressd.store) == name
        site.suppressd.start()
    outcome = site.send("mx", "", [to], mails.dsn(dead), xclient=REPORTER)
    assert outcome.data[0] == 250
    assert site.suppressd.is_suppressed(dead)


class Manager:
    """The service manager's end of NOTIFY_SOCKET (sd_notify(3))."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o777)
        self.socket.settimeout(30)

    def next(self):
        return self.socket.recv(4096).decode()

    def wait(self, text):
        """Until it says so; what came before that."""
        before = []
        while text not in (said := self.next()):
            before.append(said)
        return before


def test_what_the_service_manager_hears(site):
    daemon = site.suppressd
    daemon.stop()
    path = f"{daemon.home}/notify"
    manager = Manager(path)
    usual = daemon.options
    daemon.options = {**usual, "env": {
        **os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "600000"}}
    try:
        daemon.start()
        assert manager.wait("READY=1") == []
        # Three times in the time that the manager waits.
        begin = time.monotonic()
        for _ in range(3):
            manager.wait("WATCHDOG=1")
        assert time.monotonic() - begin >= 0.3
        daemon.process.send(signal.SIGUSR1)
        manager.wait("RELOADING=1\nMONOTONIC_USEC=")
        assert set(manager.wait("READY=1")) <= {"WATCHDOG=1"}
        daemon.process.send(signal.SIGTERM)
        assert set(manager.wait("STOPPING=1")) <= {"WATCHDOG=1"}
        until(daemon.process.ended, "it stops")
    finally:
        daemon.stop()
        manager.socket.close()
        daemon.options = usual
        daemon.start()
