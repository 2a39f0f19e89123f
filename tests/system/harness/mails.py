"""Mails for the tests: plain ones, and reports by the book."""
import urllib.parse
import uuid


def plain(subject, to="somebody@example.net", **headers):
    extra = "".join(f"{name.replace('_', '-')}: {value}\n"
                    for name, value in headers.items())
    return (f"From: News <news@example.com>\nTo: <{to}>\n"
            f"Subject: {subject}\n{extra}\nHello.\n")


def dsn(failed, status="5.1.1", to="bounces@bounces.example.com",
        message_id="1@mx.example.net"):
    """A delivery status notification, RFC 3464 (the form of its 6.1)."""
    return f"""\
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>
To: <{to}>
Subject: Returned mail
Message-Id: <{message_id}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="b1"

--b1

Your mail could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {failed}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b1
Content-Type: message/rfc822

From: News <news@example.com>
To: <{failed}>
Subject: News
Message-Id: <{message_id}.original@mail.example.com>

Hello.

--b1--
"""


def arf(complainer, to="fbl@example.com", feedback_type="abuse",
        message_id="2@fbl.example.org"):
    """A feedback report, RFC 5965 (the form of its appendix B.1)."""
    return f"""\
From: <feedback@fbl.example.org>
To: <{to}>
Subject: FW: News
Message-Id: <{message_id}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
 boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: {feedback_type}
User-Agent: SomeGenerator/1.0
Version: 1

--b1
Content-Type: message/rfc822

From: News <news@example.com>
To: <{complainer}>
Subject: News
Message-Id: <{message_id}.original@mail.example.com>

Hello.

--b1--
"""


def mailto(list_unsubscribe):
    """The address and the subject of its mailto (RFC 2369, RFC 6068)."""
    uri, = [uri.strip()[1:-1] for uri in list_unsubscribe.split(",")
            if uri.strip().startswith("<mailto:")]
    parts = urllib.parse.urlsplit(uri)
    fields = urllib.parse.parse_qs(parts.query.replace("+", "%2B"))
    return urllib.parse.unquote(parts.path), fields["subject"][0]


def apple(sender, to, subject):
    """What Apple Mail sends when its button "Unsubscribe" is pressed."""
    return f"""\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{uuid.uuid4()}@icloud.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable
Auto-Submitted: auto-replied
X-Apple-Unsubscribe: true

Apple Mail sent this email to unsubscribe from the message =E2=80=9CNews=
=E2=80=9D.
"""
