"""Leaving by a link: RFC 8058, and the page for people."""
import html.parser
import os
import re
import shutil
import threading

import pytest

from harness.wait import until
from web import TEMPLATES, Web, statuses

NEWS, BILLS = "news@example.com", "bills@example.com"
ONE_CLICK = "List-Unsubscribe=One-Click"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=----b7"}
# RFC 8058 8.1 has this body.
PARTS = ("------b7\r\n"
         'Content-Disposition: form-data; name="List-Unsubscribe"\r\n'
         "\r\nOne-Click\r\n------b7--\r\n")


@pytest.fixture
def link(web, fresh):
    """link() is a new address and its link."""
    def make(sender=NEWS):
        address = fresh()
        return address, "/u/" + web.tokens(sender, address)[0]
    return make


def reasons(web, address):
    return [(row["source"], row["stream"])
            for row in web.json("show", address) if row["type"] == "reason"]


def events(web, address):
    return [row for row in web.json("show", address)
            if row["type"] == "event"]


class Page(html.parser.HTMLParser):
    def __init__(self, answer):
        super().__init__()
        self.tags, self.words = [], ""
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        self.feed(answer.text())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def has(self, tag, **attrs):
        return sum(name == tag and attrs.items() <= there.items()
                   for name, there in self.tags)


@pytest.mark.parametrize("headers, body", [
    (URLENCODED, ONE_CLICK),
    (MULTIPART, PARTS),
    ({"Content-Type": 'Multipart/Form-Data; boundary="----b7"'}, PARTS),
    ({"Content-Type": URLENCODED["Content-Type"] + ";charset=utf-8"},
     ONE_CLICK + "&x=y"),
], ids=["urlencoded", "multipart", "quoted", "more"])
def test_one_click(web, link, headers, body):
    address, path = link()
    answer = web.ask("POST", path, body, headers)
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    assert reasons(web, address) == [("lead", "news")]
    event, = events(web, address)
    assert (event["by"], event["proof"]) == ("unsubscribe", "token")
    assert event["why"] == "one-click unsubscribe"


def test_the_case_of_a_link_does_not_matter(web, link):
    address, path = link()
    path = "/u/" + path[3:].upper()
    assert web.ask("POST", path, ONE_CLICK, URLENCODED).status == 200
    assert web.is_suppressed(address)


def test_a_link_is_for_its_stream(web, link):
    address, path = link(BILLS)
    assert web.ask("POST", path, ONE_CLICK, URLENCODED).status == 200
    assert reasons(web, address) == [("lead", "bills")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(web, link, method):
    address, path = link()
    for query in ("", "?" + ONE_CLICK, "?scope=all"):
        assert web.ask(method, path + query).status == 200
    assert web.json("show", address) == []


def test_the_page(web, link):
    address, path = link()
    page = Page(web.ask("GET", path))
    assert address in page.words
    assert page.has("form", method="post") == page.has("form") == 1
    assert page.has("button", type="submit") == page.has("button") == 1
    assert page.has("input", name="scope", value="stream", checked=None)
    assert page.has("input", name="scope", value="all")
    # Accessible: a language, a title, one heading, a group with a legend.
    assert page.has("html", lang="en") == page.has("title") == 1
    assert page.has("h1") == page.has("legend") == page.has("main") == 1
    assert page.has("label") == page.has("input") == 2
    # Nothing from elsewhere, and nothing that runs.
    assert not page.has("script")
    for _, attrs in page.tags:
        assert not {"style", "onclick", "src", "action"} & attrs.keys()
        assert attrs.get("href", "/").startswith("/")
    style = web.ask("GET", "/u/style.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert b"url(" not in style.body


@pytest.mark.parametrize("scope, stream", [("stream", "news"), ("all", "*")])
def test_the_button(web, link, scope, stream):
    address, path = link()
    answer = web.ask("POST", path, f"scope={scope}", URLENCODED)
    assert answer.status == 200
    assert address in Page(answer).words
    assert reasons(web, address) == [("lead", stream)]


def test_a_stream_that_stops_all(web, link):
    address, path = link("club@example.com")
    page = Page(web.ask("GET", path))
    assert not page.has("fieldset")
    assert page.has("input", type="hidden", name="scope", value="all")
    assert page.has("button") == 1
    assert web.ask("POST", path, ONE_CLICK, URLENCODED).status == 200
    assert reasons(web, address) == [("lead", "*")]


def test_undo(web, link):
    address, path = link()
    answer = web.ask("POST", path, "scope=all", URLENCODED)
    assert Page(answer).has("input", name="undo", value="1")
    answer = web.ask("POST", path, "undo=1", URLENCODED)
    assert answer.status == 200
    assert address in Page(answer).words
    assert reasons(web, address) == []
    assert web.ask("POST", path, "undo=1", URLENCODED).status == 409
    # And once more: it is a wish again.
    assert web.ask("POST", path, "scope=all", URLENCODED).status == 200
    assert reasons(web, address) == [("lead", "*")]


def test_undo_leaves_what_a_link_has_not_done(web, link):
    address, path = link()
    web.done("add", "--source", "abuse", address)
    web.done("add", "--source", "lead", "--stream", "bills", address)
    web.ask("POST", path, ONE_CLICK, URLENCODED)
    assert web.ask("POST", path, "undo=1", URLENCODED).status == 200
    assert reasons(web, address) == [("abuse", "*"), ("lead", "bills")]
    assert web.ask("POST", path, "undo=1", URLENCODED).status == 409


def test_a_thousand_clicks_are_one_line(web, link):
    address, path = link()
    for _ in range(5):
        assert web.ask("POST", path, ONE_CLICK, URLENCODED).status == 200
    assert len(events(web, address)) == 1


def spoiled(token):
    yield ""
    yield token[:-1]
    yield token + "a"
    yield token[:40] + ("a" if token[40] != "a" else "b") + token[41:]
    yield "x" * 4000
    yield "%00" + token
    yield "%zz"
    yield "<script>alert(1)</script>"
    yield "%3Cscript%3E"
    yield "style.css"


def test_wrong_links(web, link):
    address, path = link()
    for token in spoiled(path[3:]):
        answer = web.ask("POST", "/u/" + token, ONE_CLICK, URLENCODED)
        assert answer.status == 404, token
        assert b"script" not in answer.body
    answer = web.ask("GET", "/u/x")
    assert answer.status == 404
    assert "not valid" in Page(answer).words
    assert web.json("show", address) == []


def test_a_link_of_another_site(web, link):
    other = Web()
    try:
        other.start_all()
        token, = other.tokens(NEWS, "anna@example.net")
    finally:
        other.close()
    answer = web.ask("POST", "/u/" + token, ONE_CLICK, URLENCODED)
    assert answer.status == 404
    assert not web.is_suppressed("anna@example.net")


@pytest.mark.parametrize("headers, body, status", [
    (URLENCODED, "", 400),
    (URLENCODED, "List-Unsubscribe=One-Clic", 400),
    (URLENCODED, "scope=none", 400),
    (URLENCODED, "undo=%zz", 400),
    (MULTIPART, ONE_CLICK, 400),
    ({"Content-Type": "multipart/form-data"}, PARTS, 400),
    ({"Content-Type": "text/plain"}, ONE_CLICK, 415),
    ({"Content-Type": "application/json"}, '{"scope":"all"}', 415),
    (URLENCODED, "x" * 20000, 413),
])
def test_wrong_forms(web, link, headers, body, status):
    address, path = link()
    assert web.ask("POST", path, body, headers).status == status
    assert web.json("show", address) == []


@pytest.mark.parametrize("accept, language, words", [
    ("de", "de", "Abbestellen"),
    ("fr-CA,fr;q=0.9,en;q=0.8", "fr", "Se désabonner"),
    ("es", "es", "Darse de baja"),
    ("en;q=0.1,ja;q=0.2", "ja", "配信停止"),
    ("nl,pt;q=0.5", "en", "Unsubscribe"),
    ("*", "en", "Unsubscribe"),
    ("de;q=0", "en", "Unsubscribe"),
    ("\xff,;;=,q=", "en", "Unsubscribe"),
    ("", "en", "Unsubscribe"),
])
def test_languages(web, link, accept, language, words):
    _, path = link()
    page = Page(web.ask("GET", path, headers={"Accept-Language": accept}))
    assert page.has("html", lang=language)
    assert words in page.words


def test_an_address_that_would_be_html(web):
    address = '"<b>&\'x"@example.net'
    token, = web.tokens(NEWS, address)
    answer = web.ask("GET", "/u/" + token)
    assert answer.status == 200
    assert b"<b>" not in answer.body
    assert "<b>&'x" in Page(answer).words


def test_no_daemon_no_promise():
    made = Web()
    try:
        made.start_all()
        token, = made.tokens(NEWS, "anna@example.net")
        made.kill()
        for method in ("GET", "POST"):
            answer = made.ask(method, "/u/" + token,
                              ONE_CLICK if method == "POST" else None,
                              URLENCODED)
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
        made.start()
        answer = made.ask("POST", "/u/" + token, ONE_CLICK, URLENCODED)
        assert answer.status == 200
        assert made.is_suppressed("anna@example.net")
    finally:
        made.close()


def post_all(web, links, told):
    """Until each has its 200: a crash in between is an answer, too."""
    while links:
        address, token = links.pop()
        request = (f"POST /u/{token} HTTP/1.1\r\nHost: x\r\n"
                   "Content-Type: application/x-www-form-urlencoded\r\n"
                   f"Content-Length: {len(ONE_CLICK)}\r\n"
                   f"Connection: close\r\n\r\n{ONE_CLICK}")
        try:
            if statuses(web.raw(request.encode())) == [200]:
                told.append(address)
                continue
        except OSError:
            pass
        links.insert(0, (address, token))


def test_what_was_acknowledged_survives_kill_9():
    """Both are killed while requests come in without a pause."""
    made = Web()
    links = []
    try:
        made.start_all()
        addresses = [f"anna{n}@example.net" for n in range(120)]
        links += zip(addresses, made.tokens(NEWS, *addresses))
        told = []
        posters = [threading.Thread(target=post_all, args=(made, links, told))
                   for _ in range(4)]
        for poster in posters:
            poster.start()
        for crash in range(1, 4):
            until(lambda: len(told) >= 25 * crash, "unsubscribed")
            made.kill()
            made.web.popen.kill()
            made.web.popen.wait(30)
            acknowledged = list(told)
            made.start_all()
            listed = {row["value"] for row in made.json("list")}
            assert set(acknowledged) <= listed
        for poster in posters:
            poster.join(60)
        assert sorted(told) == sorted(addresses)
    finally:
        links.clear()
        made.close()


def test_templates_of_a_site(tmp_path):
    own = tmp_path / "pages"
    shutil.copytree(TEMPLATES, own)
    words = (own / "de.words").read_text(encoding="utf-8")
    (own / "de.words").write_text(
        re.sub("ask = .*", "ask = Weg damit, {{address}}?", words),
        encoding="utf-8")
    made = Web()
    try:
        made.configure("")
        with open(made.conf_path, encoding="utf-8") as f:
            text = f.read().replace(TEMPLATES, str(own))
        with open(made.conf_path, "w", encoding="utf-8") as f:
            f.write(text)
        made.start_all()
        token, = made.tokens(NEWS, "anna@example.net")
        page = Page(made.ask("GET", "/u/" + token,
                             headers={"Accept-Language": "de"}))
        assert "Weg damit, anna@example.net?" in page.words
        made.stop_web()
        # One that lacks a text, a language or a file does not start.
        (own / "de.words").write_text("ask = x\n")
        with pytest.raises(RuntimeError, match='de.words has no "ask_title"'):
            made.start_web()
        os.remove(own / "de.words")
        os.remove(own / "done.html")
        with pytest.raises(RuntimeError, match="done.html"):
            made.start_web()
        os.remove(own / "en.words")
        with pytest.raises(RuntimeError, match="no en.words"):
            made.start_web()
    finally:
        made.close()
