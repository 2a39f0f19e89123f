#!/usr/bin/python3 -B
"""Runs a program as a unit's SystemCallFilter lets it.

usage: under_unit.py UNIT PROGRAM [ARGUMENT...]

systemd itself is not needed: its sets of system calls become a filter of
seccomp(2) here. What is not allowed fails with EPERM, as in our unit. Root
becomes nobody first.
"""
import ctypes
import errno
import os
import re
import struct
import subprocess
import sys

NOBODY = 65534

# linux/prctl.h, linux/filter.h, linux/seccomp.h
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | errno.EPERM


def output(*command, text=""):
    return subprocess.run(command, input=text, capture_output=True,
                          check=True, encoding="utf-8").stdout


def sets():
    """systemd's sets: what stands indented below each name."""
    found, members = {}, []
    for line in output("systemd-analyze", "--no-pager",
                       "syscall-filter").splitlines():
        if line.startswith("@"):
            members = found.setdefault(line.strip(), [])
        elif line.strip() and not line.lstrip().startswith("#"):
            members.append(line.strip())
    return found


def expand(name, known):
    if not name.startswith("@"):
        return {name}
    return set().union(*(expand(member, known) for member in known[name]))


def allowed(unit):
    """The names that the unit's lines, in order, allow."""
    known = sets()
    names = expand("@default", known)
    with open(unit, encoding="utf-8") as f:
        lines = re.findall(r"^SystemCallFilter=(~?)(.+)$", f.read(), re.M)
    if not lines:
        sys.exit(f"{unit}: no SystemCallFilter")
    for deny, words in lines:
        these = set().union(*(expand(w, known) for w in words.split()))
        names = names - these if deny else names | these
    return names


def numbers(names):
    """Those that this machine has, by the compiler's headers."""
    text = output("gcc", "-E", "-dM", "-", text="#include <sys/syscall.h>\n")
    return sorted(int(number) for name, number in
                  re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.M)
                  if name in names)


def install(calls):
    program = [(LOAD, 0, 0, 0)]
    for number in calls:
        program += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    program.append((RETURN, 0, 0, FAIL))
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    kept = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if (libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0,
                          0) != 0):
        sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))


def main():
    unit, program = sys.argv[1], sys.argv[2:]
    calls = numbers(allowed(unit))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.umask(0o007)
    install(calls)
    os.execv(program[0], program)


main()
