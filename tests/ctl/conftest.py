"""What every test of suppressctl has: the program, on a store of its own."""
import pathlib
import shutil
import tempfile

import pytest

from program import Program


@pytest.fixture
def home():
    """A directory of this test; short, for the paths of sockets."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="sc-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def ctl(home):
    return Program(home)


@pytest.fixture
def listed(ctl):
    """A store with some values on it: see the tests of looking."""
    ctl.done("add", "--why", "asked by phone", "anna@example.com")
    ctl.done("add", "--source", "abuse", "bert@example.com")
    ctl.done("add", "--stream", "news", "--expires", "30d",
             "carla@example.net", "@example.org")
    return ctl
