"""What is malformed is refused with its reason, in one shape, and never with a stack, a path or a statement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web_server import Server

KEYS = {"type", "title", "status", "code", "detail", "errors", "request_id"}


def check_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is a problem document with that status and code, and gives nothing away."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert set(document) == KEYS
    assert document["status"] == status
    assert document["code"] == code
    assert document["request_id"] == answer.headers["X-Request-ID"]
    for word in ("Traceback", "SELECT ", "sqlite", "psycopg", "/platform/", ".py"):
        assert word not in answer.text
    return document


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limt=3", "W201"),
        ("limit=3&limit=4", "W202"),
        ("q=" + "a" * 10_001, "W203"),
        ("q=%00", "W204"),
        ("limit=0", "W205"),
        ("limit=1001", "W205"),
        ("limit=-1", "W205"),
        ("limit=٣", "W205"),
        ("offset=99999999999999999999", "W205"),
        ("count=all", "W206"),
        ("fields=title,,price", "W207"),
    ],
)
def test_parameters_are_strict(sqlite_server: Server, query: str, code: str) -> None:
    check_problem(sqlite_server.api("hana")("GET", f"/library/book?{query}"), 400, code)


def test_an_unknown_parameter_names_the_nearest(sqlite_server: Server) -> None:
    answer = sqlite_server.api("hana")("GET", "/library/book?filtr=1")
    assert answer.json["errors"][0]["hint"] == "did you mean 'filter'?"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "W304"),
        (b"{", "W304"),
        (b'{"title": "a", "title": "b"}', "W308"),
        (b'{"price": NaN}', "W309"),
        (b'{"price": Infinity}', "W309"),
        (b'{"price": 1e999}', "W310"),
        (b'{"pages": ' + b"9" * 5000 + b"}", "W310"),
        (b"\xff\xfe", "W303"),
        (b"[" * 100_000, "W305"),
        (b"[" * 40 + b"]" * 40, "W305"),
        (b'{"title": "\\ud800"}', "W311"),
        (b"[1]", "W306"),
        (b'{"title": "a"} {"title": "b"}', "W304"),
        (b"{'title': 'a'}", "W304"),
    ],
)
def test_bodies_are_strict(sqlite_server: Server, body: bytes, code: str) -> None:
    answer = sqlite_server.api("hana")("POST", "/library/book", data=body, content_type="application/json")
    check_problem(answer, 400, code)


def test_a_body_must_be_json_and_small(sqlite_server: Server) -> None:
    api = sqlite_server.api("hana")
    check_problem(api("POST", "/library/book", data=b"title=a", content_type="text/plain"), 415, "W301")
    small = sqlite_server.runtime.settings.max_json
    check_problem(
        api("POST", "/library/book", data=b" " * (small + 1), content_type="application/json"), 413, "W302"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/library/nothing",
        "/library/book/1/nothing",
        "/library/book/abc",
        "/library/order%2Flines",
    ],
)
def test_unknown_addresses_are_not_found(sqlite_server: Server, path: str) -> None:
    answer = sqlite_server.api("hana")("GET", path)
    assert answer.status_code == 404
    assert set(answer.json) == KEYS


def test_a_wrong_method_says_which_are_right(sqlite_server: Server) -> None:
    answer = sqlite_server.api("hana")("PUT", "/library/book", {})
    check_problem(answer, 405, "W405")
    assert "POST" in answer.headers["Allow"]


def test_an_unexpected_failure_tells_nothing(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from dougong.web.api import records

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    monkeypatch.setattr(records, "list_records", broken)
    document = check_problem(sqlite_server.api("hana")("GET", "/library/book"), 500, "W501")
    assert "secret" not in str(document)


def test_problems_speak_the_callers_language(sqlite_server: Server) -> None:
    api = sqlite_server.api("hana")
    chinese = api("GET", "/library/book?limt=3", headers={"Accept-Language": "zh-CN"}).json
    english = api("GET", "/library/book?limt=3", headers={"Accept-Language": "en"}).json
    assert chinese["detail"] == "未知参数“limt”"
    assert english["detail"] == "unknown parameter 'limt'"


def test_every_problem_of_a_record_is_told_at_once(server: Server) -> None:
    answer = server.api("hana")(
        "POST",
        "/library/book",
        {"pages": 0, "price": "x", "bought_on": "2026-02-30", "titel": "a", "shelf": "z"},
    )
    document = check_problem(answer, 422, answer.json["code"])
    assert {each["path"] for each in document["errors"]} >= {"title", "price", "bought_on", "titel", "shelf"}


@pytest.mark.parametrize("value", ['"1', "1", "W/abc", '"x"', '"1", "2"'])
def test_if_match_must_be_an_etag(sqlite_server: Server, value: str) -> None:
    api = sqlite_server.api("hana")
    made = api.made("/library/book", title="a")
    check_problem(api("PATCH", f"/library/book/{made['id']}", {}, headers={"If-Match": value}), 400, "W415")
