"""A Postfix configuration that nobody runs, as a site may have it."""
import os
import subprocess

# As sites write them: comments, continued lines, odd blanks, a signer, and
# a submission service with a list of its own.
MAIN_CF = """\
# See /usr/share/postfix/main.cf.dist for a commented, more complete version

compatibility_level = 3.6
queue_directory = {queue}
data_directory = {queue}
myhostname=mail.example.com

# the signer
smtpd_milters=inet:127.0.0.1:8891,
\tinet:127.0.0.1:8892
non_smtpd_milters = $smtpd_milters
internal_mail_filter_classes = notify
"""

MASTER_CF = """\
# service type  private unpriv  chroot  wakeup  maxproc command + args
smtp      inet  n       -       {chroot}       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o syslog_name=postfix/submission
#  -o smtpd_tls_security_level=encrypt
  -o smtpd_milters={{ inet:127.0.0.1:8891, default_action=tempfail }}
  -o {{ smtpd_relay_restrictions = permit_sasl_authenticated, reject }}
pickup    unix  n       -       y       60      1       pickup
cleanup   unix  n       -       y       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
bounce    unix  -       -       y       -       0       bounce
defer     unix  -       -       y       -       0       bounce
trace     unix  -       -       y       -       0       bounce
"""


class PostfixDir:
    def __init__(self, home, chroot="y"):
        self.path = home / "postfix"
        self.queue = home / "queue"
        self.path.mkdir()
        self.queue.mkdir()
        self.main = self.path / "main.cf"
        self.master = self.path / "master.cf"
        self.main.write_text(MAIN_CF.format(queue=self.queue))
        self.master.write_text(MASTER_CF.format(chroot=chroot))

        self.cool()

    def cool(self):
        """Postfix reads no file that is younger than a second or two: it
        may still be written. Ours are not."""
        for path in (self.main, self.master):
            os.utime(path, (1700000000, 1700000000))

    def content(self):
        return self.main.read_bytes(), self.master.read_bytes()

    def names(self):
        return sorted(p.name for p in self.path.iterdir())

    def postconf(self, *arguments):
        """Its answer: one value, or as many lines."""
        done = subprocess.run(["postconf", "-c", self.path, *arguments],
                              check=True, encoding="utf-8",
                              env={"PATH": "/usr/sbin:/usr/bin:/bin"},
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        self.cool()
        return done.stdout.strip()
