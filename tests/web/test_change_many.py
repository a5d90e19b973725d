"""Changing one field of the chosen rows of a list: to a value, to nothing, to what an expression gives."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.web import changing_many
from tests.web.test_work import work
from tests.web_server import Server, hidden


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


# ------------------------------------------------------------------ all that a list shows
def change_all(server: Server, asked: str, login: str = "hana", **data: Any) -> Any:
    return server.browser(login).post(f"/library/book/change/save?{asked}", data)


def test_all_that_a_list_shows_is_changed_on_every_page(server: Server) -> None:
    books(server, 30)
    browser = server.browser("hana")
    listing = browser.get("/library/book?view=*&filter=pages > 2").text
    assert "/library/book/change?view=%2A&amp;filter=pages" in listing
    page = browser.get("/library/book/change?view=*&filter=pages > 2").text
    assert "All 28 records of the list" in page
    assert hidden(page, "dg_all") == "28"
    data = {"dg_all": "28", "dg_field": "shelf", "dg_way": "value"}
    page = browser.post("/library/book/change?view=*&filter=pages > 2", data).text
    assert 'name="shelf"' in page
    assert 'name="id"' not in page
    done = browser.post("/library/book/change/save?view=*&filter=pages > 2", {**data, "shelf": "b"})
    assert done.status_code == 303, done.text
    api = server.api("hana")
    assert api("GET", "/library/book?filter=shelf = 'b'&count=exact").json["page"]["count"] == 28
    assert (
        api("GET", "/library/book?filter=shelf = 'b' AND pages <= 2&count=exact").json["page"]["count"] == 0
    )
    assert "28 records changed" in browser.get(done.headers["Location"]).text


def test_a_list_that_shows_others_by_now_is_asked_about(server: Server) -> None:
    books(server)
    data = {"dg_field": "pages", "dg_way": "empty"}
    answer = change_all(server, "view=*&filter=pages > 1", **data, dg_all="1")
    assert answer.status_code == 422, answer.text
    assert "it shows 2 records now" in answer.text
    assert hidden(answer.text, "dg_all") == "2"
    assert told(server, "pages") == [1, 2, 3]
    assert change_all(server, "view=*&filter=pages > 1", **data, dg_all="2").status_code == 303
    assert told(server, "pages") == [1, None, None]


def test_only_what_one_may_change_is_meant(server: Server) -> None:
    books(server)
    server.api("cleo").made("/library/book", title="C", pages=4)
    page = server.browser("cleo").get("/library/book/change?view=*").text
    assert hidden(page, "dg_all") == "1"
    data = {"dg_field": "pages", "dg_way": "expression", "dg_expression": "pages + 100", "dg_all": "1"}
    assert change_all(server, "view=*", "cleo", **data).status_code == 303
    assert told(server, "pages") == [1, 2, 3, 104]
    assert server.browser("cleo").get("/library/book/change?view=*&filter=pages = 1").status_code == 422
    assert server.browser("hana").get("/library/book/change?filter=pages =").status_code == 422
    assert server.browser("nemo").get("/library/book/change").status_code in (403, 404)


def test_many_are_changed_in_the_background_all_or_none(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing_many, "MANY", 2)
    books(server)
    wrong = {"dg_field": "pages", "dg_way": "expression", "dg_expression": "pages *", "dg_all": "3"}
    assert change_all(server, "view=*", **wrong).status_code == 422
    started = change_all(server, "view=*", **{**wrong, "dg_expression": "pages * 10"})
    path, browser = started.headers["Location"], server.browser("hana")
    assert told(server, "pages") == [1, 2, 3]
    work(server)
    done = browser.get(path).text
    assert "3 records changed" in done
    assert told(server, "pages") == [10, 20, 30]
    browser.post("/undo", {"batch": hidden(done, "batch")})
    assert told(server, "pages") == [1, 2, 3]
    refused = change_all(server, "view=*", dg_field="title", dg_way="empty", dg_all="3")
    work(server)
    assert "Refused, nothing was changed" in browser.get(refused.headers["Location"]).text
    assert told(server, "title") == ["B0", "B1", "B2"]
