"""The checks that need no program: each yields "FILE:LINE: what, mend"."""
import re

# A folder may include itself and these.
LAYERS = {
    "base": [],
    "conf": ["base"],
    "db": ["base"],
    "message": ["base"],
    "policy": ["base", "conf", "db", "message"],
    "milter": ["base", "conf", "db", "message", "policy"],
    "ctl": ["base", "conf", "db", "message", "policy"],
    "web": ["base", "conf", "db", "message", "policy"],
}

# A foreign library's headers, and who may see them.
FOREIGN = [
    (r"gmime/", ["message/mime.c", "tests/bench/parse/bare_gmime.c"]),
    (r"tdb\.h", ["db/table.c", "tests/bench/store/bench_store.c"]),
    (r"libconfig\.h", ["conf/conf.c"]),
    (r"pcre2", ["base/match.c"]),
    (r"sodium", ["base/hash.c"]),
    (r"idn2\.h", ["base/domain.c"]),
    (r"uni(case|norm|str|types|conv)\.h", ["base/addr.c"]),
    (r"spf2/", ["policy/spf_child.c"]),
    (r"phonenumbers/", ["base/phone_lib.cc"]),
    (r"libmilter/",
     ["milter/main.c", "milter/callbacks.c", "milter/callbacks.h",
      "tests/bench/milter/null_milter.c"]),
    (r"systemd/", ["base/notify.c"]),
    (r"microhttpd\.h", ["web/server.c"]),
    (r"curl/", ["web/post.c"]),
    (r"check\.h", ["tests/unit/unit.h"]),
]

BANNED = {
    "atoi": "span_number() or strtoll()",
    "strcpy": "span_copy()",
    "strcat": "struct buf",
    "sprintf": "snprintf() or buf_addf()",
    "vsprintf": "vsnprintf()",
    "strtok": "span_cut()",
    "localtime": "gmtime_r(): times are UTC",
    "alloca": "mem_new()",
    "gets": "getline()",
}

SOURCE_LINES = 400
TEST_LINES = 600
FUNCTION_LINES = 60
NESTING = 3

INCLUDE = re.compile(r'#include\s+([<"])([^>"]+)[>"]')


def includes(tree, name):
    for number, line in enumerate(tree.lines(name), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] == "<", found[2]


def without_comments(text):
    """The code, each comment and text replaced by as many line ends."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda m: "\n" * m[0].count("\n"), text,
                  flags=re.DOTALL)


def layers(tree):
    """A file includes its own folder and those to its left."""
    for name in tree.sources():
        folder = name.split("/")[0]
        for line, system, header in includes(tree, name):
            if system or header == "config.h":
                continue
            where = f"{name}:{line}: "
            if "/" not in header:
                yield where + f'"{header}": name its folder'
            elif folder in LAYERS:
                to = header.split("/")[0]
                if to != folder and to not in LAYERS[folder]:
                    yield (where + f"{folder}/ must not see {to}/: move "
                           "what you need to the left, or pass it in")


def own_header_first(tree):
    """Own header first: it proves that the header stands alone."""
    for name in tree.files("*.c"):
        own = name[:-2] + ".h"
        first = next(includes(tree, name), None)
        stem = name[:-2]  # "db/journal_impl.h" will do for db/journal.c
        if own in tree.all and (first is None
                                or not first[2].startswith(stem)):
            yield f'{name}:1: include "{own}" before anything else'


def foreign(tree):
    """One file for each foreign library."""
    for name in tree.sources():
        for line, system, header in includes(tree, name):
            for pattern, owners in FOREIGN:
                if (system and re.match(pattern, header)
                        and name not in owners):
                    yield (f"{name}:{line}: <{header}> belongs to "
                           f"{' '.join(owners)}: call what that offers")


def banned(tree):
    """Functions that the coding guide forbids."""
    pattern = re.compile(r"\b(%s)\s*\(" % "|".join(BANNED))
    for name in tree.sources():
        lines = without_comments(tree.text(name)).split("\n")
        for number, line in enumerate(lines, 1):
            for found in pattern.finditer(line):
                yield (f"{name}:{number}: {found[1]}() is not used here: "
                       f"{BANNED[found[1]]}")


def unfinished(tree):
    """Unfinished work belongs on the list of issues."""
    # The words are put together, or this line would be found.
    pattern = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    for name in tree.sources() + tree.files("*.py", "*.am", "*.ac", "*.md"):
        for number, line in enumerate(tree.lines(name), 1):
            if pattern.search(line):
                yield f"{name}:{number}: finish it or take it out"


def file_size(tree):
    """A file has one idea: at most 400 lines, a test 600."""
    for name in tree.sources():
        most = TEST_LINES if name.startswith("tests/") else SOURCE_LINES
        n = len(tree.lines(name))
        if n > most:
            yield f"{name}:{n}: more than {most} lines: divide it"


def functions(tree, name):
    """(first line, lines of its body) of each function."""
    begin, body = 0, []
    for number, line in enumerate(tree.lines(name), 1):
        if line == "{":
            begin, body = number, []
        elif line == "}" and begin:
            yield begin, body
            begin = 0
        elif begin:
            body.append(line)


def function_size(tree):
    """A function fits a screen: at most 60 lines."""
    for name in tree.sources():
        for line, body in functions(tree, name):
            if len(body) > FUNCTION_LINES:
                yield (f"{name}:{line}: {len(body)} lines, at most "
                       f"{FUNCTION_LINES}: give its parts names")


def nesting(tree):
    """Nesting stops at three."""
    deep = re.compile(r"\t{%d,}(if|for|while|do|switch)\b" % (NESTING + 1))
    for name in tree.sources():
        for first, body in functions(tree, name):
            for offset, line in enumerate(body, 1):
                if deep.match(line):
                    yield (f"{name}:{first + offset}: nested deeper than "
                           f"{NESTING}: return early or name the inner part")


# A table in the source, and the manual that has an entry for each row.
MANUALS = [
    ("ctl/commands.c", r'^\t\{ "([a-z]+)",', "man/suppressctl.1"),
    ("conf/rows.c", r'^\t\{ "[a-z]*", "([a-z_]+)",', "man/suppressd.conf.5"),
]


def manual(tree):
    """Each command and setting has its entry in the manual."""
    for table, row, page in MANUALS:
        if table not in tree.all:
            continue
        if page not in tree.all:
            yield f"{page}:1: not there, and {table} has rows"
            continue
        text = tree.text(page)
        for name in re.findall(row, tree.text(table), re.MULTILINE):
            entry = r"^\.It (Cm|Va|Ic|Sy) %s\b" % re.escape(name)
            if not re.search(entry, text, re.MULTILINE):
                yield (f"{page}:1: no \".It Cm {name}\", and {table} has "
                       "that row")


# Pages with a table that says in its last column which tests show a row.
PROMISES = ["SECURITY.md", "doc/list.md"]


def promises(tree):
    """Each test that a table of what we promise names is there."""
    tests = "\n".join(tree.text(n) for n in tree.files("tests/*.c",
                                                       "tests/*.py"))
    there = set(re.findall(r"(?:^def |^START_TEST\()(\w+)", tests,
                           re.MULTILINE))
    for page in PROMISES:
        if page not in tree.all:
            yield f"{page}:1: not there"
            continue
        shown = False
        for number, line in enumerate(tree.lines(page), 1):
            shown = line.startswith("|") and (
                shown or line.endswith("| shown by |"))
            if not shown:
                continue
            for name in re.findall(r"`(\w+)`", line.split("|")[-2]):
                if name not in there:
                    yield (f"{page}:{number}: no test {name}: name one that "
                           "is")


CHECKS = [layers, own_header_first, foreign, banned, unfinished, file_size,
          function_size, nesting, manual, promises]
