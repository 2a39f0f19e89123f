"""suppressd is stopped, killed or frozen while mail flows: mail waits, and
nothing passes unchecked."""
import signal
import smtplib
import threading

import pytest

from harness import client, mails
from harness.wait import until

NEWS = "news@example.com"

WAYS = {
    "stopped": lambda daemon: daemon.stop(),
    "killed": lambda daemon: daemon.kill(),
    "frozen": lambda daemon: daemon.process.send(signal.SIGSTOP),
}


def back(daemon):
    """The daemon serves again, whatever was done to it."""
    if daemon.process.ended():
        daemon.start()
    else:
        daemon.process.send(signal.SIGCONT)


@pytest.fixture(params=WAYS)
def gone(request, site):
    """suppressd does not answer; call the result to have it back."""
    WAYS[request.param](site.suppressd)
    yield lambda: back(site.suppressd)
    back(site.suppressd)


def test_mail_waits_for_it(site, gone, fresh, listed_before):
    good = fresh()
    outcome = site.send("submission", NEWS, [listed_before, good],
                        mails.plain("News"))
    codes = [outcome.mail[0]] + [c for c, _ in outcome.rcpt.values()]
    assert 451 in codes
    assert outcome.accepted() == []
    gone()
    outcome = site.send("submission", NEWS, [listed_before, good],
                        mails.plain("News"))
    assert outcome.rcpt[listed_before][0] == 550
    assert outcome.accepted() == [good]
    site.wait_reached(good)
    assert site.reached(listed_before) == 0


@pytest.fixture(scope="module")
def listed_before(site):
    """An address that is on the list before anything fails."""
    site.suppressd.done("add", "listed-before@example.net")
    return "listed-before@example.net"


def test_local_mail_waits_for_it(site, gone, fresh, listed_before):
    good = fresh()
    site.postfix.sendmail(NEWS, [listed_before, good], mails.plain("News"))
    until(lambda: site.postfix.queue_names("maildrop"),
          "the message is in the maildrop")
    assert site.reached(good) == 0
    gone()
    site.postfix.flush_maildrop()
    site.wait_reached(good)
    site.wait_idle()
    assert site.reached(listed_before) == 0


def test_it_dies_between_rcpt_and_data(site, fresh):
    good = fresh()
    smtp = client.connect(site.postfix.ports["submission"])
    try:
        assert smtp.docmd("MAIL", f"FROM:<{NEWS}>")[0] == 250
        assert smtp.docmd("RCPT", f"TO:<{good}>")[0] == 250
        site.suppressd.kill()
        try:
            code, _ = smtp.data(mails.plain("News").encode())
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        assert code == 451
    finally:
        smtp.close()
        site.suppressd.start()
    site.wait_idle()
    assert site.reached(good) == 0


def test_a_bounce_waits_for_it(site, fresh):
    """What Postfix itself has to say comes when suppressd is back."""
    dead = fresh("dead")
    site.refuse(dead, reply="450 4.2.1 Try again later")
    site.send("submission", NEWS, [dead], mails.plain("News"))
    until(lambda: site.postfix.queue_names("deferred"), "it is deferred")
    site.suppressd.kill()
    site.accept_all()
    site.refuse(dead)
    site.postfix.flush()
    until(lambda: "bounce failed" in site.postfix.log(),
          "Postfix can't pass its bounce")
    site.suppressd.start()
    site.wait_suppressed(dead)


def test_the_admin_works_while_it_is_down(site, fresh):
    """Root changes the store; the daemon, no root, goes on with it."""
    first, second = fresh("first"), fresh("second")
    site.suppressd.stop()
    site.suppressd.done("add", first)
    site.suppressd.start()
    site.suppressd.done("add", second)
    outcome = site.send("submission", NEWS, [first, second],
                        mails.plain("News"))
    assert [code for code, _ in outcome.rcpt.values()] == [550, 550]


class Load(threading.Thread):
    """Mails to one listed and one other address each, until stopped."""

    def __init__(self, site, name, bad):
        super().__init__()
        self.site = site
        self.bad = bad
        self.recipients = (f"{name}-{n}@example.net" for n in range(10000))
        self.accepted = []
        self.wrong = []
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            good = next(self.recipients)
            try:
                outcome = self.site.send("submission", NEWS,
                                         [self.bad, good],
                                         mails.plain("Load"))
            except (OSError, smtplib.SMTPException):
                continue
            self.accepted += [r for r in outcome.accepted() if r == good]
            if self.bad in outcome.accepted():
                self.wrong.append(good)


def test_killed_under_load(site, listed_before, fresh):
    loads = [Load(site, fresh(f"load{n}").split("@")[0], listed_before)
             for n in range(4)]
    added = []
    for load in loads:
        load.start()
    try:
        for _ in range(3):
            before = sum(len(load.accepted) for load in loads)
            until(lambda b=before: sum(len(x.accepted) for x in loads) > b,
                  "mail flows")
            added.append(fresh("added"))
            site.suppressd.done("add", added[-1])
            site.suppressd.kill()
            site.suppressd.start()
    finally:
        for load in loads:
            load.ending.set()
        for load in loads:
            load.join()
    site.wait_idle()
    assert [load.wrong for load in loads] == [[]] * len(loads)
    assert site.reached(listed_before) == 0
    for load in loads:
        assert [r for r in load.accepted if site.reached(r) != 1] == []
    assert all(site.suppressd.is_suppressed(value) for value in added)
    site.suppressd.done("verify")
