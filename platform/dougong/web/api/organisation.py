"""Departments, positions and teams over HTTP, for administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Response

from dougong.people import organisation, positions, restructuring, teams
from dougong.people.directory import paths_of, sizes_of
from dougong.people.organisation import Department
from dougong.people.positions import Position
from dougong.people.restructuring import UNSAID
from dougong.people.teams import Team
from dougong.records.call import Call
from dougong.web.api.given import a_list, a_text, an_id, an_id_or_none, identifier_of
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.routes import Route, administration_api

# -- departments --------------------------------------------------------------------------------------------------------


def departments(exchange: Exchange) -> Response:
    """GET /departments: all of them in the order of the tree, each with its path from the top."""
    with exchange.reading() as call:
        every = {each.id: each for each in organisation.departments(call.connection)}
        sizes = sizes_of(call.connection)
        data = [
            _department(every[identifier], path, sizes.get(identifier, 0))
            for identifier, path in paths_of(call.connection).items()
        ]
        return exchange.json({"data": data})


def add_department(exchange: Exchange) -> Response:
    """POST /departments: add one behind its siblings."""
    given = exchange.an_object("name", "parent", "head")
    name = a_text(given, "name", required=True)
    parent, head = an_id_or_none(given, "parent"), an_id_or_none(given, "head")

    def change(call: Call) -> Answer:
        made = restructuring.add_department(call, name, parent, head)
        return Answer(201, _department_of(call, made), {"Location": f"/api/v1/departments/{made}"})

    return change_once(exchange, change, given)


def read_department(exchange: Exchange, identifier: str) -> Response:
    """GET /departments/{id}."""
    with exchange.reading() as call:
        return exchange.json(_department_of(call, identifier_of(identifier)))


def change_department(exchange: Exchange, identifier: str) -> Response:
    """PATCH /departments/{id}: another name, place, order or head; `before` names a sibling, null puts it behind all."""
    given = exchange.an_object("name", "parent", "head", "before")
    name = a_text(given, "name", required=True) if "name" in given else UNSAID
    parent = an_id_or_none(given, "parent") if "parent" in given else UNSAID
    head = an_id_or_none(given, "head") if "head" in given else UNSAID
    before = an_id_or_none(given, "before") if "before" in given else UNSAID

    def change(call: Call) -> Answer:
        which = identifier_of(identifier)
        restructuring.change_department(
            call, which, name=name, parent_id=parent, head_id=head, before_id=before
        )
        return Answer(200, _department_of(call, which))

    return change_once(exchange, change, given)


def remove_department(exchange: Exchange, identifier: str) -> Response:
    """DELETE /departments/{id}: one that is empty."""
    return _removed(exchange, identifier, restructuring.remove_department)


def _department_of(call: Call, which: int) -> dict[str, Any]:
    found = organisation.department(call.connection, which)
    return _department(found, paths_of(call.connection)[which], sizes_of(call.connection).get(which, 0))


def _department(each: Department, path: str, people: int) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "name": each.name,
        "path": path,
        "parent": _id(each.parent_id),
        "head": _id(each.head_id),
        "people": people,
    }


# -- positions ----------------------------------------------------------------------------------------------------------


def list_positions(exchange: Exchange) -> Response:
    """GET /positions."""
    with exchange.reading() as call:
        return exchange.json({"data": [_position(each) for each in positions.positions(call.connection)]})


def add_position(exchange: Exchange) -> Response:
    """POST /positions."""
    given = exchange.an_object("name")
    name = a_text(given, "name", required=True)

    def change(call: Call) -> Answer:
        made = restructuring.add_position(call, name)
        return Answer(201, _position(positions.get_position(call.connection, made)))

    return change_once(exchange, change, given)


def change_position(exchange: Exchange, identifier: str) -> Response:
    """PATCH /positions/{id}: another name."""
    given = exchange.an_object("name")
    name = a_text(given, "name", required=True)

    def change(call: Call) -> Answer:
        which = identifier_of(identifier)
        restructuring.change_position(call, which, name)
        return Answer(200, _position(positions.get_position(call.connection, which)))

    return change_once(exchange, change, given)


def remove_position(exchange: Exchange, identifier: str) -> Response:
    """DELETE /positions/{id}: one that nobody has."""
    return _removed(exchange, identifier, restructuring.remove_position)


def _position(each: Position) -> dict[str, Any]:
    return {"id": str(each.id), "name": each.name, "people": each.members}


# -- teams --------------------------------------------------------------------------------------------------------------


def list_teams(exchange: Exchange) -> Response:
    """GET /teams."""
    with exchange.reading() as call:
        return exchange.json({"data": [_team(each) for each in teams.teams(call.connection)]})


def read_team(exchange: Exchange, identifier: str) -> Response:
    """GET /teams/{id}: with its members."""
    with exchange.reading() as call:
        return exchange.json(_whole_team(call, identifier_of(identifier)))


def add_team(exchange: Exchange) -> Response:
    """POST /teams."""
    given = exchange.an_object("name", "lead", "members")
    name, lead, members = a_text(given, "name", required=True), an_id_or_none(given, "lead"), _members(given)

    def change(call: Call) -> Answer:
        made = restructuring.add_team(call, name, lead, members)
        return Answer(201, _whole_team(call, made), {"Location": f"/api/v1/teams/{made}"})

    return change_once(exchange, change, given)


def change_team(exchange: Exchange, identifier: str) -> Response:
    """PATCH /teams/{id}: another name or lead, or exactly these members."""
    given = exchange.an_object("name", "lead", "members")
    name = a_text(given, "name", required=True) if "name" in given else UNSAID
    lead = an_id_or_none(given, "lead") if "lead" in given else UNSAID
    members = _members(given) if "members" in given else UNSAID

    def change(call: Call) -> Answer:
        which = identifier_of(identifier)
        restructuring.change_team(call, which, name=name, lead_id=lead, members=members)
        return Answer(200, _whole_team(call, which))

    return change_once(exchange, change, given)


def remove_team(exchange: Exchange, identifier: str) -> Response:
    """DELETE /teams/{id}: nobody belongs to it any more."""
    return _removed(exchange, identifier, restructuring.remove_team)


def _members(given: Mapping[str, Any]) -> list[int]:
    return [an_id(each, f"members/{place}") for place, each in enumerate(a_list(given, "members"))]


def _team(each: Team) -> dict[str, Any]:
    return {"id": str(each.id), "name": each.name, "lead": _id(each.lead_id), "people": each.members}


def _whole_team(call: Call, which: int) -> dict[str, Any]:
    members = [str(each) for each in teams.members_of(call.connection, which)]
    return {**_team(teams.get_team(call.connection, which)), "members": members}


# -- all ----------------------------------------------------------------------------------------------------------------


def _removed(exchange: Exchange, identifier: str, remove: Callable[[Call, int], None]) -> Response:
    def change(call: Call) -> Answer:
        remove(call, identifier_of(identifier))
        return Answer(204)

    return change_once(exchange, change)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


ROUTES: tuple[Route, ...] = (
    administration_api("GET", "/departments", departments),
    administration_api("POST", "/departments", add_department),
    administration_api("GET", "/departments/<identifier>", read_department),
    administration_api("PATCH", "/departments/<identifier>", change_department),
    administration_api("DELETE", "/departments/<identifier>", remove_department),
    administration_api("GET", "/positions", list_positions),
    administration_api("POST", "/positions", add_position),
    administration_api("PATCH", "/positions/<identifier>", change_position),
    administration_api("DELETE", "/positions/<identifier>", remove_position),
    administration_api("GET", "/teams", list_teams),
    administration_api("POST", "/teams", add_team),
    administration_api("GET", "/teams/<identifier>", read_team),
    administration_api("PATCH", "/teams/<identifier>", change_team),
    administration_api("DELETE", "/teams/<identifier>", remove_team),
)
