"""What the milter tests share: a daemon for each module."""
import pytest

from daemon import Daemon
from signing import STRANGER


@pytest.fixture(scope="module")
def daemon(request):
    """It runs with the SETTINGS of the module, if that has some."""
    settings = getattr(request.module, "SETTINGS", None)
    made = Daemon() if settings is None else Daemon(settings)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def usual_settings(request):
    """A test that changes the settings leaves them as they were."""
    yield
    if "settings" in request.keywords:
        request.getfixturevalue("daemon").change(request.module.SETTINGS)


@pytest.fixture
def mta(daemon):
    """A client of ours on a connection of its own."""
    session = daemon.session()
    yield session
    session.close()


@pytest.fixture
def stranger(daemon):
    """A mail server that is not ours, on a connection of its own."""
    session = daemon.session(**STRANGER)
    yield session
    session.close()


@pytest.fixture
def listed(daemon, fresh):
    """listed() is a fresh address that is on the list."""
    def address(*options):
        value = fresh("listed")
        daemon.done("add", *options, value)
        return value
    return address


def pytest_configure(config):
    config.addinivalue_line("markers", "parallel: many sessions at once")
    config.addinivalue_line("markers",
                            "settings: the test changes the settings")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows what the daemon said last."""
    outcome = yield
    report = outcome.get_result()
    made = getattr(item, "funcargs", {}).get("daemon")
    if report.failed and report.when != "teardown" and made is not None:
        report.sections.append(("the end of the daemon's log", "\n".join(
            made.log().splitlines()[-40:])))
