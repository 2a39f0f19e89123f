"""Imports, reports and numbers over the API."""
import datetime

import pytest

from harness import mails
from mta import Mta
from web import statuses

SETTINGS = """\
inbound = {
    bounces = [ "@bounces.example.com" ];
    own_domains = [ "example.com" ];
    report_max_bytes = 100000;
};
"""


def upload(api, text, query="", **headers):
    headers.setdefault("Content_Type", "text/csv")
    return api.ask("POST", "/imports" + query, text, **headers)


def test_import_and_undo(web, api, fresh):
    one, two = fresh("one"), fresh("two")
    web.done("add", "--source", "api", two)
    text = f"{one}\n{two}\nno value\n\n@Import.Example\n"
    told = upload(api, text, "?dry_run=true&why=from+the+old+one").json()
    assert (told["dry_run"], told["added"], told["known"]) == (True, 2, 1)
    assert not web.is_suppressed(one)
    done = upload(api, text, "?why=from+the+old+one").json()
    assert {k: done[k] for k in ("format", "lines", "added", "known",
                                 "skipped", "bad", "lines_left_out")} == {
        "format": "plain", "lines": 4, "added": 2, "known": 1, "skipped": 0,
        "bad": 1, "lines_left_out": 0}
    assert [(v["line"], v["verdict"]) for v in done["verdicts"]] == [
        (2, "known"), (3, "bad")]
    assert done["verdicts"] == told["verdicts"]
    reason, = api.get(f"/values/{one}")["reasons"]
    assert (reason["source"], reason["why"]) == ("api", "from the old one")
    assert reason["by"] == "write-app"
    path = f"/imports/{done['batch']}/undo"
    assert api.post(path, {"why": "wrong file"}) == {
        "batch": done["batch"], "lifted": 2, "kept": 0}
    assert not web.is_suppressed(one) and web.is_suppressed(two)
    assert api.post(path, {"why": "wrong file"})["lifted"] == 0


def test_what_was_imported(web, api, apis, fresh):
    one, two = fresh("one"), fresh("two")
    batch = upload(api, f"{one}\n{two}\n").json()["batch"]

    def row():
        told = apis["read"].get("/imports")
        assert told["whole"]
        return next(r for r in told["imports"] if r["batch"] == batch)
    made = row()
    assert (made["by"], made["added"], made["lifted"]) == ("write-app", 2, 0)
    web.done("remove", "--source", "api", one)
    assert row() == {**made, "lifted": 1}
    api.post(f"/imports/{batch}/undo", {"why": "wrong file"})
    assert row() == {**made, "lifted": 2}
    upload(api, fresh(), "?dry_run=true")
    assert apis["read"].get("/imports")["imports"][0] == row()
    assert api.ask("GET", "/imports?x=1").status == 422


def test_exports_of_providers(web, api, fresh):
    value = fresh("sg")
    text = ("status,reason,email,created\n"
            f"5.1.1,550 no such user,{value},1700000000\n")
    done = upload(api, text).json()
    assert done["format"].startswith("sendgrid"), done
    assert done["added"] == 1
    assert web.is_suppressed(value)


def test_force_for_an_undo(api, apis, web, fresh):
    value = fresh()
    done = upload(api, value, "?source=abuse").json()
    path = f"/imports/{done['batch']}/undo"
    assert api.post(path, {"why": "test"}) == {
        "batch": done["batch"], "lifted": 0, "kept": 1}
    body = {"why": "test", "force": True}
    assert api.ask("POST", path, body).status == 403
    assert apis["admin"].post(path, body)["lifted"] == 1
    assert not web.is_suppressed(value)


@pytest.mark.parametrize("text, query, status, says", [
    ("", "", 422, "empty"),
    ("a@b.example", "?source=fax", 422, "source: 'fax' is none of"),
    ("a@b.example", "?expires=2020-01-01T00:00:00Z", 422, "in the past"),
    ("a@b.example", "?dry_run=yes", 422, "dry_run: is true or false"),
    ("a@b.example", "?limit=1", 422, "limit: there is no such parameter"),
])
def test_imports_that_are_refused(web, api, text, query, status, says):
    answer = upload(api, text, query)
    assert answer.status == status
    assert says in answer.problem()
    assert not web.is_suppressed("a@b.example")


def test_undo_wants_words(api):
    for body, status in (({}, 422), ({"why": ""}, 422), ({"x": 1}, 422)):
        answer = api.ask("POST", "/imports/20261127-120000-abcd/undo", body)
        assert answer.status == status
    answer = api.ask("POST", f"/imports/{'b' * 40}/undo", {"why": "x"})
    assert answer.status == 422


def test_a_large_import(web, api):
    values = [f"big-{n}@large.example" for n in range(30000)]
    done = upload(api, "\n".join(values)).json()
    assert (done["added"], done["verdicts"]) == (30000, [])
    again = upload(api, "\n".join(values)).json()
    assert (again["added"], again["known"]) == (0, 30000)
    assert len(again["verdicts"]) == 10000
    assert again["lines_left_out"] == 20000


def test_how_large_a_list_may_be(web, api, fresh, at_most_one_mib):
    most = 2**20
    value = fresh()
    just = (value + "\n").ljust(most, "\n")
    assert upload(api, just).json()["added"] == 1
    head = (b"POST /api/v1/imports HTTP/1.1\r\nHost: x\r\n"
            b"Authorization: Bearer %s\r\n" % api.token.encode())
    for body in (
            # Told before it is sent.
            b"Content-Length: %d\r\n\r\n" % (most + 1),
            # Nobody knows before it is there.
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
            % (most + 1, b"\n" * (most + 1))):
        got = web.raw(head + body)
        assert statuses(got) == [413]
        assert b"larger than 1 MiB" in got
        assert b"web.import_max_mib" in got


def test_a_list_that_comes_in_pieces(api, fresh):
    """Of several MiB: longer than what is kept in memory."""
    values = [f"{n}-" + "x" * 50 + fresh() for n in range(40000)]
    text = "\n".join(values).encode()
    assert len(text) > 2 * 2**20
    pieces = (text[at:at + 65536] for at in range(0, len(text), 65536))
    done = upload(api, pieces).json()
    assert (done["lines"], done["added"]) == (40000, 40000)
    again = upload(api, text).json()
    assert (again["lines"], again["known"]) == (40000, 40000)


def report(api, mail, query=""):
    return api.ask("POST", "/reports" + query, mail,
                   Content_Type="message/rfc822")


def test_reports(web, api, apis, fresh):
    dead = fresh("dead")
    told = report(api, mails.dsn(dead)).json()
    assert told["type"] == "bounce"
    recipient, = told["recipients"]
    assert (recipient["address"], recipient["class"]) == (dead, "bad-address")
    assert (recipient["trust"], recipient["suppress"]) == ("unverified", False)
    assert not web.is_suppressed(dead)
    assert report(api, mails.dsn(dead), "?believe=true").status == 403
    recipient, = report(apis["admin"], mails.dsn(dead),
                        "?believe=true").json()["recipients"]
    assert (recipient["suppress"], recipient["changed"]) == (True, True)
    assert web.is_suppressed(dead)
    recipient, = report(apis["admin"], mails.dsn(dead),
                        "?believe=true").json()["recipients"]
    assert not recipient["changed"]


def test_a_token_proves_a_report(web, api, fresh):
    """The daemon has the key, suppressd-web has not."""
    dead = fresh("dead")
    mta = Mta(web.socket)
    mta.connect()
    mta.helo()
    mta.message([f"<{dead}>"], sender="<bills@example.com>")
    added = dict(data.split(b"\0")[:2] for command, data in mta.edits
                 if command == "h")
    mta.close()
    token = "X-Suppressd-Id: " + added[b"X-Suppressd-Id"].decode() + "\n"
    head, end, rest = mails.dsn(dead).rpartition("Subject: News\n")
    recipient, = report(api, head + end + token + rest).json()["recipients"]
    assert (recipient["trust"], recipient["proof"]) == ("believed", "token")
    assert web.is_suppressed(dead)


def test_reports_that_are_refused(web, api):
    assert report(api, "").status == 422
    assert report(api, "x", "?trust=all").status == 422
    assert api.ask("POST", "/reports", mails.plain("x")).status == 415
    large = mails.plain("x") + "x" * 100000
    assert report(api, large).status == 413
    told = report(api, mails.plain("Hello")).json()
    assert (told["type"], told["recipients"]) == ("none", [])
    web.kill()
    try:
        answer = report(api, mails.plain("Hello"))
        assert answer.status == 503 and answer.headers["Retry-After"]
    finally:
        web.start()


def test_bounces_by_class(api, fresh):
    """Of the days that are asked for, whether they were believed or not."""
    def bounces():
        classes = api.get("/stats?days=2")["classes"]
        assert classes == sorted(classes, key=lambda c: -c["count"])
        return {c["name"]: c["count"] for c in classes}
    before = bounces()
    for _ in range(2):
        report(api, mails.dsn(fresh("dead")))
    report(api, mails.dsn(fresh("full"), status="5.2.2"))
    after = bounces()
    assert {name: n - before.get(name, 0) for name, n in after.items()
            if n != before.get(name, 0)} == {"bad-address": 2, "full": 1}


def test_stats(web, api, fresh):
    before = api.get("/stats")
    api.post("/values", {"values": [fresh(), "@stats.example"],
                         "stream": "counted"})
    after = api.get("/stats?days=2&top=1")
    assert after["values"] - before["values"] == 2
    assert {"name": "counted", "count": 2} in after["streams"]
    kinds = {k["name"]: k["count"] for k in after["kinds"]}
    assert set(kinds) == {"email", "domain", "phone", "linkedin"}
    assert len(after["days"]) == 2 and len(after["domains"]) <= 1
    # Midnight may have come in between.
    assert sum(d["added"] for d in after["days"]) >= 2
    today = datetime.datetime.now(datetime.timezone.utc).date()
    assert after["days"][-1]["day"][:10] in (
        str(today), str(today - datetime.timedelta(days=1)))
    for query in ("days=0", "days=367", "top=101", "x=1"):
        assert api.ask("GET", "/stats?" + query).status == 422
