"""What the tests of suppressd-web share: both daemons for each module."""
import contextlib
import datetime
import os

import pytest

from api import Api
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


@pytest.fixture(scope="module")
def tokens(web):
    return {scope: web.json("token", "new", "--scope", scope,
                            f"{scope}-app")[0]["token"]
            for scope in ("read", "write", "admin")}


@pytest.fixture(scope="module")
def apis(web, tokens):
    made = {scope: Api(web, token) for scope, token in tokens.items()}
    web.description = made["read"].get("/openapi.json")
    return made


@pytest.fixture
def api(apis):
    return apis["write"]


@pytest.fixture
def at_most_one_mib(web):
    """The largest list that is imported."""
    web.stop_web()
    web.configure("import_max_mib = 1;")
    web.start_web()
    yield
    web.stop_web()
    web.configure("")
    web.start_web()


@pytest.fixture
def stuck(web):
    """Whoever reads the refusals of yesterday waits while it lasts."""
    yesterday = (datetime.datetime.now(datetime.timezone.utc)
                 - datetime.timedelta(days=1)).date()
    folder = f"{web.store}/refusals"
    path = f"{folder}/{yesterday}.jsonl"

    @contextlib.contextmanager
    def while_it_lasts():
        os.makedirs(folder, exist_ok=True)
        os.mkfifo(path)
        try:
            yield
        finally:
            end = os.open(path, os.O_RDWR)
            with open(f"{path}.new", "wb"):
                pass
            os.replace(f"{path}.new", path)
            os.close(end)
            os.unlink(path)
    return while_it_lasts


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
