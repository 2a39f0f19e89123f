"""What the console lets nobody do: without signing in, from elsewhere, as
somebody else."""
import os
import re

import pytest

from console import Person, problem
from web import TEMPLATES, within_a_minute

TABLE = os.path.join(TEMPLATES, "../console/routes.c")


def routes():
    """Method, an address, and the scope, of each route of the console."""
    with open(TABLE, encoding="utf-8") as f:
        found = re.findall(r'\{ "(\w+)", "([^"]+)", ACCESS_(\w+)', f.read())
    assert len(found) > 5
    return [(method, path.replace("*", "joe@example.com"), scope)
            for method, path, scope in found]


@pytest.fixture(scope="module")
def token(web):
    return {scope: web.json("token", "new", "--scope", scope,
                            f"{scope}-person")[0]["token"]
            for scope in ("read", "write", "admin")}


@pytest.fixture
def person(web):
    return Person(web)


@pytest.fixture
def signed_in(web, token):
    def person(scope="admin", **headers):
        made = Person(web, **headers)
        assert made.sign_in(token[scope]).status == 303
        return made
    return person


@pytest.mark.parametrize("method, path, scope", routes())
def test_nothing_without_signing_in(web, token, method, path, scope):
    if scope == "NONE":
        return
    for cookie in (None, "suppressd-console=" + "a" * 64,
                   "suppressd-console=", "suppressd-console=../../x",
                   "suppressd-console=" + "g" * 64):
        person = Person(web, Authorization=f"Bearer {token['admin']}")
        person.cookie = cookie
        answer = person.ask(method, path, "mark=x" if method == "POST"
                            else None)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/console/sign-in")
        assert answer.body == b""


@pytest.mark.parametrize("method, path, scope", routes())
def test_no_form_from_elsewhere(signed_in, method, path, scope):
    if method != "POST":
        return
    person, other = signed_in(), signed_in()
    kept = person.cookie
    for mark in ("", "x", "0" * 32, other.mark("/console/values")):
        answer = person.post(path, mark, confirmed="yes")
        assert answer.status == 403
        assert "not from a page of this session" in problem(answer)
    assert person.ask("POST", path).status == 403
    assert person.cookie == kept
    assert person.get("/console/values").status == 200


@pytest.mark.parametrize("method, path, scope", routes())
def test_scopes(signed_in, method, path, scope):
    person = signed_in("read")
    if method == "GET":
        assert person.get(path).status in (
            (200, 303, 404, 422) if scope in ("NONE", "READ") else (403,))
    elif scope in ("WRITE", "ADMIN"):
        answer = person.post(path, person.mark("/console/values"))
        assert answer.status == 403
        assert "does not allow this" in problem(answer)


def test_headers(signed_in):
    person = signed_in()
    for path in ("/console/values", "/console/sign-in", "/console/none",
                 "/console/assets/console.js"):
        policy = person.get(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy and "*" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
    answer = person.get("/console/values")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?! type=\"module\" src=\"/console/)|"
                         r"<style|\sstyle=|\son\w+=", answer.text())


def test_the_cookie(web, person, token):
    answer = person.get("/console/sign-in")
    before = answer.headers["Set-Cookie"]
    assert person.sign_in(token["read"]).status == 303
    assert person.cookie != before.partition(";")[0]
    over_tls = Person(web, X_Forwarded_Proto="https")
    cookie = over_tls.get("/console/sign-in").headers["Set-Cookie"]
    for words in (before, cookie):
        for word in ("HttpOnly", "SameSite=Strict", "Path=/console"):
            assert f"; {word}" in words
    assert "; Secure" in cookie and "; Secure" not in before


def test_signing_out_ends_it(person, token):
    person.sign_in(token["read"])
    cookie = person.cookie
    answer = person.post("/console/sign-out", person.mark("/console/values"))
    assert answer.status == 303
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    person.cookie = cookie
    assert person.get("/console/values").status == 303


def test_a_revoked_token_ends_it(web, person):
    made, = web.json("token", "new", "--scope", "admin", "short")
    person.sign_in(made["token"])
    assert person.get("/console/values").status == 200
    web.done("token", "revoke", "short")
    web.done("token", "new", "--scope", "admin", "short")
    assert person.get("/console/values").status == 303


def test_guessing_is_slowed(web, token):
    def guess(n):
        person = Person(web, X_Forwarded_For=f"198.51.100.{90 + n}")
        seen = [person.sign_in(f"suppressd.admin-person.{i:032}").status
                for i in range(30)]
        return seen, problem(person.sign_in(token["admin"]))
    seen, said = within_a_minute(guess)
    assert seen == [403] * seen.count(403) + [429] * seen.count(429)
    assert 1 <= seen.count(403) <= 10
    assert "wait" in said
    other = Person(web, X_Forwarded_For="198.51.100.10")
    assert other.sign_in(token["admin"]).status == 303


@pytest.mark.parametrize("to", [
    "https://evil.example/", "//evil.example", "/console\\..\\evil",
    "/console/values\r\nX-Evil: 1", "javascript:alert(1)", "/u/x",
    "/consolevil", "/console/\x00", "/console/" + "x" * 4000, "",
])
def test_sign_in_leads_nowhere_else(person, token, to):
    answer = person.sign_in(token["read"], to)
    assert answer.headers["Location"] == "/console/values"
    assert answer.headers["X-Evil"] is None


def test_forms_lead_nowhere_else(signed_in):
    person = signed_in()
    mark = person.mark("/console/values")
    for back in ("https://evil.example/", "//evil.example", "/console\r\nX: y"):
        answer = person.post("/console/remove", mark, back=back)
        assert answer.headers["Location"] == "/console/values"
        answer = person.post("/console/remove", mark, back=back,
                             reason="user\t*\tjoe@example.com")
        assert "evil" not in answer.text()


def test_problems_are_pages(signed_in):
    person = signed_in()
    for method, path, status in (
            ("GET", "/console/none", 404), ("GET", "/console/values/a/b", 404),
            ("GET", "/console/assets/none", 404),
            ("GET", "/console/assets/list.html", 404),
            ("GET", "/console/assets/..%2fhead.html", 404),
            ("POST", "/console/values", 405), ("PUT", "/console/values", 405),
            ("GET", "/console/values/joe", 422),
            ("GET", "/console/values/%zz", 400),
            ("GET", "/console/values?kind=fax", 422),
            ("GET", "/console/values?since=%3Cb%3E", 422)):
        answer = person.ask(method, path)
        assert answer.status == status, path
        assert problem(answer)
        assert "<b>" not in answer.text()


def test_a_form_that_is_too_large(signed_in):
    person = signed_in()
    answer = person.ask("POST", "/console/sign-in", "mark=" + "x" * 20000)
    assert answer.status == 413
    assert "larger" in problem(answer)


def test_what_can_not_be_removed(web, signed_in, fresh):
    value = fresh()
    web.done("add", "--source", "lead", value)
    person = signed_in("write")
    mark = person.mark("/console/values")
    answer = person.post("/console/remove", mark, confirmed="yes",
                         force="yes", why="x", reason=f"lead\t*\t{value}")
    assert answer.status == 403
    assert web.is_suppressed(value)
    for broken in ("", "lead", f"lead\t\t{value}", f"spam\t*\t{value}",
                   "lead\t*\tjoe", f"lead\t{'s' * 100}\t{value}"):
        answer = person.post("/console/remove", mark, confirmed="yes",
                             reason=broken)
        assert answer.status == 303
        assert "Nothing was selected" in person.get("/console/values").text()


def test_a_value_that_was_erased(web, signed_in, fresh):
    """Its history says so, and has its text nowhere."""
    value = fresh("erased")
    web.done("add", value)
    web.done("erase", value)
    person = signed_in()
    answer = person.ask("GET", f"/console/values/{value}")
    assert answer.status == 200
    assert "text erased" in answer.text()
    # What stands for it on the list is a value, too.
    hidden, = re.findall(r'href="(/console/values/email%23\w+)"',
                         person.get("/console/values").text())
    answer = person.ask("GET", hidden)
    assert answer.status == 200 and "text erased" in answer.text()


def test_while_the_daemon_is_away(web, signed_in, fresh):
    value = fresh()
    web.done("add", value)
    person = signed_in()
    mark = person.mark("/console/values")
    web.kill()
    try:
        answer = person.post("/console/remove", mark, confirmed="yes",
                             reason=f"user\t*\t{value}")
        assert answer.status == 503
        assert "try again" in problem(answer)
        assert person.get(f"/console/values/{value}").status == 200
    finally:
        web.start()
    assert web.is_suppressed(value)
