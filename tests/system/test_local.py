"""Mail from programs of this host, by sendmail(1): it can't be refused at
RCPT without keeping the whole message in the maildrop for ever, so the
listed recipients are removed and the others get theirs."""
from harness import mails

NEWS = "news@example.com"


def sendmail(site, *recipients):
    done = site.postfix.sendmail(NEWS, recipients, mails.plain("News"))
    assert done.returncode == 0, done.stderr


def test_the_listed_are_removed(site, fresh, listed):
    bad, good, other = listed(), fresh(), fresh()
    sendmail(site, good, bad, other)
    site.wait_reached(good, other)
    site.wait_idle()
    assert site.reached(bad) == 0


def test_the_log_says_who_was_removed(site, fresh, listed):
    bad = listed()
    sendmail(site, fresh(), bad)
    site.wait_idle()
    lines = [line for line in site.suppressd.log().splitlines()
             if f"<{bad}>" in line]
    assert len(lines) == 1
    assert "action=remove" in lines[0]


def test_nobody_left(site, listed):
    bad = listed()
    sendmail(site, bad)
    site.wait_idle()
    assert site.reached(bad) == 0
    assert f"to=<{bad}>" in site.postfix.log()


def test_a_listed_domain(site):
    site.suppressd.done("add", "@local-domain.test")
    sendmail(site, "anna@local-domain.test", "berta@example.net")
    site.wait_reached("berta@example.net")
    site.wait_idle()
    assert site.reached("anna@local-domain.test") == 0
