"""What the tests of suppressd-web share: both daemons for each module."""
import pytest

from web import Web


@pytest.fixture(scope="module")
def web(request):
    """They run with the SETTINGS of the module, if that has some."""
    made = Web(getattr(request.module, "SETTINGS", ""))
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows what was logged last."""
    outcome = yield
    report = outcome.get_result()
    made = getattr(item, "funcargs", {}).get("web")
    if report.failed and report.when != "teardown" and made is not None:
        for name, process in (("suppressd", made.process),
                              ("suppressd-web", made.web)):
            if process is not None:
                report.sections.append((f"the end of {name}'s log",
                                        process.log()[-3000:]))
