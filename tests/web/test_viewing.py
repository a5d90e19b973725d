"""An administrator who looks as somebody else gets exactly that person's answers, and can change nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import inspect, select, text

from dougong.people import accounts
from dougong.storage.system import AUDIT, SESSION, USER
from dougong.web.table import ROUTES
from dougong.web.viewing import OWN, TRYING, is_private
from tests.web.test_guards import CHANGES, filled
from tests.web_server import Browser, Server

LOOKS = [
    route
    for route in ROUTES
    if route.method == "GET" and route.access == "signed_in" and not route.rule.endswith("/jobs")
]


def looking(server: Server, person: str = "", role: str = "") -> Browser:
    browser = server.browser("ada")
    answer = browser.post("/view-as", {"person": person, "role": role}, page="/view-as")
    assert answer.status_code == 303, answer.text
    return browser


def written(server: Server) -> None:
    ada = server.api("ada")
    for title, cost in (("First", "10.00"), ("Second", "20.00")):
        ada.made("/library/book", title=title, cost=cost)


def plain(page: str) -> str:
    """A page without what belongs to the session: form tokens, requests, and the bar that says who looks."""
    page = re.sub(r'<div class="viewing".*?</form></div>', "", page, flags=re.DOTALL)
    return re.sub(r"[A-Za-z0-9_-]{32,}", "~", page)


@pytest.mark.parametrize("person", ["cleo", "nemo"])
def test_every_door_answers_as_it_does_to_that_person(sqlite_server: Server, person: str) -> None:
    written(sqlite_server)
    with sqlite_server.database.writing() as connection:
        for login in ("ada", person):
            found = accounts.find(connection, login)
            assert found is not None
            accounts.change(connection, found.id, language="en", name=login.title())
    own, seen = sqlite_server.browser(person), looking(sqlite_server, person)
    for route in LOOKS:
        path = filled(route)
        theirs, shown = own.get(path), seen.get(path)
        if is_private(route.rule) or route.rule in TRYING:
            assert shown.status_code == 403, path
            continue
        assert (shown.status_code, plain(shown.text)) == (theirs.status_code, plain(theirs.text)), path
        if shown.status_code == 200 and "<main" in shown.text:
            assert f"You are looking as {person.title()}" in shown.text, path


def test_what_the_person_may_not_see_is_not_seen(sqlite_server: Server) -> None:
    written(sqlite_server)
    seen = looking(sqlite_server, "cleo")
    assert "cost" not in seen.client.get("/api/v1/library/book/1").get_json()
    assert seen.get("/people").status_code == 403
    assert seen.get("/view-as").status_code == 403, "nobody looks through somebody else as a third person"


def test_nothing_can_be_changed_meanwhile(sqlite_server: Server) -> None:
    written(sqlite_server)
    seen = looking(sqlite_server, "hana")
    before = everything(sqlite_server)
    headers = {"X-CSRF-Token": seen.token()}
    for route in CHANGES:
        if route.rule not in OWN:
            answer = seen.client.open(filled(route), method=route.method, headers=headers, json={})
            assert answer.status_code == 403, route.endpoint
    for route in LOOKS:
        seen.get(filled(route))
    after = everything(sqlite_server)
    noted = after.pop("dg_audit")[len(before.pop("dg_audit")) :]
    assert {each: rows for each, rows in after.items() if rows != before[each]} == {}
    with sqlite_server.database.reading() as connection:
        names = select(AUDIT.c.actor_id, AUDIT.c.action).order_by(AUDIT.c.id.desc()).limit(len(noted))
        told = connection.execute(names).all()
        ada = accounts.find(connection, "ada")
    assert ada is not None
    assert {each.action for each in told} <= {"records.export"}, "what leaves the house is noted"
    assert {each.actor_id for each in told} <= {ada.id}, "under the name of who looks"


def everything(server: Server) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the database, but for when somebody was there last."""
    with server.database.reading() as connection:
        names = inspect(connection).get_table_names()
        found = {name: connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all() for name in names}
    return {
        name: [tuple(value for key, value in row.items() if key != "last_seen_at") for row in rows]
        for name, rows in found.items()
    }


def test_looking_is_noted_and_ends(server: Server) -> None:
    seen = looking(server, "cleo")
    assert seen.get("/people").status_code == 403
    assert seen.post("/view-as/end", page="/apps").status_code == 303
    assert seen.get("/people").status_code == 200
    assert "You are looking as" not in seen.get("/apps").text
    with server.database.reading() as connection:
        noted = connection.execute(select(AUDIT.c.action, AUDIT.c.subject, AUDIT.c.actor_id)).all()
        ids = {row.login: row.id for row in connection.execute(select(USER.c.login, USER.c.id))}
        kept = (
            connection.execute(select(SESSION.c.data).where(SESSION.c.user_id == ids["ada"])).scalars().all()
        )
    assert [tuple(each) for each in noted if each.action.startswith("view_as")] == [
        ("view_as.begin", f"user:{ids['cleo']}", ids["ada"]),
        ("view_as.end", f"user:{ids['cleo']}", ids["ada"]),
    ]
    assert not any(kept)


def test_a_role_is_looked_as_without_anybody_holding_it(sqlite_server: Server) -> None:
    written(sqlite_server)
    seen = looking(sqlite_server, role="library.clerk")
    assert "cost" not in seen.client.get("/api/v1/library/book/1").get_json()
    assert "the role" in seen.get("/apps").text
    assert seen.get("/people").status_code == 403


@pytest.mark.parametrize(
    "data",
    [
        {"person": "nobody"},
        {"person": "ada"},
        {"role": "library.none"},
        {"role": "nowhere.head"},
        {"role": "x"},
        {},
    ],
)
def test_whoever_is_not_there_cannot_be_looked_as(sqlite_server: Server, data: dict[str, str]) -> None:
    browser = sqlite_server.browser("ada")
    assert browser.post("/view-as", dict(data), page="/view-as").status_code == 422
    assert browser.get("/people").status_code == 200


def test_only_administrators_look_as_others(sqlite_server: Server) -> None:
    hana = sqlite_server.browser("hana")
    assert hana.get("/view-as").status_code == 403
    assert hana.post("/view-as", {"person": "cleo"}, page="/apps").status_code == 403
    program = sqlite_server.api("ada")
    headers = {"Authorization": f"Bearer {program.token}"}
    assert program.client.post("/view-as", data={"person": "cleo"}, headers=headers).status_code == 403


def test_it_is_over_when_the_person_is_disabled_or_the_reader_administers_nothing_more(
    server: Server,
) -> None:
    seen = looking(server, "cleo")
    with server.database.writing() as connection:
        cleo = accounts.find(connection, "cleo")
        assert cleo is not None
        accounts.disable(connection, cleo.id)
    assert seen.get("/people").status_code == 200, "the administrator is back"
    seen = looking(server, "hana")
    with server.database.writing() as connection:
        ada, otto = accounts.find(connection, "ada"), accounts.find(connection, "otto")
        assert ada is not None
        assert otto is not None
        accounts.change(connection, otto.id, is_admin=True)
        accounts.change(connection, ada.id, is_admin=False)
    assert seen.client.get("/api/v1/library/book").status_code in (403, 404), "Ada without any role, not Hana"


def test_who_looks_keeps_the_own_language_and_can_sign_out(sqlite_server: Server) -> None:
    seen = looking(sqlite_server, "cleo")
    assert (
        seen.post("/preferences/language", {"language": "zh", "next": "/"}, page="/apps").status_code == 303
    )
    with sqlite_server.database.reading() as connection:
        languages = {
            row.login: row.language for row in connection.execute(select(USER.c.login, USER.c.language))
        }
    assert languages["ada"] == "zh"
    assert languages["cleo"] != "zh" or languages["otto"] == "zh"
    assert seen.post("/sign-out", page="/apps").status_code == 303
    assert seen.get("/").status_code in (303, 401)
