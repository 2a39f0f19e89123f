"""Values are added, after a look at what each line is."""

PHONES = 'phone_region = "FR";\n'
SETTINGS = PHONES


def lines(browser):
    return [row.text for row in browser.all("tbody tr")]


def test_preview_and_add(web, browser, fresh):
    value = fresh("add")
    browser.sign_in("write")
    browser.press("Add")
    browser.looks_well()
    browser.fill(values=f"{value.upper()}\n\n@Added.Example\n06 12 34 56 78\n"
                 "https://www.LinkedIn.com/in/Joe-1/\n", why="by letter",
                 days="30")
    browser.press("Preview")
    seen = lines(browser)
    assert len(seen) == 4
    assert seen[0].startswith("1") and value in seen[0] and "email" in seen[0]
    assert "domain" in seen[1] and "@added.example" in seen[1]
    assert "phone" in seen[2] and "+33612345678" in seen[2]
    assert "linkedin.com/in/joe-1" in seen[3]
    assert not web.is_suppressed(value)
    browser.looks_well()
    browser.press("Add 4 values")
    assert browser.text(".said") == "4 values added."
    assert value in browser.text("tbody")
    reason, event = web.json("show", value)[:2]
    assert (reason["by"], reason["why"]) == ("write-person", "by letter")
    assert reason["source"] == "user" and reason["expires"]
    for other in ("@added.example", "+33612345678", "linkedin.com/in/joe-1"):
        assert web.is_suppressed(other)


def test_bad_lines_are_named_and_nothing_is_done(web, browser, fresh):
    good, other = fresh("good"), fresh("other")
    browser.sign_in("write")
    browser.go("/console/add")
    browser.fill(values=f"{good}\njoe\n{good}\n{other}\n<b>x</b>")
    browser.press("Preview")
    assert "error" in lines(browser)[1] and "joe" in lines(browser)[1]
    assert "twice" in lines(browser)[2]
    assert "<b>x</b>" in lines(browser)[4]
    assert "2 lines are wrong" in browser.text("main")
    assert not browser.all('[name="add"]')
    browser.looks_well()
    assert not web.is_suppressed(good)
    browser.press("Add only the 2 good values")
    assert browser.text(".said") == "2 values added."
    assert web.is_suppressed(good) and web.is_suppressed(other)


def test_what_is_missing_or_wrong(browser, fresh):
    browser.sign_in("write")
    browser.go("/console/add")
    browser.fill(values=fresh(), days="soon")
    browser.press("Preview")
    assert "Days" in browser.text("[role=alert]")
    assert not browser.all('[name="add"]')
    browser.looks_well()
    browser.fill(values=" ", days="")
    browser.press("Preview")
    assert "one a line" in browser.text("[role=alert]")


def test_a_stream(web, browser, fresh):
    value = fresh()
    browser.sign_in("write")
    browser.emulate(scripts=False)
    browser.go("/console/add")
    browser.fill(values=value)
    browser.one('#stream option:nth-child(2)').click()
    browser.one('#source option:nth-child(3)').click()
    browser.press("Preview")
    browser.press("Add 1 value")
    reason = web.json("show", value)[0]
    assert (reason["stream"], reason["source"]) == ("news", "lead")


def test_readers_can_not_add(browser):
    browser.sign_in("read")
    assert "Add" not in browser.text("header nav")
    browser.go("/console/add")
    assert "does not allow" in browser.text("[role=alert]")
    browser.looks_well()
