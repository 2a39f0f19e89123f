"""suppressd and suppressd-web, run by whoever runs the test."""
import http.client
import itertools
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "../milter"))

from harness.process import Process
from harness.suppressd import SANITIZER, Suppressd
from harness.wait import until
from mta import Mta

TEMPLATES = os.path.abspath(os.path.join(
    os.path.dirname(__file__), "../../web/unsubscribe"))

STREAMS = """\
streams = (
    { name = "news"; sender = [ "news@*" ]; blocks = [ "lead" ];
      unsubscribe_https = "https://mail.example.com/u/"; },
    { name = "club"; sender = [ "club@*" ]; unsubscribe_all = true;
      unsubscribe_https = "https://mail.example.com/u/"; },
    { name = "bills"; token = true;
      unsubscribe_https = "https://mail.example.com/u/"; }
);
"""

# How long an answer may take on a busy machine, in seconds.
PATIENCE = 30


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        # Waits for its turn, where many come at once.
        self.sock.connect(self.path)
        self.sock.settimeout(self.timeout)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def problem(self):
        """Problem details (RFC 9457) that fit the status."""
        assert self.headers["Content-Type"] == "application/problem+json"
        details = self.json()
        assert details["status"] == self.status
        assert details["title"] and details["detail"]
        return details["detail"]


class Web(Suppressd):
    """The daemon, and HTTP beside it on a Unix socket."""

    options = {"umask": 0o027}
    web_options = ()

    def __init__(self, settings=""):
        top = tempfile.mkdtemp(prefix="sw-", dir="/tmp")
        os.mkdir(f"{top}/suppress")
        self.path = f"{top}/web.sock"
        self.settings = settings
        self.web = None
        self.description = None  # of the API, when it has been read
        self.routes = os.path.join(TEMPLATES, "../routes.c")
        super().__init__(top, top, os.environ["BUILDDIR"])
        self.program = os.path.join(os.environ["BUILDDIR"], "suppressd-web")

    def listen(self):
        return f"unix:{self.path}"

    def configure(self, settings):
        super().configure(
            f'web = {{ listen = "{self.listen()}"; '
            f'templates = "{TEMPLATES}"; tokens = "{self.top}/tokens"; '
            f'{settings} }};\n'
            f'token = {{ keys = "{self.top}/keys"; }};\n'
            + STREAMS + self.settings)

    def start_all(self):
        if not os.path.exists(f"{self.top}/keys"):
            self.done("key", "new", "first")
        self.start()
        self.start_web()

    def start_web(self):
        log = f"{self.home}/web.log"
        before = os.path.getsize(log) if os.path.exists(log) else 0
        self.web = Process([self.program, *self.web_options, "-c",
                            self.conf_path], log,
                           **self.options)
        until(lambda: "serves" in self.web.log()[before:]
              or self.web.ended(),
              "suppressd-web serves")
        if self.web.ended():
            raise RuntimeError("suppressd-web does not start:\n"
                               + self.web.log())

    def stop_web(self):
        if self.web is None or self.web.ended():
            return
        status = self.web.stop()
        found = SANITIZER.search(self.web.log())
        if status != 0 or found:
            raise RuntimeError(f"suppressd-web ended with status {status}:\n"
                               + self.web.log()[-8000:])

    def close(self):
        try:
            self.stop_web()
            # libmilter takes seconds to stop, and is not what is tested;
            # but who is killed does not write down what it ran.
            if "COUNTS" in os.environ:
                self.stop()
            elif self.process is not None and not self.process.ended():
                self.kill()
            assert not self.sanitizer_found(), self.log()[-8000:]
        finally:
            shutil.rmtree(self.top, ignore_errors=True)

    def connect(self):
        return UnixConnection(self.path)

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def tokens(self, sender, *recipients):
        """The token in List-Unsubscribe of the mail to each of them."""
        mta = Mta(self.socket)
        mta.connect()
        mta.helo()
        try:
            return [self._link(mta, sender, r) for r in recipients]
        finally:
            mta.close()

    def _link(self, mta, sender, recipient):
        _, answer = mta.message([f"<{recipient}>"], sender=f"<{sender}>")
        assert answer == "continue"
        added = dict(data.rstrip(b"\0").split(b"\0")[:2]
                     for command, data in mta.edits if command == "h")
        assert added[b"List-Unsubscribe-Post"] == (
            b"List-Unsubscribe=One-Click")
        return re.fullmatch(r"<https://mail.example.com/u/([a-z2-7]+)>",
                            added[b"List-Unsubscribe"].decode())[1]

    def raw(self, data):
        """Sends these bytes; gives all that comes until the end."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(self.path)
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            got = b""
            while piece := s.recv(65536):
                got += piece
        return got


def within_a_minute(do):
    """What do(n) gives when it begins and ends in one minute: each begins to
    count anew. n says how often it was called before."""
    for n in itertools.count():
        minute = time.time() // 60
        given = do(n)
        if time.time() // 60 == minute:
            return given


def statuses(data):
    """The status of each answer in what a connection gave."""
    return [int(n) for n in re.findall(rb"^HTTP/1\.1 (\d+) ", data, re.M)]
