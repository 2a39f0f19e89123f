"""A daemon whose streams want tokens, and what is done with those."""
from daemon import Daemon
from harness import mails

HEADER = b"X-Suppressd-Id"
STRANGER = {"ip": "203.0.113.9", "daemon": "mx.example.com"}
SETTINGS = """\
token = {{ keys = "{keys}"; }};
streams = (
    {{ name = "bare"; sender = [ "bare@example.com" ]; }},
    {{ name = "signed"; token = {signed}; }}
);
inbound = {{
    bounces = [ "@bounces.example.com" ];
    complaints = [ "fbl@example.com" ];
    own_domains = [ "example.com" ];
    {inbound}
}};
{more}
"""


class Signing(Daemon):
    """With a directory of keys of its own."""

    def __init__(self, **settings):
        super().__init__("")
        self.keys = f"{self.top}/keys"
        self.configure(self.settings(**settings))

    def settings(self, signed="true", inbound="", more=""):
        return SETTINGS.format(keys=self.keys, signed=signed,
                               inbound=inbound, more=more)


def with_key(made):
    """Runs it with a key, as a fixture does."""
    try:
        made.done("key", "new", "first")
        made.start()
        yield made
    finally:
        made.close()


def token_of(mta):
    """The one header that was added to the last message; "": none."""
    added = [data.split(b"\0") for command, data in mta.edits
             if command == "h"]
    assert all(name == HEADER for name, _ in added)
    assert len(added) <= 1
    return added[0][1].decode() if added else ""


def send(mta, *recipients, **options):
    _, answer = mta.message([f"<{r}>" for r in recipients], **options)
    assert answer == "continue"
    return token_of(mta)


def returned(report, token):
    """A report whose returned message has this token."""
    mark = "\nSubject: News\nMessage-Id:"
    assert report.count(mark) == 1
    return report.replace(mark, f"\nX-Suppressd-Id: {token}{mark}")


def bounce_of(address, token):
    return returned(mails.dsn(address, message_id=address), token)


def bring_back(stranger, report, to="<b@bounces.example.com>", sender="<>"):
    assert stranger.message([to], report, sender=sender)[1] == "continue"
    # What comes in gets no token.
    assert stranger.edits == []
