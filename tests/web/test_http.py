"""HTTP itself: routes, limits, what a client may do wrong."""
import signal
import socket
import subprocess

import pytest

from harness.process import free_ports
from harness.wait import until
from web import Answer, Web, statuses

HOST = b"Host: x\r\n"


@pytest.fixture
def own():
    """Daemons that a test may kill."""
    made = Web()
    yield made
    made.close()


@pytest.fixture(scope="module")
def impatient():
    """It closes silent connections soon."""
    made = Web()
    made.configure("timeout_s = 1;")
    made.start_all()
    yield made
    made.close()


def test_health(web):
    answer = web.ask("GET", "/healthz")
    assert answer.status == 200
    assert answer.json() == {"status": "ok"}


def test_head_is_get_without_its_body(web):
    answer = web.ask("HEAD", "/healthz")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_headers_of_every_answer(web):
    for path in ("/healthz", "/none"):
        headers = web.ask("GET", path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", [
    "/", "/health", "/healthz/", "/healthz/x", "/../etc/passwd",
    "/%2e%2e/healthz", "/healthz%00", "//healthz",
])
def test_what_is_not_there(web, path):
    answer = web.ask("GET", path)
    assert answer.status == 404
    assert answer.problem()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS",
                                    "TRACE", "BREW"])
def test_methods_that_it_does_not_take(web, method):
    answer = web.ask(method, "/healthz")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.problem()


def test_a_query_changes_no_route(web):
    assert web.ask("GET", "/healthz?a=b&c").status == 200


def test_the_absolute_form(web):
    assert web.ask("GET", "http://mail.example.com/healthz").status == 200
    assert web.ask("GET", "HTTP://x/healthz?a").status == 200
    assert web.ask("GET", "http://healthz").status == 404


def test_a_connection_serves_many(web):
    connection = web.connect()
    for _ in range(20):
        connection.request("GET", "/healthz")
        assert Answer(connection.getresponse()).status == 200
    connection.close()


# RFC 9112: what has no clear end, or is no request at all.
@pytest.mark.parametrize("head, status", [
    (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400),
    (b"Content-Length: 4\r\nContent-Length: 4\r\n", 400),
    (b"Content-Length: 4\r\nContent-Length: 5\r\n", 400),
    (b"Content-Length: -1\r\n", 400),
    (b"Content-Length: 4x\r\n", 400),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
    (b"Transfer-Encoding: gzip\r\n", 501),
])
def test_where_a_request_ends_must_be_clear(web, head, status):
    smuggled = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    got = web.raw(b"GET /healthz HTTP/1.1\r\n" + HOST + head + b"\r\n"
                  + smuggled)
    # What stands behind it is never served.
    assert set(statuses(got)) == {status}, got


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\0\0\0\0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
])
def test_what_is_no_request(impatient, data):
    assert 200 not in statuses(impatient.raw(data))
    assert impatient.ask("GET", "/healthz").status == 200


@pytest.mark.parametrize("head, status", [
    (b"GET /healthz?" + b"a" * 40000 + b" HTTP/1.1\r\n" + HOST, 414),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40000 + b"\r\n",
     431),
])
def test_heads_that_are_too_long(web, head, status):
    # The answer may be lost: the connection ends with bytes on their way.
    try:
        got = web.raw(head + b"\r\n")
    except (ConnectionResetError, BrokenPipeError):
        got = b""
    assert statuses(got) in ([], [status])
    assert web.ask("GET", "/healthz").status == 200


@pytest.mark.parametrize("size", [1, 500, 1500, 5000, 15000, 30000])
@pytest.mark.parametrize("piece", [1, 1000, 40000])
def test_heads_that_come_in_pieces(web, size, piece):
    """How long they are is asked of libmicrohttpd."""
    head = (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * size
            + b"\r\nConnection: close\r\n\r\n")
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(web.path)
        for at in range(0, len(head), piece):
            s.sendall(head[at:at + piece])
        assert statuses(s.recv(65536)) == [200]


def test_bodies_that_nobody_wants(web):
    for method, path, status in (("GET", "/healthz", 413),
                                 ("POST", "/healthz", 405),
                                 ("POST", "/none", 404)):
        answer = web.ask(method, path, b"x" * 60000)
        assert answer.status == status
        assert answer.problem()


def test_chunks_without_an_end(web):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(web.path)
        s.sendall(b"POST /none HTTP/1.1\r\n" + HOST
                  + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(1000):
                s.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def test_a_thousand_idle_connections_leave_it_up(web):
    idle = []
    try:
        for number in range(1000):
            s = socket.socket(socket.AF_UNIX)
            idle.append(s)
            s.connect(web.path)
            # Some say nothing, some begin and stop.
            if number % 2:
                s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-")
        for _ in range(20):
            assert web.ask("GET", "/healthz").status == 200
    finally:
        for s in idle:
            s.close()


def test_silent_connections_are_closed(impatient):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(impatient.path)
        s.sendall(b"GET /healthz HTTP/1.1\r\n")
        while s.recv(1000):
            pass


def test_it_looks_on_while_the_daemon_is_away(own):
    own.start_all()
    own.kill()
    assert own.ask("GET", "/healthz").status == 200


def test_it_stops_with_idle_connections(own):
    own.start_all()
    connection = own.connect()
    connection.request("GET", "/healthz")
    assert Answer(connection.getresponse()).status == 200
    own.stop_web()
    connection.close()


def test_it_takes_the_place_of_one_that_died(own):
    own.start_all()
    own.web.send(signal.SIGKILL)
    own.web.popen.wait(30)
    own.start_web()
    assert own.ask("GET", "/healthz").status == 200


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, check=False,
                          timeout=30, encoding="utf-8")


def test_two_do_not_serve_one_socket(own):
    own.start_all()
    second = run(own.program, "-c", own.conf_path)
    assert second.returncode == 3
    assert "somebody else serves" in second.stderr
    assert own.ask("GET", "/healthz").status == 200


def test_a_port_of_this_host(own):
    port, = free_ports(1)
    own.start_all()
    own.stop_web()
    with open(own.conf_path, encoding="utf-8") as f:
        text = f.read()
    with open(own.conf_path, "w", encoding="utf-8") as f:
        f.write(text.replace(f"unix:{own.path}", f"inet:{port}@127.0.0.1"))
    own.start_web()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
        s.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert until(lambda: s.recv(4096), "an answer").startswith(
            b"HTTP/1.")
    assert "other hosts" not in own.web.log()


def test_without_a_store(own):
    done = run(own.program, "-c", own.conf_path)
    assert done.returncode == 3
    assert "there is no store" in done.stderr


def test_options(own):
    assert run(own.program, "-t", "-c", own.conf_path).returncode == 0
    own.configure("connections = 1;")
    bad = run(own.program, "-t", "-c", own.conf_path)
    assert bad.returncode == 2
    assert "web.connections" in bad.stderr
    # Who tests sees it, wherever the daemon would log.
    with open(own.conf_path, "w", encoding="utf-8") as f:
        f.write('log = "syslog";\nweb = { templates = "/nonexistent"; };\n')
    bad = run(own.program, "-t", "-c", own.conf_path)
    assert bad.returncode == 2
    assert "/nonexistent" in bad.stderr
    assert run(own.program, "--help").stdout.startswith("usage:")
    assert "suppressd-web" in run(own.program, "--version").stdout
    assert run(own.program, "x").returncode == 2
