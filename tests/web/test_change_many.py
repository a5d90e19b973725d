"""Changing one field of the chosen rows of a list: to a value, to nothing, to what an expression gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web_server import Server


def books(server: Server, count: int = 3) -> list[int]:
    api = server.api("hana")
    made = [api.made("/library/book", title=f"B{n}", pages=n + 1, price=str(n)) for n in range(count)]
    return [each["id"] for each in made]


def told(server: Server, name: str) -> list[Any]:
    return [each[name] for each in server.api("hana")("GET", "/library/book?sort=title").json["data"]]


def change(server: Server, ids: list[int], login: str = "hana", **data: Any) -> Any:
    return server.browser(login).post("/library/book/change/save", {"id": ids, **data})


def test_the_chosen_rows_get_a_value_and_that_is_undone(server: Server) -> None:
    ids, browser = books(server), server.browser("hana")
    page = browser.post("/library/book/change", {"id": ids[:2]}).text
    assert 'name="dg_field"' in page
    assert "2 records will change" in page
    assert 'value="secret"' not in page
    page = browser.post("/library/book/change", {"id": ids[:2], "dg_field": "shelf", "dg_way": "value"}).text
    assert 'name="shelf"' in page
    done = browser.post(
        "/library/book/change/save", {"id": ids[:2], "dg_field": "shelf", "dg_way": "value", "shelf": "b"}
    )
    assert done.status_code == 303, done.text
    assert told(server, "shelf")[:2] == ["b", "b"]
    listing = browser.get("/library/book").text
    assert "2 records changed" in listing
    entry = server.api("hana")("GET", f"/library/book/{ids[0]}/history").json["data"][0]
    assert (entry["action"], list(entry["changes"])) == ("update", ["shelf"])
    assert entry["batch"]
    assert browser.post("/undo", {"batch": entry["batch"]}).status_code == 303
    assert told(server, "shelf")[0] != "b"


def test_the_chosen_rows_get_what_an_expression_gives(server: Server) -> None:
    ids = books(server)
    answer = change(server, ids, dg_field="pages", dg_way="expression", dg_expression="pages * 10 + 1")
    assert answer.status_code == 303, answer.text
    assert told(server, "pages") == [11, 21, 31]
    assert change(server, ids[:1], dg_field="pages", dg_way="empty").status_code == 303
    assert told(server, "pages") == [None, 21, 31]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"dg_field": "pages", "dg_way": "value", "pages": "many"}, "many"),
        ({"dg_field": "pages", "dg_way": "expression", "dg_expression": "pages *"}, "dg_expression"),
        ({"dg_field": "pages", "dg_way": "expression", "dg_expression": "'x'"}, "dg_expression"),
        ({"dg_field": "pages", "dg_way": "expression", "dg_expression": "nothing + 1"}, "nothing"),
        ({"dg_field": "title", "dg_way": "empty"}, "must be filled in"),
        ({"dg_field": "secret", "dg_way": "value", "secret": "x"}, "secret"),
        ({"dg_field": "version", "dg_way": "value", "version": "9"}, "version"),
    ],
)
def test_what_does_not_fit_changes_nothing(server: Server, data: dict[str, Any], words: str) -> None:
    ids = books(server)
    answer = change(server, ids, **data)
    assert answer.status_code == 422, answer.text
    assert words in answer.text
    assert (told(server, "pages"), told(server, "title")) == ([1, 2, 3], ["B0", "B1", "B2"])


def test_rights_hold_and_requests_are_checked(server: Server) -> None:
    ids = books(server)
    data = {"dg_field": "pages", "dg_way": "empty"}
    assert change(server, [], **data).status_code == 422
    assert change(server, ids, dg_field="pages", dg_way="never").status_code == 400
    assert change(server, [*ids, 999_999], **data).status_code in (404, 422)
    assert change(server, ids, "nemo", **data).status_code in (403, 404)
    assert server.browser("nemo").post("/library/book/change", {"id": ids}).status_code in (403, 404)
    assert told(server, "pages") == [1, 2, 3]
