"""The list in numbers, drawn and as tables."""
from harness import mails
from harness.wait import until


def table(browser, name):
    """Its rows by their first cell."""
    rows = browser.driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map("
        "row => [...row.cells].map(cell => cell.textContent))",
        f"section[aria-labelledby={name}] .numbers tbody tr")
    return {row[0]: row[1:] for row in rows}


def test_numbers_and_plots(web, browser):
    web.done("add", "anna@example.com", "bert@example.com", "@example.net")
    web.done("remove", "bert@example.com")
    web.done("add", "--source", "bounced", "carla@example.org")
    with open(f"{web.top}/bounce.eml", "w", encoding="utf-8") as f:
        f.write(mails.dsn("dora@example.org"))
    web.done("ingest", f"{web.top}/bounce.eml")
    browser.sign_in("read")
    browser.press("Dashboard")
    assert "3 values are on the list, for 3 reasons" in browser.text("main")
    added, lifted = list(table(browser, "changes").values())[-1]
    assert (added, lifted) == ("4", "1")
    assert len(table(browser, "changes")) == 30
    assert table(browser, "sources") == {
        "user": ["2"], "api": ["0"], "lead": ["0"], "bounced": ["1"],
        "abuse": ["0"]}
    assert table(browser, "classes") == {"bad-address": ["1"]}
    assert table(browser, "kinds")["domain"] == ["1"]
    assert table(browser, "domains")["example.com"] == ["1"]
    assert len(browser.all(".plot canvas")) == 4
    browser.looks_well()
    for summary in browser.all("summary"):
        summary.click()
    browser.looks_well()
    browser.press("bounced")
    assert "carla@example.org" in browser.text("tbody")


def test_long_numbers(web, browser, fresh):
    """They can be read, in words and in the plots."""
    web.done("add", "--source", "api", "-f", "-",
             stdin="\n".join(f"{n}-{fresh()}" for n in range(1200)))
    browser.sign_in("read")

    def shown():
        browser.go("/console/dashboard")
        return table(browser, "sources")["api"]
    until(lambda: shown() == ["1,200"], "they are counted", 60)
    assert "1,20" in browser.text("main strong")
    # What the plot draws: the table's number, not its first digit.
    assert browser.driver.execute_script(
        "return document.querySelector("
        "'section[aria-labelledby=sources] .plot').dataset.most") == "1200"
    browser.looks_well()


def test_without_scripts(browser):
    browser.sign_in("read")
    browser.emulate(scripts=False)
    browser.go("/console/dashboard")
    assert browser.all(".plot") == []
    assert "Lifted" in browser.text("section[aria-labelledby=changes]")
    assert browser.one("section[aria-labelledby=changes] .numbers").is_displayed()
