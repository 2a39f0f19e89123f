"""A real nginx, run by whoever runs the test, in a directory of its own."""
import os
import shutil
import socket
import tempfile

from harness.process import Process
from harness.wait import until

PROGRAM = "/usr/sbin/nginx"

# One process, which answers to nobody else, and nothing in /var.
CONF = """\
daemon off;
master_process off;
pid {top}/pid;
error_log stderr;
events {{ }}
http {{
    client_body_temp_path {top}/body;
    proxy_temp_path {top}/proxy;
    fastcgi_temp_path {top}/fastcgi;
    uwsgi_temp_path {top}/uwsgi;
    scgi_temp_path {top}/scgi;
    log_format seen '$request_method $upstream_status $request_uri';
    access_log {top}/access seen;
    {http}
}}
"""


class Nginx:
    """http: what stands within its http block."""

    def __init__(self, http, port):
        self.top = tempfile.mkdtemp(prefix="sn-", dir="/tmp")
        conf = f"{self.top}/conf"
        with open(conf, "w", encoding="ascii") as f:
            f.write(CONF.format(top=self.top, http=http))
        self.process = Process([PROGRAM, "-c", conf], f"{self.top}/log")

        def is_up():
            with socket.socket() as s:
                return (s.connect_ex(("127.0.0.1", port)) == 0
                        or self.process.ended())
        until(is_up, "nginx listens")
        if self.process.ended():
            raise RuntimeError("nginx does not start:\n" + self.process.log())

    def forwarded(self):
        """(method, status, path) of each request that it has passed on."""
        if not os.path.exists(f"{self.top}/access"):
            return []
        with open(f"{self.top}/access", encoding="ascii") as f:
            lines = [line.split(" ", 2) for line in f.read().splitlines()]
        return [(method, status, path) for method, status, path in lines
                if status != "-"]

    def close(self):
        try:
            self.process.stop()
        finally:
            shutil.rmtree(self.top, ignore_errors=True)
