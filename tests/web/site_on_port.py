"""suppressd-web on a port, for a browser."""
import http.client

from harness.process import free_ports
from web import PATIENCE, Web


class Site(Web):
    """With a token of each scope."""

    def __init__(self, settings=""):
        self.port, = free_ports(1)
        self.token = {}
        super().__init__(settings)

    def listen(self):
        return f"inet:{self.port}@127.0.0.1"

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=PATIENCE)

    def start_all(self):
        super().start_all()
        for scope in ("read", "write", "admin"):
            made, = self.json("token", "new", "--scope", scope,
                              f"{scope}-person")
            self.token[scope] = made["token"]

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"
