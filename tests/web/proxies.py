"""The configurations of nginx and Caddy that the README shows, run by the real
programs; only ports, paths of certificates and the network of the programs
that may use the API are other ones."""
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile

from harness.process import Process, free_ports
from harness.wait import until
from nginx import Nginx
from web import PATIENCE, Answer

TOP = os.path.join(os.path.dirname(__file__), "../..")
NAME = "mail.example.com"

# Whom the README lets use the API: addresses of this host, here.
PROGRAMS = "127.1.0.0/24"

# What stands around the site of the README, for a Caddy that touches nothing
# of this host's.
CADDY = """\
{
    admin off
    auto_https disable_redirects
    http_port %d
    https_port %d
    default_bind 127.0.0.1
    storage file_system %s
}
"""


def text_of(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


def shown(first):
    """The block of the README that begins with that line."""
    found = re.search(rf"^    {re.escape(first)}\n(?:    .*\n)*?    \}}\n",
                      text_of("README.md"), re.M)
    return re.sub("^    ", "", found[0], flags=re.M)


def replaced(text, *pairs):
    for old, new in pairs:
        assert old in text, f"the README has no {old}"
        text = text.replace(old, new)
    return text


def make_certificate(top):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", f"{top}/key", "-out", f"{top}/certificate"],
        check=True, capture_output=True)


class Front:
    """What both have: TLS on a port of 127.0.0.1, and clients of it."""

    def __init__(self, web_port):
        self.top = tempfile.mkdtemp(prefix="sf-", dir="/tmp")
        self.port, self.http_port = free_ports(2)
        self.web = f"127.0.0.1:{web_port}"
        make_certificate(self.top)

    def connect(self, source="127.0.0.1"):
        """As a client with that address."""
        context = ssl.create_default_context(cafile=f"{self.top}/certificate")
        connection = http.client.HTTPSConnection(
            NAME, self.port, timeout=PATIENCE, context=context)
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE,
                                         (source, 0))
        connection.sock = context.wrap_socket(plain, server_hostname=NAME)
        return connection

    def ask(self, method, path, body=None, headers=None,
            source="127.0.0.1"):
        connection = self.connect(source)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)


class NginxFront(Front):
    def __init__(self, web_port):
        super().__init__(web_port)
        text = replaced(
            shown("server {"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("/etc/ssl/certs/mail.example.com.pem", f"{self.top}/certificate"),
            ("/etc/ssl/private/mail.example.com.key", f"{self.top}/key"),
            ("127.0.0.1:8325", self.web), ("192.0.2.0/24", PROGRAMS))
        self.nginx = Nginx(text, self.port)

    def close(self):
        self.nginx.close()
        super().close()


class CaddyFront(Front):
    def __init__(self, web_port):
        super().__init__(web_port)
        site = replaced(
            shown(f"{NAME} {{"),
            (f"{NAME} {{\n",
             f"{NAME} {{\n    tls {self.top}/certificate {self.top}/key\n"),
            ("127.0.0.1:8325", self.web), ("192.0.2.0/24", PROGRAMS))
        conf = f"{self.top}/Caddyfile"
        with open(conf, "w", encoding="ascii") as f:
            f.write(CADDY % (self.http_port, self.port, self.top) + site)
        # It keeps things in a home directory.
        self.process = Process(
            ["caddy", "run", "--adapter", "caddyfile", "--config", conf],
            f"{self.top}/log", env={**os.environ, "HOME": self.top,
                                    "XDG_DATA_HOME": self.top,
                                    "XDG_CONFIG_HOME": self.top})
        until(lambda: self.process.ended() or self._is_up(), "Caddy listens")
        if self.process.ended():
            raise RuntimeError("Caddy does not start:\n" + self.process.log())

    def _is_up(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        try:
            self.process.stop()
        finally:
            super().close()
