"""An SMTP client that reports every reply."""
import smtplib
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What the server said: (code, text) each."""
    mail: tuple = None
    rcpt: dict = field(default_factory=dict)
    data: tuple = None

    def accepted(self):
        """The recipients whose mail the server has taken."""
        if self.data is None or self.data[0] != 250:
            return []
        return [r for r, reply in self.rcpt.items() if reply[0] == 250]


def _reply(answer):
    code, text = answer
    return code, text.decode("utf-8", "replace")


def connect(port, xclient=None):
    """xclient: what XCLIENT pretends, as {"ADDR": "192.0.2.5"}."""
    smtp = smtplib.SMTP("127.0.0.1", port, local_hostname="client.test",
                        timeout=60)
    smtp.ehlo()
    if xclient:
        words = " ".join(f"{k}={v}" for k, v in xclient.items())
        code, text = smtp.docmd("XCLIENT", words)
        if code != 220:
            raise RuntimeError(f"XCLIENT: {code} {text}")
        smtp.ehlo(xclient.get("HELO", "client.test"))
    return smtp


def transact(smtp, sender, recipients, text, parameters=()):
    """One message on an open connection; the parameters are MAIL's."""
    outcome = Outcome()
    outcome.mail = _reply(smtp.docmd("MAIL", " ".join(
        [f"FROM:<{sender}>", *parameters])))
    if outcome.mail[0] != 250:
        return outcome
    for recipient in recipients:
        outcome.rcpt[recipient] = _reply(
            smtp.docmd("RCPT", f"TO:<{recipient}>"))
    if any(reply[0] == 250 for reply in outcome.rcpt.values()):
        body = text if isinstance(text, bytes) else text.encode()
        outcome.data = _reply(smtp.data(body.replace(b"\r\n", b"\n")
                                        .replace(b"\n", b"\r\n")))
    else:
        smtp.docmd("RSET")
    return outcome


def send(port, sender, recipients, text, xclient=None, parameters=()):
    """Connects, sends one message, quits."""
    smtp = connect(port, xclient)
    try:
        return transact(smtp, sender, recipients, text, parameters)
    finally:
        smtp.close()
