"""token: makes, lists and revokes what programs use the API with."""
import hashlib
import os
import stat

import pytest

from program import TIME, USAGE


@pytest.fixture
def tokens(ctl, home):
    """The directory of the tokens, which does not exist yet."""
    path = home / "tokens"
    ctl.configure(f'web = {{ tokens = "{path}"; }};\n')
    return path


def test_none(ctl, tokens):
    assert ctl.json("token", "list") == []
    assert not tokens.exists()


def test_new(ctl, tokens):
    row, = ctl.json("token", "new", "--scope", "write", "shop-app", umask=0)
    assert (row["name"], row["scope"]) == ("shop-app", "write")
    prefix, name, secret = row["token"].split(".")
    assert (prefix, name) == ("suppressd", "shop-app")
    assert len(secret) == 32
    file, = tokens.iterdir()
    assert file.name == "shop-app.token"
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o750
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    # Only its hash is kept.
    text = file.read_text()
    assert secret not in text
    digest = hashlib.blake2b(row["token"].encode(), digest_size=32)
    assert f"hash {digest.hexdigest()}\n" in text
    assert not ctl.store.exists()


def test_list(ctl, tokens):
    ctl.done("token", "new", "b", "--scope", "read")
    ctl.done("token", "new", "a", "--scope", "admin", "--expires", "30d")
    a, b = ctl.json("token", "list")
    assert (a["name"], a["scope"], a["expired"]) == ("a", "admin", False)
    assert TIME.fullmatch(a["expires"]) and TIME.fullmatch(a["made"])
    assert (b["name"], b["scope"], b["expires"]) == ("b", "read", None)
    assert "token" not in a
    text = (tokens / "a.token").read_text()
    (tokens / "a.token").write_text(
        text.replace(a["expires"], "2026-01-01T00:00:00Z"))
    assert ctl.json("token", "list")[0]["expired"] is True


def test_revoke(ctl, tokens):
    ctl.done("token", "new", "a", "--scope", "read")
    assert ctl.done("token", "revoke", "a") == ""
    assert list(tokens.iterdir()) == []
    one, = ctl.json("token", "new", "a", "--scope", "read")
    ctl.done("token", "revoke", "a")
    two, = ctl.json("token", "new", "a", "--scope", "read")
    assert one["token"] != two["token"]


@pytest.mark.parametrize("arguments, says", [
    (["new", "b"], "wants --scope"),
    (["new", "--scope", "all", "b"], "read, write or admin"),
    (["new", "--scope", "read", "a"], "already"),
    (["new", "--scope", "read"], "1 to 32 letters"),
    (["new", "--scope", "read", "../b"], "1 to 32 letters"),
    (["new", "--scope", "read", "x" * 33], "1 to 32 letters"),
    (["new", "--scope", "read", "root"], "suppressd's own"),
    (["revoke"], "no token ''"),
    (["revoke", "b"], "no token 'b'"),
    (["revoke", "../tokens/a"], "no token"),
    (["list", "a"], "no name"),
    (["make"], "new, list, revoke"),
])
def test_what_is_refused(ctl, tokens, arguments, says):
    ctl.done("token", "new", "a", "--scope", "read")
    assert says in ctl.refused(USAGE, "token", *arguments)
    assert os.listdir(tokens) == ["a.token"]


def test_a_file_that_is_none(ctl, tokens):
    ctl.done("token", "new", "a", "--scope", "read")
    (tokens / "a.token").write_text("suppressd-api-token 2\n")
    assert str(tokens / "a.token") in ctl.refused(3, "token", "list")
    ctl.done("token", "revoke", "a")
