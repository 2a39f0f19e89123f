"""The mailer's side of the milter protocol, byte by byte: it can say what
miltertest(8) can't (port 0, NUL and 8-bit bytes, half a packet), and sees
what that does not show (the text of a refusal, bytes that nobody asked for).
"""
import socket
import struct

# What Postfix 3.7 and Sendmail 8.17 offer.
ALL_ACTIONS = 0x1FF
ALL_STEPS = 0x1FFFFF

ADDHDRS, ADDRCPT, CHGFROM = 0x01, 0x04, 0x40
DELRCPT, QUARANTINE, SETSYMLIST = 0x08, 0x20, 0x100
NOBODY, NOHDRS, NOEOH, SKIP, RCPT_REJ = 0x10, 0x20, 0x40, 0x400, 0x800

# command: (the step that is left out, the answer that is left out)
FLAGS = {
    "C": (0x01, 0x1000), "H": (0x02, 0x2000), "M": (0x04, 0x4000),
    "R": (0x08, 0x8000), "T": (0x200, 0x10000), "U": (0x100, 0x20000),
    "L": (0x20, 0x80), "N": (0x40, 0x40000), "B": (0x10, 0x80000),
}

WORDS = {"a": "accept", "c": "continue", "d": "discard", "r": "reject",
         "s": "skip", "t": "tempfail"}
EDITS = "+-2behimpq"


def text(*parts):
    """NUL-ended texts."""
    return b"".join((p if isinstance(p, bytes) else p.encode()) + b"\0"
                    for p in parts)


class Mta:
    """One session. An answer is "continue", ..., or "550 5.7.1 text"; None
    where the milter wanted to be spared or gives no answer."""

    def __init__(self, path, actions=ALL_ACTIONS, steps=ALL_STEPS):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.send("O", struct.pack("!LLL", 6, actions, steps))
        command, data = self.read()
        assert command == "O"
        _, self.actions, self.steps = struct.unpack("!LLL", data[:12])
        self.macros = self._symbols(data[12:])
        self.edits = []

    @staticmethod
    def _symbols(data):
        """{stage: names} of the macros that were asked for."""
        found = {}
        while data:
            stage, = struct.unpack("!L", data[:4])
            names, _, data = data[4:].partition(b"\0")
            found[stage] = names.decode()
        return found

    # The wire.

    def send(self, command, data=b""):
        self.socket.sendall(struct.pack("!L", len(data) + 1)
                            + command.encode() + data)

    def _exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise ConnectionError("the milter has closed")
            data += more
        return data

    def read(self):
        size, = struct.unpack("!L", self._exactly(4))
        data = self._exactly(size)
        return chr(data[0]), data[1:]

    def answer(self):
        return self._word(*self.read())

    @staticmethod
    def _word(command, data):
        if command != "y":
            return WORDS[command]
        # Mailers take it for a format: "%%" is a "%", others are lost.
        parts = data.rstrip(b"\0").decode("utf-8", "replace").split("%%")
        assert not any("%" in part for part in parts), data
        return "%".join(parts)

    def step(self, command, data=b"", macros=None):
        left_out, silent = FLAGS[command]
        if self.steps & left_out:
            return None
        if macros is not None:
            self.define(command, macros)
        self.send(command, data)
        return None if self.steps & silent else self.answer()

    def define(self, command, macros):
        """macros: {name: value} for this command."""
        words = [word for pair in macros.items() for word in pair]
        self.send("D", command.encode() + text(*words))

    # The session.

    def connect(self, ip="192.0.2.1", port=25025, daemon="ORIGINATING"):
        macros = None if daemon is None else {"{daemon_name}": daemon}
        family = b"6" if ":" in ip else b"4"
        return self.step("C", text("client.test") + family
                         + struct.pack("!H", port) + text(ip), macros)

    def helo(self, name="client.test"):
        return self.step("H", text(name))

    def mail(self, sender="<news@example.com>", *parameters, **macros):
        return self.step("M", text(sender, *parameters), macros or None)

    def rcpt(self, recipient, *parameters, **macros):
        """macros: rcpt_addr, rcpt_mailer, i. Without any, libmilter keeps
        those of the recipient before."""
        named = {name if name == "i" else "{%s}" % name: value
                 for name, value in macros.items()}
        return self.step("R", text(recipient, *parameters), named or None)

    def header(self, name, value):
        return self.step("L", text(name, value))

    def eoh(self):
        return self.step("N")

    def body(self, data):
        return self.step("B", data)

    def eom(self, **macros):
        """The answer; self.edits gets (letter, bytes) of each change."""
        self.edits = []
        if macros:
            self.define("E", macros)
        self.send("E")
        while True:
            command, data = self.read()
            if command not in EDITS:
                break
            self.edits.append((command, data.rstrip(b"\0")))
        return self._word(command, data)

    def removed(self):
        return [data for command, data in self.edits if command == "-"]

    def abort(self):
        self.send("A")

    def next_client(self):
        """The client has gone; another one comes on this connection."""
        self.send("K")

    def close(self):
        """Ends it; there must be nothing that nobody has asked for."""
        self.send("Q")
        left = b""
        while more := self.socket.recv(65536):
            left += more
        self.socket.close()
        assert left == b"", f"not asked for: {left}"

    def drop(self):
        self.socket.close()

    # Whole messages.

    def content(self, mail):
        """Headers and body of a mail, in one chunk; the answer to that."""
        body = self.headers(mail)
        return self.body(body) if body else None

    def headers(self, mail):
        """The headers of a mail; gives its body."""
        head, _, body = mail.partition("\n\n")
        for line in filter(None, head.replace("\n ", "\r ").split("\n")):
            name, _, value = line.partition(": ")
            self.header(name, value.replace("\r", "\n"))
        self.eoh()
        return body.replace("\n", "\r\n").encode()

    def message(self, recipients, mail="Subject: News\n\nHello.\n",
                sender="<news@example.com>"):
        """One message to its end: the answers to RCPT, and the last one."""
        self.mail(sender)
        answers = [self.rcpt(r) for r in recipients]
        if "continue" not in answers:
            self.abort()
            return answers, None
        self.content(mail)
        return answers, self.eom()
