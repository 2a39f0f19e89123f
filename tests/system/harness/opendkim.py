"""A real OpenDKIM: one that signs our mail, one that verifies others'."""
import os
import re
import socket
import subprocess

from .process import Process, free_ports
from .wait import until

CONF = """\
Socket inet:{port}@127.0.0.1
Background no
Syslog no
RequireSafeKeys no
PidFile {home}/{name}.pid
"""
SIGN = """\
Mode s
Domain {domain}
Selector {selector}
KeyFile {key}
SignHeaders *,+X-Suppressd-Id,+List-Unsubscribe,+List-Unsubscribe-Post,\
+CFBL-Address,+CFBL-Feedback-ID
OversignHeaders From
"""
# As suppressd(8) has it.
VERIFY = """\
Mode v
AuthservID {host}
RemoveARFrom {host}
RemoveARAll Yes
TestPublicKeys {keys}
"""


class Key:
    """Made by opendkim-genkey: the private one, and the record of its
    name."""

    def __init__(self, home, domain, selector="test"):
        self.domain, self.selector = domain, selector
        directory = os.path.join(home, domain)
        os.mkdir(directory)
        subprocess.run(["opendkim-genkey", "-b", "2048", "-d", domain,
                        "-s", selector, "-D", directory], check=True,
                       capture_output=True, timeout=60)
        self.path = f"{directory}/{selector}.private"
        with open(f"{directory}/{selector}.txt", encoding="ascii") as f:
            self.record = "".join(re.findall(r'"([^"]*)"', f.read()))
        self.name = f"{selector}._domainkey.{domain}"


class OpenDkim(Process):
    def __init__(self, home, name, settings):
        self.port, = free_ports(1)
        conf = f"{home}/{name}.conf"
        with open(conf, "w", encoding="ascii") as f:
            f.write(CONF.format(port=self.port, home=home, name=name)
                    + settings)
        super().__init__(["opendkim", "-f", "-x", conf], f"{home}/{name}.log")
        until(lambda: self.ended() or self._listens(), f"{name} listens")
        if self.ended():
            raise RuntimeError(f"opendkim died: {self.log()}")

    def _listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0


def signer(home, key):
    return OpenDkim(home, "signer", SIGN.format(
        domain=key.domain, selector=key.selector, key=key.path))


def verifier(home, host, *keys):
    path = f"{home}/public"
    with open(path, "w", encoding="ascii") as f:
        for key in keys:
            f.write(f"{key.name} {key.record}\n")
    return OpenDkim(home, "verifier", VERIFY.format(host=host, keys=path))
