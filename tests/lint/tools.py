"""The checks that a program makes; they yield what it says."""
import os
import re
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def output(tree, *command):
    """Lines that a program prints, with both of its outputs."""
    done = subprocess.run(command, cwd=tree.top, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)
    return done.returncode, done.stdout.splitlines()


def clang_format(tree):
    """The layout is clang-format's; mend: clang-format -i FILE."""
    style = os.path.join(HERE, "../../.clang-format")
    names = tree.sources()
    if not names:
        return
    _, lines = output(tree, "clang-format", f"-style=file:{style}",
                      "--dry-run", *names)
    for line in lines:
        if re.search(r": (warning|error): ", line):
            yield line


def cppcheck(tree):
    """cppcheck; what it gets wrong is in tests/lint/cppcheck.supp."""
    names = tree.files("*.c")
    if not names:
        return
    _, lines = output(
        tree, "cppcheck", "--quiet", "-j2", "--std=c11", "-D_GNU_SOURCE",
        "-DHAVE_SYSTEMD=1", "-I.", "--enable=warning,portability,performance",
        "--inline-suppr", "--template={file}:{line}: {id}: {message}",
        f"--suppressions-list={HERE}/cppcheck.supp", *names)
    yield from lines


def shellcheck(tree):
    """Shell scripts; mend what shellcheck's page on the number says."""
    names = list(tree.scripts())
    if names:
        yield from output(tree, "shellcheck", "-f", "gcc", *names)[1]


def python_syntax(tree):
    """Python is read by the compiler."""
    for name in tree.files("*.py"):
        try:
            compile(tree.text(name), name, "exec")
        except SyntaxError as error:
            yield f"{name}:{error.lineno}: {error.msg}"


def mandoc(tree):
    """Manual pages are valid mdoc."""
    for name in tree.files("man/*.[1-9]"):
        for line in output(tree, "mandoc", "-T", "lint", "-W", "warning",
                           name)[1]:
            # Other pages of ours are not installed here.
            if "referenced manual not found" not in line:
                yield line.replace("mandoc: ", "")


def units(tree):
    """systemd takes the units (systemd-analyze verify)."""
    names = tree.files("systemd/*.service", "systemd/*.service.in",
                       "systemd/*.socket")
    if not names:
        return
    with tempfile.TemporaryDirectory() as where:
        copies = [unit_copy(tree, name, where) for name in names]
        status, lines = output(tree, "systemd-analyze", "verify", "--man=no",
                               *copies)
        for line in lines:
            if status != 0 or where in line:
                yield line.replace(where + "/", "systemd/")


def unit_copy(tree, name, where):
    """The unit, or a file beside it, as installed, with programs that exist
    here."""
    to = os.path.join(where, os.path.basename(name).removesuffix(".in"))
    true = shutil.which("true")
    text = re.sub(r"(@sbindir@|/usr/sbin)/suppress[\w-]+", true,
                  tree.text(name))
    with open(to, "w", encoding="utf-8") as f:
        f.write(re.sub(r"@\w+@", "/usr", text))
    return to


# Of 10; what the design promises.
EXPOSURE = 2.0


def unit_security(tree):
    """A service is locked up: systemd-analyze security --offline=true."""
    for name in tree.files("systemd/*.service", "systemd/*.service.in"):
        with tempfile.TemporaryDirectory() as where:
            _, lines = output(tree, "systemd-analyze", "security",
                              "--offline=true", "--no-pager",
                              unit_copy(tree, name, where))
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)",
                          "\n".join(lines))
        if not found:
            yield f"{name}:1: not measured:\n" + "\n".join(lines)
        elif float(found[1]) > EXPOSURE:
            yield (f"{name}:1: exposure {found[1]}, at most {EXPOSURE}: "
                   "lock up what that command shows")


SYSUSERS = ("systemd/*.sysusers.conf", "systemd/*.sysusers.conf.in")
TMPFILES = ("systemd/*.tmpfiles.conf", "systemd/*.tmpfiles.conf.in")


def sysusers(tree):
    """systemd-sysusers takes the users."""
    for name in tree.files(*SYSUSERS):
        with tempfile.TemporaryDirectory() as where:
            status, lines = output(tree, "systemd-sysusers", "--dry-run",
                                   f"--root={where}",
                                   unit_copy(tree, name, where))
        if status != 0:
            yield f"{name}: " + "\n".join(lines)


def tmpfiles(tree):
    """systemd-tmpfiles takes the directories; their owners are users of
    ours and Postfix."""
    for name in tree.files(*TMPFILES):
        with tempfile.TemporaryDirectory() as where:
            make_users(tree, where)
            status, lines = output(tree, "systemd-tmpfiles", "--create",
                                   f"--root={where}",
                                   unit_copy(tree, name, where))
        # Only root can give directories away.
        if status != 0 and (status != os.EX_CANTCREAT or os.getuid() == 0):
            yield f"{name}: " + "\n".join(lines)


def make_users(tree, root):
    """A root directory whose /etc has the users of the tree, and Postfix's."""
    os.mkdir(f"{root}/etc")
    for name in tree.files(*SYSUSERS):
        output(tree, "systemd-sysusers", f"--root={root}",
               unit_copy(tree, name, root))
    with open(f"{root}/etc/group", "a", encoding="utf-8") as f:
        f.write("postfix:x:64000:\n")


CHECKS = [clang_format, cppcheck, shellcheck, python_syntax, mandoc, units,
          unit_security, sysusers, tmpfiles]
