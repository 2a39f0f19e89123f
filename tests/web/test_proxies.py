"""Behind nginx and Caddy, as the README configures them."""
import re

import pytest

from proxies import NAME, CaddyFront, NginxFront, shown, text_of
from site_on_port import Site

PROGRAM, ANOTHER, STRANGER = "127.1.0.1", "127.1.0.2", "127.0.0.1"

# RFC 8058 3.2 has both.
ONE_CLICK = {
    "application/x-www-form-urlencoded": b"List-Unsubscribe=One-Click",
    "multipart/form-data; boundary=b": (
        b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n'
        b"\r\nOne-Click\r\n--b--\r\n"),
}


class Watched(Site):
    """It logs each answer, and would show /metrics to anybody."""

    web_options = ("-d",)

    def __init__(self):
        super().__init__()
        self.configure("metrics_open = true;")

    def answered(self):
        return re.findall(r"^suppressd-web: [A-Z]+ (\S+) \d{3}$",
                          self.web.log(), re.M)


@pytest.fixture(scope="module")
def web():
    made = Watched()
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module", params=[NginxFront, CaddyFront])
def front(request, web):
    made = request.param(web.port)
    yield made
    made.close()


def bearer(token, **headers):
    return {"Authorization": f"Bearer {token}",
            **{k.replace("_", "-"): v for k, v in headers.items()}}


@pytest.mark.parametrize("encoding", ONE_CLICK)
def test_one_click(web, front, encoding):
    address = f"{type(front).__name__}-{len(encoding)}@example.net"
    link, = web.tokens("news@example.com", address)
    assert front.ask("GET", f"/u/{link}").status == 200
    assert not web.is_suppressed(address)
    answer = front.ask("POST", f"/u/{link}", ONE_CLICK[encoding],
                       {"Content-Type": encoding})
    assert answer.status == 200 and "Set-Cookie" not in answer.headers
    assert web.is_suppressed(address)


def test_pages_have_their_style(front):
    answer = front.ask("GET", "/u/style.css")
    assert (answer.status, answer.headers.get_content_type()) == (
        200, "text/css")


def test_the_api(web, front):
    value = f"{type(front).__name__}-api@example.net"
    headers = bearer(web.token["write"], Content_Type="application/json")
    body = '{"values": ["%s"]}' % value
    front.ask("POST", "/api/v1/values", body, headers, STRANGER)
    assert not web.is_suppressed(value)
    answer = front.ask("POST", "/api/v1/values", body, headers, PROGRAM)
    assert answer.json()["results"][0]["changed"]
    assert web.is_suppressed(value)


@pytest.mark.parametrize("path", [
    "/", "/metrics", "/healthz", "/console", "/console/sign-in",
    "/console/console.css", "/api/v1/values", "/api/v1/openapi.json",
    "/u/../metrics", "/u/%2e%2e/metrics", "/u/..%2fmetrics", "//metrics",
    "/u/./../metrics", "/u//../metrics", "/u/..;/metrics", "/u/%2e%2e%2fmetrics",
    "/u", "/u%2f..%2fmetrics", "/%6detrics", "/u/../api/v1/values",
    "/u/%2e%2e/console/sign-in", f"http://{NAME}/metrics",
])
def test_the_rest_is_not_there_for_strangers(web, front, path):
    before = len(web.answered())
    for headers in ({}, bearer(web.token["admin"], X_Forwarded_For=PROGRAM,
                               X_Original_URL="/metrics",
                               X_Rewrite_URL="/metrics")):
        answer = front.ask("GET", path, headers=headers)
        assert b"suppressd" not in answer.body
    # What begins with /u/ is asked, and is no address of ours.
    assert set(web.answered()[before:]) <= {"-", "/u/*"}


@pytest.mark.parametrize("kind", [NginxFront, CaddyFront])
@pytest.mark.parametrize("forged", [
    {}, {"X_Forwarded_For": "198.51.100.1"},
    {"X_Forwarded_For": f"198.51.100.2, {ANOTHER}"},
    {"X_Forwarded_For": ANOTHER, "Connection": "X-Forwarded-For"},
    {"Forwarded": f"for={ANOTHER}", "X_Real_IP": ANOTHER},
])
def test_guessing_is_slowed_by_the_real_address(kind, forged):
    """Whatever a client says of itself; nobody else waits."""
    web = Watched()
    front = None
    try:
        web.start_all()
        front = kind(web.port)

        def ask(token, source, **headers):
            return front.ask("GET", "/api/v1/values", None,
                             bearer(token, **headers), source).status
        # A minute may end in between.
        answers = [ask(f"suppressd.read-person.{n:032}", PROGRAM, **forged)
                   for n in range(21)]
        assert answers[0] == 401 and 429 in answers, answers
        assert ask(web.token["read"], ANOTHER) == 200
        assert set(re.findall(r"wrong tokens from (\S+)",
                              web.web.log())) == {PROGRAM}
    finally:
        if front is not None:
            front.close()
        web.close()


@pytest.mark.parametrize("first", ["server {", f"{NAME} {{"])
def test_the_manual_shows_the_same(first):
    assert shown(first) in text_of("man/suppressd-web.8")
