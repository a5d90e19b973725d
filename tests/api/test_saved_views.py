"""Saved views through the API: whose they are, what they let through, and that none shows more than its reader may see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web_server import Api, Server

VIEWS = "/library/book/views"


def books(api: Api) -> None:
    for title, price, cost in (("Walden", "5", "3"), ("Emma", "12", "10"), ("Dune", "20", "15")):
        api.made("/library/book", title=title, price=price, cost=cost)


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json["data"]]


def test_a_view_is_kept_and_lists_go_by_it(server: Server) -> None:
    api = server.api("cleo")
    books(server.api("hana"))
    made = api.made(VIEWS, name=" Dear ones ", filter="price > 10", sort="title", columns=["title", "price"])
    assert made["name"] == "Dear ones"
    assert (made["source"], made["kind"], made["size"], made["version"]) == ("own", "grid", 0, 1)
    listed = api("GET", VIEWS).json["data"]
    assert [(each["id"], each["source"]) for each in listed] == [
        ("all", "definition"),
        ("dear", "definition"),
        (made["id"], "own"),
    ]
    by_view = {"view": made["id"]}
    assert titles(api("GET", "/library/book", query_string=by_view)) == ["Dune", "Emma"]
    narrowed = {**by_view, "filter": "price < 15", "count": "exact"}
    assert titles(api("GET", "/library/book", query_string=narrowed)) == ["Emma"]
    assert titles(api("GET", "/library/book", query_string={**by_view, "sort": "price"})) == ["Emma", "Dune"]
    figures = api("GET", "/library/book/aggregate", query_string={**by_view, "measures": "n: COUNT()"})
    assert figures.json["data"] == [{"n": 2}]
    assert titles(api("GET", "/library/book", query_string={"view": "dear"})) == []
    head = server.api("hana")
    own = head.made(VIEWS, name="x", filter="price > 10", sort="-title")
    asked = {"view": own["id"], "format": "csv"}
    taken = head("GET", "/library/book/export", query_string=asked).text.splitlines()
    assert [line.split(",")[1] for line in taken[1:]] == ["Emma", "Dune"]


def test_pages_of_a_view_go_on(server: Server) -> None:
    api = server.api("hana")
    books(api)
    made = api.made(VIEWS, name="all", filter="price > 1", sort="title")
    asked = {"view": made["id"], "limit": "2"}
    first = api("GET", "/library/book", query_string=asked)
    rest = api("GET", "/library/book", query_string={**asked, "cursor": first.json["page"]["next"]})
    assert [*titles(first), *titles(rest)] == ["Dune", "Emma", "Walden"]


def test_a_view_is_changed_only_in_the_version_that_was_seen(server: Server) -> None:
    api = server.api("cleo")
    made = api.made(VIEWS, name="One", filter="price > 1")
    path = f"{VIEWS}/{made['id']}"
    read = api("GET", path)
    assert read.headers["ETag"] == '"1"'
    assert api("GET", path, headers={"If-None-Match": '"1"'}).status_code == 304
    changed = api("PATCH", path, {"name": "Two", "size": 50}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["name"], changed.json["size"], changed.json["filter"]) == ("Two", 50, "price > 1")
    late = api("PATCH", path, {"name": "Three"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["code"]) == (412, "view_stale")
    assert api("DELETE", path, headers={"If-Match": '"1"'}).status_code == 412
    assert api("DELETE", path, headers={"If-Match": '"2"'}).status_code == 204
    assert api("GET", path).status_code == 404


def test_views_have_an_order_and_one_is_the_first(server: Server) -> None:
    api = server.api("cleo")
    ids = [api.made(VIEWS, name=name)["id"] for name in "abc"]
    assert api("PATCH", f"{VIEWS}/{ids[2]}", {"position": 0, "default": True}).json["default"] is True
    own = [each for each in api("GET", VIEWS).json["data"] if each["source"] == "own"]
    assert [each["name"] for each in own] == ["c", "a", "b"]
    assert [each["name"] for each in own if each["default"]] == ["c"]
    assert api("PATCH", f"{VIEWS}/{ids[2]}", {"default": False}).json["default"] is False


def test_nobody_sees_a_private_view(server: Server) -> None:
    mine, other = server.api("cleo"), server.api("hana")
    made = mine.made(VIEWS, name="Mine")
    path = f"{VIEWS}/{made['id']}"
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = other(method, path, body)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_view"), method
    assert other("GET", "/library/book", query_string={"view": made["id"]}).status_code == 404
    assert made["id"] not in [each["id"] for each in other("GET", VIEWS).json["data"]]


def test_sharing_is_for_designers_and_reaches_whom_it_names(server: Server) -> None:
    head, clerk, stranger = server.api("hana"), server.api("cleo"), server.api("nemo")
    books(head)
    refused = clerk("POST", VIEWS, {"name": "a", "shared": ["*"]})
    assert (refused.status_code, refused.json["code"]) == (403, "view_sharing")
    made = head.made(VIEWS, name="For clerks", filter="price > 10", shared=["clerk"])
    path = f"{VIEWS}/{made['id']}"
    seen = clerk("GET", path).json
    assert (seen["source"], seen["owner"]["title"], seen["shared"]) == ("shared", "Hana", [])
    assert len(titles(clerk("GET", "/library/book", query_string={"view": made["id"]}))) == 2
    answer = clerk("PATCH", path, {"name": "mine now"})
    assert (answer.status_code, answer.json["code"]) == (403, "view_of_another")
    assert clerk("PATCH", path, {"default": True}).json["default"] is True
    assert stranger("GET", path).status_code == 404
    assert head("PATCH", path, {"shared": []}).json["shared"] == []
    assert clerk("GET", path).status_code == 404


def test_a_shared_view_gives_nothing_hidden_away(server: Server) -> None:
    """A clerk may not see costs: neither by a condition, nor by an order, nor by a column of somebody's view."""
    head, clerk = server.api("hana"), server.api("cleo")
    books(head)
    by_cost = head.made(VIEWS, name="Costly", filter="cost > 9", shared=["*"])
    assert clerk("GET", f"{VIEWS}/{by_cost['id']}").status_code == 404
    assert clerk("GET", "/library/book", query_string={"view": by_cost["id"]}).status_code == 404
    assert "ostly" not in clerk("GET", VIEWS).text
    ordered = head.made(VIEWS, name="Order", sort="-cost", columns=["title", "cost"], shared=["*"])
    plain = clerk("GET", "/library/book", query_string={"sort": "", "limit": "3"})
    answer = clerk("GET", "/library/book", query_string={"view": ordered["id"], "limit": "3"})
    assert titles(answer) == titles(plain)
    for setting in ({"filter": "cost > 1"}, {"sort": "cost"}, {"columns": ["cost"]}):
        refused = clerk("POST", VIEWS, {"name": "mine", **setting})
        unknown = clerk("POST", VIEWS, {"name": "mine", **{k: _renamed(v) for k, v in setting.items()}})
        assert refused.status_code == unknown.status_code == 422
        assert refused.json["code"] == unknown.json["code"]
    mine = head.made(VIEWS, name="Later", filter="price > 1", shared=["clerk"])
    copied = clerk.made(VIEWS, name="Later", filter="price > 1")
    assert clerk("GET", f"{VIEWS}/{mine['id']}").json["filter"] == copied["filter"]


def _renamed(value: Any) -> Any:
    return [_renamed(each) for each in value] if isinstance(value, list) else value.replace("cost", "c0st")


def test_rows_of_others_stay_hidden_in_a_shared_view(server: Server) -> None:
    head, cleo, otto = server.api("hana"), server.api("cleo"), server.api("otto")
    book = head.made("/library/book", title="a")
    reader = head.made("/library/reader", name="b")
    cleo.made("/library/loan", book=book["id"], reader=reader["id"])
    made = head.made("/library/loan/views", name="All loans", filter="id > 0", shared=["*"])
    counts = [
        len(api("GET", "/library/loan", query_string={"view": made["id"]}).json["data"])
        for api in (head, cleo, otto)
    ]
    assert counts == [1, 1, 0]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": 3}, "name"),
        ({"name": "a", "filter": "price >"}, "filter"),
        ({"name": "a", "filter": "price + 1"}, "filter"),
        ({"name": "a", "filter": "nothing = 1"}, "filter"),
        ({"name": "a", "filter": ["x"]}, "filter"),
        ({"name": "a", "filter": "(" * 9000}, "filter"),
        ({"name": "a", "sort": "nothing"}, "sort"),
        ({"name": "a", "sort": "title,price,isbn,pages,shelf,id"}, "sort"),
        ({"name": "a", "columns": "title"}, "columns"),
        ({"name": "a", "columns": ["nothing"]}, "columns"),
        ({"name": "a", "columns": [1]}, "columns"),
        ({"name": "a", "kind": "cards"}, "kind"),
        ({"name": "a", "kind": ["grid"]}, "kind"),
        ({"name": "a", "group": "price"}, "group"),
        ({"name": "a", "kind": "kanban"}, "group"),
        ({"name": "a", "size": 10}, "size"),
        ({"name": "a", "size": True}, "size"),
        ({"name": "a", "size": "25"}, "size"),
        ({"name": "a", "shared": ["nobody"]}, "shared"),
        ({"name": "a", "shared": "*"}, "shared"),
    ],
)
def test_what_is_no_view_is_refused_with_its_place(sqlite_server: Server, given: Any, path: str) -> None:
    api = sqlite_server.api("hana")
    answer = api("POST", VIEWS, given)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["path"] == path
    assert [each for each in api("GET", VIEWS).json["data"] if each["source"] == "own"] == []


def test_names_are_unique_for_a_person_and_their_number_is_limited(sqlite_server: Server) -> None:
    api = sqlite_server.api("hana")
    first = api.made(VIEWS, name="a")
    assert api("POST", VIEWS, {"name": "a"}).json["code"] == "view_twice"
    sqlite_server.api("cleo").made(VIEWS, name="a")
    assert api("PATCH", f"{VIEWS}/{first['id']}", {"name": "a"}).status_code == 200
    for number in range(49):
        api.made(VIEWS, name=f"n{number}")
    assert api("POST", VIEWS, {"name": "one more"}).json["code"] == "too_many_views"


def test_unknown_keys_and_views_are_refused(sqlite_server: Server) -> None:
    api = sqlite_server.api("hana")
    assert api("POST", VIEWS, {"name": "a", "colour": "red"}).status_code == 400
    made = api.made(VIEWS, name="a")
    assert api("PATCH", f"{VIEWS}/{made['id']}", {"default": "yes"}).status_code == 400
    assert api("PATCH", f"{VIEWS}/{made['id']}", {"position": "1"}).status_code == 400
    for wanted in ("99", "nothing", "1" * 30, "-1", "é"):
        assert api("GET", "/library/book", query_string={"view": wanted}).status_code == 404, wanted
    assert api("GET", "/library/nothing/views").status_code == 404


def test_a_repeated_request_keeps_one_view(server: Server) -> None:
    api = server.api("cleo")
    headers = {"Idempotency-Key": "view-1"}
    first = api("POST", VIEWS, {"name": "a"}, headers=headers)
    again = api("POST", VIEWS, {"name": "a"}, headers=headers)
    assert first.json == again.json
    assert again.status_code == 201
