"""Merging, taking back, deleting for good and batches over HTTP, and the command line beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web_server import Api, Server


def titles(api: Api) -> set[str]:
    return {book["title"] for book in api("GET", "/library/book").json["data"]}


def test_a_deletion_is_undone_by_its_batch(server: Server) -> None:
    api = server.api("hana")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    gone = api("DELETE", path)
    batch = gone.headers["Dougong-Batch"]
    rehearsed = api("POST", "/undo", {"batch": batch, "dry_run": True})
    assert (rehearsed.status_code, rehearsed.json["restored"]) == (200, 1)
    assert api("GET", path).status_code == 404
    undone = api("POST", "/undo", {"batch": batch})
    assert undone.status_code == 200, undone.text
    assert undone.json["restored"] == 1
    assert api("GET", path).status_code == 200
    again = api("POST", "/undo", {"batch": batch})
    assert (again.status_code, again.json["code"]) == (409, "undo_restored")


def test_a_batch_is_undone_and_conflicts_are_listed(server: Server) -> None:
    api = server.api("hana")
    kept = api.made("/library/book", title="kept", pages=1)
    operations = [
        {"action": "create", "values": {"title": "new"}},
        {"action": "update", "id": kept["id"], "values": {"pages": 2}},
        {"action": "update", "id": "$0", "values": {"pages": 3}},
    ]
    done = api("POST", "/library/book/batch", {"operations": operations})
    assert (done.status_code, len(done.json["results"])) == (200, 3)
    assert done.json["results"][2]["id"] == done.json["results"][0]["id"]
    assert api("PATCH", f"/library/book/{kept['id']}", {"pages": 9}).status_code == 200
    batch = done.json["batch"]
    refused = api("POST", "/undo", {"batch": batch})
    assert (refused.status_code, refused.json["code"]) == (409, "undo_changed")
    skipped = api("POST", "/undo", {"batch": batch, "conflicts": "skip"})
    assert (skipped.json["deleted"], skipped.json["skipped"]) == (1, 1)
    [conflict] = skipped.json["conflicts"]
    assert (conflict["id"], conflict["reason"], conflict["fields"]) == (kept["id"], "changed", ["pages"])
    assert titles(api) == {"kept"}


def test_operations_reach_other_entities_of_the_app(server: Server) -> None:
    api = server.api("hana")
    operations = [
        {"action": "create", "values": {"title": "new"}},
        {"action": "create", "entity": "reader", "values": {"name": "r"}},
        {"action": "create", "entity": "library.loan", "values": {"book": "$0", "reader": "$1"}},
        {"action": "create", "entity": "nothing", "values": {}},
    ]
    done = api("POST", "/library/book/batch", {"operations": operations, "atomic": False})
    assert done.status_code == 207, done.text
    assert [each["status"] for each in done.json["results"]] == [201, 201, 201, 404]
    loan = api("GET", f"/library/loan/{done.json['results'][2]['id']}").json
    assert loan["book"] == done.json["results"][0]["id"]


def test_one_change_is_undone_from_the_history(server: Server) -> None:
    api = server.api("hana")
    path = f"/library/book/{api.made('/library/book', title='a', pages=1)['id']}"
    for pages in (2, 3, 4):
        api("PATCH", path, {"pages": pages})
    first = api("GET", f"{path}/history?limit=3").json
    assert [each["action"] for each in first["data"]] == ["update"] * 3
    rest = api("GET", f"{path}/history?limit=3&cursor={first['page']['next']}").json
    assert [each["action"] for each in rest["data"]] == ["create"]
    assert rest["page"]["next"] is None
    assert rest["data"][0]["changes"]["pages"] == {"before": None, "after": 1}
    oldest, newest = first["data"][2]["id"], first["data"][0]["id"]
    assert api("POST", f"{path}/history/{oldest}/undo").status_code == 409
    done = api("POST", f"{path}/history/{newest}/undo", {"conflicts": "refuse"})
    assert (done.status_code, done.json["restored"]) == (200, 1)
    assert api("GET", path).json["pages"] == 3
    assert api("GET", f"{path}/history").json["data"][0]["batch"] == done.json["batch"]
    assert api("POST", f"{path}/history/999999/undo").status_code == 404


def test_merged_records_tell_where_they_went(server: Server) -> None:
    api = server.api("hana")
    first = api.made("/library/book", title="Same", pages=1)
    second = api.made("/library/book", title="same", price="9.00", isbn="9787111213826")
    reader = api.made("/library/reader", name="r")
    loan = api.made("/library/loan", book=second["id"], reader=reader["id"])
    api("POST", f"/library/book/{second['id']}/comments", {"text": "hello"})
    found = api("GET", f"/library/book/{first['id']}/duplicates").json["data"]
    assert [(each["id"], each["fields"]) for each in found] == [(second["id"], ["title"])]
    body = {
        "survivor": first["id"],
        "records": [second["id"]],
        "choices": {"title": second["id"]},
        "versions": {first["id"]: 1},
    }
    done = api("POST", "/library/book/merge", body)
    assert done.status_code == 200, done.text
    record = done.json["record"]
    assert (record["title"], record["pages"], record["price"]) == ("same", 1, "9.00")
    moved = api("GET", f"/library/book/{second['id']}")
    assert moved.status_code == 307
    assert moved.headers["Location"] == f"/api/v1/library/book/{first['id']}"
    assert moved.json["code"] == "merged"
    gone = f"/library/book/{second['id']}"
    late = api("PATCH", gone, {"pages": 2})
    assert (late.status_code, late.json["code"]) == (404, "merged")
    assert first["id"] in late.json["detail"]
    for method, path, sent in (
        ("DELETE", gone, None),
        ("POST", f"{gone}/copy", None),
        ("GET", f"{gone}/history", None),
        ("GET", f"{gone}/comments", None),
        ("POST", f"{gone}/comments", {"text": "late"}),
        ("POST", "/library/book/merge", {"survivor": first["id"], "records": [second["id"]]}),
    ):
        answer = api(method, path, sent)
        assert (answer.status_code, answer.json["code"]) == (404, "merged"), path
    operations = [{"action": "update", "id": second["id"], "values": {"pages": 2}}]
    done_late = api("POST", "/library/book/batch", {"operations": operations, "atomic": False}).json
    assert done_late["results"][0]["problem"]["code"] == "merged"
    assert api("GET", f"/library/loan/{loan['id']}").json["book"] == first["id"]
    entries = api("GET", f"/library/book/{first['id']}/history").json["data"]
    assert {each["record"] for each in entries} == {first["id"], second["id"]}
    assert [each["merged"] for each in entries if each["action"] == "absorb"] == [[second["id"]]]
    assert api("POST", "/undo", {"batch": done.json["batch"]}).status_code == 200
    assert api("GET", f"/library/book/{second['id']}").json["title"] == "same"
    assert api("GET", f"/library/loan/{loan['id']}").json["book"] == second["id"]
    assert len(api("GET", f"/library/book/{second['id']}/comments").json["data"]) == 1


def test_purging_is_for_those_with_the_right(server: Server) -> None:
    hana, ada = server.api("hana"), server.api("ada")
    book = hana.made("/library/book", title="a")
    body = {"records": [book["id"]]}
    assert ada("POST", "/library/book/purge", body).status_code == 404
    hana("DELETE", f"/library/book/{book['id']}")
    assert hana("POST", "/library/book/purge", body).status_code == 403
    done = ada("POST", "/library/book/purge", body)
    assert (done.status_code, done.json) == (200, {"purged": 1})
    assert ada("POST", f"/library/book/{book['id']}/restore").status_code == 404


BAD: list[tuple[str, Any]] = [
    ("/undo", {}),
    ("/undo", {"batch": "x", "import": "1"}),
    ("/undo", {"batch": 7}),
    ("/undo", {"batch": ""}),
    ("/undo", {"batch": "x" * 101}),
    ("/undo", {"batch": "中"}),
    ("/undo", {"import": 1}),
    ("/undo", {"batch": "b-1", "conflicts": "force"}),
    ("/undo", {"batch": "b-1", "dry_run": "yes"}),
    ("/undo", []),
    ("/library/book/merge", {}),
    ("/library/book/merge", {"survivor": "1", "records": "2"}),
    ("/library/book/merge", {"survivor": 1, "records": ["2"]}),
    ("/library/book/merge", {"survivor": "1", "records": ["2"], "choices": []}),
    ("/library/book/merge", {"survivor": "1", "records": ["2"], "choices": {"title": 2}}),
    ("/library/book/merge", {"survivor": "1", "records": ["2"], "versions": {"a": 1}}),
    ("/library/book/merge", {"survivor": "1", "records": ["2"], "versions": {"1": True}}),
    ("/library/book/purge", {"records": ["1"] * 1001}),
    ("/library/book/purge", {"records": [None]}),
    ("/library/book/batch", {"operations": [{"action": "create", "entity": ""}]}),
    ("/library/book/batch", {"operations": [{"action": "create", "entity": 3}]}),
    ("/library/book/batch", {"operations": [{"action": "update", "id": "$"}]}),
    ("/library/book/batch", {"operations": [{"action": "delete", "id": "$x"}]}),
]


@pytest.mark.parametrize(("path", "body"), BAD)
def test_bodies_that_make_no_sense_are_malformed(sqlite_server: Server, path: str, body: Any) -> None:
    answer = sqlite_server.api("hana")("POST", path, body)
    assert answer.status_code == 400, answer.text
    assert answer.json["errors"][0]["path"] is not None


@pytest.mark.parametrize("cursor", ["0", "-1", "x", "1" * 13])
def test_a_cursor_of_the_history_is_a_number(sqlite_server: Server, cursor: str) -> None:
    api = sqlite_server.api("hana")
    book = api.made("/library/book", title="a")
    assert api("GET", f"/library/book/{book['id']}/history?cursor={cursor}").status_code == 400


def test_a_token_for_reading_undoes_nothing(sqlite_server: Server) -> None:
    nobody = sqlite_server.api("nemo")
    assert nobody("POST", "/undo", {"batch": "delete-0000000000000000"}).status_code == 404
