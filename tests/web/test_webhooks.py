"""Webhooks: who is told, what, in which order, and that nothing is lost."""
import hashlib
import hmac
import http.server
import json
import os
import re
import threading

import pytest

from harness import mails
from harness.wait import until
from mta import Mta

SECRET = "0123456789abcdef0123456789abcdef"
SETTINGS = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    own_domains = [ "example.com" ];
};
"""


class Receiver:
    """Keeps what it is sent; answers what the test wants."""

    def __init__(self):
        self.posts = []     # (headers, body), all of them
        self.events = []    # of those that were taken
        self.status = 200
        self.gate = threading.Event()  # an answer waits for it
        self.gate.set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.headers, body))
                receiver.gate.wait(30)
                status = receiver.status
                if status == 200:
                    receiver.events += json.loads(body)["events"]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def values(self, *types):
        return [e["value"] for e in self.events if e["type"] in types]

    def close(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def restart(web, receiver, forget=False, secret=SECRET):
    state = f"{web.top}/state"
    os.makedirs(state, exist_ok=True)
    if forget and os.path.exists(f"{state}/webhook.position"):
        os.unlink(f"{state}/webhook.position")
    with open(f"{web.top}/secret", "w", encoding="utf-8") as f:
        f.write(secret + "\n")
    web.settings = SETTINGS + f"""
webhooks = {{ url = "http://127.0.0.1:{receiver.port}/hook?x=1";
    secret = "{web.top}/secret"; state = "{state}"; }};
"""
    web.stop_web()
    web.configure("")
    web.start_web()


def position(web):
    """What the file says, when it has come to the newest event."""
    newest = web.json("history", "--type", "event")[-1]["lsn"]

    def kept():
        with open(f"{web.top}/state/webhook.position", encoding="utf-8") as f:
            words = f.read().split()
        return int(words[0]) == newest and words
    return until(kept, "the position is kept")


@pytest.fixture
def told(web, receiver):
    """The receiver, which is told of all that comes from now on."""
    restart(web, receiver, forget=True)
    return receiver


def test_added_lifted_and_review(web, told, fresh):
    value, forged = fresh("value"), fresh("forged")
    web.done("add", "--why", "asked by phone", value)
    web.done("remove", value)
    mta = Mta(web.socket)
    mta.connect(ip="198.51.100.1", daemon="smtpd")
    mta.helo()
    mta.message(["<x@bounces.example.com>"], mails.dsn(forged), "<>")
    # What suppresses nobody and waits for nobody is no news.
    mta.message(["<x@bounces.example.com>"],
                mails.dsn(fresh("full"), status="4.2.2"), "<>")
    mta.close()
    web.done("add", "@last.example")
    until(lambda: "@last.example" in told.values("added"), "all are told")
    assert [(e["type"], e["value"]) for e in told.events] == [
        ("added", value), ("lifted", value), ("review", forged),
        ("added", "@last.example")]
    first = told.events[0]
    assert (first["why"], first["source"]) == ("asked by phone", "user")
    numbers = [e["number"] for e in told.events]
    assert numbers == sorted(numbers)


def test_they_are_signed(web, told, fresh):
    web.done("add", fresh())
    until(lambda: told.events, "it is told")
    headers, body = told.posts[-1]
    assert json.loads(body)["v"] == 1
    assert headers["Content-Type"] == "application/json"
    t, mac = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})",
                          headers["Suppressd-Signature"]).groups()
    want = hmac.new(SECRET.encode(), t.encode() + b"." + body,
                    hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mac, want)


def test_order_and_batches(web, told):
    values = [f"order-{n}@order.example" for n in range(250)]
    web.done("add", *values)
    until(lambda: len(told.values("added")) >= 250, "all are told")
    assert told.values("added") == values
    sizes = [len(json.loads(body)["events"]) for _, body in told.posts]
    assert max(sizes) <= 100


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_refused_comes_again(web, told, fresh, status):
    one, two = fresh("one"), fresh("two")
    told.status = status
    web.done("add", one)
    until(lambda: told.posts, "it is tried")
    web.done("add", two)
    assert told.events == []
    told.status = 200
    until(lambda: len(told.values("added")) == 2, "both are told")
    assert told.values("added") == [one, two]
    assert f"the answer was {status}" in web.web.log()


def test_a_restart_loses_nothing(web, told, fresh):
    one, two, three = fresh("one"), fresh("two"), fresh("three")
    web.done("add", one)
    until(lambda: told.values("added") == [one], "the first is told")
    position(web)
    web.stop_web()
    web.done("add", two)
    web.start_web()
    until(lambda: told.values("added") == [one, two], "the second is told")
    # In the middle of an answer: it comes again.
    told.gate.clear()
    posts = len(told.posts)
    web.done("add", three)
    until(lambda: len(told.posts) > posts, "the third is under way")
    web.web.popen.kill()
    web.web.popen.wait(30)
    told.gate.set()
    web.start_web()
    until(lambda: len(told.posts) > posts + 1, "it comes again")
    until(lambda: told.values("added").count(three) == 2, "and is taken")
    assert told.values("added")[:2] == [one, two]


def test_a_receiver_that_hangs_stops_nobody(web, told, fresh):
    told.gate.clear()
    value = fresh("hang")
    web.done("add", value)
    until(lambda: told.posts, "it hangs")
    assert web.ask("GET", "/healthz").status == 200
    web.done("add", fresh())
    assert web.is_suppressed(value)
    # And is given up at the stop.
    web.stop_web()
    told.gate.set()
    web.start_web()


def test_a_journal_at_other_places(web, told, fresh):
    """As after a restore: the number tells where to go on."""
    one, two = fresh("one"), fresh("two")
    web.done("add", one)
    until(lambda: told.values("added") == [one], "the first is told")
    number, segment, _ = position(web)
    web.stop_web()
    path = f"{web.top}/state/webhook.position"
    for place in (f"{segment} 7", f"{int(segment) + 9} 0", "0 0"):
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"{number} {place}\n")
        told.events.clear()
        web.done("add", two)
        web.start_web()
        until(lambda: told.events, "it is told")
        # And nothing of what was before.
        assert told.values("added") == [two]
        number, *_ = position(web)
        web.stop_web()
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{10**12} 1 0\n")
    web.start_web()
    until(lambda: "was an older one restored" in web.web.log(), "it says so")
    web.done("add", fresh("new"))
    until(lambda: told.values("added")[-1].startswith("new"), "it goes on")


@pytest.mark.parametrize("secret, position, says", [
    ("short", None, "webhooks.secret"),
    (SECRET, "joe\n", "is no position"),
])
def test_what_is_wrong_is_said(web, receiver, secret, position, says):
    restart(web, receiver, forget=True)
    if position is not None:
        web.stop_web()
        with open(f"{web.top}/state/webhook.position", "w",
                  encoding="utf-8") as f:
            f.write(position)
    with pytest.raises(RuntimeError, match=says):
        restart(web, receiver, secret=secret)
    assert web.web.popen.returncode == 2
    restart(web, receiver, forget=True)
