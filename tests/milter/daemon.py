"""suppressd, run by whoever runs the test, in a directory of its own."""
import os
import re
import shutil
import tempfile

from harness.suppressd import Suppressd
from mta import Mta

SETTINGS = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    own_domains = [ "example.com" ];
    report_max_bytes = 100000;
};
"""


# A line of a sanitizer's stack that is in our own sources, but for main(), from
# which libmilter begins its threads.
OURS = re.compile(r"#\d+ (?!main )\w+ "
                  r"\S*\b(base|conf|db|message|policy|milter)/\w+\.c")


class Daemon(Suppressd):
    # What the thread sanitizer says is judged below, not by its status.
    options = {"umask": 0o027, "env": {
        **os.environ,
        "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "") + " exitcode=0"}}

    def __init__(self, settings=SETTINGS):
        top = tempfile.mkdtemp(prefix="sd-", dir="/tmp")
        os.mkdir(f"{top}/suppress")
        super().__init__(top, top, os.environ["BUILDDIR"])
        self.configure(settings)

    def sanitizer_found(self):
        """libmilter, when it stops, destroys mutexes that its own threads
        still use, and does not wait for these: a report of threads counts
        if it has a line of ours. (A line of tsan.supp can't say that: each
        callback of ours has libmilter in its stack.)"""
        found = super().sanitizer_found()
        if found and "ThreadSanitizer" in found[0]:
            return OURS.search(self.log(), found.start())
        return found

    def close(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.top, ignore_errors=True)

    def change(self, settings):
        """The sessions from now on have these settings."""
        self.configure(settings)
        said = self.reload()
        if "not reloaded" in said:
            raise RuntimeError(said)

    def mta(self, **options):
        """A connection that has negotiated."""
        return Mta(self.socket, **options)

    def session(self, **client):
        """A client of ours, that has said HELO."""
        mta = self.mta()
        mta.connect(**client)
        mta.helo()
        return mta
