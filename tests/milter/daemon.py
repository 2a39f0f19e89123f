"""suppressd, run by whoever runs the test, in a directory of its own."""
import os
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


class Daemon(Suppressd):
    options = {"umask": 0o027}

    def __init__(self, settings=SETTINGS):
        top = tempfile.mkdtemp(prefix="sd-", dir="/tmp")
        os.mkdir(f"{top}/suppress")
        super().__init__(top, top, os.environ["BUILDDIR"])
        self.configure(settings)

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
