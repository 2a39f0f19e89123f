"""What the shells complete is what the program takes."""
import os
import re
import subprocess

import pytest

from program import DATA, USAGE
from test_usage import COMMANDS, options_of

FILES = DATA.parent.parent / "completions"

# The words that are completed, before them what stands on the line.
BASH = """
source "$1"; shift
COMP_WORDS=(suppressctl "$@"); COMP_CWORD=$#
_suppressctl
printf '%s\\n' "${COMPREPLY[@]}"
"""
# The builtins of completion are not there in a script: these tell instead.
ZSH = """
file=$1; shift
compadd() { print -l -- ${(P)2} }
_describe() { for w in ${(P)2}; do print -- ${w%%:*}; done }
_files() { print -- "files $*" }
words=(suppressctl "$@"); CURRENT=$(( $# + 1 ))
complete_it() { source $file }
complete_it
"""


@pytest.fixture(params=["bash", "zsh"])
def complete(request, ctl):
    """complete("list", "--k") gives the words that the shell offers."""
    shell = request.param
    script, path = {"bash": (BASH, FILES / "suppressctl.bash"),
                    "zsh": (ZSH, FILES / "_suppressctl")}[shell]
    bare = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"]}[shell]
    environment = {**os.environ, "PATH": os.pathsep.join(
        [os.path.dirname(ctl.path), os.environ["PATH"]])}

    def words(*line):
        done = subprocess.run([shell, *bare, "-c", script, shell, str(path),
                               *line], capture_output=True, check=True,
                              env=environment, encoding="utf-8", timeout=60,
                              cwd=ctl.home)
        assert done.stderr == ""
        return [w for w in done.stdout.splitlines() if w.startswith(line[-1])]
    return words


def test_commands(complete):
    assert complete("") == COMMANDS
    assert complete("--store", "/tmp", "--json", "") == COMMANDS
    assert set(complete("re")) == {c for c in COMMANDS if c.startswith("re")}


def test_options_of_each_command(complete, ctl):
    for command in COMMANDS:
        own, common = options_of(ctl.done(command, "--help"))
        assert set(complete(command, "--")) == {
            f"--{name}" for name in [*own, *common]}, command


def test_options_before_a_command(complete):
    assert "--store" in complete("--")
    assert "--kind" not in complete("--")


@pytest.mark.parametrize("option", ["kind", "source", "expiry", "sort"])
def test_words_of_an_option(complete, listed, option):
    """All that it takes: the error for another one lists them."""
    said = listed.refused(USAGE, "list", f"--{option}", "x")
    taken = re.findall(r"[a-z]+", said.split("is none of ")[1])
    words = complete("list", f"--{option}", "")
    assert {w.lstrip("-") for w in words} == set(taken) - {"or"}


def test_words_of_other_options(complete, listed):
    for command, option in [("history", "type"), ("review", "state")]:
        words = complete(command, f"--{option}", "")
        assert len(words) == 2
        operand = ["list"] if command == "review" else []
        for word in words:
            listed.done(command, *operand, f"--{option}", word)


def test_words_of_a_command(complete, ctl):
    assert complete("review", "") == ["list", "accept", "reject"]
    assert complete("key", "") == ["new", "list", "retire"]
    assert complete("key", "r") == ["retire"]
    assert complete("privacy", "") == ["hashed"]
