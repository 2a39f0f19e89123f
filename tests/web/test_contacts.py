"""Contacts over the API, and what comes of them for mail."""
import pytest


@pytest.fixture
def joe(api, fresh):
    """A contact with two addresses: its id and these."""
    contact = fresh("c").partition("@")[0]
    values = [fresh("home"), fresh("work")]
    api.post("/contacts", {"id": contact, "name": "Joe Doe",
                           "values": values})
    return contact, values


def test_made_and_shown(web, api, joe):
    contact, values = joe
    shown = api.get(f"/contacts/{contact}")
    assert (shown["name"], shown["blocked"]) == ("Joe Doe", False)
    assert [v["value"] for v in shown["values"]] == values
    assert all(v["may_be_contacted"] for v in shown["values"])
    row, = web.json("contact", "list", "--search", contact)
    assert row["values"] == 2


def test_blocked_and_unblocked(web, api, joe, fresh):
    contact, values = joe
    done = api.post(f"/contacts/{contact}/block", {"why": "asked by phone"})
    assert done["results"][0]["changed"]
    assert all(web.is_suppressed(v) for v in values)
    shown = api.get(f"/contacts/{contact}")
    assert (shown["blocked"], shown["by"]) == (True, "write-app")
    assert (shown["source"], shown["why"]) == ("api", "asked by phone")
    # And what comes later.
    late = fresh("late")
    api.post(f"/contacts/{contact}/set", {"values": [late]})
    assert web.is_suppressed(late)
    api.post(f"/contacts/{contact}/unblock", {"why": "agreed again"})
    assert not any(web.is_suppressed(v) for v in [*values, late])


def test_a_part_is_blocked(web, api, joe):
    contact, (home, work) = joe
    api.post(f"/contacts/{contact}/block", {"values": [home]})
    assert web.is_suppressed(home) and not web.is_suppressed(work)
    shown = api.get(f"/contacts/{contact}")
    assert [v["blocked_by_contact"] for v in shown["values"]] == [True, False]
    done = api.post(f"/contacts/{contact}/block", {"kind": "phone"})
    assert done["results"] == []
    api.post(f"/contacts/{contact}/unblock", {"kind": "email"})
    assert not web.is_suppressed(home)


def test_changed_and_removed(api, joe):
    contact, (home, work) = joe
    api.post(f"/contacts/{contact}/set", {"name": "Joseph",
                                          "values": [home], "drop": True})
    shown = api.get(f"/contacts/{contact}")
    assert shown["name"] == "Joseph"
    assert [v["value"] for v in shown["values"]] == [work]
    api.post(f"/contacts/{contact}/remove", {})
    assert api.ask("GET", f"/contacts/{contact}").status == 404
    ops = [e["op"] for e in api.get(f"/contacts/{contact}/activity")["events"]]
    assert ops[0] == "forget" and "name" in ops and "link" in ops


def test_activity_comes_in_pages(api, joe):
    contact, _ = joe
    for n in range(5):
        api.post(f"/contacts/{contact}/set", {"name": f"Joe {n}"})
    whole = api.get(f"/contacts/{contact}/activity")
    assert whole["next"] is None
    seen, path = [], f"/contacts/{contact}/activity?limit=3"
    page = api.get(path)
    while True:
        seen += page["events"]
        if page["next"] is None:
            break
        page = api.get(f"{path}&after={page['next']}")
    assert seen == whole["events"]
    assert len({e["number"] for e in seen}) == len(seen) >= 8


def test_listed(api, joe, fresh):
    contact, (home, _) = joe
    rows = api.get(f"/contacts?value={home}")["contacts"]
    assert [r["contact"] for r in rows] == [contact]
    assert api.get(f"/contacts?search={contact}")["contacts"] == rows
    assert api.get(f"/contacts?blocked=true&search={contact}")[
        "contacts"] == []
    api.post(f"/contacts/{contact}/block", {})
    row, = api.get(f"/contacts?blocked=true&search={contact}")["contacts"]
    assert row["blocked"]
    prefix = fresh("many").partition("@")[0]
    for n in range(7):
        api.post("/contacts", {"id": f"{prefix}.{n}", "name": "One of many"})
    seen, path = [], f"/contacts?search={prefix}&limit=3"
    page = api.get(path)
    while True:
        seen += [r["contact"] for r in page["contacts"]]
        if page["next"] is None:
            break
        page = api.get(f"{path}&after={page['next']}")
    assert sorted(seen) == [f"{prefix}.{n}" for n in range(7)]


def test_force(web, api, apis, joe):
    contact, values = joe
    api.post(f"/contacts/{contact}/block", {"source": "lead"})
    done = api.post(f"/contacts/{contact}/unblock", {})
    assert done["results"][0]["kept"]
    body = {"force": True, "why": "wrote to us"}
    path = f"/contacts/{contact}/unblock"
    assert api.ask("POST", path, body).status == 403
    assert apis["admin"].ask("POST", path, {"force": True}).status == 422
    apis["admin"].post(path, body)
    assert not web.is_suppressed(values[0])


@pytest.mark.parametrize("path, body, status, says", [
    ("", {}, 422, "id: is missing"),
    ("", {"id": "a b", "name": "x"}, 422, "id: 'a b' is no contact's id"),
    ("", {"id": "new.1"}, 422, "say the name"),
    ("", {"id": "new.1", "name": "x", "values": ["joe"]}, 422, "values: [0]"),
    ("", {"id": "new.1", "name": "x", "drop": True}, 422, "'drop' is none"),
    ("", {"id": "new.1", "name": "a\u001bb"}, 422, "control"),
    ("/nobody.1/set", {"name": "x"}, 404, "no contact 'nobody.1'"),
    ("/nobody.1/block", {}, 404, "no contact 'nobody.1'"),
    ("/nobody.1/remove", {}, 404, "no contact 'nobody.1'"),
    ("/a%20b/block", {}, 422, "is no contact's id"),
    ("/%zz/block", {}, 422, "no contact's id"),
])
def test_what_is_wrong(api, path, body, status, says):
    answer = api.ask("POST", "/contacts" + path, body)
    assert answer.status == status, answer.body
    assert says in answer.problem()
    assert api.ask("GET", "/contacts/new.1").status == 404


def test_what_is_wrong_with_one(api, joe):
    contact, _ = joe
    path = f"/contacts/{contact}"
    for end, body, status in (("/set", {}, 422),
                              ("/set", {"name": "x", "drop": True}, 422),
                              ("/set", {"values": []}, 422),
                              ("/block", {"kind": "fax"}, 422),
                              ("/block", {"values": ["x@y.example"]}, 422),
                              ("/block", {"force": True}, 422)):
        assert api.ask("POST", path + end, body).status == status, body
    answer = api.ask("POST", "/contacts", {"id": contact, "name": "Again"})
    assert answer.status == 409
    api.post(path + "/block", {})
    assert api.ask("POST", path + "/remove", {}).status == 422


def test_scopes_of_contacts(apis, joe):
    contact, _ = joe
    read = apis["read"]
    assert read.ask("GET", f"/contacts/{contact}").status == 200
    assert read.ask("POST", f"/contacts/{contact}/block", {}).status == 403
    assert read.ask("POST", "/contacts", {"id": "x.1",
                                          "name": "x"}).status == 403
