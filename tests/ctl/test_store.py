"""The store: missing, unreadable, locked, damaged; several at once."""
import fcntl
import os
import pwd
import shutil
import stat
import subprocess

import pytest

from program import DATA, FAILED, NO, TEMPFAIL, YES

LOOKING = [["list"], ["history"], ["check", "anna@example.com"],
           ["show", "anna@example.com"], ["verify"]]
CHANGING = [["remove", "anna@example.com"], ["rebuild"]]
MAKING = [["add", "new@example.com"],
          ["ingest", DATA / "postfix-failed.eml"]]


@pytest.mark.parametrize("arguments", LOOKING + CHANGING)
def test_missing(ctl, arguments):
    said = ctl.refused(FAILED, *arguments)
    assert str(ctl.store) in said
    assert "start suppressd, or add a value" in said
    assert not ctl.store.exists()


@pytest.fixture(name="lent")
def of_the_daemon(ctl):
    """A store of the daemon's user, which root looks after."""
    daemon = pwd.getpwnam("nobody")
    ctl.store.mkdir(mode=0o750)
    os.chown(ctl.store, daemon.pw_uid, daemon.pw_gid)
    return ctl


def is_the_daemons(ctl):
    return {path.stat().st_uid for path in ctl.store.rglob("*")} == {
        pwd.getpwnam("nobody").pw_uid}


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
def test_a_store_that_root_begins_is_the_daemons(lent):
    lent.done("add", "joe@example.com")
    assert is_the_daemons(lent)
    assert lent.status("check", "joe@example.com") == NO


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
@pytest.mark.parametrize("arguments", [["check", "joe@example.com"],
                                       ["add", "ann@example.com"],
                                       ["rebuild"]])
def test_an_index_that_root_makes_is_the_daemons(lent, arguments):
    lent.done("add", "joe@example.com")
    shutil.rmtree(lent.store / "index")
    lent.run(*arguments)
    assert is_the_daemons(lent)
    assert lent.status("check", "joe@example.com") == NO


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
@pytest.mark.parametrize("arguments", [["erase", "joe@example.com"],
                                       ["privacy", "hashed"]])
def test_what_root_writes_anew_is_the_daemons(lent, arguments):
    lent.done("add", "joe@example.com", "ann@example.com")
    torn = lent.store / "quarantine/1-2.jsonl"
    torn.write_text('{"value":"joe@example.com"')
    os.chown(torn, *(lent.store.stat()[4:6]))
    assert lent.json(*arguments)[0]["files"] == 1
    assert is_the_daemons(lent)
    assert lent.status("check", "joe@example.com") == NO


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
def test_a_file_that_is_not_of_the_owner(lent):
    """As a root that was not so careful left it."""
    lent.done("add", "joe@example.com")
    (lent.store / "generation").chmod(0o600)
    os.chown(lent.store / "generation", 0, 0)
    said = lent.refused(FAILED, "check", "joe@example.com")
    assert "generation: Permission denied" in said
    assert "chown -R the store" in said


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
def test_looking_writes_the_index_alone(lent):
    """As suppressd-web.service has it."""
    lent.done("add", "joe@example.com")
    (lent.store / "generation").chmod(0o440)
    assert lent.status("check", "joe@example.com") == NO


@pytest.mark.skipif(os.getuid() != 0, reason="plays the daemon's user")
def test_root_follows_no_link_of_the_daemons(lent):
    lent.done("add", "joe@example.com")
    shutil.rmtree(lent.store / "index")
    target = lent.home / "of-root"
    target.mkdir(mode=0o700)
    (lent.store / "index").symlink_to(target)
    lent.run("add", "ann@example.com")
    assert not list(target.iterdir())


def test_nowhere_to_make_it(ctl, home):
    ctl.store = home / "no/such/place"
    said = ctl.refused(FAILED, "add", "joe@example.com")
    assert "No such file or directory" in said


def test_a_file_in_its_place(ctl):
    ctl.store.write_text("not a store\n")
    for arguments in LOOKING + MAKING:
        assert str(ctl.store) in ctl.refused(FAILED, *arguments)
    assert ctl.store.read_text() == "not a store\n"


def test_what_add_makes_is_not_for_everybody(ctl):
    ctl.done("add", "joe@example.com", umask=0o022)
    for path in [ctl.store, *ctl.store.rglob("*")]:
        assert path.stat().st_mode & stat.S_IRWXO == 0, path


def as_nobody():
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


@pytest.mark.skipif(os.getuid() != 0, reason="needs a second user")
@pytest.mark.parametrize("arguments", LOOKING + CHANGING + MAKING)
def test_unreadable(listed, arguments):
    # A copy: the other user can't enter everybody's home directory.
    listed.path = shutil.copy(listed.path, listed.home / "suppressctl")
    said = listed.refused(FAILED, *arguments, preexec_fn=as_nobody)
    assert "Permission denied" in said
    assert "become root" in said


def lock(store):
    f = open(store / "lock", "rb")
    fcntl.flock(f, fcntl.LOCK_EX)
    return f


@pytest.mark.parametrize("arguments", LOOKING[:4])
def test_locked_does_not_hinder_looking(listed, arguments):
    with lock(listed.store):
        result = listed.run(*arguments)
    assert result.returncode in (YES, NO)
    assert result.stderr == b""


def test_locked_then_free(listed):
    with lock(listed.store):
        waiting = listed.start("add", "new@example.com")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
    waiting.communicate(timeout=60)
    assert waiting.returncode == YES
    assert "new@example.com" in listed.values()


def test_locked_for_long(listed):
    """Half a minute, then: try again."""
    with lock(listed.store):
        add = listed.start("add", "new@example.com")
        pipe = listed.start("ingest", "--pipe", DATA / "postfix-failed.eml")
        _, said = add.communicate(timeout=120)
        pipe.communicate(timeout=120)
    assert add.returncode == FAILED
    assert pipe.returncode == TEMPFAIL
    assert b"being written by another process" in said
    assert b"try again" in said
    assert "new@example.com" not in listed.values()


def test_many_at_once(ctl):
    started = [ctl.start("add", f"a{i}@example.com") for i in range(30)]
    for process in started:
        out, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (YES, b"")
        assert b"added" in out
    assert ctl.values() == sorted(f"a{i}@example.com" for i in range(30))
    row, = ctl.json("verify")
    assert (row["suppressed"], row["faults"]) == (30, 0)


def test_many_at_once_on_one_value(ctl):
    started = [ctl.start(op, "joe@example.com") for op in
               ["add", "remove", "check"] * 8]
    for process in started:
        process.communicate(timeout=120)
        assert process.returncode in (YES, NO, FAILED)
    assert ctl.json("verify")[0]["faults"] == 0


def test_killed_in_the_middle(ctl):
    ctl.done("add", "first@example.com")
    lines = "".join(f"a{i}@example.com\n" for i in range(5000))
    (ctl.home / "list").write_text(lines)
    process = ctl.start("add", "-f", str(ctl.home / "list"))
    process.kill()
    process.communicate()
    ctl.run("add", "last@example.com")
    values = set(ctl.values())
    assert {"first@example.com", "last@example.com"} <= values
    assert len(values) in (2, 5002)
    assert ctl.json("verify")[0]["faults"] == 0


def test_verify_and_rebuild(listed):
    row, = listed.json("verify")
    assert row == {"v": 1, "events": 4, "values": 4, "suppressed": 4,
                   "faults": 0}
    before = listed.json("list")
    assert listed.json("rebuild") == [{"v": 1, "events": 4}]
    assert listed.json("list") == before


def segment(store):
    return sorted((store / "journal").iterdir())[0]


def test_verify_finds_a_changed_line(listed):
    path = segment(listed.store)
    path.write_bytes(path.read_bytes().replace(b"anna@", b"emma@", 1))
    before = path.read_bytes()
    result = listed.run("verify")
    assert result.returncode in (NO, FAILED)
    assert b"segment 1, byte " in result.stderr
    assert path.read_bytes() == before
    said = listed.refused(FAILED, "add", "new@example.com")
    assert "verify" in said


def test_the_index_lost(listed):
    before = listed.json("list")
    shutil.rmtree(listed.store / "index")
    assert listed.status("verify") in (NO, FAILED)
    result = listed.run("--json", "list")
    assert result.returncode == YES
    assert b"built anew" in result.stderr
    assert listed.json("list") == before
    assert listed.status("check", "anna@example.com") == NO


def test_the_index_damaged(listed):
    before = listed.json("list")
    for shard in (listed.store / "index").glob("*.tdb"):
        shard.write_bytes(b"\xff" * 4096)
    assert listed.run("check", "anna@example.com").returncode in (NO, FAILED)
    listed.run("rebuild")
    assert listed.json("list") == before
    assert listed.json("verify")[0]["faults"] == 0


@pytest.mark.parametrize("damage", [lambda key: key.unlink(),
                                    lambda key: key.write_text("x\n"),
                                    lambda key: key.write_text("0" * 64
                                                               + "\n")])
def test_the_key_lost(listed, damage):
    damage(listed.store / "key")
    for arguments in LOOKING + CHANGING + MAKING:
        said = listed.refused(FAILED, *arguments)
        assert "backup" in said


def test_by_is_who_runs_it(ctl):
    ctl.done("add", "joe@example.com", env={**os.environ,
                                            "SUDO_USER": "alice"})
    by = ctl.json("list")[0]["by"]
    if os.getuid() == 0:
        assert by == "alice"
    else:
        assert by == pwd.getpwuid(os.getuid()).pw_name
