"""Child processes and ports."""
import os
import random
import signal
import socket
import subprocess
import sys

from .wait import until

# Without root's rights, as an installed daemon.
DAEMON_USER = "nobody"


# Each port that was given away, until this process ends: the name of a socket,
# which nobody else can have meanwhile.
claims = []


def claim(port):
    """Is it free, and no other test's? Then it is ours."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0suppressd-test-port-{port}")
        with socket.socket() as s:
            s.bind(("127.0.0.1", port))
    except OSError:
        name.close()
        return False
    claims.append(name)
    return True


def free_ports(n):
    """n different ports of 127.0.0.1 that nobody listens on. None of those that
    the system gives to whoever connects: one might be gone before it is
    used."""
    with open("/proc/sys/net/ipv4/ip_local_port_range",
              encoding="ascii") as f:
        end = int(f.read().split()[0])
    ports = []
    while len(ports) < n:
        port = random.randrange(min(10000, end // 2), end)
        if claim(port):
            ports.append(port)
    return ports


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Process:
    """A child in a session of its own, with its output in a file."""

    def __init__(self, arguments, log, **options):
        self.log_path = log
        with open(log, "ab") as out:
            self.popen = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, **options)
        self.pid = self.popen.pid

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def ended(self):
        return self.popen.poll() is not None

    def send(self, number):
        if not self.ended():
            self.popen.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Ends it; gives its exit status."""
        self.send(signal.SIGCONT)
        self.send(number)
        try:
            return self.popen.wait(30)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise


class PortServer(Process):
    """One of our own servers: a Python file whose first line is its port."""

    def __init__(self, file, directory, *arguments):
        path = os.path.join(os.path.dirname(__file__), file)
        log = os.path.join(directory, file + ".log")
        super().__init__([sys.executable, "-B", path, directory, *arguments],
                         log)
        until(lambda: self.ended() or self.log().partition("\n")[1],
              f"{file} listens")
        if self.ended():
            raise RuntimeError(f"{file} died: {self.log()}")
        self.port = int(self.log().partition("\n")[0])
