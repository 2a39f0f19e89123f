#!/usr/bin/python3 -B
"""flufl.bounce over the mails of a folder; as bench_parse prints it.

usage: flufl_bounce.py DIR SECONDS
"""
import email
import os
import sys
import time

from flufl.bounce import all_failures


def load(directory):
    mails = []
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), "rb") as f:
            mails.append(f.read())
    return mails


def main(directory, seconds):
    mails = load(directory)
    begin, messages = time.process_time(), 0
    while time.process_time() - begin < seconds:
        for mail in mails:
            try:
                all_failures(email.message_from_bytes(mail))
            except Exception:  # it does not bear every mail
                pass
            messages += 1
    print(messages, time.process_time() - begin, 0)


main(sys.argv[1], float(sys.argv[2]))
