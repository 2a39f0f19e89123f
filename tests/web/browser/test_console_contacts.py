"""Contacts: found, made, not to be contacted, at all or at some values."""
import pytest


@pytest.fixture
def joe(web, fresh):
    """A contact with a value of each kind; gives its id and address."""
    address = fresh("joe")
    number = address.split("@")[0].split("-")[1]
    web.done("contact", "add", f"c{number}", "--name", "Joe Example", address,
             f"+336{10000000 + int(number)}", f"linkedin.com/in/joe{number}")
    return f"c{number}", address


def statuses(browser):
    return [td.text for td in browser.all('td[data-label="Status"]')]


def test_make_and_find(web, browser, fresh):
    value, other = fresh("anna"), fresh("bert")
    browser.sign_in("write")
    browser.press("Contacts")
    assert "There is no contact" in browser.text("main")
    browser.looks_well()
    browser.one("summary").click()
    browser.fill(id="c-1", name="Anna <b>Example</b>",
                 values=f"{value}\njoe")
    browser.looks_well()
    browser.press("Make the contact")
    assert "'joe' is no value" in browser.text("[role=alert]")
    browser.looks_well()
    browser.fill(values=f"{value}\n{other}")
    browser.press("Make the contact")
    assert "Anna <b>Example</b>" in browser.text("h1")
    assert len(statuses(browser)) == 2
    for search in ("ANNA", "c-1", value):
        browser.go("/console/contacts")
        browser.fill(search=search)
        browser.press("Search")
        assert "Anna" in browser.text("tbody")
        browser.looks_well()
    browser.go("/console/contacts?search=zorro")
    assert "No contact matches" in browser.text("main")
    browser.go("/console/contacts?blocked=yes")
    assert "No contact matches" in browser.text("main")
    browser.go("/console/contacts")
    browser.one("summary").click()
    browser.fill(id="c-1", name="Again")
    browser.press("Make the contact")
    assert "already" in browser.text("[role=alert]")


def test_do_not_contact_and_again(web, browser, joe):
    contact, address = joe
    browser.sign_in("write")
    browser.go(f"/console/contacts/{contact}")
    assert "May be contacted" in browser.text(".banner")
    browser.looks_well()
    browser.fill(why="wrote a letter")
    browser.press("Do not contact")
    assert "Do not contact since" in browser.text(".banner")
    assert "wrote a letter" in browser.text(".banner")
    assert statuses(browser) == ["do not contact"] * 3
    assert "write-person" in browser.text("#activity ~ table")
    browser.looks_well()
    assert web.is_suppressed(address)
    browser.press("May be contacted again")
    assert statuses(browser) == ["may be contacted"] * 3
    assert not web.is_suppressed(address)


def test_only_some(web, browser, joe):
    contact, address = joe
    browser.sign_in("write")
    browser.go(f"/console/contacts/{contact}")
    browser.press("Not by phone")
    assert sorted(statuses(browser)) == ["do not contact"] + [
        "may be contacted"] * 2
    browser.one(f'td.pick input[value="{address}"]').click()
    browser.press("Not at the selected (1)")
    assert web.is_suppressed(address)
    browser.one(f'td.pick input[value="{address}"]').click()
    browser.press("Again at the selected (1)")
    assert not web.is_suppressed(address)


def test_wishes_stay_without_a_reason_why(web, browser, joe):
    contact, address = joe
    web.done("contact", "block", contact, "--source", "abuse", "--why",
             "complained")
    browser.sign_in("write")
    browser.go(f"/console/contacts/{contact}")
    browser.press("May be contacted again")
    assert "stays" in browser.text(".said")
    assert web.is_suppressed(address)
    browser.press("Sign out")
    browser.sign_in("admin")
    browser.go(f"/console/contacts/{contact}")
    browser.one("#force").click()
    browser.press("May be contacted again")
    assert "Say why" in browser.text(".said")
    assert web.is_suppressed(address)
    browser.one("#force").click()
    browser.fill(why="a mistake, they wrote")
    browser.press("May be contacted again")
    assert not web.is_suppressed(address)


def test_name_values_end(web, browser, joe, fresh):
    contact, address = joe
    more = fresh("more")
    browser.sign_in("write")
    browser.emulate(scripts=False)
    browser.go(f"/console/contacts/{contact}")
    browser.one("details summary").click()
    browser.fill(name="Joe Changed")
    browser.press("Rename")
    assert "Joe Changed" in browser.text("h1")
    browser.one("details summary").click()
    browser.fill(values=f"{more}\n")
    browser.press("Link them")
    assert more in browser.text("table")
    browser.press("Take the selected out")
    assert "No value was selected" in browser.text(".said")
    browser.one(f'td.pick input[value="{address}"]').click()
    browser.press("Take the selected out")
    assert address not in browser.text("table")
    browser.one("details summary").click()
    browser.press("Remove the contact")
    assert browser.text("h1") == "Contacts"
    browser.go(f"/console/contacts/{contact}")
    assert "no such contact" in browser.text("[role=alert]")


def test_a_value_names_its_contacts(web, browser, joe):
    contact, address = joe
    web.done("contact", "add", f"{contact}b", "--name", "Jim", address)
    web.done("contact", "block", contact)
    browser.sign_in("read")
    browser.go(f"/console/values/{address}")
    assert not browser.all("td.pick input")
    browser.press("Joe Example")
    assert "Jim" in browser.text("table")
    assert not browser.all("main button")
    browser.looks_well()
