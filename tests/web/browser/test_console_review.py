"""Reports that wait: shown with their evidence, accepted, rejected."""
import pytest

from harness import mails

HOSTILE = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>'


@pytest.fixture
def waiting(web, fresh):
    """Reports that nobody has proven; gives their addresses."""
    addresses = [fresh("gone"), fresh("gone"), fresh("angry")]
    for address in addresses[:2]:
        ingest(web, mails.dsn(address).replace(
            "smtp; 550", "smtp; 550 " + HOSTILE))
    ingest(web, mails.arf(addresses[2]))
    yield addresses
    web.ctl("review", "reject", "--all")


def ingest(web, mail):
    path = f"{web.top}/report.eml"
    with open(path, "w", encoding="utf-8") as f:
        f.write(mail)
    web.done("ingest", path)


def test_nothing_waits(browser):
    browser.sign_in("read")
    browser.press("Review")
    assert "Nothing waits" in browser.text("main")
    browser.looks_well()


def test_evidence_accept_and_reject(web, browser, waiting):
    browser.sign_in("write")
    browser.go("/console/review")
    rows = [row.text for row in browser.all("tbody tr")]
    assert len(rows) == 3
    assert waiting[0] in rows[0] and "bounced" in rows[0]
    for words in ("unverified", "bounce", "bad-address", "rule", "5.1.1"):
        assert words in rows[0]
    assert HOSTILE in rows[0]
    assert "abuse" in rows[2] and "complaint" in rows[2]
    assert browser.all("main script, main img") == []
    browser.looks_well()
    browser.all("td.pick input")[0].click()
    browser.fill(why="seen it")
    browser.press("Accept selected (1)")
    assert browser.text(".said") == "1 report accepted."
    assert web.is_suppressed(waiting[0])
    assert web.events(waiting[0])[0]["by"] == "write-person"
    browser.one("th.pick input").click()
    browser.press("Reject selected (2)")
    assert browser.text(".said") == "2 reports rejected."
    assert "Nothing waits" in browser.text("main")
    assert not web.is_suppressed(waiting[1])


def test_somebody_else_was_faster(web, browser, waiting):
    browser.sign_in("write")
    browser.emulate(scripts=False)
    browser.go(f"/console/review?search={waiting[1]}")
    web.done("review", "reject", "--all")
    browser.press("Accept selected")
    assert "Nothing was selected" in browser.text(".said")
    browser.go("/console/review")
    assert not browser.all("td.pick input")


def test_settled_meanwhile(web, browser, waiting):
    browser.sign_in("write")
    browser.go(f"/console/review?search={waiting[1]}")
    browser.one("td.pick input").click()
    web.done("review", "reject", "--all")
    browser.press("Accept selected (1)")
    assert "0 reports accepted" in browser.text(".said")
    assert not web.is_suppressed(waiting[1])


def test_readers_only_look(browser, waiting):
    browser.sign_in("read")
    browser.go("/console/review")
    assert waiting[0] in browser.text("table")
    assert not browser.all("main form[method=post] button")
