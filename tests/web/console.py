"""A person with a browser that knows no tricks: forms, cookies, redirects."""
import html
import re
import urllib.parse


class Person:
    def __init__(self, web, **headers):
        self.web = web
        self.headers = {k.replace("_", "-"): v for k, v in headers.items()}
        self.cookie = None

    def ask(self, method, path, body=None):
        headers = dict(self.headers)
        if self.cookie:
            headers["Cookie"] = f"theme=dark; {self.cookie}"
        if body is not None:
            headers.setdefault("Content-Type",
                               "application/x-www-form-urlencoded")
        answer = self.web.ask(method, path, body, headers)
        if answer.headers["Set-Cookie"]:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def mark(self, path):
        """That of the forms of a page."""
        return re.search(r'name="mark" value="(\w+)"',
                         self.get(path).text())[1]

    def post(self, path, mark, **fields):
        return self.ask("POST", path, urllib.parse.urlencode(
            {"mark": mark, **fields}, doseq=True))

    def sign_in(self, token, to=""):
        return self.post("/console/sign-in", self.mark("/console/sign-in"),
                         token=token, to=to)


def problem(answer):
    """What a page of a problem says."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    found = re.search(r'role="alert"[^>]*>(.*?)</p>', answer.text(), re.S)
    assert found, answer.text()
    return html.unescape(found[1])
