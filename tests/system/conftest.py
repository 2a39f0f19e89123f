"""What every system test shares. A site is one private Postfix with its
suppressd; a module's tests share it, so each takes addresses of its own."""
import os

import pytest

from harness.site import Site

# Mail to this alias of ours goes to these two (test_hop.py).
ALIASES = ("inline:{ {team@example.com = "
           "listed-member@example.net, member@example.net} }")


@pytest.fixture(scope="module")
def site():
    """suppressd runs, with the settings of harness/site.py."""
    made = Site(os.environ["BUILDDIR"], ALIASES)
    try:
        made.suppressd.start()
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def default_settings(request):
    """A test that changes the settings leaves them as they were."""
    yield
    if "site" in request.fixturenames and "settings" in request.keywords:
        site = request.getfixturevalue("site")
        site.reconfigure()


@pytest.fixture
def listed(site, fresh):
    """listed() is a fresh address that is on the list."""
    def address(*options, domain="example.net"):
        value = fresh("listed", domain)
        site.suppressd.done("add", "--why", "test", *options, value)
        return value
    return address


def pytest_configure(config):
    config.addinivalue_line("markers",
                            "settings: the test changes suppressd's settings")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows what the daemons said last."""
    outcome = yield
    report = outcome.get_result()
    site = getattr(item, "funcargs", {}).get("site")
    # After the teardown they are gone; its own error quotes them.
    if report.failed and report.when != "teardown" and site is not None:
        for name, text in site.logs().items():
            report.sections.append((f"the end of {name}'s log",
                                    "\n".join(text.splitlines()[-40:])))
