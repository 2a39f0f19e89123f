"""The command line: commands, options, help, exit statuses."""
import re
import subprocess

import pytest

from program import DATA, FAILED, NO, USAGE, YES

COMMANDS = ["add", "remove", "check", "show", "list", "history", "contact",
            "ingest", "explain", "review", "import", "imports", "export",
            "undo",
            "stats", "queue", "verify", "rebuild", "backup", "restore",
            "erase", "privacy", "key", "token", "doctor", "postfix"]


def test_help_lists_every_command(ctl):
    text = ctl.done("--help")
    assert re.findall(r"^  ([a-z]+) ", text, re.MULTILINE) == COMMANDS
    assert ctl.done("-h") == text


def test_version(ctl):
    assert re.fullmatch(r"suppressctl \d+\.\d+.*\n", ctl.done("--version"))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(ctl, command):
    text = ctl.done(command, "--help")
    assert text.startswith("usage: suppressctl ")
    assert command in text.splitlines()[0]
    assert ctl.done(command, "-h") == text
    assert not ctl.store.exists()


def options_of(text):
    """The long options of a --help: the command's own, those of all."""
    parts = text.split("\n\n")
    blocks = [re.findall(r"^  (?:-\w, |    )--([a-z-]+)", part, re.MULTILINE)
              for part in parts]
    blocks = [block for block in blocks if block]
    return (blocks[0] if len(blocks) > 1 else []), blocks[-1]


def manual_options(text):
    return {name for line in re.findall(r"^\.It .*", text, re.MULTILINE)
            for name in re.findall(r"Fl Fl ([a-z-]+)", line)}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_manual_has_just_these_options(ctl, command):
    page = (DATA.parent.parent / "man/suppressctl.1").read_text()
    entry = re.search(rf"^\.It Cm {command}\b.*?(?=^\.It Cm |^\.Sh )", page,
                      re.MULTILINE | re.DOTALL)[0]
    own, common = options_of(ctl.done(command, "--help"))
    assert manual_options(entry) == set(own)
    assert manual_options(page[:page.index(".Ss Values")]) == set(common)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_manual_has_an_example(command):
    page = (DATA.parent.parent / "man/suppressctl.1").read_text()
    examples = page[page.index(".Sh EXAMPLES"):]
    assert re.search(rf"suppressctl {command}\b", examples)


@pytest.mark.parametrize("arguments, said", [
    (["frob"], "'frob' is no command"),
    (["Add", "joe@example.com"], "'Add' is no command"),
    (["add", "--frob", "joe@example.com"], "'--frob' is no option"),
    (["add", "-z", "joe@example.com"], "'-z' is no option"),
    (["add", "-zq", "joe@example.com"], "'-z' is no option"),
    (["list", "--force"], "'--force' is no option"),
    (["add", "joe@example.com", "--why"], "'--why' wants a value"),
    (["add", "-f"], "'-f' wants a value"),
    (["add", "--partial=yes", "joe@example.com"], "--partial"),
    (["add", "--source", "spam", "joe@example.com"],
     "--source: 'spam' is none of user, api, lead, bounced or abuse"),
    (["list", "--kind", "fax"], "--kind: 'fax' is none of"),
    (["add", "--expires", "soon", "joe@example.com"], "--expires: 'soon'"),
    (["add", "--expires", "0d", "joe@example.com"], "--expires: '0d'"),
    (["add", "--expires", "-1d", "joe@example.com"], "--expires: '-1d'"),
    (["list", "--since", "yesterday"], "--since: 'yesterday' is no time"),
    (["list", "--until", "2026-02-30"], "--until: '2026-02-30' is no time"),
    (["list", "--limit", "0"], "--limit: '0'"),
    (["list", "--limit", "many"], "--limit: 'many'"),
    (["list", "--sort", "colour"], "--sort: 'colour' is none of"),
    (["add", "--stream", "s" * 200, "joe@example.com"], "--stream: "),
    (["add", "--why", "w" * 2000, "joe@example.com"], "--why: "),
    (["add", "--why", "", "joe@example.com"], "--why: "),
    (["add", "--why", b"\xff\xfe", "joe@example.com"], "--why: "),
    (["add", "--stream", b"\xff", "joe@example.com"], "--stream: "),
    (["add"], "no values"),
    (["remove"], "no values"),
    (["check"], "no values"),
    (["show"], "usage"),
    (["show", "joe@example.com", "ann@example.com"], "usage"),
    (["list", "joe@example.com"], "usage"),
    (["verify", "all"], "usage"),
    (["postfix", "--apply", "--revert"], "--apply and --revert"),
    (["remove", "--force", "joe@example.com"], "--force wants --why"),
    (["--frob", "list"], "'--frob' is no option"),
    (["-z", "list"], "'-z' is no option"),
    ([], "usage"),
    (["--store", "", "list"], "--store"),
    (["--store", "x" * 5000, "list"], "--store"),
])
def test_wrong_usage(ctl, arguments, said):
    result = ctl.run(*arguments)
    assert result.returncode == USAGE
    assert said in result.stderr.decode()
    assert result.stdout == b""
    assert not ctl.store.exists()


def test_errors_escape_what_they_quote(ctl):
    for arguments in (["\x1b[31mx"], ["add", "--\x1b[31mx"],
                      ["add", "\x1b[31mx@example.com"],
                      ["--\x1b[31mx", "list"],
                      ["list", "--kind", "\x1b[31m"],
                      ["check", "-f", "/nowhere/\x1b[31m"]):
        result = ctl.run(*arguments)
        assert result.returncode == USAGE
        assert b"\x1b" not in result.stderr
        assert rb"\x1b[31m" in result.stderr


def test_a_value_may_begin_with_a_dash(ctl):
    ctl.done("add", "--", "-joe@example.com")
    assert ctl.values() == ["-joe@example.com"]


def test_options_may_come_last(ctl):
    ctl.done("add", "joe@example.com", "--source", "api")
    assert ctl.json("list")[0]["source"] == "api"


def test_global_options_may_follow_the_command(ctl):
    ctl.done("add", "joe@example.com")
    before = ctl.run("--json", "list").stdout
    assert ctl.run("list", "--json").stdout == before
    assert ctl.run("list", "--csv").stdout.startswith(b"type,value,")
    other = ctl.home / "other"
    assert ctl.status("list", "--store", other) == FAILED
    assert ctl.status("add", "ann@example.com", "--store", other) == YES
    assert ctl.values() == ["joe@example.com"]
    assert ctl.status("list", "-c", "/nowhere/conf") == USAGE


def test_broken_configuration_names_the_line(ctl):
    ctl.configure('store = "/tmp/x";\nno_such = 1;\n')
    said = ctl.refused(USAGE, "list")
    assert f"{ctl.conf}:2: " in said and "no_such" in said


def test_missing_configuration(ctl):
    said = ctl.refused(USAGE, "-c", ctl.home / "nothing", "list")
    assert "nothing: No such file" in said


def test_the_store_of_the_configuration(ctl, home):
    ctl.configure(f'store = "{home}/configured";\n')
    command = [ctl.path, "-c", str(ctl.conf), "add", "joe@example.com"]
    assert subprocess.run(command, check=False,
                          capture_output=True).returncode == YES
    assert (home / "configured/journal").is_dir()


def test_answer_no_is_not_an_error(ctl):
    ctl.done("add", "joe@example.com")
    result = ctl.run("check", "joe@example.com")
    assert result.returncode == NO
    assert result.stderr == b""
