"""suppressctl as a person or a script runs it."""
import json
import os
import pathlib
import re
import subprocess

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"

# The contract: suppressctl(1), EXIT STATUS.
YES, NO, USAGE, FAILED = 0, 1, 2, 3
TEMPFAIL = 75  # sysexits.h

# RFC 3339 in UTC, as the contract has it.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

STREAMS = """\
streams = (
    { name = "news"; daemon = [ "NEWS" ]; },
    { name = "bills"; daemon = [ "BILLS" ]; }
);
"""

# What a sanitizer says when it has found something.
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:")


class Program:
    def __init__(self, home):
        self.home = home
        self.store = home / "store"
        self.path = os.path.join(os.environ["BUILDDIR"], "suppressctl")
        self.conf = home / "suppressd.conf"
        self.configure("")

    def write(self, settings):
        self.conf.write_text(settings)

    def configure(self, settings):
        """These, and two streams of mail."""
        self.write(settings + STREAMS)

    def command(self, *arguments):
        return [self.path, "-c", str(self.conf), "--store", str(self.store),
                *(os.fsdecode(a) if isinstance(a, bytes) else str(a)
                  for a in arguments)]

    def run(self, *arguments, stdin=b"", **options):
        """Runs it to its end. Output and input are bytes; see text()."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run(self.command(*arguments), input=stdin,
                              capture_output=True, check=False, timeout=120,
                              **options)
        said = done.stderr.decode(errors="replace")
        assert done.returncode >= 0, f"a signal: {said}"
        assert not SANITIZER.search(said), said
        return done

    def start(self, *arguments, **options):
        return subprocess.Popen(self.command(*arguments),
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **options)

    def status(self, *arguments, **options):
        return self.run(*arguments, **options).returncode

    def done(self, *arguments, **options):
        """It must say yes; gives what it printed."""
        result = self.run(*arguments, **options)
        assert result.returncode == YES, result.stderr
        assert result.stderr == b""
        return result.stdout.decode()

    def refused(self, status, *arguments, **options):
        """It must end with this status and print nothing else than why."""
        result = self.run(*arguments, **options)
        said = result.stderr.decode()
        assert result.returncode == status, said
        assert result.stdout == b""
        for line in said.splitlines():
            assert line.startswith("suppressctl: "), said
        assert said
        return said

    def json(self, *arguments, status=YES, **options):
        """The objects that --json prints, a line each."""
        result = self.run("--json", *arguments, **options)
        assert result.returncode == status, result.stderr
        rows = [json.loads(line)
                for line in result.stdout.decode("ascii").splitlines()]
        assert all(row["v"] == 1 for row in rows)
        return rows

    def values(self):
        """What is on the list."""
        return sorted(row["value"] for row in self.json("list"))
