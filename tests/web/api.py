"""A program that uses the API, and holds it to its description."""
import json
import re

import jsonschema


class Api:
    def __init__(self, web, token):
        self.web = web
        self.token = token

    def ask(self, method, path, body=None, **headers):
        """One request; its answer must be as the description says."""
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
        answer = self.web.ask(method, "/api/v1" + path, body, sent)
        if self.web.description:
            check(self.web.description, method, path, answer)
        return answer

    def get(self, path, **headers):
        answer = self.ask("GET", path, **headers)
        assert answer.status == 200, answer.body
        return answer.json()

    def post(self, path, body, **headers):
        answer = self.ask("POST", path, body, **headers)
        assert answer.status == 200, answer.body
        return answer.json()


def operation(description, method, path):
    """What the description has for it; None: nothing."""
    path = path.partition("?")[0]
    best = None
    for pattern, methods in description["paths"].items():
        if (re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern)),
                         path) and method.lower() in methods):
            if best is None or "{" not in pattern:
                best = methods[method.lower()]
    return best


def check(description, method, path, answer):
    found = operation(description, method, path)
    if found is None:
        assert answer.status in (404, 405)
        return
    response = found["responses"].get(str(answer.status))
    assert response, f"{method} {path}: {answer.status} is not described"
    if "$ref" in response:
        name = response["$ref"].rpartition("/")[2]
        response = description["components"]["responses"][name]
    content = response["content"][answer.headers["Content-Type"]]
    schema = {**content["schema"], "components": description["components"]}
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker()).validate(
            answer.json())
