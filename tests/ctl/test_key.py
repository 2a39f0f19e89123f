"""key: makes, lists and retires; what explain says of tokens."""
import os
import stat

import pytest

from program import DATA, FAILED, TIME, USAGE

BOUNCE = DATA / "postfix-failed.eml"


@pytest.fixture
def keys(ctl, home):
    """The directory of the keys, which does not exist yet."""
    path = home / "keys"
    ctl.configure(f'token = {{ keys = "{path}"; }};\n')
    return path


def states(ctl):
    return {row["id"]: row["state"] for row in ctl.json("key", "list")}


def test_none(ctl, keys):
    assert ctl.json("key", "list") == []
    assert not keys.exists()


def test_new(ctl, keys):
    row, = ctl.json("key", "new", "first", umask=0)
    assert (row["id"], row["state"]) == ("first", "signs")
    assert TIME.fullmatch(row["made"])
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    file, = keys.iterdir()
    assert file.name == "first.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not ctl.store.exists()


def test_new_takes_the_date(ctl, keys):
    first, = ctl.json("key", "new")
    second, = ctl.json("key", "new")
    assert first["id"] == first["made"][:10]
    assert second["id"].startswith(first["id"][:8])
    assert len(list(keys.iterdir())) == 2


def test_the_newest_signs_until_it_retires(ctl, keys):
    ctl.done("key", "new", "a")
    ctl.done("key", "new", "b")
    assert states(ctl) == {"a": "verifies", "b": "signs"}
    row, = ctl.json("key", "retire", "b")
    assert row["state"] == "retired"
    assert states(ctl) == {"a": "signs", "b": "retired"}
    assert {p.name for p in keys.iterdir()} == {"a.key", "b.retired.key"}


def test_another_can_be_named(ctl, keys):
    ctl.done("key", "new", "a")
    ctl.done("key", "new", "b")
    ctl.configure(f'token = {{ keys = "{keys}"; sign = "a"; }};\n')
    assert states(ctl) == {"a": "signs", "b": "verifies"}
    ctl.configure(f'token = {{ keys = "{keys}"; sign = "c"; }};\n')
    assert "token.sign" in ctl.refused(USAGE, "key", "list")


def test_the_last_one_retires_with_a_warning(ctl, keys):
    ctl.done("key", "new", "a")
    result = ctl.run("key", "retire", "a")
    assert result.returncode == 0
    assert b"no key signs now" in result.stderr
    assert keys.exists()


@pytest.mark.parametrize("arguments, says", [
    (["new", "a"], "already"),
    (["new", "x/y"], "letters"),
    (["new", "x" * 33], "32"),
    (["retire"], "retired"),
    (["retire", "b"], "no key 'b'"),
    (["list", "a"], "no ID"),
    (["make"], "'make' is none of new, list, retire"),
])
def test_what_is_refused(ctl, keys, arguments, says):
    ctl.done("key", "new", "a")
    assert says in ctl.refused(USAGE, "key", *arguments)
    assert len(list(keys.iterdir())) == 1


def test_a_key_that_others_can_read(ctl, keys):
    ctl.done("key", "new", "a")
    os.chmod(keys / "a.key", 0o640)
    said = ctl.refused(FAILED, "key", "list")
    assert str(keys / "a.key") in said
    assert "chmod 600" in said
    # A mail is explained all the same.
    result = ctl.run("explain", "--trust", BOUNCE)
    assert result.returncode == 0
    assert b"tokens prove nothing" in result.stderr


def test_explain_tells_what_was_tried(ctl, keys):
    ctl.done("key", "new", "a")
    assert keys.exists()
    row, = ctl.json("explain", "--trust", BOUNCE)
    tried = {t["proof"]: t["said"] for t in row["recipients"][0]["tried"]}
    assert list(tried) == ["own-bounce", "token", "authentication-results",
                           "spf"]
    assert tried["token"] == "none came back"
    assert "SMTP" in tried["spf"]
    shown = ctl.done("explain", "--trust", BOUNCE)
    assert "proofs" in shown
    assert "token (none came back)" in shown
    assert "proofs" not in ctl.done("explain", BOUNCE)
