"""Metrics: who may have them, that they are the format of Prometheus, that
they count what happens, and that the dashboard and the alerts in doc/ ask for
what there is."""
import datetime
import glob
import json
import os
import re
import signal

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from console import Person
from harness import mails
from harness.wait import until
from mta import Mta

SETTINGS = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    complaints = [ "fbl@example.com" ];
    own_domains = [ "example.com" ];
};
"""
DOC = os.path.join(os.path.dirname(__file__), "../../doc")
NAME = re.compile(r"\bsuppressd_\w+")
# The suffixes of a histogram's lines.
PARTS = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture(scope="module")
def token(web):
    return web.json("token", "new", "--scope", "read", "prometheus")[0][
        "token"]


def ask(web, token, method="GET"):
    return web.ask(method, "/metrics",
                   headers={"Authorization": f"Bearer {token}"})


def scrape(web, token):
    """{(name, labels): number}; a histogram's lines, too."""
    answer = ask(web, token)
    assert answer.status == 200, answer.body
    found = {}
    for family in text_string_to_metric_families(answer.text()):
        assert family.documentation and family.type != "unknown", family
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, key
            found[key] = sample.value
    return found


def number(found, name, **labels):
    return found[name, tuple(sorted(labels.items()))]


def session(web, **how):
    mta = Mta(web.socket)
    mta.connect(**how)
    mta.helo()
    return mta


def send(web, *recipients, sender="<bills@example.com>"):
    mta = session(web)
    answers, _ = mta.message([f"<{r}>" for r in recipients], sender=sender)
    mta.close()
    return answers


def report(web, mail, **how):
    mta = session(web, **how)
    assert mta.message(["<x@bounces.example.com>"], mail, "<>")[1] == (
        "continue")
    mta.close()


def restart_web(web, settings=""):
    web.stop_web()
    web.configure(settings)
    web.start_web()


def test_they_want_a_token(web, token):
    for headers in ({}, {"Authorization": "Bearer x"}):
        answer = web.ask("GET", "/metrics", headers=headers)
        assert answer.status == 401
        assert "suppressd_" not in answer.text()
    assert ask(web, token, "POST").status == 405
    answer = ask(web, token)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(
        "text/plain; version=0.0.4")


def test_a_setting_opens_them(web):
    restart_web(web, "metrics_open = true;")
    try:
        assert web.ask("GET", "/metrics").status == 200
        assert web.ask("HEAD", "/metrics").status == 200
        # And nothing else.
        assert web.ask("GET", "/api/v1/values").status == 401
    finally:
        restart_web(web)


def test_verdicts(web, token, fresh):
    listed = fresh("listed")
    web.done("add", listed)
    before = scrape(web, token)
    # Streams show themselves with their first mail.
    assert send(web, listed, fresh("a"), fresh("b"))[1:] == ["continue"] * 2
    after = scrape(web, token)

    def more(action, name="suppressd_verdicts_total"):
        labels = {"stream": "bills", "action": action}
        key = (name, tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0)
    assert (more("reject"), more("pass"), more("hold")) == (1, 2, 0)
    name = "suppressd_lookup_seconds_count"
    assert number(after, name) - number(before, name) == 3
    assert 0 < number(after, "suppressd_lookup_seconds_sum") < 60
    assert number(after, "suppressd_lookup_seconds_bucket", le="+Inf") == (
        number(after, name))


def test_changes(web, token, fresh):
    before = scrape(web, token)
    web.done("add", fresh(), fresh())

    def moved():
        after = scrape(web, token)
        return [number(after, name) - number(before, name)
                for name in ("suppressd_journal_events_total",
                             "suppressd_journal_lag_events",
                             "suppressd_commit_seconds_count",
                             "suppressd_store_records")]
    assert until(lambda: moved() == [2, 2, 1, 2], "the events are counted")
    assert number(scrape(web, token), "suppressd_store_writable") == 1


def test_reports(web, token, fresh):
    def reports(**labels):
        return scrape(web, token).get(
            ("suppressd_reports_total", tuple(sorted(labels.items()))), 0)
    forged = {"type": "bounce", "class": "bad-address",
              "trust": "unverified"}
    own = {**forged, "trust": "believed"}
    complaint = {"type": "complaint", "class": "", "trust": "unverified"}
    before = [reports(**each) for each in (forged, own, complaint)]
    stranger = {"ip": "198.51.100.1", "daemon": "smtpd"}
    report(web, mails.dsn(fresh()), **stranger)
    report(web, mails.dsn(fresh()), ip="127.0.0.1", port=0, daemon="BOUNCE")
    report(web, mails.arf(fresh()), **stranger)
    after = [reports(**each) for each in (forged, own, complaint)]
    assert [a - b for a, b in zip(after, before)] == [1, 1, 1]


def test_the_list_is_counted(web, token, fresh):
    """Beside the requests: the first one does not wait for it."""
    web.done("add", "--source", "lead", fresh(), "@listed.example.test")
    mail = mails.dsn(fresh("forged"))
    report(web, mail, ip="198.51.100.1", daemon="smtpd")
    values = web.json("list")
    waiting = web.json("review", "list")
    restart_web(web)
    found = until(
        lambda: (lambda f: f if ("suppressd_list_values",
                                 (("kind", "email"),)) in f else None)(
            scrape(web, token)), "the list has been read")
    for kind in ("email", "domain", "phone", "linkedin"):
        assert number(found, "suppressd_list_values", kind=kind) == len(
            {v["value"] for v in values if v["kind"] == kind})
    for source in ("user", "api", "lead", "bounced", "abuse"):
        assert number(found, "suppressd_list_reasons", source=source) == len(
            [v for v in values if v["source"] == source])
    assert len(waiting) > 0
    assert number(found, "suppressd_review_waiting",
                  trust="unverified") == len(waiting)
    assert number(found, "suppressd_review_waiting", trust="held") == 0


def test_the_dashboard_has_the_same_numbers(web, token):
    """One count serves both."""
    person = Person(web)
    assert person.sign_in(token).status == 303

    def times():
        page = person.get("/console/dashboard").text()
        shown = re.search(r'Counted <time datetime="([^"]+)"', page)
        metric = scrape(web, token).get(
            ("suppressd_list_read_timestamp_seconds", ()))
        return shown and (metric, datetime.datetime.fromisoformat(
            shown[1].replace("Z", "+00:00")).timestamp())
    # Another count may end in between.
    until(lambda: (lambda t: t and t[0] == t[1])(times()),
          "both tell of the same count")


def test_our_own_answers(web, token):
    def answers(code):
        return number(scrape(web, token), "suppressd_web_answers_total",
                      code=code)
    before = answers("4xx")
    web.ask("GET", "/nothing")
    assert answers("4xx") == before + 1
    # The one that is being asked for is not in it yet.
    assert answers("2xx") + 1 == answers("2xx")


def test_no_address_is_in_them(web, token, fresh):
    listed = fresh("secret")
    web.done("add", listed)
    send(web, listed)
    assert "secret" not in ask(web, token).text()


def test_a_name_of_a_stream_is_escaped(web, token, fresh):
    with open(web.conf_path, encoding="utf-8") as f:
        conf = f.read()
    with open(web.conf_path, "w", encoding="utf-8") as f:
        f.write(conf.replace('name = "club"', 'name = "c\\"l\\\\ub"'))
    try:
        web.reload()
        send(web, fresh(), sender="<club@example.com>")
        found = scrape(web, token)
        assert number(found, "suppressd_verdicts_total", stream='c"l\\ub',
                      action="pass") == 1
    finally:
        web.configure("")
        web.reload()


def test_what_cannot_be_told(web, token, fresh):
    name = "suppressd_on_error_total"
    assert number(scrape(web, token), name, action="defer") == 0
    journal = web.break_store()
    try:
        assert send(web, fresh())[0].startswith("451 ")
        found = scrape(web, token)
    finally:
        web.mend_store(journal)
        restart_web(web)
    assert number(found, name, action="defer") == 1
    assert number(found, name, action="accept") == 0


def test_a_daemon_that_hangs(web, token):
    web.process.send(signal.SIGSTOP)
    try:
        found = scrape(web, token)
        # Whoever waited in vain tells the others.
        again = scrape(web, token)
    finally:
        web.process.send(signal.SIGCONT)
    assert number(found, "suppressd_up") == 0
    assert number(again, "suppressd_up") == 0
    # Its late answer is not taken for that to another question.
    found = until(lambda: (lambda f: number(f, "suppressd_up") and f)(
        scrape(web, token)), "it is up again")
    assert number(found, "suppressd_journal_events_total") > 0


def test_without_the_daemon(web, token):
    assert number(scrape(web, token), "suppressd_up") == 1
    web.kill()
    try:
        found = scrape(web, token)
        assert number(found, "suppressd_up") == 0
        assert number(found, "suppressd_store_bytes", part="journal") > 0
        assert number(found, "suppressd_store_records") > 0
        assert ("suppressd_journal_events_total", ()) not in found
    finally:
        web.start()
    assert number(scrape(web, token), "suppressd_up") == 1


def expressions():
    """(file, expression) of each alert and each panel."""
    with open(f"{DOC}/prometheus.rules.yml", encoding="utf-8") as f:
        rules = yaml.safe_load(f)
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"], rule
            assert rule["labels"]["severity"] in ("critical", "warning",
                                                  "info")
            yield rule["alert"], rule["expr"]
    with open(f"{DOC}/grafana.json", encoding="utf-8") as f:
        panels = json.load(f)["panels"]
    assert len({p["id"] for p in panels}) == len(panels)
    for panel in panels:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_the_dashboard_and_the_alerts_name_what_there_is(web, token, fresh):
    send(web, fresh())
    found = until(
        lambda: (lambda f: f if ("suppressd_list_values",
                                 (("kind", "email"),)) in f else None)(
            scrape(web, token)), "the list has been read")
    there = {name for name, _ in found}
    labels = {}
    for name, pairs in found:
        labels.setdefault(name, set()).update(k for k, _ in pairs)
    shown = set()
    for where, text in expressions():
        for name, chosen in re.findall(r"\b(suppressd_\w+)(?:{([^}]*)})?",
                                       text):
            assert name in there, f"{where}: {name}"
            for label in re.findall(r"(\w+)\s*[=!]", chosen):
                assert label == "job" or label in labels[name], (
                    f"{where}: {label}")
            shown.add(PARTS.sub("", name))
    # And all of them are shown, but when the list was read.
    assert {PARTS.sub("", name) for name in there} - shown == {
        "suppressd_list_read_timestamp_seconds"}


def test_the_manual_has_them(web, token):
    manual = glob.glob(f"{DOC}/../man/suppressd-web.8")[0]
    with open(manual, encoding="utf-8") as f:
        text = f.read()
    for name, _ in scrape(web, token):
        assert PARTS.sub("", name) in text, name
