"""suppressd-web beside the daemon of a site, and a program that asks it."""
import http.client
import json
import os
import re
import shutil
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests/milter"))

from harness.process import Process                     # noqa: E402
from harness.wait import until                          # noqa: E402
from mta import Mta                                     # noqa: E402

CLUB = "club@example.com"   # whose mail has a link to leave by

SETTINGS = """\
web = {{ listen = "unix:{home}/web.sock"; tokens = "{home}/tokens";
    templates = "{home}/unsubscribe"; }};
token = {{ keys = "{home}/keys"; }};
streams = (
    {{ name = "club"; sender = [ "{club}" ]; unsubscribe_all = true;
      unsubscribe_https = "https://mail.example.com/u/"; }}
);
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Web:
    def __init__(self, suppressd, programs):
        self.suppressd = suppressd
        self.home = suppressd.home
        self.process = None
        self.token = None
        shutil.copy(os.path.join(programs, "suppressd-web"), self.home)
        shutil.copytree(os.path.join(TOP, "web/unsubscribe"),
                        f"{self.home}/unsubscribe")

    def settings(self):
        return SETTINGS.format(home=self.home, club=CLUB)

    def prepare(self):
        """Before the daemon starts: it reads the keys then."""
        self.suppressd.done("key", "new", "first")
        row, = self.suppressd.json("token", "new", "--scope", "write",
                                   "soak")
        self.token = row["token"]
        user = self.suppressd.options["user"]
        for place in ("keys", "tokens"):
            for top, _, names in os.walk(f"{self.home}/{place}"):
                for path in [top, *(f"{top}/{name}" for name in names)]:
                    shutil.chown(path, user)

    def start(self):
        self.process = Process(
            [f"{self.home}/suppressd-web", "-c", self.suppressd.conf_path],
            f"{self.home}/web.log", **self.suppressd.options)
        until(lambda: "serves" in self.process.log() or self.process.ended(),
              "suppressd-web serves")
        if self.process.ended():
            raise RuntimeError(self.process.log())

    def stop(self):
        if self.process is not None and not self.process.ended():
            status = self.process.stop()
            assert status == 0, f"suppressd-web: status {status}"

    def post(self, path, body, kind="application/json"):
        """The status, and what the answer says where it is 200."""
        connection = UnixConnection(f"{self.home}/web.sock")
        try:
            connection.request("POST", path, body, {
                "Content-Type": kind,
                "Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, path, body):
        """An answer; None: it says that it can't tell now."""
        status, said = self.post("/api/v1" + path, json.dumps(body))
        if status == 200:
            return json.loads(said)
        assert status == 429 or status >= 500, f"{path}: {status} {said}"
        return None

    def leave(self, link):
        """One click, RFC 8058; False: it has to be tried again."""
        status, said = self.post("/u/" + link, "List-Unsubscribe=One-Click",
                                 "application/x-www-form-urlencoded")
        assert status in (200, 429) or status >= 500, f"{status} {said}"
        return status == 200

    def link(self, recipient):
        """The one in a mail to them; None: the daemon is away, or they are
        on the list."""
        try:
            mta = Mta(self.suppressd.socket)
            mta.connect()
            mta.helo()
            mta.message([f"<{recipient}>"], sender=f"<{CLUB}>")
            mta.close()
        except OSError:
            return None
        added = dict(data.rstrip(b"\0").split(b"\0")[:2]
                     for command, data in mta.edits if command == "h")
        if b"List-Unsubscribe" not in added:
            return None
        return re.search(r"/u/([a-z2-7]+)>",
                         added[b"List-Unsubscribe"].decode())[1]
