"""The configuration: a mistake is named by file, line and setting, and a
running daemon never takes a broken one."""
import pytest

from harness import mails

# A mistake, and the setting that the error must name, with its line in
# what follows the settings of harness/site.py.
MISTAKES = [
    ('no_such_thing = 1;\n', 1, "no_such_thing"),
    ('on_error = "perhaps";\n', 1, "on_error"),
    ('\n\ndebug = 5;\n', 3, "debug"),
    ('streams = ( { name = "a";\n  action = "explode"; } );\n', 2, "action"),
    ('streams = ( { login = [ "x" ]; } );\n', 1, "streams"),
    ('replies = { user = { code = 550;\n status = "4.7.1"; }; };\n',
     1, "replies.user"),
    ('on_error = "defer"\nlog debug\n', 2, ""),
]


@pytest.fixture
def broken(site):
    """broken(text) writes it; gives the line that it begins on."""
    def write(text):
        site.configure()
        with open(site.suppressd.conf_path, encoding="utf-8") as f:
            begins = f.read().count("\n")
        site.configure(text)
        return begins
    yield write
    site.configure()


@pytest.mark.parametrize("text, line, setting", MISTAKES)
def test_a_mistake_is_named(site, broken, text, line, setting):
    line += broken(text)
    result = site.suppressd.run("-t")
    assert result.returncode == 2
    assert f"{site.suppressd.conf_path}:{line}: " in result.stderr
    assert setting in result.stderr


def test_it_does_not_start_with_a_mistake(site, broken):
    broken("on_error = 1;\n")
    result = site.suppressd.run()
    assert result.returncode == 2
    assert "on_error" in result.stderr


def test_a_good_one_is_fine(site):
    result = site.suppressd.run("-t")
    assert result.returncode == 0, result.stderr


def test_a_missing_one(site):
    site.suppressd.conf_path += ".missing"
    try:
        result = site.suppressd.run("-t")
    finally:
        site.suppressd.conf_path = site.suppressd.conf_path[:-8]
    assert result.returncode == 2
    assert "suppressd.conf.missing" in result.stderr


def refusal(site, value):
    outcome = site.send("submission", "news@example.com", [value],
                        mails.plain("News"))
    return outcome.rcpt[value]


@pytest.mark.settings
def test_reload(site, listed):
    value = listed()
    site.reconfigure('replies = { user = { code = 551; status = "5.1.6"; '
                     'text = "moved away"; }; };')
    code, text = refusal(site, value)
    assert code == 551
    assert text.startswith("5.1.6 moved away")


@pytest.mark.settings
def test_a_broken_reload_keeps_the_old_one(site, listed, broken):
    value = listed()
    site.reconfigure('replies = { user = { text = "the old text"; }; };')
    broken("on_error = 1;\n")
    said = site.suppressd.reload()
    assert "on_error" in said
    assert f"{site.suppressd.conf_path}:" in said
    assert "the old text" in refusal(site, value)[1]
