"""People at the screen, for administrators: the list, one person, adding, departments, roles, the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, administration, audit, organisation, positions, teams
from dougong.people.administration import subject_of
from dougong.people.directory import STATES, PeopleQuery, Person, find_people, names_of, paths_of
from dougong.people.made_passwords import made_password
from dougong.people.organisation import Membership, memberships_of
from dougong.people.person_values import KINDS, PersonValues
from dougong.records.call import Call
from dougong.screens.people import (
    PATH,
    PersonPage,
    Surroundings,
    new_person_screen,
    people_screen,
    person_screen,
)
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.problems import message_of
from dougong.web.routes import Route, page

LOG = 20
SHOWN = 20
_FURTHEST = 10_000_000
_TEXTS = ("name", "email", "phone", "language", "timezone", "kind")
Data = dict[str, list[str]]


def people(exchange: Exchange) -> Response:
    """GET /people: a page of those who are searched for."""
    wanted = _wanted(exchange.parameters)
    with exchange.reading() as call:
        found = find_people(call.connection, wanted)
        return show(exchange, call, people_screen(call, wanted, found, _about(call)))


def _wanted(given: Mapping[str, str]) -> PeopleQuery:
    """What the address asks for; what it cannot mean is left out, as bookmarks may be old."""
    state, kind = given.get("state", ""), given.get("kind", "")
    department, offset = given.get("department", ""), given.get("offset", "")
    return PeopleQuery(
        q=given.get("q", "").strip()[:200],
        department_id=int(department) if _is_id(department) else None,
        state=state if state in STATES else "active",
        kind=kind if kind in KINDS else "",
        offset=min(int(offset), _FURTHEST) if _is_id(offset) else 0,
    )


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= 18


def _about(call: Call) -> Surroundings:
    return Surroundings(paths_of(call.connection), positions.positions(call.connection))


def choose(exchange: Exchange) -> Response:
    """GET /people/choose?q=: active people, for the pickers of these pages."""
    words = exchange.parameters.get("q", "").strip()[:200]
    with exchange.reading() as call:
        found = find_people(call.connection, PeopleQuery(q=words, kind="member", limit=SHOWN))
        results = [
            {"id": str(each.account.id), "label": each.account.name, "note": each.account.login}
            for each in found.people
        ]
    return exchange.json({"results": results, "more": found.count > SHOWN})


# -- one person ---------------------------------------------------------------------------------------------------------


def person(exchange: Exchange, identifier: str) -> Response:
    """GET /people/{id}."""
    with exchange.reading() as call:
        return show(exchange, call, person_screen(call, _page(call, number(identifier))))


def _page(
    call: Call,
    user_id: int,
    entered: Mapping[str, str] | None = None,
    problems: Sequence[Diagnostic] = (),
    made: str = "",
) -> PersonPage:
    connection = call.connection
    account = accounts.get(connection, user_id)
    given = entered or {}
    named = given.get("superior_id", "")
    wanted = {account.superior_id or 0, int(named) if _is_id(named) else 0}
    head = None if account.superior_id else organisation.superior(connection, user_id)
    return PersonPage(
        person=Person(account, memberships_of(connection, user_id)),
        about=_about(call),
        names=names_of(connection, wanted),
        head=names_of(connection, [head]).get(head, "") if head else "",
        teams=teams.teams_of(connection, user_id),
        log=audit.entries(connection, subject_of(user_id), LOG),
        entered=given,
        problems=_told(problems, call.language),
        secret=made,
    )


def _told(problems: Sequence[Diagnostic], language: str) -> list[Problem]:
    return [
        Problem(message_of(each, language), each.path.partition("/")[0], code=each.code) for each in problems
    ]


def change(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}: the details of somebody."""
    data, user_id = form_data(exchange), number(identifier)
    entered = _entered(data)
    try:
        with exchange.writing() as call:
            changed = administration.change_person(call, user_id, _values(entered))
    except Refusal as refusal:
        return _refused(exchange, user_id, refusal, entered)
    return go(
        exchange,
        f"{PATH}/{user_id}",
        text("person_saved" if changed else "person_unchanged", exchange.language),
    )


def _refused(
    exchange: Exchange, user_id: int, refusal: Refusal, entered: Mapping[str, str] | None = None
) -> Response:
    """The page of somebody with what was wrong; what is no fault of a form is told as it is."""
    if refusal.kind not in ("invalid", "conflict") and not any(each.path for each in refusal.problems):
        raise refusal
    with exchange.reading() as call:
        found = _page(call, user_id, entered, refusal.problems)
        return show(exchange, call, person_screen(call, found), 422)


def _entered(data: Data) -> dict[str, str]:
    """What a form of details holds."""
    names = (*_TEXTS, "company", "superior_id", "login", "department", "position", "is_admin")
    found = {name: first(data, name) for name in names if name in data}
    if "is_admin" in data:
        found["is_admin"] = "1" if data["is_admin"][-1] == "true" else ""
    return found


def _values(entered: Mapping[str, str]) -> PersonValues:
    values: dict[str, Any] = {name: entered[name] for name in _TEXTS if name in entered}
    if "is_admin" in entered:
        values["is_admin"] = bool(entered["is_admin"])
    if "company" in entered:
        values["company"] = entered["company"] or None
    if "superior_id" in entered:
        superior = entered["superior_id"]
        values["superior_id"] = (int(superior) if _is_id(superior) else 0) if superior else None
    return cast(PersonValues, values)


def new(exchange: Exchange) -> Response:
    """GET /people/new: an empty form; the department that a list was narrowed down to stands in it."""
    department = exchange.parameters.get("department", "")
    with exchange.reading() as call:
        entered = {"language": call.language, "timezone": exchange.runtime.settings.timezone}
        entered |= {"department": department} if _is_id(department) else {}
        return show(exchange, call, new_person_screen(call, _about(call), entered))


def create(exchange: Exchange) -> Response:
    """POST /people/new: a person; a password is made where none is given, and shown this once."""
    data = form_data(exchange)
    entered = _entered(data)
    given = (data.get("password") or [""])[0]
    password = given or made_password()
    values = _values({name: value for name, value in entered.items() if name not in ("name",) or value})
    department, position = entered.get("department", ""), entered.get("position", "")
    if _is_id(department):
        as_what = int(position) if _is_id(position) else None
        values["memberships"] = (Membership(int(department), as_what, True),)
    try:
        with exchange.writing() as call:
            made = administration.add_person(
                call,
                entered.get("login", ""),
                values,
                password=password,
                must_change_password=True,
                rules=exchange.runtime.settings.password_rules,
            )
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        with exchange.reading() as call:
            problems = _told(refusal.problems, call.language)
            screen = new_person_screen(call, _about(call), entered, problems)
            return show(exchange, call, screen, 422)
    if given:
        name = entered.get("name") or entered["login"]
        return go(exchange, f"{PATH}/{made}", text("person_added", exchange.language, name=name))
    return _with_secret(exchange, made, password)


def _with_secret(exchange: Exchange, user_id: int, secret: str) -> Response:
    """The page of somebody with a password that is shown this once, so it is in no address and no cookie."""
    with exchange.reading() as call:
        return show(exchange, call, person_screen(call, _page(call, user_id, made=secret)))


# -- where somebody belongs, and what they may ------------------------------------------------------------------------


def join(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/departments: into a department, or another position in it; the first one is the main one."""
    data, user_id = form_data(exchange), number(identifier)
    department, position = first(data, "department"), first(data, "position")
    if not _is_id(department):
        return go(exchange, f"{PATH}/{user_id}")
    joined = Membership(int(department), int(position) if _is_id(position) else None)
    return _belonging(exchange, user_id, lambda now: _with(now, joined))


def _with(now: Sequence[Membership], joined: Membership) -> tuple[Membership, ...]:
    known = [each for each in now if each.department_id == joined.department_id]
    is_main = known[0].is_main if known else not now
    others = tuple(each for each in now if each.department_id != joined.department_id)
    return (*others, Membership(joined.department_id, joined.position_id, is_main))


def make_main(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/departments/main: the department whose head is the superior."""
    chosen = number(first(form_data(exchange), "department"))
    return _belonging(
        exchange,
        number(identifier),
        lambda now: tuple(
            Membership(each.department_id, each.position_id, each.department_id == chosen) for each in now
        ),
    )


def leave(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/departments/leave: out of a department."""
    chosen = number(first(form_data(exchange), "department"))
    return _belonging(
        exchange,
        number(identifier),
        lambda now: tuple(each for each in now if each.department_id != chosen),
    )


def _belonging(exchange: Exchange, user_id: int, changed: Any) -> Response:
    try:
        with exchange.writing() as call:
            wanted = changed(memberships_of(call.connection, user_id))
            administration.change_person(call, user_id, {"memberships": wanted})
    except Refusal as refusal:
        return _refused(exchange, user_id, refusal)
    return go(exchange, f"{PATH}/{user_id}#departments", text("person_saved", exchange.language))


def roles(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/roles: exactly these of every app that the form shows; those of others stay."""
    data, user_id = form_data(exchange), number(identifier)
    try:
        with exchange.writing() as call:
            shown = {app.id for app in call.release.apps.values() if f"roles-{app.id}" in data}
            kept = {each for each in accounts.get(call.connection, user_id).roles if each[0] not in shown}
            chosen = {(app, role) for app in shown for role in data[f"roles-{app}"] if role}
            wanted = tuple(sorted(kept | chosen))
            administration.change_person(call, user_id, {"roles": wanted})
    except Refusal as refusal:
        return _refused(exchange, user_id, refusal)
    return go(exchange, f"{PATH}/{user_id}#roles", text("person_saved", exchange.language))


# -- the account --------------------------------------------------------------------------------------------------------


def disable(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/disable."""
    return _switched(exchange, number(identifier), "person_disabled")


def enable(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/enable."""
    return _switched(exchange, number(identifier), "person_enabled")


def _switched(exchange: Exchange, user_id: int, said: str) -> Response:
    switch = administration.disable_person if said == "person_disabled" else administration.enable_person
    try:
        with exchange.writing() as call:
            switch(call, user_id)
            name = accounts.get(call.connection, user_id).name
    except Refusal as refusal:
        return _refused(exchange, user_id, refusal, {})
    return go(exchange, f"{PATH}/{user_id}", text(said, exchange.language, name=name))


def reset(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/password: a new one, shown this once."""
    user_id, password = number(identifier), made_password()
    with exchange.writing() as call:
        administration.reset_password(call, user_id, password, exchange.runtime.settings.password_rules)
    return _with_secret(exchange, user_id, password)


ROUTES: tuple[Route, ...] = (
    page("GET", "/people", people, access="admin"),
    page("GET", "/people/choose", choose, access="admin"),
    page("GET", "/people/new", new, access="admin"),
    page("POST", "/people/new", create, access="admin"),
    page("GET", "/people/<identifier>", person, access="admin"),
    page("POST", "/people/<identifier>", change, access="admin"),
    page("POST", "/people/<identifier>/departments", join, access="admin"),
    page("POST", "/people/<identifier>/departments/main", make_main, access="admin"),
    page("POST", "/people/<identifier>/departments/leave", leave, access="admin"),
    page("POST", "/people/<identifier>/roles", roles, access="admin"),
    page("POST", "/people/<identifier>/disable", disable, access="admin"),
    page("POST", "/people/<identifier>/enable", enable, access="admin"),
    page("POST", "/people/<identifier>/password", reset, access="admin"),
)
