"""The list as a table: socketmap and tcp_table, by their bytes and by a real
Postfix."""
import os
import re
import socket
import subprocess
import urllib.parse

import pytest

POSTMAP = "/usr/sbin/postmap"
PATIENCE_S = 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def tables(web):
    """suppressd-web with both listeners, and streams of each action."""
    web.map_path = f"{web.top}/map.sock"
    web.map_port, web.tcp_port = free_port(), free_port()
    with open(web.conf_path, encoding="utf-8") as f:
        conf = f.read()
    with open(web.conf_path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"streams = \(.*?\);\n", "", conf, flags=re.S) + f"""
lookup = {{
    socketmap = "unix:{web.map_path}";
    tcp_table = "inet:{web.tcp_port}@127.0.0.1";
}};
inbound = {{ own_domains = [ "ours.example" ]; }};
replies = {{ user = {{ code = 550; status = "5.7.1";
                       text = "said no: 100% sure"; }}; }};
streams = (
    {{ name = "news"; sender = [ "a@x" ]; }},
    {{ name = "letters"; sender = [ "b@x" ]; action = "remove"; }},
    {{ name = "later"; sender = [ "c@x" ]; action = "defer"; }},
    {{ name = "held"; sender = [ "d@x" ]; action = "hold"; }},
    {{ name = "watched"; sender = [ "e@x" ]; action = "observe"; }},
    {{ name = "bills"; blocks = [ "bounced" ]; }}
);
""")
    web.stop_web()
    web.start_web()
    return web


class Map:
    """A client of socketmap."""

    def __init__(self, web):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(web.map_path)
        self.socket.settimeout(PATIENCE_S)
        self.file = self.socket.makefile("rb")

    def send(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.socket.sendall(b"%d:%s," % (len(data), data))

    def read(self):
        size = b""
        while (c := self.file.read(1)) != b":":
            assert c.isdigit(), c
            size += c
        data = self.file.read(int(size))
        assert self.file.read(1) == b","
        return data.decode()

    def ask(self, text):
        self.send(text)
        return self.read()

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def table(tables):
    made = Map(tables)
    yield made
    made.close()


def tcp(web, data):
    """What a connection of its own answers to these bytes, to its end."""
    with socket.create_connection(("127.0.0.1", web.tcp_port),
                                  PATIENCE_S) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while piece := s.recv(65536):
            got += piece
    return got.decode().splitlines()


def postmap(web, table, key):
    """(status, what it printed, its error)."""
    home = f"{web.top}/postfix"
    if not os.path.exists(home):
        os.mkdir(home)
        with open(f"{home}/main.cf", "w", encoding="utf-8") as f:
            f.write("compatibility_level = 3.6\n")
    done = subprocess.run([POSTMAP, "-c", home, "-q", key, table],
                          check=False, capture_output=True,
                          encoding="utf-8", timeout=60)
    return done.returncode, done.stdout.strip(), done.stderr


def test_each_action(tables, table, fresh):
    value = fresh("listed")
    tables.done("add", value)
    refusal = table.ask(f"news {value}")
    assert re.fullmatch(r"OK 550 5\.7\.1 .*\(suppressd\)", refusal), refusal
    assert table.ask(f"letters {value}") == refusal
    assert table.ask(f"later {value}").startswith("OK 450 4.7.1 ")
    assert table.ask(f"held {value}").startswith("OK HOLD ")
    assert table.ask(f"watched {value}") == "NOTFOUND "
    assert f"recipient=<{value}> verdict=observe" in tables.web.log()
    # A wish of the user does not stop bills.
    assert table.ask(f"bills {value}") == "NOTFOUND "
    assert table.ask(f"nothing {value}").startswith("PERM ")


def test_what_is_found(tables, table, fresh):
    value = fresh("Mixed")
    tables.done("add", value, "@whole.example", "@.below.example",
                "joe@ours.example")
    found = [value.upper(), "x@whole.example", "x@a.below.example",
             "x@WHOLE.example"]
    for key in found:
        assert table.ask(f"news {key}").startswith("OK 550"), key
    for key in ("x@below.example", "joe@ours.example", "whole.example",
                "x@", "@", "", "two words@whole.example",
                "x" * 3000 + "@whole.example", b"\xff@whole.example\0"):
        key = key if isinstance(key, bytes) else key.encode()
        assert table.ask(b"news " + key) == "NOTFOUND ", key
    tables.done("remove", value)
    assert table.ask(f"news {value}") == "NOTFOUND "


def test_many_at_once(tables, table, fresh):
    """In any pieces, and more answers than wait for a client."""
    value = fresh("piped")
    tables.done("add", value)
    request = f"news {value}".encode()
    request = b"%d:%s," % (len(request), request)
    table.socket.sendall(request[:5])
    table.socket.sendall(request[5:])
    first = table.read()
    n = 2000
    sender = os.fork()
    if sender == 0:
        table.socket.sendall(request * n)
        os._exit(0)
    assert [table.read() for _ in range(n)] == [first] * n
    assert os.waitpid(sender, 0)[1] == 0


@pytest.mark.parametrize("data", [
    b"x:news a@b,", b"5:abcdeX", b"99999:", b":,", b"-1:,", b"123456789",
    b"4097:", b"\0" * 100,
], ids=lambda data: repr(data[:10]))
def test_what_is_no_netstring_ends_the_connection(tables, table, data):
    table.socket.sendall(data)
    assert table.file.read() == b""
    # And no other.
    other = Map(tables)
    assert other.ask("news a@b.example") == "NOTFOUND "
    other.close()


def test_tcp_table(tables, fresh):
    value = fresh("tcp")
    tables.done("add", "--source", "bounced", value, "100%@tcp.example")
    found, = tcp(tables, f"get {value}\n".encode())
    code, _, text = found.partition(" ")
    assert code == "200" and " " not in text
    assert re.fullmatch(r"550 5\.\d\.\d .*\(suppressd\)",
                        urllib.parse.unquote(text))
    lines = tcp(tables, b"get a@b.example\nget 100%25@tcp.example\n"
                        b"get %zz\nput x y\nget \n")
    assert [line[:4] for line in lines] == ["500 ", "200 ", "500 ", "400 ",
                                            "500 "]
    # Without its end it is no request.
    assert tcp(tables, b"get a@b.exam") == []
    with socket.create_connection(("127.0.0.1", tables.tcp_port),
                                  PATIENCE_S) as s:
        s.sendall(b"get " + b"a" * 4108)
        assert s.recv(1) == b""


def test_a_real_postfix_asks(tables, fresh):
    value = fresh("postfix")
    tables.done("add", "--source", "bounced", value)
    for table in (f"socketmap:unix:{tables.map_path}:bills",
                  f"tcp:127.0.0.1:{tables.tcp_port}"):
        status, found, error = postmap(tables, table, value)
        assert status == 0, error
        assert re.fullmatch(r"550 5\.\d\.\d .*\(suppressd\)", found)
        status, found, error = postmap(tables, table, fresh("clean"))
        assert (status, found, error) == (1, "", ""), table
    status, _, error = postmap(
        tables, f"socketmap:unix:{tables.map_path}:nothing", value)
    assert status == 1 and "no stream" in error


def test_it_looks_on_while_the_daemon_is_away(tables, table, fresh):
    value = fresh("away")
    tables.done("add", value)
    tables.kill()
    try:
        assert table.ask(f"news {value}").startswith("OK 550")
        assert table.ask(f"news {fresh()}") == "NOTFOUND "
    finally:
        tables.start()


def test_silent_ones_leave_it_up(tables, fresh):
    """All places are taken by those who say nothing, or half a request."""
    silent = []
    try:
        for n in range(1100):
            s = socket.socket(socket.AF_UNIX)
            s.connect(tables.map_path)  # waits for its turn
            if n % 2:
                s.sendall(b"100:news ")
            silent.append(s)
        other = Map(tables)
        assert other.ask(f"news {fresh()}") == "NOTFOUND "
        other.close()
    finally:
        for s in silent:
            s.close()


def test_it_counts(tables, table, fresh):
    token = tables.json("token", "new", "--scope", "read", "watch")[0]["token"]

    def counted():
        text = tables.ask("GET", "/metrics", headers={
            "Authorization": f"Bearer {token}"}).text()
        return {a: int(n) for a, n in re.findall(
            r'suppressd_web_lookups_total{answer="(\w+)"} (\d+)', text)}
    before = counted()
    table.ask(f"news {fresh()}")
    table.ask("nothing x@y.example")
    after = counted()
    assert {a: after[a] - before[a] for a in after} == {
        "found": 0, "none": 1, "temporary": 0, "wrong": 1}


def test_a_socket_that_is_taken(tables):
    other = f"{tables.top}/other.conf"
    with open(tables.conf_path, encoding="utf-8") as f:
        text = f.read()
    with open(other, "w", encoding="utf-8") as f:
        f.write(text.replace(tables.path, f"{tables.top}/other.sock"))
    done = subprocess.run([tables.program, "-c", other], check=False,
                          capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 3
    assert "lookup.socketmap: somebody else serves" in done.stderr


def test_a_list_that_cannot_be_read_is_no_pass(tables, table, fresh):
    """The last test: it breaks the store."""
    value = fresh("broken")
    tables.done("add", "--source", "bounced", value)
    tables.break_store()
    assert table.ask(f"bills {value}").startswith("TEMP ")
    assert table.ask(f"bills {fresh()}").startswith("TEMP ")
    line, = tcp(tables, f"get {value}\n".encode())
    assert line.startswith("400 ")
    for kind in (f"socketmap:unix:{tables.map_path}:bills",
                 f"tcp:127.0.0.1:{tables.tcp_port}"):
        status, found, error = postmap(tables, kind, value)
        assert (status, found) == (1, "") and error != "", kind
