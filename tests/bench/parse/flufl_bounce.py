#!/usr/bin/python3 -B
"""flufl.bounce over the mails of a folder; as bench_parse prints it, or
without SECONDS what it says, a line each: file, address and class, with tabs.

usage: flufl_bounce.py DIR [SECONDS]
"""
import email
import os
import sys
import time

from flufl.bounce import scan_message


def load(directory):
    mails = {}
    for name in sorted(n for n in os.listdir(directory) if n.endswith(".eml")):
        with open(os.path.join(directory, name), "rb") as f:
            mails[name] = f.read()
    return mails


def failures(mail):
    """The addresses of those that failed for good; those that may still be
    delivered are not among them."""
    try:
        found = scan_message(email.message_from_bytes(mail))
    except Exception:  # it does not bear every mail
        return []
    return sorted(one.decode("utf-8", "replace") for one in found)


def measure(mails, seconds):
    begin, messages = time.process_time(), 0
    while time.process_time() - begin < seconds:
        for mail in mails.values():
            failures(mail)
            messages += 1
    print(messages, time.process_time() - begin, 0)


def main(directory, seconds=None):
    mails = load(directory)
    if seconds is not None:
        measure(mails, float(seconds))
        return
    for name, mail in mails.items():
        for address in failures(mail):  # it has no classes
            print(name, address, "hard", sep="\t")


main(*sys.argv[1:])
