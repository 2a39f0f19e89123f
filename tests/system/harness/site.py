"""All of it together."""
import json
import os
import shutil
import tempfile

from . import client
from .postfix import Postfix
from .process import PortServer
from .suppressd import Suppressd
from .wait import until

# Who may play the trusted reporter: only 192.0.2.5 (RFC 5737); the other
# host proves a name that nobody trusts.
ZONE = """\
fbl.example.org. 60 IN TXT "v=spf1 ip4:192.0.2.5 -all"
other.example.org. 60 IN TXT "v=spf1 ip4:192.0.2.7 -all"
"""

# Outbound is what says so itself: here every client has a loopback address.
SETTINGS = """\
outbound = {{
    networks = [ {networks} ];
    {outbound}
}};
inbound = {{
    bounces = [ "@bounces.example.com" ];
    complaints = [ "fbl@example.com" ];
    own_domains = [ "example.com" ];
    protected = [ "vip@example.net" ];
    trusted_reporters = [ "fbl.example.org" ];
    {inbound}
}};
dns = {{
    server = "127.0.0.1";
    port = {port};
    timeout_s = 5;
}};
"""


class Site:
    """suppressd is configured and not started: start() it."""

    def __init__(self, programs, aliases=""):
        self.top = tempfile.mkdtemp(prefix="sd-", dir="/tmp")
        self.started = []
        os.mkdir(f"{self.top}/remote")
        with open(f"{self.top}/remote/zone", "w", encoding="utf-8") as f:
            f.write(ZONE)
        try:
            self._start_others(programs, aliases)
        except BaseException:
            self.close()
            raise

    def _start_others(self, programs, aliases):
        self.remote = self._keep(PortServer("sink.py",
                                            f"{self.top}/remote"))
        self.dns = self._keep(PortServer("nameserver.py",
                                         f"{self.top}/remote"))
        self.postfix = self._keep(Postfix(self.top, self.remote.port,
                                          aliases))
        self.suppressd = self._keep(Suppressd(self.top, self.postfix.queue,
                                              programs))
        self.configure()
        self.postfix.start()

    def _keep(self, thing):
        self.started.append(thing)
        return thing

    def close(self, keep_files=False):
        """Stops everything, the last first; tells the first failure."""
        failure = None
        for thing in reversed(self.started):
            try:
                thing.stop()
            except Exception as error:  # the others have to stop, too
                failure = failure or error
        self.started = []
        if not keep_files:
            shutil.rmtree(self.top, ignore_errors=True)
        if failure:
            raise failure

    def configure(self, more="", networks="", outbound="", inbound=""):
        """SETTINGS, with these in the groups and more at the end."""
        self.suppressd.configure(SETTINGS.format(
            port=self.dns.port, networks=networks, outbound=outbound,
            inbound=inbound) + more)

    def reconfigure(self, more="", **groups):
        """As configure(), and the running daemon takes it."""
        self.configure(more, **groups)
        said = self.suppressd.reload()
        if "not reloaded" in said:
            raise RuntimeError(said)

    def send(self, service, sender, recipients, text, xclient=None,
             parameters=()):
        return client.send(self.postfix.ports[service], sender, recipients,
                           text, xclient, parameters)

    # The other side.

    def delivered(self):
        """What the remote server has taken, in order."""
        directory = f"{self.top}/remote"
        names = [n for n in os.listdir(directory) if n.endswith(".json")]
        mails = []
        for name in sorted(names, key=lambda n: int(n[:-5])):
            with open(f"{directory}/{name}", encoding="utf-8") as f:
                mails.append(json.load(f))
        return mails

    def reached(self, address):
        """How many mails have reached a remote address."""
        return sum(mail["recipients"].count(address)
                   for mail in self.delivered())

    def refuse(self, *addresses, reply="550 5.1.1 User unknown"):
        """From now on the remote server refuses these, too."""
        with open(f"{self.top}/remote/refuse", "a",
                  encoding="utf-8") as f:
            for address in addresses:
                f.write(f"{address} {reply}\n")

    def offer_dsn(self):
        """From now on the remote server offers DSN, RFC 3461."""
        with open(f"{self.top}/remote/dsn", "w", encoding="utf-8"):
            pass

    def accept_all(self):
        with open(f"{self.top}/remote/refuse", "w", encoding="utf-8"):
            pass

    # Waiting.

    def wait_reached(self, *addresses):
        for address in addresses:
            until(lambda a=address: self.reached(a), f"mail reaches {address}")

    def wait_idle(self):
        """Until Postfix has nothing left to do."""
        until(self.postfix.is_idle, "Postfix's queue is empty")

    def wait_suppressed(self, value):
        until(lambda: self.suppressd.is_suppressed(value),
              f"{value} is suppressed")

    def logs(self):
        """For the report of a failed test."""
        return {"Postfix": self.postfix.log(),
                "suppressd": self.suppressd.log()}
