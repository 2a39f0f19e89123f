"""ingest of Maildirs: --done, what a crash leaves, other file systems."""
import os
import pathlib
import random
import resource
import shutil
import subprocess
import time

import pytest

from program import DATA, USAGE, YES

BOUNCE = (DATA / "postfix-failed.eml").read_bytes()
COUNT = 1500  # more than one commit


def bounce(n):
    return BOUNCE.replace(b"bad1@", b"bad%d@" % n)


def address(n):
    return f"bad{n}@out.example.net"


def make(path, count):
    """Mails in new and cur; each third one about an address seen before."""
    for folder in ("new", "cur", "tmp"):
        (path / folder).mkdir(parents=True)
    for n in range(count):
        folder, flags = (("new", ""), ("cur", ":2,S"))[n % 2]
        name = f"{1700000000 + n}.M{n}.host{flags}"
        (path / folder / name).write_bytes(bounce(n - n % 3))
    return path


def inside(path):
    """All mails, by folder and name, with what is in them."""
    return {str(f.relative_to(path)): f.read_bytes()
            for folder in ("new", "cur") for f in (path / folder).iterdir()}


def history(ctl):
    """But for the times: they are those of the run."""
    return [{k: v for k, v in event.items() if k not in ("at", "since")}
            for event in ctl.json("history")]


@pytest.fixture(params=["here", "another file system"])
def archive(request, home):
    """Not there yet."""
    if request.param == "here":
        yield home / "done"
        return
    shm = pathlib.Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == home.stat().st_dev:
        pytest.skip("there is one file system only")
    path = shm / home.name
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_done(ctl, home, archive):
    box = make(home / "box", 6)
    before = inside(box)
    os.utime(box / "new/1700000000.M0.host", (1000, 1000))
    *rows, summary = ctl.json("ingest", "--believe", "--done", archive, box)
    assert len(rows) == 6
    assert summary["moved"] == 6
    assert inside(box) == {}
    assert inside(archive) == before
    assert os.listdir(archive / "tmp") == []
    assert (archive / "new/1700000000.M0.host").stat().st_mtime == 1000
    assert ctl.values() == [address(0), address(3)]
    summary, = ctl.json("ingest", "--believe", "--done", archive, box)
    assert (summary["mails"], summary["moved"]) == (0, 0)
    assert "6 moved" not in ctl.done("ingest", "--done", archive, box)


def test_without_done_nothing_is_altered(ctl, home):
    box = make(home / "box", 6)
    before = inside(box)
    ctl.done("ingest", "--believe", box)
    assert inside(box) == before
    assert sorted(os.listdir(box)) == ["cur", "new", "tmp"]


def test_done_below_the_maildir(ctl, home):
    """As Maildir++ has folders."""
    box = make(home / "box", 2)
    before = inside(box)
    ctl.done("ingest", "--done", box / ".Done", box)
    assert inside(box / ".Done") == before


def test_a_name_that_is_taken(ctl, home, archive):
    """No mail goes over another; the same mail is one."""
    box = make(home / "box", 4)
    names = sorted(inside(box))
    make(archive, 0)
    other = {names[0]: b"another\n", names[2]: b"", names[3]: bounce(0)}
    for name, text in other.items():
        (archive / name).write_bytes(text)
    want = {**other, names[1]: bounce(3)}
    want[f"{names[0].replace(':', '.1:')}"] = bounce(0)
    want[f"{names[2]}.1"] = bounce(0)
    assert [n[:3] for n in names] == ["cur", "cur", "new", "new"]
    ctl.done("ingest", "--done", archive, box)
    assert inside(box) == {}
    assert inside(archive) == want


def test_a_hard_link_is_one_mail(ctl, home):
    box = make(home / "box", 2)
    archive = make(home / "done", 0)
    before = inside(box)
    for name in before:
        os.link(box / name, archive / name)
    ctl.done("ingest", "--done", archive, box)
    assert inside(box) == {}
    assert inside(archive) == before


@pytest.mark.parametrize("operands", [[], ["-"], [DATA],
                                      [DATA / "plain.eml"], ["box", DATA]])
def test_done_wants_maildirs(ctl, home, operands):
    make(home / "box", 1)
    said = ctl.refused(USAGE, "ingest", "--done", home / "done",
                       *(home / o if o == "box" else o for o in operands))
    assert "--done" in said
    assert not (home / "done").exists()


def test_done_is_another_maildir(ctl, home):
    box = make(home / "box", 1)
    (home / "link").symlink_to(box)
    said = ctl.refused(USAGE, "ingest", "--done", home / "link", box)
    assert "its own mails" in said
    assert ctl.run("explain", "--done", home / "x", box).returncode == USAGE


def test_what_was_not_read_stays(ctl, home):
    ctl.configure("inbound = { report_max_bytes = 100000; };")
    box = make(home / "box", 2)
    before = inside(box)
    (box / "new/huge").write_bytes(b"x" * 100001)
    (box / "new/gone").symlink_to(home / "nowhere")
    *_, summary = ctl.json("ingest", "--done", home / "done", box)
    assert (summary["moved"], summary["too_large"]) == (2, 1)
    assert sorted(os.listdir(box / "new")) == ["gone", "huge"]
    assert inside(home / "done") == before


def test_what_was_not_kept_stays(ctl, home):
    """Else nobody would read it again, and nothing of it is on disk."""
    ctl.configure("review = { per_day = 1; };")
    box = make(home / "box", 6)
    *_, summary = ctl.json("ingest", "--done", home / "done", box)
    assert (summary["moved"], summary["not_kept"]) == (3, 3)
    assert len(inside(box)) == 3
    event, = ctl.json("history")
    ctl.done("ingest", "--believe", "--done", home / "done", box)
    assert inside(box) == {}
    assert ctl.json("list")[0]["value"] != event["value"]


def test_what_cannot_be_opened_stays(ctl, home):
    if os.geteuid() == 0:
        pytest.skip("root opens everything")
    box = make(home / "box", 2)
    (box / "new/secret").write_bytes(b"x")
    (box / "new/secret").chmod(0)
    result = ctl.run("ingest", "--done", home / "done", box)
    assert result.returncode == USAGE
    assert b"new/secret: Permission denied" in result.stderr
    assert os.listdir(box / "new") == ["secret"]


def test_a_mail_is_not_an_mbox_there(ctl, home):
    """One file is one mail, as it is moved."""
    box = make(home / "box", 0)
    line = b"From MAILER-DAEMON Wed Nov 25 13:37:55 2026\n"
    (box / "new/1").write_bytes(line + bounce(1) + b"\n" + line + bounce(2))
    row, _ = ctl.json("ingest", "--believe", "--done", home / "done", box)
    assert "message" not in row
    assert ctl.values() == [address(1)]


def test_done_fails(ctl, home):
    """Where it can't be moved, the run ends, and the next goes on."""
    box = make(home / "box", 3)
    (home / "done").mkdir()
    (home / "done/new").write_bytes(b"no directory\n")
    assert ctl.status("ingest", "--done", home / "done", box) != YES
    assert len(inside(box)) == 3


def test_nothing_moves_before_it_is_durable(ctl, home, archive):
    """The journal can't grow: a full disk."""
    box = make(home / "box", COUNT)
    before = inside(box)
    ctl.done("add", "joe@example.com")
    with ctl.start("ingest", "--believe", "--done", archive, box,
                   preexec_fn=lambda: resource.setrlimit(
                       resource.RLIMIT_FSIZE, (20000, 20000))) as process:
        process.communicate()
    assert process.returncode != YES
    assert inside(box) == before
    assert inside(archive) == {}


def test_killed_at_any_point(ctl, home, archive):
    """Nothing is lost, nothing is told twice: the journal is that of one
    run that went through."""
    box = make(home / "box", COUNT)
    before = inside(box)
    shutil.copytree(box, home / "copy")
    began = time.monotonic()
    ctl.done("ingest", "--believe", home / "copy")
    took = time.monotonic() - began
    want = history(ctl)
    shutil.rmtree(ctl.store)

    rng = random.Random(1)
    kills = 0
    for _ in range(12):
        with ctl.start("--csv", "ingest", "--believe", "--done", archive,
                       box) as process:
            try:
                process.communicate(timeout=rng.uniform(0.01, took))
            except subprocess.TimeoutExpired:
                kills += 1
                process.kill()
        left = {**inside(archive), **inside(box)} if archive.exists() else {}
        assert not left or left == before
    assert kills > 0
    ctl.run("ingest", "--believe", "--done", archive, box)
    assert inside(box) == {}
    assert inside(archive) == before
    assert history(ctl) == want
    assert ctl.status("verify") == YES


def test_killed_and_not_moved(ctl, home):
    """The worst point: all is durable and no mail has moved."""
    box = make(home / "box", 100)
    ctl.done("ingest", "--believe", box)
    want = history(ctl)
    *rows, summary = ctl.json("ingest", "--believe", "--done", home / "done",
                              box)
    assert not any(r["changed"] for row in rows for r in row["recipients"])
    assert (summary["suppressed"], summary["moved"]) == (0, 100)
    assert history(ctl) == want


def test_killed_between_copy_and_removal(ctl, home, archive):
    box = make(home / "box", 4)
    before = inside(box)
    make(archive, 0)
    for name in before:
        shutil.copy(box / name, archive / name)
    (archive / "tmp/suppressctl.1").write_bytes(b"half a m")
    ctl.done("ingest", "--done", archive, box)
    assert inside(box) == {}
    assert inside(archive) == before
