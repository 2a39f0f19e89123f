"""One request hidden in another (RFC 9112 11.2): through a real nginx nothing
is answered that it has not passed on, and suppressd-web alone refuses what is
not plain."""
import re
import socket

import pytest

from harness.process import free_ports
from nginx import Nginx
from web import PATIENCE, Web, statuses

# Both keep their connections to us, which several clients then share; one
# sends a body on while it comes, and so in chunks.
HTTP = """\
upstream web {{ server unix:{path}; keepalive 1; }}
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_ignore_client_abort on;
lingering_close off;
server {{
    listen 127.0.0.1:{whole};
    location / {{ proxy_pass http://web; }}
}}
server {{
    listen 127.0.0.1:{streamed};
    location / {{ proxy_pass http://web; proxy_request_buffering off; }}
}}
"""

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /u/none HTTP/1.1\r\nHost: x\r\n" + FORM
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
END = b"0\r\n\r\n"


def request(line, body, *fields):
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([line, b"Host: x", *fields, length, b"", body])


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


# How Transfer-Encoding is written so that only one of two understands it.
ENCODINGS = {
    "plain": b"Transfer-Encoding: chunked\r\n",
    "another": b"Transfer-Encoding: xchunked\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n",
    "a tab": b"Transfer-Encoding:\tchunked\r\n",
    "a tab behind": b"Transfer-Encoding: chunked\t\r\n",
    "a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
    "twice": (b"Transfer-Encoding: chunked\r\n"
              b"Transfer-Encoding: identity\r\n"),
    "a list": b"Transfer-Encoding: chunked, identity\r\n",
    "quoted": b'Transfer-Encoding: "chunked"\r\n',
    "a line that goes on": b"Transfer-Encoding:\r\n chunked\r\n",
    "behind a line that goes on": b"X: y\r\n Transfer-Encoding: chunked\r\n",
    "behind LF": b"X: y\nTransfer-Encoding: chunked\r\n",
    "behind CR": b"X: y\rTransfer-Encoding: chunked\r\n",
    "a NUL behind": b"Transfer-Encoding: chunked\0x\r\n",
    "a NUL in the name": b"Transfer-Encoding\0: chunked\r\n",
    "an underscore": b"Transfer_Encoding: chunked\r\n",
    "a blank before": b" Transfer-Encoding: chunked\r\n",
    "no value": b"Transfer-Encoding:\r\n",
}

# The body is all of %d bytes, or none of it.
LENGTHS = {
    "twice, short first": b"Content-Length: 0\r\nContent-Length: %d\r\n",
    "twice, long first": b"Content-Length: %d\r\nContent-Length: 0\r\n",
    "a list": b"Content-Length: 0, %d\r\n",
    "a plus": b"Content-Length: +%d\r\n",
    "a minus": b"Content-Length: -%d\r\n",
    "zeros": b"Content-Length: 000%d\r\n",
    "hexadecimal": b"Content-Length: 0x%x\r\n",
    "a blank within": b"Content-Length: 0 %d\r\n",
    "a blank behind": b"Content-Length: %d \r\n",
    "a blank before the colon": b"Content-Length : %d\r\n",
    "a line that goes on": b"Content-Length:\r\n %d\r\n",
    "a digit on the next line": b"Content-Length: 0\r\n %d\r\n",
    "behind LF": b"X: y\nContent-Length: %d\r\n",
    "behind CR": b"X: y\rContent-Length: %d\r\n",
    "a NUL behind": b"Content-Length: %d\0\r\n",
    "2^64 and more": b"Content-Length: 18446744073709551616\r\nX: %d\r\n",
    "an underscore": b"Content_Length: %d\r\n",
    "no value": b"Content-Length:\r\nX: %d\r\n",
}

# A body in chunks of which somebody might see an earlier end; %s is hidden.
CHUNKS = {
    "an extension": b"0;a=b\r\n\r\n%s",
    "LF in an extension": b"1;a\nx\r\n0\r\n\r\n%s",
    "LF alone": b"1\nx\n0\n\n%s",
    "CR alone": b"1\rx\r0\r\r%s",
    "a size of 0x": b"0x0\r\n\r\n%s",
    "a size with a sign": b"+0\r\n\r\n%s",
    "a size with a minus": b"-1\r\nx\r\n0\r\n\r\n%s",
    "a size with blanks": b" 0 \r\n\r\n%s",
    "2^64 and more": b"10000000000000000\r\n\r\n%s",
    "2^64 - 1": b"ffffffffffffffff\r\n\r\n%s",
    "no size": b"\r\n\r\n%s",
    "more than its size": b"1\r\nxx\r\n0\r\n\r\n%s",
    "no end": b"1\r\nx0\r\n\r\n%s",
    "a trailer": b"0\r\nContent-Length: 9999\r\n\r\n%s",
    "a NUL in an extension": b"1;\0\r\nx\r\n0\r\n\r\n%s",
}

# Before %s something that is no plain request without a body.
LINES = {
    "two blanks": b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "two blanks behind": b"GET /healthz  HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "a blank in the path": b"GET /healthz x HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "tabs": b"GET\t/healthz\tHTTP/1.1\r\nHost: x\r\n\r\n%s",
    "a blank before": b" GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "a NUL in the path": b"GET /healthz\0 HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "LF alone": b"GET /healthz HTTP/1.1\nHost: x\n\n%s",
    "CR alone": b"GET /healthz HTTP/1.1\rHost: x\r\r%s",
    "two hosts": GET + b"Host: y\r\n\r\n%s",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n%s",
    "no name": GET + b": x\r\n\r\n%s",
    "no colon": GET + b"X\r\n\r\n%s",
    "HTTP/0.9": b"GET /healthz\r\n\r\n%s",
    "HTTP/2": b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n%s",
    "PRI": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n%s",
    "chunks of HTTP/1.0": (b"POST /u/none HTTP/1.0\r\nHost: x\r\n"
                           b"Connection: keep-alive\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n%s"),
}

# What is plain, and must not make two of one all the same.
PLAIN = {
    "the absolute form": (b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\n"
                          b"\r\n%s"),
    "another host": b"GET http://y/healthz HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "a break in the path": (b"GET /healthz%%0d%%0aX: HTTP/1.1\r\nHost: x\r\n"
                            b"\r\n%s"),
    "an upgrade": (GET + b"Connection: Upgrade, HTTP2-Settings\r\n"
                   b"Upgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n%s"),
    "a header that is hop by hop": (GET + b"Connection: Content-Length\r\n"
                                    b"\r\n%s"),
    "an expectation": (POST + b"Expect: 100-continue\r\n"
                       b"Content-Length: 0\r\n\r\n%s"),
    "CONNECT": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n%s",
    "a second request": GET + b"\r\n%s",
}


def attacks(hidden):
    """{name: bytes}; in each there is what is hidden."""
    found = {}
    for name, field in ENCODINGS.items():
        short = POST + b"Content-Length: %d\r\n" % len(END) + field
        found[f"CL.TE: {name}"] = (
            POST + b"Content-Length: %d\r\n" % len(END + hidden) + field
            + b"\r\n" + END + hidden)
        found[f"TE.CL: {name}"] = short + b"\r\n" + chunk(hidden) + END
        found[f"both: {name}"] = short + b"\r\n" + END + hidden
        found[f"TE alone: {name}"] = POST + field + b"\r\n" + END + hidden
    for name, field in LENGTHS.items():
        found[f"length: {name}"] = (POST + field % len(hidden) + b"\r\n"
                                    + hidden)
        found[f"GET, length: {name}"] = (GET + field % len(hidden) + b"\r\n"
                                         + hidden)
    for name, body in CHUNKS.items():
        found[f"chunks: {name}"] = (POST + ENCODINGS["plain"] + b"\r\n"
                                    + body % hidden)
    for name, data in {**LINES, **PLAIN}.items():
        found[name] = data % hidden
    return found


NAMES = list(attacks(b""))


class Noisy(Web):
    """It logs each answer."""

    web_options = ("-d",)

    def answered(self):
        """(method, status) of each request that was understood."""
        return re.findall(r"^suppressd-web: ([A-Z]+) \S+ (\d{3})$",
                          self.web.log(), re.M)


class Hidden:
    """Two requests, each of which puts a value of its own on the list."""

    def __init__(self, web, token):
        self.web = web
        self.token = {"Authorization": f"Bearer {token}"}
        self.values = "link@example.net", "api@example.net"
        self.link, = web.tokens("news@example.com", self.values[0])
        self.data = (
            request(f"POST /u/{self.link} HTTP/1.1".encode(),
                    b"List-Unsubscribe=One-Click", FORM.strip())
            + request(b"POST /api/v1/values HTTP/1.1",
                      b'{"values":["%s"]}' % self.values[1].encode(),
                      f"Authorization: Bearer {token}".encode(),
                      b"Content-Type: application/json"))

    def recorded(self):
        """Which of the two have changed something; takes it back."""
        there = [bool(self.web.ask("GET", f"/api/v1/values/{value}",
                                   headers=self.token).json()["reasons"])
                 for value in self.values]
        for value, changed in zip(self.values, there):
            if changed:
                self.web.done("remove", "--force", "--why", "undone", value)
        return there

    def passed_on(self, requests):
        """Which of the two are among what nginx has passed on."""
        return [("POST", "200", path) in requests
                for path in (f"/u/{self.link}", "/api/v1/values")]


@pytest.fixture(scope="module")
def web():
    made = Noisy()
    try:
        made.configure("writes_per_minute = 0;")
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def ports():
    return dict(zip(("whole", "streamed"), free_ports(2)))


@pytest.fixture(scope="module")
def nginx(web, ports):
    made = Nginx(HTTP.format(path=web.path, **ports), ports["whole"])
    yield made
    made.close()


@pytest.fixture(scope="module")
def hidden(web, tokens):
    return Hidden(web, tokens["write"])


def send(family, address, data):
    """All that comes, until the other end has closed."""
    got = b""
    with socket.socket(family) as s:
        s.settimeout(PATIENCE)
        s.connect(address)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while piece := s.recv(65536):
                got += piece
        except (ConnectionResetError, BrokenPipeError):
            pass
    return got


def is_subsequence(some, all_of_them):
    rest = iter(all_of_them)
    return all(one in rest for one in some)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_nothing_is_smuggled_past_nginx(web, nginx, ports, hidden, way, name):
    passed, answered = len(nginx.forwarded()), len(web.answered())
    address = "127.0.0.1", ports[way]
    send(socket.AF_INET, address, attacks(hidden.data)[name])
    # Somebody else, by the same connection from nginx to us.
    other = send(socket.AF_INET, address, GET + b"Connection: close\r\n\r\n")
    assert statuses(other) == [200] and b'"ok"' in other, other
    passed = nginx.forwarded()[passed:]
    answered = web.answered()[answered:]
    assert is_subsequence(answered, [p[:2] for p in passed])
    # What libmicrohttpd itself refuses is not in our log.
    assert len(passed) - len(answered) == len(
        [p for p in passed if p[1] == "400"]) - answered.count(
            ("POST", "400")) - answered.count(("GET", "400"))
    assert hidden.recorded() == hidden.passed_on(passed)


@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_a_second_request_is_one(web, nginx, ports, hidden, way):
    """Or what is looked for above could not be found."""
    before = len(nginx.forwarded())
    send(socket.AF_INET, ("127.0.0.1", ports[way]), GET + b"\r\n"
         + hidden.data)
    passed = nginx.forwarded()[before:]
    assert len(passed) == 3
    assert hidden.passed_on(passed) == [True, True]
    assert hidden.recorded() == [True, True]


# Both understand them in the one way that there is.
CLEAR = {"TE alone: plain", "TE alone: a tab", "length: zeros",
         "GET, length: zeros", *PLAIN,
         *(name for name in NAMES if name.endswith("an underscore"))}


@pytest.mark.parametrize("name", [n for n in NAMES if n not in CLEAR])
def test_what_is_not_plain_is_refused(web, hidden, name):
    got = send(socket.AF_UNIX, web.path, attacks(hidden.data)[name])
    allowed = {400, 413, 501, 505}
    if name.startswith("chunks: "):
        # A body that libmicrohttpd can read is read; nothing behind it is.
        allowed.add(404)
    assert set(statuses(got)) <= allowed, got
    assert hidden.recorded() == [False, False]
