"""suppressd and suppressctl on a store of their own."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess

from .process import DAEMON_USER, Process
from .wait import until

# What a sanitizer says when it has found something.
SANITIZER = re.compile(
    r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")

CONF = """\
store = "{store}";
socket = "unix:{socket}";
log = "stderr";
"""


class Suppressd:
    """The daemon, run by an unprivileged user; the companion, by root."""

    # How the daemon is run; without a user, by whoever runs the test.
    options = {"user": DAEMON_USER, "group": "postfix", "extra_groups": [],
               "umask": 0o027}

    def __init__(self, top, queue, programs):
        self.top = top
        self.home = f"{top}/suppressd"
        self.store = f"{self.home}/store"
        self.socket = f"{queue}/suppress/milter.sock"
        self.conf_path = f"{self.home}/suppressd.conf"
        self.process = None
        os.mkdir(self.home)
        if "user" in self.options:
            shutil.chown(self.home, self.options["user"])
        # Copies: the user can't enter everybody's home directory.
        for name in ("suppressd", "suppressctl"):
            shutil.copy(os.path.join(programs, name), f"{self.home}/{name}")
        self.configure("")

    def configure(self, settings):
        """Writes the configuration; a running daemon does not know yet."""
        fresh = f"{self.conf_path}.new"
        with open(fresh, "w", encoding="utf-8") as f:
            f.write(CONF.format(store=self.store, socket=self.socket)
                    + settings)
        # Whoever reads it meanwhile must not take an empty one for all.
        os.replace(fresh, self.conf_path)

    def command(self):
        return [f"{self.home}/suppressd", "-c", self.conf_path]

    def run(self, *arguments):
        """Runs the program to its end, for its answer."""
        return subprocess.run([*self.command(), *arguments], check=False,
                              capture_output=True, encoding="utf-8",
                              timeout=60)

    def start(self):
        self.process = Process(self.command(), f"{self.home}/log",
                               **self.options)
        until(lambda: self.is_listening() or self.process.ended(),
              "suppressd listens")
        if self.process.ended():
            raise RuntimeError("suppressd does not start:\n" + self.log())

    def is_listening(self):
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.connect(self.socket)
            except OSError:
                return False
        return True

    def log(self):
        return self.process.log() if self.process else ""

    def reload(self):
        """SIGUSR1; gives what the daemon then says of it."""
        before = len(self.log())
        self.process.send(signal.SIGUSR1)
        return until(lambda: re.search(r".*reloaded.*", self.log()[before:]),
                     "suppressd says that it reloaded, or not")[0]

    def stop(self):
        """Stops it and looks that it ended well."""
        if self.process is None or self.process.ended():
            return
        status = self.process.stop()
        found = self.sanitizer_found()
        if status != 0 or found:
            raise RuntimeError(f"suppressd ended with status {status}:\n"
                               + self.log()[-8000:])

    def sanitizer_found(self):
        return SANITIZER.search(self.log())

    def kill(self):
        """As a crash does."""
        self.process.send(signal.SIGKILL)
        self.process.popen.wait(30)

    def ctl(self, *arguments, stdin=None, patience_s=60):
        """suppressctl; gives what it printed and its status."""
        return subprocess.run(
            [f"{self.home}/suppressctl", "-c", self.conf_path, *arguments],
            input=stdin, capture_output=True, check=False,
            timeout=patience_s, encoding="utf-8")

    def done(self, *arguments, **options):
        """suppressctl that must succeed; gives its output."""
        result = self.ctl(*arguments, **options)
        if result.returncode != 0:
            raise RuntimeError(f"suppressctl {' '.join(arguments)}: status "
                               f"{result.returncode}: {result.stderr}")
        return result.stdout

    def json(self, *arguments, **options):
        """The lines of suppressctl --json."""
        result = self.ctl("--json", *arguments, **options)
        if result.returncode not in (0, 1):
            raise RuntimeError(result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def break_store(self):
        """Spoils every shard, so that whatever is looked up can't be told; and
        the journal, or they would be built anew from it. Gives what the
        journal was, for mend_store()."""
        def overwrite(path, start):
            with open(path, "r+b") as f:
                before = f.read()
                f.seek(start)
                f.write(b"\xff" * (len(before) - start))
            return before
        for name in os.listdir(f"{self.store}/index"):
            if name.endswith((".tdb", ".members")):
                overwrite(f"{self.store}/index/{name}", 0)
        return {name: overwrite(f"{self.store}/journal/{name}", 300)
                for name in os.listdir(f"{self.store}/journal")}

    def mend_store(self, journal):
        """The daemon is started anew on the old journal."""
        self.kill()
        for name, content in journal.items():
            with open(f"{self.store}/journal/{name}", "wb") as f:
                f.write(content)
        self.start()

    def events(self, value):
        """What its history has of changes; refusals are left out."""
        return self.json("history", "--type", "event", value)

    def is_suppressed(self, value):
        """By the contract: 0 may be contacted, 1 may not."""
        status = self.ctl("check", value).returncode
        if status not in (0, 1):
            raise RuntimeError(f"suppressctl check {value}: {status}")
        return status == 1
