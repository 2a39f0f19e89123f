"""Somebody opts out while a campaign runs: the next RCPT is refused, and what
Postfix had taken before can be listed and dropped."""
import pytest

from harness import mails
from harness.wait import until

STREAMS = """
streams = (
    { name = "receipts"; sender = [ "shop@example.com" ];
      blocks = [ "bounced" ]; },
    { name = "newsletter"; header = [ "List-Id: *" ]; },
    { name = "rest"; blocks = [ "bounced", "abuse" ]; }
);
"""


@pytest.fixture
def waiting(site, fresh):
    """waiting(n) sends one mail to n fresh addresses; it waits in the queue,
    for the remote server does not take it now."""
    def send(count, sender="news@example.com"):
        addresses = [fresh("waiting") for _ in range(count)]
        site.refuse(*addresses, reply="450 4.2.1 Try again later")
        sent = site.send("submission", sender, addresses,
                         mails.plain("News"))
        assert sent.accepted() == addresses
        for address in addresses:
            until(lambda a=address: a in site.postfix.waiting(),
                  f"mail to {address} waits")
        return addresses
    yield send
    site.accept_all()
    site.postfix.flush()
    site.wait_idle()


def opt_out(site, *values, source="lead"):
    site.suppressd.done("add", "--source", source, *values)


def queue(site, *options):
    """{recipient: outcome}, and the exit status."""
    arguments = ["queue", "--postfix-config", site.postfix.etc, *options]
    rows = site.suppressd.json(*arguments)
    status = 1 if any(r["outcome"] != "removed" for r in rows) else 0
    return {row["recipient"]: row["outcome"] for row in rows}, status


def test_nobody_waits(site, waiting):
    waiting(2)
    answer = site.suppressd.ctl("queue", "--postfix-config",
                                site.postfix.etc)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "No mail waits for a suppressed recipient.\n"


def test_an_opt_out_while_a_campaign_runs(site, waiting):
    one, = waiting(1)
    two, other = waiting(2)
    opt_out(site, one, two, source="abuse")
    again = site.send("submission", "news@example.com", [one],
                      mails.plain("News"))
    assert again.rcpt[one][0] == 550
    assert queue(site) == ({one: "waits", two: "shared"}, 1)
    assert queue(site, "--remove") == ({one: "removed", two: "shared"}, 1)
    assert one not in site.postfix.waiting()
    assert {two, other} <= site.postfix.waiting()
    opt_out(site, other, source="abuse")
    assert queue(site) == ({two: "waits", other: "waits"}, 1)
    assert queue(site, "--remove") == ({two: "removed", other: "removed"}, 0)
    assert queue(site) == ({}, 0)
    site.accept_all()
    site.postfix.flush()
    site.wait_idle()
    assert not any(site.reached(a) for a in (one, two, other))


def test_says_what_and_why(site, waiting):
    one, = waiting(1)
    site.suppressd.done("add", "--source", "abuse", one)
    answer = site.suppressd.ctl("--json", "queue", "--postfix-config",
                                site.postfix.etc)
    assert answer.returncode == 1, answer.stderr
    row, = site.suppressd.json("queue", "--postfix-config", site.postfix.etc)
    assert row["sender"] == "news@example.com"
    assert row["queue"] in ("active", "deferred")
    assert (row["blocked_by"], row["source"]) == (one, "abuse")
    assert row["since"] == site.suppressd.json("show", one)[0]["since"]
    assert row["queue_id"] in site.postfix.log()


def test_others_of_a_mail_get_it(site, waiting):
    bad, good = waiting(2)
    opt_out(site, bad, source="abuse")
    assert queue(site, "--remove") == ({bad: "shared"}, 1)
    site.accept_all()
    site.postfix.flush()
    site.wait_reached(good)


@pytest.mark.settings
def test_the_stream_of_it_counts(site, waiting):
    """An opt-out stops the newsletter and no receipt; which one a mail is
    can't be told by its sender."""
    site.reconfigure(STREAMS)
    news, = waiting(1)
    receipt, = waiting(1, "shop@example.com")
    opt_out(site, news, receipt)
    assert queue(site, "--remove") == ({news: "depends"}, 1)
    assert queue(site, "--stream", "rest") == ({}, 0)
    assert queue(site, "--stream", "newsletter") == (
        {news: "waits", receipt: "waits"}, 1)
    answer = site.suppressd.ctl("queue", "--stream", "nwes")
    assert answer.returncode == 2
    assert "no stream 'nwes' is configured" in answer.stderr


def test_without_a_postfix(site, tmp_path):
    answer = site.suppressd.ctl("queue", "--postfix-config", str(tmp_path))
    assert answer.returncode == 3
    assert str(tmp_path) in answer.stderr
