"""A private Postfix: its own queue, configuration and ports, on loopback.

The settings are those that suppressd.conf(5) recommends; services:

    mx          mail from outside; XCLIENT allowed, to play other clients
    submission  {daemon_name} ORIGINATING: mail of our users and programs
    hop_in      mail of our programs, filtered after alias expansion:
    hop         the internal hop that the milter sees instead
"""
import grp
import json
import os
import pwd
import shutil
import subprocess

from .process import DAEMON_USER, free_ports, is_alive
from .wait import until

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
maillog_file = {top}/log/mail.log
maillog_file_prefixes = {top}/log
myhostname = mail.example.com
mydomain = example.com
myorigin = example.com
mydestination = mail.example.com
mynetworks = 127.0.0.0/8, 198.51.100.0/24
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
biff = no
alias_maps =
alias_database =

# Everything that is not ours goes to one remote server.
relayhost = [127.0.0.1]:{remote_port}

# Our own people, whoever they are, share a Maildir.
virtual_mailbox_domains = example.com, bounces.example.com
virtual_mailbox_base = {top}/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_alias_maps = {aliases}

suppressd_milter = {{ unix:suppress/milter.sock, connect_timeout=5s,
    command_timeout=5s, content_timeout=60s, default_action=tempfail }}
smtpd_milters = $suppressd_milter
non_smtpd_milters = $suppressd_milter
internal_mail_filter_classes = bounce

# Tests don't wait: what was deferred is tried again soon.
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
smtp_destination_rate_delay = 0s
smtpd_error_sleep_time = 0s
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_authorized_verp_clients = 127.0.0.0/8
"""

MASTER_CF = """\
127.0.0.1:{mx}         inet n - y - - smtpd
127.0.0.1:{submission} inet n - y - - smtpd
    -o milter_macro_daemon_name=ORIGINATING
    -o smtpd_soft_error_limit=1001
    -o smtpd_hard_error_limit=1001
127.0.0.1:{hop_in}     inet n - y - - smtpd
    -o smtpd_milters=
    -o content_filter=smtp:[127.0.0.1]:{hop}
127.0.0.1:{hop}        inet n - y - - smtpd
    -o milter_macro_daemon_name=ORIGINATING
    -o receive_override_options=no_address_mappings
    -o smtpd_soft_error_limit=1001
    -o smtpd_hard_error_limit=1001
pickup    unix  n - y 60 1 pickup
    -o cleanup_service_name=cleanup-local
cleanup   unix  n - y - 0 cleanup
cleanup-local  unix n - y - 0 cleanup
    -o milter_macro_daemon_name=LOCAL
cleanup-bounce unix n - y - 0 cleanup
    -o milter_macro_daemon_name=BOUNCE
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - y - - trivial-rewrite
bounce    unix  - - y - 0 bounce
    -o cleanup_service_name=cleanup-bounce
defer     unix  - - y - 0 bounce
    -o cleanup_service_name=cleanup-bounce
trace     unix  - - y - 0 bounce
    -o cleanup_service_name=cleanup-bounce
verify    unix  - - y - 1 verify
flush     unix  n - y 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - y - - smtp
relay     unix  - - y - - smtp
showq     unix  n - y - - showq
error     unix  - - y - - error
retry     unix  - - y - - error
discard   unix  - - y - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - y - - lmtp
anvil     unix  - - y - 1 anvil
scache    unix  - - y - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

SERVICES = ["mx", "submission", "hop_in", "hop"]


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


class Postfix:
    def __init__(self, top, remote_port, aliases=""):
        self.etc = f"{top}/etc"
        self.queue = f"{top}/queue"
        self.mail = f"{top}/mail"
        self.log_path = f"{top}/log/mail.log"
        self.ports = dict(zip(SERVICES, free_ports(len(SERVICES))))
        user = pwd.getpwnam(DAEMON_USER).pw_uid
        self._directories(top, user)
        write(f"{self.etc}/main.cf", MAIN_CF.format(
            top=top, remote_port=remote_port, aliases=aliases, uid=user,
            gid=grp.getgrnam("nogroup").gr_gid))
        write(f"{self.etc}/master.cf", MASTER_CF.format(**self.ports))

    def _directories(self, top, user):
        for name in ("etc", "queue", "data", "log", "mail"):
            os.mkdir(f"{top}/{name}", 0o755)
        os.chmod(top, 0o755)
        shutil.chown(f"{top}/data", "postfix")
        shutil.chown(self.mail, user)
        # Where the milter's socket is: chrooted or not, Postfix finds it
        # by the path relative to its queue; the bit 02000 makes the socket
        # its group's.
        suppress = f"{self.queue}/suppress"
        os.mkdir(suppress)
        shutil.chown(suppress, user, "postfix")
        os.chmod(suppress, 0o2750)

    def command(self, *arguments, check=True, **options):
        return subprocess.run(arguments, check=check, timeout=60,
                              stdin=options.pop("stdin", subprocess.DEVNULL),
                              capture_output=True, encoding="utf-8",
                              **options)

    def start(self):
        done = self.command("postfix", "-c", self.etc, "start", check=False)
        if done.returncode != 0:
            raise RuntimeError("postfix does not start: " + done.stderr
                               + done.stdout + self.log())
        self.pid = until(self._master_pid, "Postfix runs")

    def _master_pid(self):
        try:
            with open(f"{self.queue}/pid/master.pid",
                      encoding="ascii") as f:
                return int(f.read())
        except (FileNotFoundError, ValueError):
            return None

    def stop(self):
        """Stops it, and looks that it is gone."""
        pid = self._master_pid()
        if pid is None:
            return
        self.command("postfix", "-c", self.etc, "stop", check=False)
        until(lambda: not is_alive(pid), f"Postfix, pid {pid}, stops")

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8",
                      errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def sendmail(self, sender, recipients, text):
        """Local submission, as a program of this host does it."""
        return subprocess.run(
            ["sendmail", "-C", self.etc, "-i", "-f", sender, *recipients],
            input=text, encoding="utf-8", capture_output=True, timeout=60,
            check=False)

    def flush(self):
        """Tries what waits in the queue now."""
        self.command("postqueue", "-c", self.etc, "-f")

    def flush_maildrop(self):
        """Wakes pickup(8), which else looks once a minute."""
        self.command("postfix", "-c", self.etc, "flush")
        self.sendmail("wake@example.com", ["wake@example.com"], "\n")

    def queue_names(self, *queues):
        """The queue files in these queues: incoming, maildrop, hold ..."""
        found = []
        for queue in queues:
            for _, _, names in os.walk(f"{self.queue}/{queue}"):
                found += names
        return found

    def is_idle(self):
        """Looks twice: a message may move to where we have just looked."""
        return not any(self.queue_names("maildrop", "incoming", "active",
                                        "deferred") for _ in range(2))

    def waiting(self):
        """The recipients of what is in the queue."""
        listed = self.command("postqueue", "-c", self.etc, "-j").stdout
        return {recipient["address"] for line in listed.splitlines()
                for recipient in json.loads(line)["recipients"]}

    def mailbox(self, address):
        """The mails that were delivered to an address of ours."""
        new = f"{self.mail}/all/new"
        header = f"\nDelivered-To: {address}\n".encode()
        mails = []
        for name in sorted(os.listdir(new)) if os.path.isdir(new) else []:
            with open(f"{new}/{name}", "rb") as f:
                mail = f.read()
            if header in mail:
                mails.append(mail)
        return mails
