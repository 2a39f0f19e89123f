"""What the tests of the console share: one browser, and a site a module."""
import pytest

from console import Person
from driver import DESKTOP, PHONE, Browser
from site_on_port import Site


@pytest.fixture(scope="session")
def chromium():
    made = Browser()
    yield made
    made.close()


@pytest.fixture(scope="module")
def web(request):
    made = Site(getattr(request.module, "SETTINGS", ""))
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.fixture
def browser(chromium, web):
    """Signed in by nobody; nothing that it was shown may break a rule."""
    chromium.emulate()
    chromium.driver.get(web.url("/console/sign-in"))
    chromium.driver.delete_all_cookies()
    chromium.said()

    def go(path):
        chromium.driver.get(web.url(path))

    def sign_in(scope="admin"):
        """Without the form, which has a test of its own."""
        person = Person(web)
        assert person.sign_in(web.token[scope]).status == 303
        name, value = person.cookie.split("=")
        chromium.driver.delete_all_cookies()
        chromium.driver.add_cookie({"name": name, "value": value,
                                    "path": "/console"})
        go("/console/values")
        assert f"{scope}-person" in chromium.text("header")

    def looks_well():
        """For everybody, on each screen, in light and dark."""
        for size, scheme in ((PHONE, "dark"), (DESKTOP, "light")):
            chromium.emulate(size, scheme)
            assert chromium.violations() == []
            assert not chromium.is_wider_than_screen()

    chromium.go, chromium.sign_in = go, sign_in
    chromium.looks_well = looks_well
    yield chromium
    assert chromium.said() == []
