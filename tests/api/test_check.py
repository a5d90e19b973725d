"""Looking over an expression while it is typed: the findings of a query, with their place, and what may follow."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.expressions.functions import FUNCTIONS
from tests.web_server import Server


def suggested(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.json["completion"]["suggestions"]]


def test_findings_are_those_of_a_list_with_their_place(sqlite_server: Server) -> None:
    hana = sqlite_server.api("hana")
    for text in (
        "prize > 1",
        "title = 'a' AND price > 'x'",
        "price >",
        "title = 'a",
        "loans.due > TODAY() +",
        "POWER(price, 2) > 1",
        "price",
    ):
        checked = hana("POST", "/library/book/check", {"text": text})
        listed = hana("GET", "/library/book", query_string={"filter": text})
        assert listed.status_code == 422
        assert [(each["code"], each["message"]) for each in checked.json["problems"]] == [
            (each["code"], each["message"]) for each in listed.json["errors"]
        ]
        assert checked.json["type"] is None
        assert checked.json["completion"] is None
    found = hana("POST", "/library/book/check", {"text": "title = 'a' AND prize > 1"}).json["problems"][0]
    assert (found["start"], found["length"], found["code"]) == (16, 5, "D404")
    assert "price" in found["hint"]


def test_what_it_gives_and_in_which_language(sqlite_server: Server) -> None:
    hana = sqlite_server.api("hana")
    spoken = {"Accept-Language": "zh-CN"}
    right = hana("POST", "/library/book/check", {"text": "price > 1"}, headers=spoken).json
    assert (right["problems"], right["type"]) == ([], "条件（是/否）")
    value = hana("POST", "/library/book/check", {"text": "price * 2", "purpose": "value"}).json
    assert (value["problems"], value["type"]) == ([], "a number")
    measure = hana("POST", "/library/book/check", {"text": "SUM(price)", "purpose": "measure"}).json
    assert (measure["problems"], measure["type"]) == ([], "a number")
    assert hana("POST", "/library/book/check", {"text": "  "}).json["problems"] == []
    wrong = hana("POST", "/library/book/check", {"text": "prize > 1"}, headers=spoken).json["problems"][0]
    assert "第 1 列" in wrong["message"]


def test_a_hidden_field_is_neither_suggested_nor_hinted_at(sqlite_server: Server) -> None:
    head, clerk = sqlite_server.api("hana"), sqlite_server.api("cleo")
    asked = {"text": "cos", "caret": 3}
    assert "cost" in suggested(head("POST", "/library/book/check", asked))
    assert "cost" not in suggested(clerk("POST", "/library/book/check", asked))
    known = clerk("POST", "/library/book/check", {"text": "cost > 1"}).json["problems"]
    unknown = clerk("POST", "/library/book/check", {"text": "c0st > 1"}).json["problems"]
    assert [each["code"] for each in known] == [each["code"] for each in unknown] == ["D404"]
    assert "cost" not in known[0]["hint"] + unknown[0]["hint"]
    linked = clerk("POST", "/library/loan/check", {"text": "book.cos", "caret": 8})
    assert "cost" not in suggested(linked)


def test_suggestions_have_labels_options_and_the_function_around(sqlite_server: Server) -> None:
    hana = sqlite_server.api("hana")
    zh = {"Accept-Language": "zh"}
    answer = hana("POST", "/library/book/check", {"text": "IF(价", "caret": 4}, headers=zh).json["completion"]
    assert ("price", "价格") in [(each["text"], each["label"]) for each in answer["suggestions"]]
    assert answer["signature"]["name"] == "IF"
    assert answer["signature"]["help"] == FUNCTIONS["IF"].documentation.get("zh")
    assert (answer["start"], answer["end"]) == (3, 4)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "W313"),
        ({"text": 1}, 400, "W313"),
        ({"text": "a", "caret": -1}, 400, "W313"),
        ({"text": "a", "caret": True}, 400, "W313"),
        ({"text": "a", "caret": "1"}, 400, "W313"),
        ({"text": "a", "purpose": "sql"}, 400, "W206"),
        ({"text": "a", "purpose": ["filter"]}, 400, "W206"),
        ({"text": "a", "eval": True}, 400, "W307"),
        ([], 400, "W306"),
    ],
)
def test_bodies_that_make_no_sense(sqlite_server: Server, body: Any, status: int, code: str) -> None:
    answer = sqlite_server.api("hana")("POST", "/library/book/check", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_who_may_not_read_learns_nothing(sqlite_server: Server) -> None:
    nemo, head = sqlite_server.api("nemo"), sqlite_server.api("hana")
    refused = nemo("POST", "/library/book/check", {"text": "title = 'a'", "caret": 1})
    assert refused.status_code == 404
    assert "isbn" not in refused.text
    assert head("POST", "/library/nothing/check", {"text": "a"}).status_code == 404
    assert head("POST", "/nothing/book/check", {"text": "a"}).status_code == 404
    assert sqlite_server.client().post("/api/v1/library/book/check", json={"text": "a"}).status_code == 401


def test_a_session_needs_its_form_token(sqlite_server: Server) -> None:
    browser = sqlite_server.browser("hana")
    refused = browser.client.post("/api/v1/library/book/check", json={"text": "title"})
    assert refused.status_code == 403


def test_a_caret_beyond_the_text_is_at_its_end(sqlite_server: Server) -> None:
    answer = sqlite_server.api("hana")("POST", "/library/book/check", {"text": "pri", "caret": 10**9})
    assert "price" in suggested(answer)
