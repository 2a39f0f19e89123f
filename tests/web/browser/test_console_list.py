"""Sign in and out, the list, a value, removal."""
from concurrent.futures import ThreadPoolExecutor

import pytest
from selenium.webdriver.common.keys import Keys

from api import Api
from driver import DESKTOP, PHONE
from harness.wait import until

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'{{mark}}'


def rows(browser):
    return [row.text for row in browser.all("tbody tr")]


def test_sign_in_and_out(web, browser):
    browser.go("/console")
    assert browser.text("h1") == "Sign in"
    browser.looks_well()
    browser.fill(token="suppressd.admin-person." + "a" * 32)
    browser.press("Sign in")
    assert "no valid token" in browser.text("[role=alert]")
    browser.looks_well()
    browser.fill(token=web.token["read"])
    browser.press("Sign in")
    assert browser.text("h1") == "List"
    assert "read-person" in browser.text("header")
    cookie, = browser.driver.get_cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert cookie["path"] == "/console"
    browser.press("Sign out")
    browser.go("/console/values")
    assert browser.text("h1") == "Sign in"
    # The cookie of then is of no use any more.
    browser.driver.add_cookie(cookie)
    browser.go("/console/values")
    assert browser.text("h1") == "Sign in"


def test_after_sign_in_comes_what_was_asked_for(web, browser):
    browser.go("/console/values?search=joe%26jim")
    browser.fill(token=web.token["read"])
    browser.press("Sign in")
    assert browser.driver.current_url == web.url(
        "/console/values?search=joe%26jim")


def test_an_empty_list(browser):
    browser.sign_in()
    browser.go("/console/values?stream=nobody")
    assert "Nothing on the list matches" in browser.text("main")
    browser.looks_well()


def test_search_and_filters(web, browser, fresh):
    anna, bert = fresh("anna"), fresh("bert")
    web.done("add", "--source", "bounced", "--stream", "shop", "--why",
             "no such user", anna)
    web.done("add", "--source", "user", "--stream", "shop", "--why",
             "by phone", bert)
    browser.sign_in()
    for fields, found in (({"search": "ANNA-"}, anna),
                          ({"search": "by phone"}, bert)):
        browser.go("/console/values?stream=shop")
        browser.fill(**fields)
        browser.press("Search")
        row, = rows(browser)
        assert found in row
    browser.go("/console/values?stream=shop&source=bounced")
    row, = rows(browser)
    assert anna in row and "no such user" in row and "shop" in row
    assert browser.one("#source option[selected]").text == "bounced"
    browser.go("/console/values?stream=shop&until=2020-01-01")
    assert rows(browser) == []
    browser.go("/console/values?stream=shop&since=2020-01-01&kind=email")
    assert len(rows(browser)) == 2
    browser.looks_well()


def test_pages(web, browser, fresh):
    values = [fresh("page") for _ in range(120)]
    web.done("add", "--stream", "paging", "-f", "-", stdin="\n".join(values))
    browser.sign_in()
    browser.go("/console/values?stream=paging")
    seen = []
    while True:
        seen += [a.text for a in browser.all("td.value a")]
        if not browser.all("a[rel=next]"):
            break
        web.done("add", "--stream", "late", fresh("late"))
        browser.press("Next page")
    assert sorted(seen) == sorted(values)
    browser.press("First page")
    assert [a.text for a in browser.all("td.value a")] == seen[:50]


def column(browser, words):
    """Its header, by the words in it."""
    found, = [th for th in browser.all("thead th")
              if th.text.strip().startswith(words)]
    return found


def all_rows(browser, css):
    """What stands there on this page and on those behind it."""
    while True:
        yield from (found.text for found in browser.all(css))
        if not browser.all("a[rel=next]"):
            return
        browser.press("Next page")


@pytest.mark.parametrize("scripts", [True, False])
def test_sorted_by_a_column(web, browser, fresh, scripts):
    stream = fresh("sorted").split("@")[0]
    values = [fresh("of") for _ in range(60)]
    web.done("add", "--stream", stream, "-f", "-", stdin="\n".join(values))
    web.done("add", "--stream", stream, "--source", "abuse", "-f", "-",
             stdin="\n".join(values[:10]))
    browser.sign_in()
    browser.emulate(scripts=scripts)
    browser.go(f"/console/values?stream={stream}&search=of-")
    assert browser.all("[aria-sort]") == []
    for words, first in (("Value", "ascending"), ("Source", "ascending"),
                         ("Since", "descending"), ("By", "ascending")):
        second, = {"ascending", "descending"} - {first}
        for way in (first, second):
            browser.press_in(column(browser, words))
            assert column(browser, words).get_attribute("aria-sort") == way
            assert len(browser.all("[aria-sort]")) == 1
            assert "search=of-" in browser.driver.current_url
    browser.press_in(column(browser, "Value"))
    # A change in between moves nothing.
    seen = []
    for text in all_rows(browser, "td.value a"):
        seen.append(text)
        if len(seen) == 1:
            web.done("add", "--stream", stream, "--source", "lead",
                     "--why", "of-", "aaa@late.example")
    assert seen == sorted(values + values[:10])
    browser.press("First page")
    browser.press_in(column(browser, "Source"))
    browser.press_in(column(browser, "Source"))
    assert list(all_rows(browser, "td .tag")) == (
        ["abuse"] * 10 + ["lead"] + ["user"] * 60)
    browser.emulate()


def test_the_order_stays_with_the_filters(web, browser, fresh):
    stream = fresh("kept").split("@")[0]
    values = sorted(fresh("kept") for _ in range(3))
    web.done("add", "--stream", stream, *values)
    browser.sign_in()
    browser.go(f"/console/values?stream={stream}")
    browser.choose("sort", "Value, Z to A")
    browser.press("Apply")
    assert [a.text for a in browser.all("td.value a")] == values[::-1]
    browser.fill(search="kept-")
    browser.press("Search")
    assert [a.text for a in browser.all("td.value a")] == values[::-1]
    assert column(browser, "Value").get_attribute("aria-sort") == "descending"
    browser.looks_well()
    # What has the focus can be seen, on each screen.
    browser.emulate(PHONE)
    link = column(browser, "Source").find_element("css selector", "a")
    assert link.rect["width"] > 20 and link.rect["height"] > 10
    browser.press_in(column(browser, "Value"))
    assert [a.text for a in browser.all("td.value a")] == values
    browser.emulate()


def test_others_are_searching(web, browser, stuck):
    """The page says so; it comes when it is asked for again."""
    api = Api(web, web.token["read"])
    browser.sign_in()
    with ThreadPoolExecutor() as pool, stuck():
        numbers = [pool.submit(api.ask, "GET", "/stats") for _ in range(3)]
        until(lambda: any(each.done() for each in numbers),
              "one is told that others count")
        browser.go("/console/values?search=x")
        assert "try again" in browser.text("[role=alert]")
        browser.looks_well()
    browser.driver.refresh()
    assert browser.text("h1") == "List"
    browser.emulate()


def test_an_order_that_there_is_not(browser):
    browser.sign_in()
    for query in ("sort=colour", "sort=since&after=joe@example.com"):
        browser.go("/console/values?" + query)
        assert browser.text("[role=alert]")
        browser.looks_well()


def test_a_value(web, browser, fresh):
    value = fresh()
    web.done("add", "--why", "said so", value)
    web.done("add", "--source", "bounced", "--why", "gone", "--expires",
             "30d", value)
    web.done("contact", "add", "c1", "--name", "Anna Example", value)
    browser.sign_in("read")
    browser.go(f"/console/values?search={value}")
    browser.follow(browser.all("td.value a")[0])
    assert browser.text("h1") == value
    assert "May not be contacted" in browser.text(".banner")
    assert "said so" in browser.text("main")
    assert "until" in browser.text("main")
    assert "Anna Example" in browser.text("main")
    assert not browser.all("button.danger")
    browser.looks_well()
    browser.go("/console/values/nobody@example.org")
    assert "May be contacted" in browser.text(".banner")
    browser.looks_well()
    web.done("add", "@below.example")
    browser.go("/console/values/joe@below.example")
    assert "Blocked by @below.example" in browser.text(".banner")
    browser.go("/console/values/linkedin.com%2Fin%2Fjoe")
    assert browser.text("h1") == "linkedin.com/in/joe"


def history(browser):
    return browser.driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map("
        "row => row.textContent)",
        "section[aria-labelledby=history] tbody tr")


def test_an_older_history(web, browser, fresh):
    """Page by page, each event once, while further ones come."""
    value = fresh()
    values = "\n".join([value] * 450)
    web.done("add", "-f", "-", "--stream", "story", stdin=values)
    browser.sign_in("read")
    browser.go(f"/console/values/{value}")
    browser.looks_well()
    browser.emulate()
    seen = 0
    while True:
        seen += sum("story" in row for row in history(browser))
        if not browser.all("a[rel=next]"):
            break
        web.done("add", "--source", "lead", value)
        browser.press("Older")
    assert seen == 450
    assert "Older" not in browser.text("main")
    browser.looks_well()
    browser.emulate()
    browser.press("Newest")
    assert "lead" in history(browser)[0]


def test_remove(web, browser, fresh):
    one, two = fresh("one"), fresh("two")
    web.done("add", "--stream", "rem", one, two)
    browser.sign_in("write")
    browser.go("/console/values?stream=rem")
    button = browser.one("button.danger")
    assert not button.is_enabled()
    browser.one("th.pick input").click()
    assert button.text == "Remove selected (2)"
    browser.all("td.pick input")[0].click()
    gone = browser.all("td.value a")[1].text
    browser.follow(button)
    assert gone in browser.text("main")
    browser.looks_well()
    browser.fill(why="asked to")
    browser.press("Remove")
    assert browser.text(".said") == "1 reason removed."
    assert browser.driver.current_url.endswith("stream=rem")
    row, = rows(browser)
    assert gone not in row and not web.is_suppressed(gone)
    event = web.events(gone)[0]
    assert (event["by"], event["why"]) == ("write-person", "asked to")


def test_wishes_stay_without_a_reason_why(web, browser, fresh):
    value = fresh()
    web.done("add", "--source", "abuse", value)
    browser.sign_in("write")
    browser.go(f"/console/values/{value}")
    browser.one("td.pick input").click()
    browser.follow(browser.one("button.danger"))
    assert "only with a token of scope admin" in browser.text("main")
    browser.looks_well()
    browser.press("Remove")
    assert "stays" in browser.text(".said")
    browser.press("Sign out")
    browser.sign_in("admin")
    browser.go(f"/console/values/{value}")
    browser.one("td.pick input").click()
    browser.follow(browser.one("button.danger"))
    browser.one("#force").click()
    browser.press("Remove")
    assert "Say why" in browser.text("[role=alert]")
    browser.looks_well()
    assert web.is_suppressed(value)
    browser.fill(why="wrote that it was a mistake")
    browser.press("Remove")
    assert not web.is_suppressed(value)


def test_without_scripts(web, browser, fresh):
    value = fresh()
    web.done("add", "--stream", "plain", value)
    browser.sign_in("write")
    browser.emulate(scripts=False)
    browser.go("/console/values?stream=plain")
    browser.one("td.pick input").click()
    browser.press("Remove selected")
    browser.press("Remove")
    assert browser.text(".said") == "1 reason removed."
    browser.emulate(DESKTOP)
    assert not web.is_suppressed(value)


def test_hostile_text_stays_text(web, browser):
    value = '"<b>x</b>&{{mark}}"@example.net'
    web.done("add", "--source", "bounced", "--stream", "<i>s</i>", "--why",
             HOSTILE, value)
    browser.sign_in()
    browser.go("/console/values?stream=%3Ci%3Es%3C%2Fi%3E")
    row, = rows(browser)
    assert HOSTILE in row and "<b>x</b>" in row
    browser.looks_well()
    browser.follow(browser.all("td.value a")[0])
    assert browser.text("h1") == value.lower()
    assert HOSTILE in browser.text("main")
    browser.one("td.pick input").click()
    browser.follow(browser.one("button.danger"))
    browser.fill(why=HOSTILE)
    browser.press("Remove")
    assert browser.text(".said") == "1 reason removed."
    browser.go("/console/values?search=" + "%22%3E%3Cscript%3E")
    assert browser.one("#search").get_attribute("value") == '"><script>'
    assert browser.all("main script, main img, main b, main i") == []


def test_by_keyboard(browser):
    browser.sign_in()
    body = browser.one("body")
    body.send_keys(Keys.TAB)
    active = browser.driver.switch_to.active_element
    assert active.text == "To the content"
    active.send_keys(Keys.ENTER)
    active = browser.driver.switch_to.active_element
    assert active.get_attribute("id") == "main"
    active.send_keys(Keys.TAB)
    active = browser.driver.switch_to.active_element
    assert active.get_attribute("name") == "search"
