"""Tokens: on mail that goes out, and on reports that bring them back."""
import os

import pytest

from harness import mails
from mta import ADDHDRS, ADDRCPT, DELRCPT, QUARANTINE, SETSYMLIST
from signing import (STRANGER, Signing, bring_back, returned, send,
                     with_key)


@pytest.fixture(name="daemon", scope="module")
def signing_daemon():
    yield from with_key(Signing())


def test_negotiates_headers_only_for_tokens(daemon):
    mta = daemon.mta()
    # A recipient may have been a return path.
    assert mta.actions == (DELRCPT | QUARANTINE | SETSYMLIST | ADDHDRS
                           | ADDRCPT)
    mta.close()
    mta = daemon.mta(actions=0x1FF & ~ADDHDRS)
    assert mta.actions & ADDHDRS == 0
    mta.close()


def test_without_streams_that_want_tokens(daemon):
    daemon.change(daemon.settings(signed="false"))
    try:
        mta = daemon.session()
        assert mta.actions & ADDHDRS == 0
        assert send(mta, "anna@example.net") == ""
        mta.close()
    finally:
        daemon.change(daemon.settings())


def test_adds_one(mta, fresh):
    token = send(mta, fresh())
    assert token
    # No line is longer than RFC 5322 2.1.1 would have it.
    assert all(len(line) <= 78 for line in token.split("\n"))


def test_adds_none_to_other_mail(mta, stranger, fresh):
    assert send(mta, fresh(), sender="<bare@example.com>") == ""
    assert send(mta, "anna@example.com") == ""
    assert send(stranger, fresh(), sender="<x@example.org>") == ""


def test_leaves_the_header_of_others(mta, fresh):
    mail = "Subject: News\nX-Suppressd-Id: another\n\nHello.\n"
    assert send(mta, fresh(), mail=mail)
    assert [command for command, _ in mta.edits] == ["h"]


def test_a_bounce_with_its_token_suppresses(daemon, mta, stranger, fresh):
    dead = fresh("dead")
    bring_back(stranger, returned(mails.dsn(dead), send(mta, dead)))
    assert daemon.is_suppressed(dead)
    assert "proof=token" in daemon.log()


def test_a_complaint_with_a_token_names_who(daemon, mta, stranger, fresh):
    angry = fresh("angry")
    report = mails.arf("redacted@example.net")
    report = report.replace("\nSubject: News\n",
                            f"\nX-Suppressd-Id: {send(mta, angry)}\n"
                            "Subject: News\n")
    bring_back(stranger, report, "<fbl@example.com>")
    assert daemon.is_suppressed(angry)


def test_a_token_of_somebody_else_suppresses_nobody(daemon, mta, stranger,
                                                    fresh):
    victim, holder = fresh("victim"), fresh("holder")
    bring_back(stranger, returned(mails.dsn(victim), send(mta, holder)))
    assert not daemon.is_suppressed(victim)
    assert not daemon.is_suppressed(holder)
    assert "token=it was made for somebody else" in daemon.log()


def test_keys_come_and_go(daemon, fresh):
    old, lost = fresh("old"), fresh("lost")
    mta = daemon.session()
    token, too_late = send(mta, old), send(mta, lost)
    mta.close()
    daemon.done("key", "new", "second")
    daemon.done("key", "retire", "first")
    daemon.reload()
    stranger = daemon.session(**STRANGER)
    bring_back(stranger, returned(mails.dsn(old), token))
    stranger.close()
    assert daemon.is_suppressed(old)
    os.unlink(f"{daemon.keys}/first.retired.key")
    daemon.reload()
    stranger = daemon.session(**STRANGER)
    bring_back(stranger, returned(mails.dsn(lost), too_late))
    stranger.close()
    assert not daemon.is_suppressed(lost)
    assert "token=none of our keys has made it" in daemon.log()


def test_bad_keys_stop_no_mail(daemon, fresh):
    path = f"{daemon.keys}/second.key"
    os.chmod(path, 0o644)
    try:
        daemon.reload()
        assert "chmod 600" in daemon.log()
        assert daemon.run("-t").returncode == 2
        # The old ones stay.
        mta = daemon.session()
        assert send(mta, fresh())
        mta.close()
    finally:
        os.chmod(path, 0o600)
        daemon.reload()


def test_no_secret_is_told(daemon):
    with open(f"{daemon.keys}/second.key", encoding="ascii") as f:
        secret = f.read().split()[-1]
    assert len(secret) == 64
    assert secret not in daemon.log()
    assert secret[:16] not in daemon.done("--json", "key", "list")
