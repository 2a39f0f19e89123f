"""postfix: what it prints, sets and puts back, by a real postconf."""
import os
import shutil

import pytest

from postfix_dir import PostfixDir
from program import FAILED, USAGE

pytestmark = pytest.mark.skipif(
    not shutil.which("postconf", path="/usr/sbin:/usr/bin"),
    reason="Postfix is not installed")

MILTER = ("{ unix:suppress/milter.sock, connect_timeout=5s, "
          "command_timeout=10s, content_timeout=60s, "
          "default_action=tempfail }")


@pytest.fixture
def site(home, ctl):
    site = PostfixDir(home)
    ctl.configure(f'socket = "unix:{site.queue}/suppress/milter.sock";\n'
                  'inbound = { bounces = ["@bounces.example.com"]; };\n')
    return site


def postfix(ctl, site, *arguments):
    text = ctl.done("postfix", "--postfix-config", site.path, *arguments)
    site.cool()
    return text


def test_prints_and_changes_nothing(ctl, site):
    before = site.content()
    lines = postfix(ctl, site).splitlines()
    for line in (
            f"suppressd_milter = {MILTER}",
            "smtpd_milters = $suppressd_milter, inet:127.0.0.1:8891, "
            "inet:127.0.0.1:8892",
            "non_smtpd_milters = $smtpd_milters  # set already",
            "internal_mail_filter_classes = notify, bounce",
            "cleanup-local unix n - y - 0 cleanup "
            "-o milter_macro_daemon_name=LOCAL",
            "cleanup-bounce unix n - y - 0 cleanup "
            "-o milter_macro_daemon_name=BOUNCE",
            "    -o milter_macro_daemon_name=ORIGINATING",
            "    -o smtpd_hard_error_limit=1001",
            "    -o cleanup_service_name=cleanup-local",
            "    -o cleanup_service_name=cleanup-bounce",
            "#relay_domains = ..., bounces.example.com"):
        assert line in lines
    assert site.content() == before
    assert site.names() == ["main.cf", "master.cf"]


def test_json(ctl, site):
    rows = ctl.json("postfix", "--postfix-config", site.path)
    assert {tuple(r) for r in rows} == {
        ("v", "place", "name", "want", "have", "right")}
    row, = [r for r in rows if r["name"] == "internal_mail_filter_classes"]
    assert row == {"v": 1, "place": "main", "right": False,
                   "name": "internal_mail_filter_classes",
                   "want": "notify, bounce", "have": "notify"}


def test_apply(ctl, site):
    assert "now run: postfix reload" in postfix(ctl, site, "--apply")
    assert site.postconf("-h", "suppressd_milter") == MILTER
    assert (site.postconf("-h", "smtpd_milters")
            == "$suppressd_milter, inet:127.0.0.1:8891, inet:127.0.0.1:8892")
    # Ours comes with $smtpd_milters: not twice.
    assert site.postconf("-hx", "non_smtpd_milters").count("suppress/") == 1
    assert site.postconf("-h", "internal_mail_filter_classes").split(
        ", ") == ["notify", "bounce"]
    options = site.postconf("-P").splitlines()
    for service, name in (("pickup", "local"), ("bounce", "bounce"),
                          ("defer", "bounce"), ("trace", "bounce")):
        assert (f"{service}/unix/cleanup_service_name = cleanup-{name}"
                in options)
    for name in ("local", "bounce"):
        assert (f"cleanup-{name}/unix/milter_macro_daemon_name = "
                f"{name.upper()}" in options)
    assert "submission/inet/syslog_name = postfix/submission" in options
    assert "submission/inet/smtpd_soft_error_limit = 1001" in options
    own, = [o for o in options if o.startswith("submission/inet/smtpd_mil")]
    assert own.split(" = ")[1].startswith("$suppressd_milter,{inet:127.0.0.1")


def test_apply_twice_is_apply_once(ctl, site):
    postfix(ctl, site, "--apply")
    once, names = site.content(), site.names()
    assert postfix(ctl, site, "--apply") == "All is set already.\n"
    assert (site.content(), site.names()) == (once, names)
    assert all(r["right"] for r in ctl.json("postfix", "--postfix-config",
                                            site.path))


def test_apply_tells_scripts_what_it_set(ctl, site):
    rows = ctl.json("postfix", "--apply", "--postfix-config", site.path)
    assert "smtpd_milters" in [r["name"] for r in rows]
    assert "non_smtpd_milters" not in [r["name"] for r in rows]
    assert ctl.json("postfix", "--apply", "--postfix-config",
                    site.path) == []


def test_revert_is_byte_for_byte(ctl, site):
    before = site.content()
    site.main.chmod(0o640)
    postfix(ctl, site, "--apply")
    assert site.content() != before
    assert "put back" in postfix(ctl, site, "--revert")
    assert site.content() == before
    assert site.main.stat().st_mode & 0o777 == 0o640
    assert site.names() == ["main.cf", "master.cf"]


def test_revert_after_two_different_applies(ctl, site):
    """The second one's settings are others: the first state comes back."""
    before = site.content()
    postfix(ctl, site, "--apply")
    ctl.configure('socket = "inet:8890@127.0.0.1";\n')
    postfix(ctl, site, "--apply")
    assert "inet:127.0.0.1:8890" in site.postconf("-h", "suppressd_milter")
    postfix(ctl, site, "--revert")
    assert site.content() == before


def test_revert_keeps_what_somebody_edited_since(ctl, site):
    before = site.content()
    postfix(ctl, site, "--apply")
    with open(site.main, "a", encoding="ascii") as f:
        f.write("# mine\nmessage_size_limit = 1234567\n")
    site.cool()
    assert "edited since" in postfix(ctl, site, "--revert")
    assert site.master.read_bytes() == before[1]
    assert "# mine\n" in site.main.read_text()
    assert site.postconf("-h", "message_size_limit") == "1234567"
    assert (site.postconf("-h", "smtpd_milters")
            == "inet:127.0.0.1:8891, inet:127.0.0.1:8892")
    assert "suppressd" not in site.main.read_text()
    assert site.names() == ["main.cf", "master.cf"]


def test_an_edit_between_two_applies_is_kept(ctl, site):
    postfix(ctl, site, "--apply")
    with open(site.main, "a", encoding="ascii") as f:
        f.write("# mine\n")
    site.cool()
    ctl.configure('socket = "inet:8890@127.0.0.1";\n')
    postfix(ctl, site, "--apply")
    postfix(ctl, site, "--revert")
    assert "# mine\n" in site.main.read_text()
    assert "suppressd" not in site.main.read_text()


def test_revert_of_nothing(ctl, site):
    before = site.content()
    said = ctl.refused(USAGE, "postfix", "--revert", "--postfix-config",
                       site.path)
    assert "nothing was applied" in said
    assert site.content() == before


def test_revert_then_apply_again(ctl, site):
    postfix(ctl, site, "--apply")
    applied = site.content()
    postfix(ctl, site, "--revert")
    postfix(ctl, site, "--apply")
    assert site.content() == applied


def test_what_the_site_chose_stays(ctl, site):
    """Our milter with other times, our name first by hand."""
    with open(site.main, "a", encoding="ascii") as f:
        f.write("suppressd_milter = { unix:suppress/milter.sock, "
                "command_timeout=3s, default_action=reject }\n"
                "smtpd_milters = $suppressd_milter inet:127.0.0.1:8891\n")
    rows = {r["name"]: r for r in ctl.json("postfix", "--postfix-config",
                                           site.path)}
    assert rows["suppressd_milter"]["right"]
    assert rows["smtpd_milters"]["right"]


@pytest.mark.parametrize("have, want", [
    ("", "$suppressd_milter"),
    ("inet:a:1", "$suppressd_milter, inet:a:1"),
    ("inet:a:1, $suppressd_milter", "$suppressd_milter, inet:a:1"),
    ("inet:a:1 ${suppressd_milter} inet:b:2",
     "$suppressd_milter, inet:a:1, inet:b:2"),
    ("unix:suppress/milter.sock, inet:a:1", "$suppressd_milter, inet:a:1"),
    ("{ unix:suppress/milter.sock, default_action = accept }",
     "$suppressd_milter"),
    ("{ inet:a:1, connect_timeout=1s }, $suppressd_milter_not",
     "$suppressd_milter, { inet:a:1, connect_timeout=1s }, "
     "$suppressd_milter_not"),
    ("$suppressd_milter", "$suppressd_milter"),
])
def test_ours_comes_first_and_once(ctl, site, have, want):
    with open(site.main, "a", encoding="ascii") as f:
        f.write(f"smtpd_milters = {have}\n")
    site.cool()
    postfix(ctl, site, "--apply")
    assert site.postconf("-h", "smtpd_milters") == want


@pytest.mark.parametrize("socket, milter", [
    ("inet:8890@127.0.0.1", "inet:127.0.0.1:8890"),
    ("inet:8890", "inet:localhost:8890"),
    ("inet6:8890@::1", "inet:[::1]:8890"),
    ("unix:/run/suppressd/milter.sock", "unix:/run/suppressd/milter.sock"),
])
def test_sockets(ctl, site, socket, milter):
    ctl.configure(f'socket = "{socket}";\n')
    row, = [r for r in ctl.json("postfix", "--postfix-config", site.path)
            if r["name"] == "suppressd_milter"]
    assert row["want"].startswith(f"{{ {milter}, ")


def test_no_postfix_there(ctl, home):
    said = ctl.refused(FAILED, "postfix", "--postfix-config", home / "none")
    assert "none/main.cf: No such file" in said


def test_no_postconf(ctl, site):
    said = ctl.refused(FAILED, "postfix", "--postfix-config", site.path,
                       env={**os.environ, "PATH": "/nowhere:/usr/sbin/no"})
    assert "cannot run postconf" in said


def test_a_service_that_is_missing(ctl, site):
    site.master.write_text("smtp inet n - y - - smtpd\n")
    said = ctl.refused(USAGE, "postfix", "--apply", "--postfix-config",
                       site.path)
    assert "cleanup" in said
    assert site.names() == ["main.cf", "master.cf"]


def test_an_apply_that_fails_leaves_all_as_it_was(ctl, site):
    """postconf can't write the second file."""
    before = site.content()
    (site.path / "master.cf.tmp").mkdir()
    said = ctl.refused(FAILED, "postfix", "--apply", "--postfix-config",
                       site.path)
    assert "nothing was changed" in said
    assert site.content() == before
