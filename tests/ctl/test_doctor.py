"""doctor: a healthy site has no fault; each thing that breaks is found."""
import json
import os
import pwd
import re
import shutil
import socket
import subprocess

import pytest

from postfix_dir import PostfixDir
from program import NO, YES

pytestmark = pytest.mark.skipif(
    not shutil.which("postconf", path="/usr/sbin:/usr/bin"),
    reason="Postfix is not installed")


class Patient:
    """All is well with it, until a test breaks something."""

    def __init__(self, home, ctl):
        self.home = home
        self.ctl = ctl
        self.postfix = PostfixDir(home)
        self.path = self.postfix.queue / "suppress/milter.sock"
        self.path.parent.mkdir()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.path.chmod(0o777)
        self.listener.listen()
        ctl.configure(f'socket = "unix:{self.path}";\n')
        ctl.done("add", "joe@example.com")
        self.apply()

    def apply(self, how="--apply"):
        self.ctl.done("postfix", how, *self.options())
        self.postfix.cool()

    def options(self):
        return ["--postfix-config", self.postfix.path]

    def set(self, name, value):
        self.postfix.postconf("-e", f"{name}={value}")

    def faults(self, **options):
        """What doctor says is wrong: {check: (found, mend)}."""
        result = self.ctl.run("--json", "doctor", *self.options(), **options)
        rows = self.ctl.json("doctor", *self.options(),
                             status=result.returncode, **options)
        assert {r["health"] for r in rows} <= {"ok", "warning", "fault"}
        bad = {r["check"]: (r["found"], r["mend"]) for r in rows
               if r["health"] == "fault"}
        assert result.returncode == (NO if bad else YES)
        assert all(mend for _, mend in bad.values())
        return bad


@pytest.fixture
def patient(home, ctl):
    patient = Patient(home, ctl)
    yield patient
    patient.listener.close()


def test_all_is_well(patient):
    assert patient.faults() == {}
    text = patient.ctl.done("doctor", *patient.options())
    assert all(line.startswith("ok ") for line in text.splitlines())


def test_text_says_how_to_mend(patient):
    patient.set("smtpd_milters", "")
    result = patient.ctl.run("doctor", *patient.options())
    assert result.returncode == NO
    assert re.search(r"^fault +smtpd_milters: .*\n +mend: suppressctl "
                     r"postfix --apply", result.stdout.decode(),
                     re.MULTILINE)


def test_a_fresh_postfix_has_many_faults(patient):
    patient.apply("--revert")
    assert set(patient.faults()) == {
        "smtpd_milters", "non_smtpd_milters", "service_milters",
        "internal_mail_filter_classes", "bounce_label", "local_label"}


@pytest.mark.parametrize("name, value, check", [
    ("smtpd_milters", "", "smtpd_milters"),
    ("smtpd_milters", "inet:127.0.0.1:8891", "smtpd_milters"),
    ("smtpd_milters", "unix:suppress/milter.sock2", "smtpd_milters"),
    ("non_smtpd_milters", "", "non_smtpd_milters"),
    ("internal_mail_filter_classes", "", "internal_mail_filter_classes"),
    ("internal_mail_filter_classes", "notify",
     "internal_mail_filter_classes"),
    ("suppressd_milter",
     "{ unix:suppress/milter.sock, default_action=accept }",
     "default_action"),
    ("suppressd_milter",
     "{ unix:suppress/milter.sock, default_action = accept }",
     "default_action"),
])
def test_a_setting(patient, name, value, check):
    patient.set(name, value)
    assert check in patient.faults()


def test_default_action_of_all_milters(patient):
    patient.set("milter_default_action", "accept")
    assert patient.faults() == {}  # ours says tempfail itself
    patient.set("suppressd_milter", "unix:suppress/milter.sock")
    found, mend = patient.faults()["default_action"]
    assert "accept" in found and "tempfail" in mend


@pytest.mark.parametrize("name", ["smtpd_milters", "non_smtpd_milters"])
def test_a_signer_before_us(patient, name):
    patient.set(name, "inet:127.0.0.1:8891, $suppressd_milter")
    found, mend = patient.faults()[name]
    assert "inet:127.0.0.1:8891" in found and "DKIM" in found
    assert "first" in mend


def test_named_by_its_socket(patient):
    patient.set("smtpd_milters", f"{{ unix:{patient.path}, "
                "default_action=tempfail }, inet:127.0.0.1:8891")
    assert patient.faults() == {}


def test_a_service_without_us(patient):
    patient.postfix.postconf(
        "-Pe", "submission/inet/smtpd_milters=inet:127.0.0.1:8891")
    found, _ = patient.faults()["service_milters"]
    assert "submission/inet/smtpd_milters" in found


def test_a_service_with_an_empty_list_is_a_warning(patient):
    patient.postfix.postconf("-Pe", "submission/inet/smtpd_milters=")
    row, = [r for r in patient.ctl.json("doctor", *patient.options())
            if r["check"] == "service_milters"]
    assert row["health"] == "warning"
    assert "submission/inet/smtpd_milters" in row["found"]


def test_bounces_without_a_label(patient):
    patient.postfix.postconf("-PX", "bounce/unix/cleanup_service_name")
    assert set(patient.faults()) == {"bounce_label"}


def test_sendmail_without_a_label(patient):
    patient.postfix.postconf("-PX", "pickup/unix/cleanup_service_name")
    assert set(patient.faults()) == {"local_label"}


def test_nobody_listens(patient):
    patient.listener.close()
    found, mend = patient.faults()["socket"]
    assert "Connection refused" in found and "start suppressd" in mend
    patient.path.unlink()
    assert "No such file" in patient.faults()["socket"][0]


def test_nobody_listens_on_a_port(patient):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        patient.ctl.configure(f'socket = "inet:{port}@127.0.0.1";\n')
        assert "socket" in patient.faults()
        s.listen()
        assert "socket" not in patient.faults()


@pytest.mark.skipif(os.getuid() != 0, reason="plays Postfix's user")
def test_postfix_may_not_enter(patient):
    patient.path.parent.chmod(0o700)
    found, mend = patient.faults()["socket"]
    assert "user postfix: Permission denied" in found
    assert "2750" in mend
    patient.path.parent.chmod(0o2750)
    shutil.chown(patient.path.parent, group=pwd.getpwnam("postfix").pw_gid)
    assert patient.faults() == {}


def test_a_socket_that_a_chroot_hides(patient):
    with socket.socket(socket.AF_UNIX) as s:
        outside = patient.home / "outside.sock"
        s.bind(str(outside))
        outside.chmod(0o777)
        s.listen()
        patient.ctl.configure(f'socket = "unix:{outside}";\n')
        patient.apply()
        assert set(patient.faults()) == {"chroot"}
        patient.postfix.postconf("-F", "smtp/inet/chroot=n")
        assert patient.faults() == {}


def test_no_store(patient):
    shutil.rmtree(patient.ctl.store)
    found, _ = patient.faults()["store"]
    assert "no store" in found
    assert not patient.ctl.store.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="needs a second user")
def test_store_that_we_may_not_read(patient):
    patient.ctl.path = shutil.copy(patient.ctl.path,
                                   patient.home / "suppressctl")
    nobody = pwd.getpwnam("nobody").pw_uid
    found, _ = patient.faults(user=nobody, extra_groups=[])["store"]
    assert "Permission denied" in found


def test_damaged_store(patient):
    (patient.ctl.store / "key").unlink()
    found, _ = patient.faults()["store"]
    assert "key" in found


CLOCK = """\
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	t->tv_sec = %d;
	t->tv_nsec = 0;
	return 0;
}
"""


def at_time(home, seconds):
    """The environment in which it is that time."""
    (home / "clock.c").write_text(CLOCK % seconds)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", home / "clock.so",
                    home / "clock.c"], check=True)
    return {**os.environ, "LD_PRELOAD": str(home / "clock.so"),
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


def test_clock_behind_the_journal(patient):
    past = at_time(patient.home, 1700000000)
    found, mend = patient.faults(env=past)["clock"]
    assert "2023-11-14T22:13:20Z" in found
    assert "set the clock" in mend


def test_without_postfix_the_rest_is_looked_at(patient):
    patient.postfix.main.unlink()
    patient.listener.close()
    rows = {r["check"]: r for r in patient.ctl.json(
        "doctor", *patient.options(), status=NO)}
    assert rows["postfix"]["health"] == "warning"
    assert "main.cf" in rows["postfix"]["found"]
    assert rows["socket"]["health"] == "fault"
    assert rows["store"]["health"] == "ok"
    assert "smtpd_milters" not in rows


# The keys of tokens, and whom the settings believe.

WANTED = 'streams = ( { name = "all"; token = true; } );\n'


@pytest.fixture
def keys(patient):
    """A site whose mail carries tokens; the directory of its keys."""
    path = patient.home / "keys"
    patient.ctl.write(f'socket = "unix:{patient.path}";\n'
                      f'token = {{ keys = "{path}"; }};\n' + WANTED)
    patient.ctl.done("key", "new", "k")
    return path


def row_of(patient, check, **options):
    result = patient.ctl.run("--json", "doctor", *patient.options(),
                             **options)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    row, = [row for row in rows if row["check"] == check]
    return row


def test_keys_are_well(patient, keys):
    assert keys.exists()
    assert patient.faults() == {}
    row = row_of(patient, "keys")
    assert row["health"] == "ok" and "k signs" in row["found"]


def test_no_key_signs(patient, keys):
    (keys / "k.key").rename(keys / "k.retired.key")
    found, mend = patient.faults()["keys"]
    assert "no key signs" in found and "key new" in mend
    shutil.rmtree(keys)
    assert "no key signs" in patient.faults()["keys"][0]


def test_nobody_wants_a_key(patient):
    assert row_of(patient, "keys")["health"] == "ok"


@pytest.mark.parametrize("mode, name", [
    (0o644, "k.key"), (0o660, "k.key"), (0o777, "")])
def test_keys_that_others_reach(patient, keys, mode, name):
    (keys / name).chmod(mode)
    found, mend = patient.faults()["keys"]
    assert str(keys / name).rstrip("/") in found and "chmod" in found
    assert mend


def test_a_key_that_is_none(patient, keys):
    (keys / "k.key").write_text("secret\n")
    assert "k.key: this is no key" in patient.faults()["keys"][0]


@pytest.mark.skipif(os.getuid() != 0, reason="gives files away")
@pytest.mark.parametrize("name", ["", "k.key"])
def test_keys_that_the_daemon_cannot_read(patient, keys, name):
    nobody = pwd.getpwnam("nobody").pw_uid
    for path in (patient.ctl.store, *patient.ctl.store.rglob("*"), keys,
                 keys / "k.key"):
        os.chown(path, nobody, -1)
    assert patient.faults() == {}
    os.chown(keys / name, 0, -1)
    found, mend = patient.faults()["keys"]
    assert str(keys / name).rstrip("/") in found
    assert "nobody" in found and "chown" in mend


@pytest.mark.skipif(os.getuid() != 0, reason="needs a second user")
def test_keys_that_we_may_not_look_at(patient, keys):
    assert keys.exists()
    patient.ctl.path = shutil.copy(patient.ctl.path,
                                   patient.home / "suppressctl")
    row = row_of(patient, "keys", user=pwd.getpwnam("nobody").pw_uid,
                 extra_groups=[])
    assert row["health"] == "warning" and "root" in row["mend"]


def test_a_key_that_signs_for_long(patient, keys):
    path = keys / "k.key"
    text = path.read_text()
    path.write_text(re.sub("made .*", "made 2020-01-01T00:00:00Z", text))
    row = row_of(patient, "keys")
    assert row["health"] == "warning" and "days ago" in row["found"]
    assert "retire" in row["mend"]


@pytest.mark.parametrize("settings, says", [
    ("", None),
    ('trust = { unproven = [ "bounce" ]; };', "nothing proves"),
    ('inbound = { authserv_ids = [ "mx.example.com" ]; };',
     "trusted_reporters"),
    ('inbound = { authserv_ids = [ "mx.example.com" ];'
     ' trusted_reporters = [ "fbl.example.org" ]; };', None),
])
def test_whom_we_believe(patient, settings, says):
    patient.ctl.configure(f'socket = "unix:{patient.path}";\n' + settings)
    row = row_of(patient, "trust")
    assert row["health"] == ("ok" if says is None else "warning")
    assert says is None or says in row["found"]


@pytest.mark.parametrize("authserv_ids, says", [
    ("", "checks DKIM"),
    ('authserv_ids = [ "mx.example.com" ];', None),
])
def test_a_loop_for_everybody(patient, authserv_ids, says):
    """RFC 9477: a report counts if it is signed, and somebody says so."""
    patient.ctl.write(
        f'socket = "unix:{patient.path}";\n'
        'inbound = { complaints = [ "fbl@example.com" ];'
        f' {authserv_ids} }};\n'
        'streams = ( { name = "all"; cfbl = "fbl@example.com"; } );\n')
    row = row_of(patient, "trust")
    assert row["health"] == ("ok" if says is None else "warning")
    assert says is None or says in row["found"]


def test_a_verifier_may_stand_before_us(patient):
    """Only where it has a word in what is believed."""
    patient.ctl.configure(
        f'socket = "unix:{patient.path}";\n'
        'inbound = { authserv_ids = [ "mx.example.com" ];'
        ' trusted_reporters = [ "fbl.example.org" ]; };')
    before = "inet:127.0.0.1:8892, $suppressd_milter"
    patient.set("non_smtpd_milters", "$suppressd_milter")
    patient.set("smtpd_milters", before)
    assert patient.faults() == {}
    row = row_of(patient, "smtpd_milters")
    assert row["health"] == "warning" and "verifies" in row["mend"]
    patient.set("non_smtpd_milters", before)
    assert set(patient.faults()) == {"non_smtpd_milters"}


# What happens to the sender that mail leaves with.

def returning(patient):
    """Mail of a stream leaves with an address of ours."""
    patient.ctl.write(
        f'socket = "unix:{patient.path}";\n'
        'inbound = { bounces = [ "@bounces.example.com" ]; };\n'
        'streams = ( { name = "a"; '
        'return_path = "b@bounces.example.com"; } );\n')


def test_what_changes_senders_behind_us(patient):
    returning(patient)
    assert row_of(patient, "sender_maps")["health"] == "ok"
    for name in ("sender_canonical_maps", "canonical_maps",
                 "masquerade_domains", "smtp_generic_maps"):
        patient.set(name, "inline:{a@example.com=b@example.com}")
        row = row_of(patient, "sender_maps")
        assert row["health"] == "warning" and row["mend"]
        assert name in row["found"]
        assert "b@bounces.example.com" in row["found"]
        patient.set(name, "")


def test_a_delimiter_for_return_paths(patient):
    returning(patient)
    row = row_of(patient, "recipient_delimiter")
    assert row["health"] == "warning"
    assert "refused" in row["found"] and "postconf -e" in row["mend"]
    patient.set("recipient_delimiter", "+-")
    assert row_of(patient, "recipient_delimiter")["health"] == "ok"


def test_senders_that_stay(patient):
    patient.set("smtp_generic_maps", "inline:{a@example.com=b@example.com}")
    for check in "sender_maps", "recipient_delimiter":
        assert row_of(patient, check)["health"] == "ok"
