"""The API: values and history, who may ask, what is refused."""
import json
import re
from urllib.parse import quote

import jsonschema
import pytest

from api import Api, operation
from web import statuses, within_a_minute

HOSTILE = '</script><b onload="x">\'\u2028\\u0000%s\U0001F4A9'


def test_add_and_show(web, api, fresh):
    value = fresh()
    done = api.post("/values", {"values": [value.upper(), "@Ex.example"],
                                "why": "asked by phone",
                                "expires": "2099-01-01T00:00:00Z"})
    assert [r["changed"] for r in done["results"]] == [True, True]
    assert done["results"][0]["value"] == value
    assert done["results"][1]["kind"] == "domain"
    shown = api.get(f"/values/{value}")
    reason, = shown["reasons"]
    assert (reason["source"], reason["stream"]) == ("api", "*")
    assert (reason["by"], reason["why"]) == ("write-app", "asked by phone")
    assert reason["expires"] == "2099-01-01T00:00:00Z"
    assert shown["history"][0]["by"] == "write-app"
    assert web.is_suppressed(value)


def test_json_may_be_written_in_lines(api, fresh):
    body = json.dumps({"values": [fresh()], "stream": "news",
                       "source": "lead"}, indent=2)
    assert api.post("/values", body + "\r\n")["results"][0]["changed"]


def test_remove(web, api, apis, fresh):
    value = fresh()
    web.done("add", value)
    web.done("add", "--source", "lead", value)
    result, = api.post("/values/remove", {"values": [value]})["results"]
    assert (result["changed"], result["kept"]) == (True, True)
    assert web.is_suppressed(value)
    body = {"values": [value], "force": True, "why": "asked to"}
    assert api.ask("POST", "/values/remove", body).status == 403
    admin = apis["admin"]
    assert admin.ask("POST", "/values/remove",
                     {"values": [value], "force": True}).status == 422
    result, = admin.post("/values/remove", body)["results"]
    assert (result["changed"], result["kept"]) == (True, False)
    assert not web.is_suppressed(value)


def test_check(web, apis, fresh):
    clean, listed, news = fresh("a"), fresh("b"), fresh("c")
    web.done("add", "@sub.example.test", listed)
    web.done("add", "--stream", "news", "--source", "lead", news)
    ask = {"values": [clean, listed, news, "x@sub.example.test"]}
    results = apis["read"].post("/values/check", ask)["results"]
    assert [r["may_be_contacted"] for r in results] == [True, False, False,
                                                        False]
    assert "reason" not in results[0]
    assert results[3]["blocked_by"] == "@sub.example.test"
    results = apis["read"].post("/values/check",
                                {**ask, "stream": "bills"})["results"]
    assert [r["may_be_contacted"] for r in results] == [True, False, True,
                                                        False]


def test_pages(web, api, fresh):
    values = [fresh("page") for _ in range(25)]
    api.post("/values", {"values": values, "stream": "paging"})
    api.post("/values", {"values": values[:5], "stream": "paging",
                         "source": "user"})
    seen, path = [], "/values?stream=paging&limit=4"
    page = api.get(path)
    while True:
        seen += [(r["value"], r["source"]) for r in page["reasons"]]
        if page["next"] is None:
            break
        # One that comes meanwhile moves nothing.
        api.post("/values", {"values": [fresh("late")], "stream": "other"})
        page = api.get(f"{path}&after={page['next']}")
    assert len(seen) == len(set(seen)) == 30
    assert {value for value, _ in seen} == set(values)


@pytest.mark.parametrize("sort", ["value", "-since", "source", "-by"])
def test_sorted_pages(api, fresh, sort):
    values = [fresh("sorted") for _ in range(7)]
    stream = "sorting" + sort.strip("-")
    for source in ("lead", "user"):
        api.post("/values", {"values": values, "stream": stream,
                             "source": source})
    seen, path = [], f"/values?stream={stream}&limit=3&sort={sort}"
    page = api.get(path)
    while page["next"] is not None:
        seen += page["reasons"]
        page = api.get(f"{path}&after={quote(page['next'])}")
    seen += page["reasons"]
    keys = [r[sort.strip("-")] for r in seen]
    order = ["user", "api", "lead"].index if sort == "source" else str
    assert keys == sorted(keys, key=order, reverse=sort[0] == "-")
    assert sorted((r["value"], r["source"]) for r in seen) == sorted(
        (value, source) for value in values for source in ("lead", "user"))


def test_a_place_belongs_to_its_order(api):
    answer = api.ask("GET", "/values?sort=since&after=joe%40example.com")
    assert answer.status == 422
    assert answer.problem().startswith("after: ")


def test_filters(api, fresh):
    value = fresh("filter")
    api.post("/values", {"values": [value], "stream": "filtering",
                         "why": "50% & more"})
    for query, n in (("stream=filtering", 1), ("search=filter-", 1),
                     ("stream=filtering&source=user", 0),
                     ("stream=filtering&kind=email&by=write-app", 1),
                     ("search=50%25+%26+more", 1),
                     ("stream=filtering&since=2099-01-01", 0),
                     ("stream=filtering&until=2099-01-01T00:00:00Z", 1)):
        assert len(api.get("/values?" + query)["reasons"]) == n, query


def test_history_of_what_was_erased(web, api, fresh):
    value = fresh("erased")
    web.done("add", value)
    web.done("erase", value)
    ops = [e["op"] for e in api.get(f"/history?value={value}")["events"]]
    assert ops == ["erase", "add"]


def test_history(api, fresh):
    value = fresh()
    for n in range(6):
        api.post("/values", {"values": [value], "why": f"time {n}",
                             "stream": "story"})
    page = api.get(f"/history?value={value}&limit=4")
    assert [e["why"] for e in page["events"]] == [
        "time 5", "time 4", "time 3", "time 2"]
    page = api.get(f"/history?value={value}&after={page['next']}")
    assert [e["why"] for e in page["events"]] == ["time 1", "time 0"]
    assert page["next"] is None
    page = api.get("/history?stream=story&limit=5")
    assert [e["why"] for e in page["events"]][0] == "time 0"
    page = api.get(f"/history?stream=story&after={page['next']}")
    assert [e["why"] for e in page["events"]] == ["time 5"]


def test_the_same_request_again_changes_nothing(web, api, apis, fresh):
    value = fresh()
    body = {"values": [value]}
    first = api.post("/values", body, Idempotency_Key="order 1")
    assert first["results"][0]["changed"]
    web.stop_web()
    web.start_web()
    assert api.post("/values", body, Idempotency_Key="order 1") == first
    assert len(api.get(f"/values/{value}")["history"]) == 1
    # Another key, and another program's, are other requests.
    assert api.post("/values", body,
                    Idempotency_Key="order 2")["results"][0]["changed"]
    assert apis["admin"].post(
        "/values", body, Idempotency_Key="order 1")["results"][0]["changed"]
    answer = api.ask("POST", "/values", body, Idempotency_Key="k" * 256)
    assert answer.status == 400


@pytest.mark.parametrize("body, status, says", [
    ("", 400, "byte 1"),
    ("[]", 400, "byte 1"),
    ('{"values":["a@b.example"]', 400, "byte"),
    ('{"values":["a@b.example"],"x":{}}', 400, "byte"),
    ({}, 422, "values: is missing"),
    ({"values": []}, 422, "values: is empty"),
    ({"values": "a@b.example"}, 422, "values: wants"),
    ({"values": [1]}, 422, "values: [0]"),
    ({"values": ["a@b.example", "joe"]}, 422, "values: [1]: 'joe' is no"),
    ({"values": ["x" * 600]}, 422, "too long"),
    ({"values": ["a\0@b.example"]}, 422, "values: [0]"),
    ({"values": ["a@b.example"], "vaules": 1}, 422, "'vaules' is none of"),
    ({"values": ["a@b.example"], "force": True}, 422, "'force' is none of"),
    ({"values": ["a@b.example"], "source": "spam"}, 422, "source: is user"),
    ({"values": ["a@b.example"], "why": ""}, 422, "why: wants"),
    ({"values": ["a@b.example"], "why": 1}, 422, "why: wants"),
    ({"values": ["a@b.example"], "expires": "30d"}, 422, "expires: "),
    ({"values": ["a@b.example"], "expires": "2020-01-01T00:00:00Z"}, 422,
     "in the past"),
    ({"values": ["a@b.example"] * 10001}, 413, "more than 10000"),
])
def test_wrong_bodies(web, api, body, status, says):
    answer = api.ask("POST", "/values", body)
    assert answer.status == status
    assert says in answer.problem()
    assert not web.is_suppressed("a@b.example")


def test_wrong_types(web, api):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = api.ask("POST", "/values", '{"values":["a@b.example"]}',
                         Content_Type=kind)
        assert answer.status == 415
    # Told before the body is sent.
    got = web.raw(b"POST /api/v1/values HTTP/1.1\r\nHost: x\r\n"
                  b"Content-Length: 1048577\r\nAuthorization: Bearer "
                  + api.token.encode() + b"\r\n\r\n")
    assert statuses(got) == [413]


@pytest.mark.parametrize("query, says", [
    ("limit=0", "limit: "), ("limit=1001", "1 to 1000"), ("limit=x", "limit"),
    ("kind=fax", "kind: 'fax' is none of"), ("source=", "source: '' is none of"),
    ("since=yesterday", "since: "), ("after=joe", "after: "),
    ("sort=x", "sort: "),
    ("afer=x", "afer: there is no such parameter"), ("search=%", "search: "),
    ("search=%00", "search: "), ("search=%ff", "search: "),
])
def test_wrong_queries(api, query, says):
    for path in ("/values", "/history"):
        answer = api.ask("GET", f"{path}?{query}")
        assert answer.status == 422
        assert says in answer.problem()


def test_wrong_values(api):
    assert api.ask("GET", "/values/joe").status == 422
    assert api.ask("GET", "/values/%zz").status == 400
    assert api.ask("GET", "/values/a/b").status == 404
    assert api.ask("DELETE", "/values/a@b.example").status == 405


def test_hostile_text_stays_text(web, api, fresh):
    value = fresh()
    web.done("add", "--source", "bounced", "--why", HOSTILE, value)
    answer = api.ask("GET", f"/values/{value}")
    assert answer.json()["reasons"][0]["why"] == HOSTILE
    answer.body.decode("ascii")
    assert answer.headers["Content-Type"] == "application/json"


# Every route of the API, by its description.
def operations(description):
    for path, methods in description["paths"].items():
        for method in methods:
            yield method.upper(), re.sub(r"\{\w+\}", "a@b.example", path)


def test_nothing_without_a_token(web, apis, tokens):
    bad = ["", "Bearer", "Bearer ", "Basic " + tokens["read"],
           tokens["read"], "Bearer " + tokens["read"][:-1]]
    for n, (method, path) in enumerate(operations(web.description)):
        for wrong in bad:
            answer = Api(web, None).ask(
                method, path, {"values": ["a@b.example"]}
                if method == "POST" else None, Authorization=wrong,
                X_Forwarded_For=f"192.0.2.{n}")
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_scopes(web, apis):
    body = {"values": ["a@b.example"]}
    assert apis["read"].ask("POST", "/values", body).status == 403
    assert apis["read"].ask("POST", "/values/remove", body).status == 403
    assert apis["read"].ask("GET", "/values").status == 200
    assert not web.is_suppressed("a@b.example")


def test_tokens_end(web):
    made, = web.json("token", "new", "--scope", "read", "short")
    api = Api(web, made["token"])
    assert api.ask("GET", "/values").status == 200
    web.done("token", "revoke", "short")
    assert api.ask("GET", "/values").status == 401


def test_guessing_is_slowed(web, tokens):
    """By client, as the proxy names it; nobody else waits."""
    def ask(token, client):
        return Api(web, token).ask("GET", "/values",
                                   X_Forwarded_For=f"10.0.0.1, {client}")

    def guess(n):
        client = f"198.51.100.{70 + n}"
        seen = [ask(f"suppressd.read-app.{i:032}", client).status
                for i in range(30)]
        return client, seen, ask(tokens["read"], client)
    client, seen, answer = within_a_minute(guess)
    assert seen == [401] * seen.count(401) + [429] * seen.count(429)
    assert 1 <= seen.count(401) <= 10
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert ask(tokens["read"], "198.51.100.8").status == 200
    assert f"wrong tokens from {client}" in web.web.log()


def test_the_last_of_several_fields_is_the_client(web):
    """As a proxy writes that leaves alone what the client has sent."""
    guess = (b"GET /api/v1/values HTTP/1.1\r\nHost: x\r\n"
             b"Authorization: Bearer suppressd.nobody.x\r\n"
             b"X-Forwarded-For: 198.51.100.21\r\n"
             b"X-Forwarded-For: 198.51.100.22, 198.51.100.23\r\n\r\n")
    # A minute may end in between.
    assert 401 in statuses(web.raw(guess * 21))
    found = re.findall(r"wrong tokens from (198\.51\.100\.2\d)",
                       web.web.log())
    assert set(found) == {"198.51.100.23"}


def test_the_description(web, apis):
    description = web.description
    assert description["openapi"].startswith("3.1.")
    for schema in description["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    # It has each route of the program, and no other.
    for method, path in operations(description):
        assert apis["read"].ask(method, path).status not in (404, 405)
    with open(web.routes, encoding="utf-8") as f:
        routes = re.findall(r'\{ "(\w+)", "/api/v1([^"]*)"', f.read())
    assert len(routes) == len(list(operations(description)))
    for method, path in routes:
        assert operation(description, method, path.replace("*", "x"))


def test_bodies_that_the_description_allows_are_taken(api, web, fresh):
    schema = {**web.description["components"]["schemas"]["Add"],
              "components": web.description["components"]}
    body = {"values": [fresh()], "source": "user", "stream": "news",
            "why": "w", "expires": "2099-01-01T00:00:00Z"}
    jsonschema.Draft202012Validator(schema).validate(body)
    api.post("/values", body)


def test_without_the_daemon(web, api, fresh):
    value = fresh()
    web.kill()
    answer = api.ask("POST", "/values", {"values": [value]})
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    # What is of this host alone is for the log.
    assert web.store not in answer.problem()
    assert api.ask("POST", "/values/check", {"values": [value]}).status == 200
    web.start()
    assert api.ask("POST", "/values", {"values": [value]}).status == 200
