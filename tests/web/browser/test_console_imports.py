"""A file is tried, imported, and taken back."""
import re

import pytest


@pytest.fixture
def upload(web, browser):
    """upload(text, button): sends a file with that in it."""
    def send(text, button):
        path = f"{web.top}/list.csv"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        browser.go("/console/imports")
        browser.one("#file").send_keys(path)
        browser.press(button)
    return send


def test_try_import_and_take_back(web, browser, upload, fresh):
    one, two = fresh("one"), fresh("two")
    text = f"address,source\n{one},bounced\njoe<b>,bounced\n{two},lead\n"
    browser.sign_in("admin")
    browser.press("Imports")
    browser.looks_well()
    upload(text, "Try: change nothing")
    assert "Would add 2 of 3 lines (csv)" in browser.text(".said")
    assert "joe<b>" in browser.text("tbody")
    assert not web.is_suppressed(one)
    browser.looks_well()
    upload(text, "Import")
    assert "Added 2 of 3 lines" in browser.text(".said")
    batch = re.search(r"batch is (\S+)\.", browser.text(".said"))[1]
    reason = web.json("show", one)[0]
    assert (reason["source"], reason["by"]) == ("bounced", "admin-person")
    browser.looks_well()
    assert browser.one("#batch").get_attribute("value") == batch
    browser.one("#undo-why").send_keys("the wrong file")
    browser.press("Take back")
    assert "1 reason taken back" in browser.text(".said")
    assert "stays" in browser.text(".said")
    assert not web.is_suppressed(one) and web.is_suppressed(two)
    browser.one("#batch").send_keys(batch)
    browser.one("#undo-why").send_keys("the wrong file")
    browser.one("#force").click()
    browser.press("Take back")
    assert not web.is_suppressed(two)


def test_what_was_imported(web, browser, upload, fresh):
    one, two = fresh("one"), fresh("two")
    browser.sign_in("write")
    upload(f"{one}\n{two}\n", "Import")
    batch = re.search(r"batch is (\S+)\.", browser.text(".said"))[1]
    browser.go("/console/imports")

    def row():
        found, = [r.text for r in
                  browser.all("section[aria-labelledby=batches] tbody tr")
                  if batch in r.text]
        return found
    assert re.search(r"write-person .* 2 0 Undo", row())
    browser.looks_well()
    browser.emulate()
    link = browser.one(f'a[aria-label="Undo {batch}"]')
    browser.follow(link)
    assert browser.one("#batch").get_attribute("value") == batch
    assert web.is_suppressed(one)
    # Nothing is undone without a word why.
    browser.one("section[aria-labelledby=undo] button").click()
    assert browser.text("h1") == "Imports" and web.is_suppressed(one)
    browser.one("#undo-why").send_keys("the wrong file")
    browser.press("Take back")
    assert "2 reasons taken back" in browser.text(".said")
    assert re.search(r"write-person .* 2 2 taken back", row())
    assert not browser.all(f'a[aria-label="Undo {batch}"]')
    assert not web.is_suppressed(one)
    browser.looks_well()


def test_the_same_file_twice(browser, upload, fresh):
    browser.sign_in("write")
    text = fresh() + "\n"
    upload(text, "Import")
    upload(text, "Import")
    assert "Added 0 of 1 lines" in browser.text(".said")
    assert "1 stood already" in browser.text(".said")
    assert browser.one("#batch").get_attribute("value") == ""


def test_no_list_at_all(browser, upload):
    browser.sign_in("write")
    upload("", "Import")
    assert "Choose a file" in browser.text("[role=alert]")
    browser.looks_well()


def test_a_large_list(web, browser, upload, fresh):
    browser.sign_in("write")
    upload("".join(f"{n}-{'x' * 50}{fresh()}\n" for n in range(20000)),
           "Import")
    assert "Added 20,000 of 20,000 lines" in browser.text(".said")
    browser.looks_well()


def test_a_list_that_is_too_large(web, browser, upload, at_most_one_mib):
    """It is told which size is not: before it is sent, and, without scripts,
    after that."""
    text = "\n" * (8 * 2**20)
    browser.sign_in("write")
    browser.go("/console/imports")
    assert "at most 1 MiB" in browser.text("#file-hint")
    path = f"{web.top}/large.csv"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    browser.one("#file").send_keys(path)
    says = browser.one("#file").get_property("validationMessage")
    assert "larger than 1 MiB" in says and "suppressctl import" in says
    browser.emulate(scripts=False)
    upload(text, "Import")
    assert "larger than 1 MiB" in browser.text("[role=alert]")
    assert "suppressctl import" in browser.text("[role=alert]")
    browser.emulate()
    browser.looks_well()
