"""For pytest (-p harness.plugin): what all kinds of tests in Python share."""
import itertools

import pytest

numbers = itertools.count(1)


@pytest.fixture
def fresh():
    """fresh("anna") is an address that no other test has."""
    def address(name="anna", domain="example.net"):
        return f"{name}-{next(numbers)}@{domain}"
    return address


def pytest_unconfigure(config):
    """The closing line that tests/run adds up."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    count = {name: len(reports) for name, reports in reporter.stats.items()}
    print(f"\n{count.get('passed', 0)} passed, "
          f"{count.get('failed', 0) + count.get('error', 0)} failed"
          + (f", {count['skipped']} skipped" if "skipped" in count else ""))
