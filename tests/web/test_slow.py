"""Requests that take long: who waits for them, and who does not."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from console import Person, problem
from harness.wait import until

# More than there are threads, for whatever.
MANY = 24
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def person(web, tokens):
    made = Person(web)
    assert made.sign_in(tokens["read"]).status == 303
    return made


def test_leaving_waits_for_nobody(web, api, person, fresh, stuck):
    """By links, over connections that are there already and over new ones,
    while all that can be asked with a token is slow."""
    names = [fresh("gone") for _ in range(MANY)]
    links = ["/u/" + t for t in web.tokens("news@example.com", *names)]
    kept = [web.connect() for _ in links]
    for connection in kept:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    with ThreadPoolExecutor(MANY) as pool, stuck():
        numbers = [pool.submit(api.ask, "GET", "/stats") for _ in range(4)]
        until(lambda: any(each.done() for each in numbers),
              "one is told that others count")
        pages = [pool.submit(person.get, f"/console/values/{name}")
                 for name in names[len(numbers):]]
        for connection, link in zip(kept[1:], links[1:]):
            connection.request("POST", link, ONE_CLICK, FORM)
            assert connection.getresponse().status == 200
        assert web.ask("POST", links[0], ONE_CLICK, FORM).status == 200
        assert not any(each.done() for each in pages)
    assert {each.result().status for each in pages} == {200}
    assert {each.result().status for each in numbers} == {200, 503}
    for name in names:
        assert web.is_suppressed(name)
    for connection in kept:
        connection.close()


def test_a_short_check_waits_for_nobody(web, api, person, fresh, stuck):
    names = [fresh("checked") for _ in range(MANY)]
    with ThreadPoolExecutor(MANY) as pool, stuck():
        pages = [pool.submit(person.get, f"/console/values/{name}")
                 for name in names]
        for _ in range(MANY):
            answer = api.post("/values/check", {"values": names[:3]})
            assert len(answer["results"]) == 3
        assert not any(each.done() for each in pages)
    assert {each.result().status for each in pages} == {200}


def test_who_has_to_wait_is_told(api, person, stuck):
    """A program by its status, a person by a page."""
    def busy(answer):
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        return answer
    with ThreadPoolExecutor(MANY) as pool, stuck():
        numbers = [pool.submit(api.ask, "GET", "/stats") for _ in range(3)]
        until(lambda: any(each.done() for each in numbers),
              "one is told that others count")
        for path in ("/values?sort=since", "/values?search=x",
                     "/values?source=lead", "/values?until=2020-01-01", "/history?source=lead",
                     "/contacts?search=x", "/stats"):
            assert "try again" in busy(api.ask("GET", path)).problem(), path
        for path in ("/values?sort=-since", "/values?search=x",
                     "/contacts?search=x", "/review"):
            page = busy(person.get("/console" + path))
            assert "try again" in problem(page), path
        # What needs no look at all of the list goes on; so do changes.
        for path in ("/values", "/history", "/history?since=2020-01-01",
                     "/history?value=joe@example.com", "/contacts",
                     "/values?contact=none&sort=since"):
            assert api.ask("GET", path).status == 200, path
        assert person.get("/console/values").status == 200
        assert api.ask("POST", "/imports", "a@b.example",
                       Content_Type="text/csv").status == 200
