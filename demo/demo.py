#!/usr/bin/python3 -B
"""suppressd on real mail: a private Postfix on loopback, and what happens.

usage: demo.py --build DIR [--keep]        as root; ./quickstart calls it

Everything that is printed was said by Postfix, suppressd or suppressctl just
then. When something is not as it should be, the demonstration says so, shows
the logs and fails.
"""
import argparse
import os
import re
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tests/system"))

from harness import mails  # noqa: E402
from harness.site import Site  # noqa: E402
from harness.wait import until  # noqa: E402

NEWS = "news@example.com"
ALICE, BOB, CAROL = (f"{name}@example.net" for name in
                     ("alice", "bob", "carol"))
DAVE, ERIN, FRANK = (f"{name}@example.net" for name in
                     ("dave", "erin", "frank"))
REPORTER = {"ADDR": "192.0.2.5", "HELO": "fbl.example.org"}
STRANGER = {"ADDR": "203.0.113.9", "HELO": "fbl.example.org"}


class Wrong(Exception):
    """Something is not as it should be."""


def say(text=""):
    print(text, flush=True)


def show(text):
    """What a program said."""
    for line in text.rstrip("\n").splitlines():
        say("     " + line)


def expect(condition, text):
    if not condition:
        raise Wrong(text)


class Demo:
    def __init__(self, site):
        self.site = site
        self.seen = len(site.suppressd.log())

    def ctl(self, *arguments):
        """A suppressctl command, as one types it."""
        quoted = " ".join(f'"{a}"' if " " in a else a for a in arguments)
        say(f"   $ suppressctl {quoted}")
        show(self.site.suppressd.done(*arguments))

    def news(self, *recipients):
        """A newsletter to these; Postfix's answers."""
        outcome = self.site.send("submission", NEWS, recipients,
                                 mails.plain("News"))
        for recipient, (code, text) in outcome.rcpt.items():
            show(f"RCPT TO:<{recipient}>  ->  {code} {text}")
        return {r: code for r, (code, _) in outcome.rcpt.items()}

    def new_log(self):
        """What suppressd has logged since the last call."""
        log = self.site.suppressd.log()
        show(log[self.seen:])
        self.seen = len(log)

    def postfix_log(self, pattern):
        """The lines of Postfix's log that match."""
        for line in self.site.postfix.log().splitlines():
            found = re.search(r"postfix/\w+\[\d+\]: .*" + pattern + ".*", line)
            if found:
                show(found[0])

    def report(self, client, text):
        """A complaint that arrives from outside."""
        outcome = self.site.send("mx", "feedback@fbl.example.org",
                                 ["fbl@example.com"], text, xclient=client)
        expect(outcome.data[0] == 250, f"the report: {outcome.data}")
        self.site.wait_idle()


def one_refused(demo):
    say("1. One recipient is on the list, the others get their mail")
    demo.ctl("add", "--why", "asked by phone", BOB)
    say("   A newsletter to three people; Postfix answers:")
    codes = demo.news(ALICE, BOB, CAROL)
    expect(codes == {ALICE: 250, BOB: 550, CAROL: 250}, "only Bob is refused")
    demo.site.wait_reached(ALICE, CAROL)
    demo.site.wait_idle()
    reached = [r for mail in demo.site.delivered()
               for r in mail["recipients"]]
    say("   The mail server of example.net has received mail for:")
    show(", ".join(reached))
    expect(sorted(reached) == [ALICE, CAROL], "Bob got nothing")
    demo.new_log()


def bounce(demo):
    say("2. A bounce: the remote server does not know Dave")
    demo.site.refuse(DAVE, reply="550 5.1.1 User unknown")
    demo.news(DAVE)
    demo.site.wait_suppressed(DAVE)
    demo.site.wait_idle()
    say("   The remote server refused it, Postfix made a bounce, and "
        "suppressd has read that:")
    demo.postfix_log(f"to=<{DAVE}>.*status=bounced")
    demo.new_log()
    say("   The next mail to Dave does not leave this machine:")
    codes = demo.news(DAVE, ALICE)
    expect(codes == {DAVE: 550, ALICE: 250}, "Dave is refused from now on")
    demo.new_log()


def complaint(demo):
    say("3. Complaints: from a provider that we trust (its SPF record "
        "proves it), and a forged one")
    demo.report(REPORTER, mails.arf(ERIN, message_id="erin@fbl"))
    demo.report(STRANGER, mails.arf(FRANK, message_id="frank@fbl"))
    demo.new_log()
    say("   So Erin gets no more mail, and Frank, whom the forger named, "
        "still does:")
    codes = demo.news(ERIN, FRANK)
    expect(codes == {ERIN: 550, FRANK: 250}, "only Erin is refused")
    demo.new_log()


def the_list(demo):
    say("4. Who gets no mail, and why; and what has happened")
    demo.ctl("list")
    demo.ctl("history")


STOP = """\
#!/bin/sh
# Stops the demonstration and removes its files.
postfix -c {top}/etc stop
kill {pids}
for pid in {pids}; do
	for second in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 1
	done
done
rm -rf {top}
"""


def keep(site):
    """Leaves it running, with a way to stop it."""
    pids = " ".join(str(p.pid) for p in (site.suppressd.process, site.remote,
                                         site.dns))
    stop = f"{site.top}/stop"
    with open(stop, "w", encoding="utf-8") as f:
        f.write(STOP.format(top=site.top, pids=pids))
    os.chmod(stop, 0o755)
    conf = site.suppressd.conf_path
    say(f"""\
It is still running, in {site.top}; as root:
   swaks --server 127.0.0.1:{site.postfix.ports['submission']} \
--from {NEWS} --to {BOB},{ALICE}
   build/suppressctl -c {conf} list
   build/suppressctl -c {conf} show {BOB}
   echo Hello | sendmail -C {site.postfix.etc} -f {NEWS} {BOB} {ALICE}
   tail -f {site.postfix.log_path} {site.suppressd.process.log_path}
To stop it: {stop}""")


def tell_logs(site):
    for name, text in site.logs().items():
        say(f"\nThe end of {name}'s log:")
        show("\n".join(text.splitlines()[-30:]))


def run(site):
    site.suppressd.start()
    until(site.suppressd.log, "suppressd says that it serves")
    ports = site.postfix.ports
    say("A private Postfix listens on 127.0.0.1 (submission: port "
        f"{ports['submission']}, mail from outside: port {ports['mx']}); "
        "suppressd is its milter.")
    demo = Demo(site)
    for scene in (one_refused, bounce, complaint, the_list):
        say()
        scene(demo)
    say()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    # Ctrl-C and a plain kill clean up, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    site = Site(options.build)
    done = False
    try:
        run(site)
        done = True
        if options.keep:
            keep(site)
    except (Wrong, TimeoutError, RuntimeError) as error:
        say(f"\nNot as it should be: {error}")
        tell_logs(site)
    finally:
        if not (done and options.keep):
            site.close()
    sys.exit(0 if done else 1)


main()
