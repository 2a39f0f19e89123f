"""The files of a source tree, without what is built."""
import fnmatch
import os

SKIPPED = {".git", "build", "build-aux", "autom4te.cache", "__pycache__"}
MADE = ("configure", "configure~", "config.*", "*.m4", "Makefile.in", "*~")


class Tree:
    def __init__(self, top, build):
        self.top = os.path.abspath(top)
        self.build = os.path.abspath(build)
        self.all = sorted(self._walk())

    def _walk(self):
        for where, folders, names in os.walk(self.top):
            folders[:] = [f for f in folders if not self._skipped(where, f)]
            for name in names:
                if not any(fnmatch.fnmatch(name, made) for made in MADE):
                    yield os.path.relpath(os.path.join(where, name),
                                          self.top)

    def _skipped(self, where, folder):
        path = os.path.join(where, folder)
        return (folder in SKIPPED or path == self.build
                or os.path.exists(os.path.join(path, "config.status"))
                or os.path.relpath(path, self.top) == "tests/lint/bad")

    def files(self, *patterns):
        """Names, relative to the top, that fit one of the patterns."""
        return [f for f in self.all
                if any(fnmatch.fnmatch(f, p) for p in patterns)]

    def sources(self):
        return self.files("*.c", "*.h", "*.cc")

    def path(self, name):
        return os.path.join(self.top, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def lines(self, name):
        return self.text(name).splitlines()

    def scripts(self):
        """Files that begin with #! and a shell."""
        for name in self.all:
            with open(self.path(name), "rb") as f:
                first = f.readline(80)
            if first.startswith(b"#!") and (b"bash" in first
                                            or b"/sh" in first):
                yield name
