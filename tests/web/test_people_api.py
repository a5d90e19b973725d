"""People and the organisation through the API: kept by administrators, refused at the field, written down."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dougong.storage.system import AUDIT
from tests.web_server import Server


def made(answer: Any) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.json


def problems(answer: Any) -> set[tuple[str, str]]:
    return {(each["path"], each["code"]) for each in answer.json["errors"]}


def test_a_person_with_all_that_belongs_to_one(server: Server) -> None:
    ada = server.api("ada")
    sales = made(ada("POST", "/departments", {"name": "Sales"}))
    north = made(ada("POST", "/departments", {"name": "North", "parent": sales["id"]}))
    manager = made(ada("POST", "/positions", {"name": "Manager"}))
    boss = made(ada("POST", "/people", {"login": "boss", "name": "Boss"}))
    document = {
        "login": "Wei",
        "name": "Wei Zhang",
        "email": "wei@example.com",
        "phone": "+86 138 0000 0000",
        "superior": boss["id"],
        "roles": ["library.clerk"],
        "departments": [
            {"id": north["id"], "position": manager["id"], "main": True},
            {"id": sales["id"]},
        ],
    }
    wei = made(ada("POST", "/people", document))
    assert wei["login"] == "wei"
    assert wei["superior"] == boss["id"]
    assert wei["kind"] == "member"
    assert wei["departments"][0] == {"id": north["id"], "position": manager["id"], "main": True}
    assert ada("GET", f"/people/{wei['id']}").json == wei
    found = ada("GET", f"/people?department={sales['id']}").json
    assert [each["login"] for each in found["data"]] == ["wei"]
    assert found["count"] == 1
    assert ada("GET", f"/people?superior={boss['id']}").json["count"] == 1
    assert ada("GET", f"/people?position={manager['id']}&role=library.clerk&q=ZHANG").json["count"] == 1
    assert ada("GET", "/people?q=nobody-at-all").json == {"data": [], "count": 0}
    paths = {each["path"]: each["people"] for each in ada("GET", "/departments").json["data"]}
    assert paths == {"Sales": 1, "Sales/North": 1}
    changed = ada("PATCH", f"/people/{wei['id']}", {"name": "Zhang Wei", "departments": [], "superior": None})
    assert changed.json["name"] == "Zhang Wei"
    assert changed.json["departments"] == []
    assert changed.json["superior"] is None
    assert changed.json["roles"] == ["library.clerk"]
    with server.database.reading() as connection:
        rows = connection.execute(
            select(AUDIT).where(AUDIT.c.subject == f"user:{wei['id']}", AUDIT.c.action.like("person.%"))
        ).all()
    assert [row.action for row in rows] == ["person.add", "person.change"]
    assert rows[0].details["email"] == "…"
    assert rows[1].details["before"]["name"] == "Wei Zhang"


def test_what_is_wrong_is_told_at_once_and_nothing_is_written(server: Server) -> None:
    ada = server.api("ada")
    before = ada("GET", "/people?state=all").json["count"]
    bad = {
        "login": "x",
        "email": "nowhere",
        "phone": "1" * 31,
        "roles": ["library.nobody"],
        "superior": "999999",
        "departments": [{"id": "999999"}],
        "company": "library.book:1",
    }
    answer = ada("POST", "/people", bad)
    assert answer.status_code == 422
    assert problems(answer) == {
        ("login", "login_form"),
        ("email", "email_form"),
        ("phone", "phone_form"),
        ("roles", "no_role"),
        ("superior_id", "no_account"),
        ("departments/0", "no_department"),
        ("company", "company_of_member"),
    }
    assert ada("POST", "/people", {"login": "ada"}).status_code == 409
    assert ada("GET", "/people?state=all").json["count"] == before


@pytest.mark.parametrize(
    "body",
    [
        {"login": 5},
        {"login": "abc", "roles": "library.clerk"},
        {"login": "abc", "roles": [1]},
        {"login": "abc", "admin": 1},
        {"login": "abc", "superior": "one"},
        {"login": "abc", "departments": [{"id": None}]},
        {"login": "abc", "departments": [{"id": 1, "chief": True}]},
        {"login": "abc", "nothing": 1},
        {"login": "abc", "superior": 10**18},
        {},
        [],
    ],
)
def test_what_is_no_person_is_refused(sqlite_server: Server, body: Any) -> None:
    assert sqlite_server.api("ada")("POST", "/people", body).status_code == 400


def test_circles_are_refused(server: Server) -> None:
    ada = server.api("ada")
    first = made(ada("POST", "/people", {"login": "first"}))
    second = made(ada("POST", "/people", {"login": "second", "superior": first["id"]}))
    answer = ada("PATCH", f"/people/{first['id']}", {"superior": second["id"]})
    assert answer.status_code == 409
    assert problems(answer) == {("superior_id", "superior_circle")}
    assert ada("PATCH", f"/people/{first['id']}", {"superior": first["id"]}).status_code == 409
    top = made(ada("POST", "/departments", {"name": "Top"}))
    below = made(ada("POST", "/departments", {"name": "Below", "parent": top["id"]}))
    assert ada("PATCH", f"/departments/{top['id']}", {"parent": below["id"]}).status_code == 409
    assert ada("DELETE", f"/departments/{top['id']}").status_code == 409
    assert ada("POST", "/departments", {"name": "Below", "parent": top["id"]}).status_code == 409
    assert problems(ada("POST", "/departments", {"name": "North/South"})) == {("name", "department_slash")}


def test_departments_are_put_in_order(server: Server) -> None:
    ada = server.api("ada")
    one, two, three = (made(ada("POST", "/departments", {"name": name})) for name in ("One", "Two", "Three"))
    assert ada("PATCH", f"/departments/{three['id']}", {"before": one["id"]}).status_code == 200
    assert [each["name"] for each in ada("GET", "/departments").json["data"]] == ["Three", "One", "Two"]
    moved = ada("PATCH", f"/departments/{one['id']}", {"parent": two["id"], "name": "First"}).json
    assert moved["path"] == "Two/First"
    assert moved["parent"] == two["id"]
    assert ada("DELETE", f"/departments/{one['id']}").status_code == 204
    assert ada("GET", f"/departments/{one['id']}").status_code == 404


def test_teams(server: Server) -> None:
    ada = server.api("ada")
    people = {each["login"]: each["id"] for each in ada("GET", "/people").json["data"]}
    team = made(
        ada("POST", "/teams", {"name": "Tigers", "lead": people["hana"], "members": [people["cleo"]]})
    )
    assert team["people"] == 1
    assert team["members"] == [people["cleo"]]
    assert ada("POST", "/teams", {"name": "Tigers"}).status_code == 409
    assert ada("PATCH", f"/teams/{team['id']}", {"members": ["999999"]}).status_code == 404
    changed = ada(
        "PATCH", f"/teams/{team['id']}", {"members": [people["otto"], people["cleo"]], "lead": None}
    )
    assert changed.json["people"] == 2
    assert changed.json["lead"] is None
    assert ada("GET", f"/people?team={team['id']}").json["count"] == 2
    assert ada("DELETE", f"/teams/{team['id']}").status_code == 204
    assert ada("GET", f"/people?team={team['id']}").json["count"] == 0
    assert made(ada("POST", "/teams", {"name": "Tigers"}))["id"] != team["id"]


def test_a_closed_account_is_shut_out_at_once(server: Server) -> None:
    ada, cleo = server.api("ada"), server.api("cleo")
    browser = server.browser("cleo")
    assert cleo("GET", "/apps").status_code == 200
    assert browser.get("/library/book").status_code == 200
    identifier = ada("GET", "/people?q=cleo").json["data"][0]["id"]
    assert ada("POST", f"/people/{identifier}/disable", {}).json["disabled"] is True
    assert cleo("GET", "/apps").status_code == 401
    assert browser.get("/library/book").status_code in (302, 303, 401)
    assert ada("GET", "/people?state=disabled").json["count"] == 1
    assert ada("POST", f"/people/{identifier}/enable", {}).json["disabled"] is False
    assert cleo("GET", "/apps").status_code == 401, "a token that was ended stays so"


def test_people_from_outside(server: Server) -> None:
    ada = server.api("ada")
    book = ada.made("/library/book", title="Walden", isbn="1")
    assert ada("POST", "/people", {"login": "shop", "kind": "partner"}).status_code == 422
    unknown = {"login": "shop", "kind": "partner", "company": "library.book:999"}
    assert problems(ada("POST", "/people", unknown)) == {("company", "company_unknown")}
    company = f"library.book:{book['id']}"
    shop = made(ada("POST", "/people", {"login": "shop", "kind": "portal", "company": company}))
    assert ada("GET", f"/people?company={company}&kind=portal").json["data"] == [shop]
    department = made(ada("POST", "/departments", {"name": "Sales"}))
    inside = ada("PATCH", f"/people/{shop['id']}", {"departments": [{"id": department["id"]}]})
    assert problems(inside) == {("departments", "outsider_inside")}
    assert ada("PATCH", f"/people/{shop['id']}", {"admin": True}).status_code == 422
    joined = ada("PATCH", f"/people/{shop['id']}", {"kind": "member", "company": None})
    assert joined.json["kind"] == "member"
    assert joined.json["company"] is None


def test_only_administrators_come_in(server: Server) -> None:
    hana = server.api("hana")
    for method, path in (
        ("GET", "/people"),
        ("POST", "/people"),
        ("GET", "/people/1"),
        ("PATCH", "/people/1"),
        ("POST", "/people/1/disable"),
        ("GET", "/departments"),
        ("POST", "/teams"),
        ("DELETE", "/positions/1"),
    ):
        assert hana(method, path, {} if method in ("POST", "PATCH") else None).status_code == 403
    assert "/api/v1/people" not in hana("GET", "/openapi.json").json["paths"]
