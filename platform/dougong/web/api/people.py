"""People over HTTP, for administrators: finding, adding, changing, closing and opening accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from werkzeug.wrappers import Response

from dougong.people import accounts, administration
from dougong.people.accounts import parse_role
from dougong.people.directory import STATES, PeopleQuery, Person, find_people
from dougong.people.organisation import Membership, memberships_of
from dougong.people.person_values import KINDS, PersonValues
from dougong.records.call import Call
from dougong.web.api.given import a_flag, a_list, a_text, an_id, identifier_of
from dougong.web.bodies import an_object
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import whole_number
from dougong.web.routes import Route, administration_api

LIST_PARAMETERS = (
    "q",
    "department",
    "team",
    "position",
    "superior",
    "role",
    "state",
    "kind",
    "company",
    "limit",
    "offset",
)
CHANGES = (
    "name",
    "email",
    "phone",
    "language",
    "timezone",
    "admin",
    "kind",
    "company",
    "superior",
    "roles",
    "departments",
)
NEW = ("login", "password", "must_change_password", *CHANGES)
_TEXTS = ("name", "email", "phone", "language", "timezone", "kind")
_FURTHEST = 10_000_000


def people(exchange: Exchange) -> Response:
    """GET /people: those who are found, a page at a time, with how many there are."""
    wanted = _wanted(exchange.parameters)
    with exchange.reading() as call:
        found = find_people(call.connection, wanted)
        data = [document(each) for each in found.people]
        return exchange.json({"data": data, "count": found.count})


def _wanted(given: Mapping[str, str]) -> PeopleQuery:
    state, kind = given.get("state", "active"), given.get("kind", "")
    if state not in STATES:
        raise refuse("malformed", "W206", "state", name="state", allowed=", ".join(STATES))
    if kind and kind not in KINDS:
        raise refuse("malformed", "W206", "kind", name="kind", allowed=", ".join(KINDS))
    ids = {
        f"{name}_id": given[name] for name in ("department", "team", "position", "superior") if name in given
    }
    return PeopleQuery(
        q=given.get("q", "")[:200],
        role=parse_role(given["role"]) if given.get("role") else None,
        state=state,
        kind=kind,
        company=given.get("company", ""),
        limit=whole_number(given, "limit", 50, 1, 200),
        offset=whole_number(given, "offset", 0, 0, _FURTHEST),
        **{name: an_id(value, name.removesuffix("_id")) for name, value in ids.items()},
    )


def read(exchange: Exchange, identifier: str) -> Response:
    """GET /people/{id}: one person."""
    with exchange.reading() as call:
        return exchange.json(_one(call, identifier_of(identifier)))


def create(exchange: Exchange) -> Response:
    """POST /people: add somebody."""
    given = exchange.an_object(*NEW)
    login, password = a_text(given, "login", required=True), given.get("password")
    if password is not None:
        password = a_text(given, "password")
    values = values_of(given)
    must_change = a_flag(given, "must_change_password", False)

    def change(call: Call) -> Answer:
        made = administration.add_person(
            call,
            login,
            values,
            password=password,
            must_change_password=must_change,
            rules=exchange.runtime.settings.password_rules,
        )
        return Answer(201, _one(call, made), {"Location": f"/api/v1/people/{made}"})

    # A password is no part of what is kept for a repetition.
    return change_once(exchange, change, {name: value for name, value in given.items() if name != "password"})


def update(exchange: Exchange, identifier: str) -> Response:
    """PATCH /people/{id}: change what is named."""
    given = exchange.an_object(*CHANGES)
    values = values_of(given)

    def change(call: Call) -> Answer:
        administration.change_person(call, identifier_of(identifier), values)
        return Answer(200, _one(call, identifier_of(identifier)))

    return change_once(exchange, change, given)


def disable(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/disable: sessions and tokens end at once."""
    return _switched(exchange, identifier, administration.disable_person)


def enable(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/enable: the account is open again."""
    return _switched(exchange, identifier, administration.enable_person)


def _switched(exchange: Exchange, identifier: str, switch: Callable[[Call, int], None]) -> Response:
    def change(call: Call) -> Answer:
        switch(call, identifier_of(identifier))
        return Answer(200, _one(call, identifier_of(identifier)))

    return change_once(exchange, change)


def values_of(given: Mapping[str, Any]) -> PersonValues:
    """What a document says about a person; refused where a value is of another kind."""
    values: dict[str, Any] = {name: a_text(given, name) for name in _TEXTS if name in given}
    if "admin" in given:
        values["is_admin"] = a_flag(given, "admin", False)
    if "company" in given:
        values["company"] = None if given["company"] is None else a_text(given, "company")
    if "superior" in given:
        values["superior_id"] = None if given["superior"] is None else an_id(given["superior"], "superior")
    if "roles" in given:
        roles = a_list(given, "roles")
        if not all(isinstance(each, str) for each in roles):
            raise refuse("malformed", "W313", "roles", name="roles", expected="a list of app.role")
        values["roles"] = tuple(sorted({parse_role(each) for each in roles}))
    if "departments" in given:
        values["memberships"] = tuple(
            _membership(each, f"departments/{place}")
            for place, each in enumerate(a_list(given, "departments"))
        )
    return cast(PersonValues, values)


def _membership(given: Any, path: str) -> Membership:
    each = an_object(given, ("id", "position", "main"))
    position = each.get("position")
    return Membership(
        an_id(each.get("id"), f"{path}/id"),
        None if position is None else an_id(position, f"{path}/position"),
        a_flag(each, "main", False, f"{path}/main"),
    )


def _one(call: Call, user_id: int) -> dict[str, Any]:
    account = accounts.get(call.connection, user_id)
    return document(Person(account, memberships_of(call.connection, user_id)))


def document(person: Person) -> dict[str, Any]:
    """A person as a program reads it."""
    account = person.account
    return {
        "id": str(account.id),
        "login": account.login,
        "name": account.name,
        "email": account.email,
        "phone": account.phone,
        "language": account.language,
        "timezone": account.timezone,
        "admin": account.is_admin,
        "disabled": account.is_disabled,
        "kind": account.kind,
        "company": account.company,
        "superior": str(account.superior_id) if account.superior_id is not None else None,
        "roles": [f"{app}.{role}" for app, role in account.roles],
        "departments": [
            {
                "id": str(each.department_id),
                "position": str(each.position_id) if each.position_id is not None else None,
                "main": each.is_main,
            }
            for each in person.memberships
        ],
        "created_at": account.created_at.isoformat(),
        "last_seen_at": account.last_seen_at.isoformat() if account.last_seen_at else None,
    }


ROUTES: tuple[Route, ...] = (
    administration_api("GET", "/people", people, *LIST_PARAMETERS),
    administration_api("POST", "/people", create),
    administration_api("GET", "/people/<identifier>", read),
    administration_api("PATCH", "/people/<identifier>", update),
    administration_api("POST", "/people/<identifier>/disable", disable),
    administration_api("POST", "/people/<identifier>/enable", enable),
)
