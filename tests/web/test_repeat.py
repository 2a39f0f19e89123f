"""Requests that come twice, and those that come too often."""
import threading

from api import Api
from harness.wait import until

SETTINGS = ""


def test_every_route_answers_the_same_again(web, api, fresh):
    value, contact = fresh(), fresh("c").partition("@")[0]
    web.done("add", "--source", "api", value)
    steps = [
        ("/values", {"values": [value]}),
        ("/values/remove", {"values": [value]}),
        ("/contacts", {"id": contact, "name": "Joe", "values": [value]}),
        (f"/contacts/{contact}/set", {"name": "Ann"}),
        (f"/contacts/{contact}/block", {}),
        (f"/contacts/{contact}/unblock", {}),
        (f"/contacts/{contact}/remove", {}),
        ("/imports", value),
        ("/reports", "Subject: Hello\n\nHello.\n"),
        ("/imports/20261127-120000-abcd/undo", {"why": "test"}),
    ]

    def send(n, path, body):
        kind = {"/imports": "text/csv", "/reports": "message/rfc822"}.get(
            path, "application/json")
        answer = api.ask("POST", path, body, Content_Type=kind,
                         Idempotency_Key=f"step {n}")
        assert answer.status == 200, answer.body
        return answer.json()
    first = [send(n, *step) for n, step in enumerate(steps)]
    events = len(web.json("history"))
    assert [send(n, *step) for n, step in enumerate(steps)] == first
    assert len(web.json("history")) == events


def test_after_a_crash_the_store_knows(web, api, fresh):
    value, contact = fresh(), fresh("c").partition("@")[0]
    steps = [
        ("/values", {"values": [value, fresh()], "stream": "news"}),
        ("/values/remove", {"values": [value]}),
        ("/contacts", {"id": contact, "name": "Joe",
                       "values": [fresh(), fresh()]}),
        (f"/contacts/{contact}/set", {"name": "Ann"}),
        (f"/contacts/{contact}/block", {"why": "asked"}),
    ]

    def send():
        return [api.post(path, body, Idempotency_Key=f"crash {n}")
                for n, (path, body) in enumerate(steps)]
    first = send()
    events = len(web.json("history"))
    web.web.popen.kill()
    web.web.popen.wait(30)
    web.start_web()
    assert send() == first
    assert len(web.json("history")) == events
    # Which request a key was for is forgotten, and stops no other one.
    other = fresh()
    web.stop_web()
    web.start_web()
    api.post("/values", {"values": [value, other], "stream": "news"},
             Idempotency_Key="crash 1")
    assert web.is_suppressed(other)


def test_a_key_is_for_one_request(api, apis, fresh):
    body = {"values": [fresh()]}
    api.post("/values", body, Idempotency_Key="mine")
    for path, other in (("/values", {"values": [fresh()]}),
                        ("/values/remove", body)):
        answer = api.ask("POST", path, other, Idempotency_Key="mine")
        assert answer.status == 422
        assert "Idempotency-Key" in answer.problem()
    # Another program's key is another one.
    apis["admin"].post("/values", body, Idempotency_Key="mine")


def test_what_failed_may_be_tried_again(web, api, fresh):
    body = {"values": [fresh()]}
    assert api.ask("POST", "/values", {"values": []},
                   Idempotency_Key="again").status == 422
    web.kill()
    try:
        assert api.ask("POST", "/values", body,
                       Idempotency_Key="again").status == 503
    finally:
        web.start()
    assert api.post("/values", body,
                    Idempotency_Key="again")["results"][0]["changed"]


def test_reading_is_never_remembered(web, api, fresh):
    body = {"values": [fresh()]}
    for n, want in ((0, True), (1, False)):
        result, = api.post("/values/check", body,
                           Idempotency_Key="look")["results"]
        assert result["may_be_contacted"] is want
        if n == 0:
            web.done("add", body["values"][0])


def test_both_at_once(web, api, fresh):
    """One is done; the other one waits for its turn, or gets its answer."""
    body = {"values": [fresh() for _ in range(2000)]}
    answers = []

    def send():
        answers.append(api.ask("POST", "/values", body,
                               Idempotency_Key="both"))
    threads = [threading.Thread(target=send) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert {a.status for a in answers} <= {200, 409}
    bodies = {a.body for a in answers if a.status == 200}
    assert len(bodies) == 1
    assert len(web.events(body["values"][0])) == 1


def test_changes_have_a_limit(web, tokens, fresh):
    web.stop_web()
    web.configure("writes_per_minute = 3;")
    web.start_web()
    try:
        made, = web.json("token", "new", "--scope", "write", "eager")
        eager = Api(web, made["token"])

        def statuses(n):
            return [eager.ask("POST", "/values",
                              {"values": [fresh()]}).status
                    for _ in range(n)]
        # A minute may end in between, but not two.
        until(lambda: statuses(4).count(429) > 0, "it is refused")
        answer = eager.ask("POST", "/values", {"values": [fresh()]})
        if answer.status == 429:
            assert 0 < int(answer.headers["Retry-After"]) <= 60
            assert "writes_per_minute" in answer.problem()
        # Looking is not changing, and others are not eager.
        assert eager.ask("GET", "/values").status == 200
        assert Api(web, tokens["write"]).ask(
            "POST", "/values", {"values": [fresh()]}).status == 200
    finally:
        web.stop_web()
        web.configure("")
        web.start_web()
