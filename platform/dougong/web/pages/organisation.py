"""Departments, positions and teams at the screen, for administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import audit, organisation, positions, restructuring, teams
from dougong.people.directory import names_of, sizes_of
from dougong.people.messages import finding
from dougong.people.restructuring import UNSAID
from dougong.records.call import Call
from dougong.screens.organisation import (
    DEPARTMENTS,
    POSITIONS,
    TEAMS,
    department_screen,
    departments_screen,
    positions_screen,
    team_screen,
    teams_screen,
)
from dougong.screens.shape import Problem, SettingsScreen
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.problems import message_of
from dougong.web.routes import Route, page

LOG = 10
Entered = Mapping[str, str]
NOTHING: Entered = {}
Problems = Sequence[Diagnostic]
Screen = Callable[[Call, Entered, Problems], SettingsScreen]


def changed(
    exchange: Exchange,
    change: Callable[[Call], str],
    said: str,
    again: Screen,
    entered: Entered = NOTHING,
    **words: str,
) -> Response:
    """Make a change and go where it says; what is refused is shown once more with what was entered."""
    try:
        with exchange.writing() as call:
            path = change(call)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict") and not any(each.path for each in refusal.problems):
            raise
        with exchange.reading() as call:
            return show(exchange, call, again(call, entered, refusal.problems), 422)
    return go(exchange, path, text(said, exchange.language, **words))


def told(problems: Problems, language: str) -> list[Problem]:
    """Findings as a page shows them, each at its field."""
    return [
        Problem(message_of(each, language), each.path.partition("/")[0], code=each.code) for each in problems
    ]


def chosen_id(entered: Entered, name: str) -> int | None:
    """Whoever or whatever was picked; what is no id leads nowhere and is told so by the verb."""
    written = entered.get(name, "")
    if not written:
        return None
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 18 else 0


def entered_in(exchange: Exchange, *names: str) -> dict[str, str]:
    """What a form holds."""
    data = form_data(exchange)
    return {name: first(data, name) for name in names if name in data}


# -- departments --------------------------------------------------------------------------------------------------------


def departments(exchange: Exchange) -> Response:
    """GET /departments: the tree; `parent` begins a department below one."""
    parent = exchange.parameters.get("parent", "")
    with exchange.reading() as call:
        return show(exchange, call, _departments(call, {"parent_id": parent}))


def _departments(call: Call, entered: Entered = NOTHING, problems: Problems = ()) -> SettingsScreen:
    every = organisation.departments(call.connection)
    names = names_of(call.connection, _heads((each.head_id for each in every), entered, "head_id"))
    shown = told(problems, call.language)
    return departments_screen(call, every, names, sizes_of(call.connection), entered, shown)


def _heads(ids: Iterable[int | None], entered: Entered, name: str) -> set[int]:
    return {each for each in (*ids, chosen_id(entered, name)) if each}


def add_department(exchange: Exchange) -> Response:
    """POST /departments."""
    entered = entered_in(exchange, "name", "parent_id", "head_id")
    name = entered.get("name", "")

    def change(call: Call) -> str:
        made = restructuring.add_department(
            call, name, chosen_id(entered, "parent_id"), chosen_id(entered, "head_id")
        )
        return f"{DEPARTMENTS}#row-{made}"

    return changed(exchange, change, "department_added", _departments, entered, name=name)


def department(exchange: Exchange, identifier: str) -> Response:
    """GET /departments/{id}."""
    with exchange.reading() as call:
        return show(exchange, call, _department(call, number(identifier)))


def _department(
    call: Call, which: int, entered: Entered = NOTHING, problems: Problems = ()
) -> SettingsScreen:
    found = organisation.department(call.connection, which)
    every = organisation.departments(call.connection)
    names = names_of(call.connection, _heads([found.head_id], entered, "head_id"))
    log = audit.entries(call.connection, f"department:{which}", LOG)
    shown = told(problems, call.language)
    return department_screen(call, found, every, names, log, entered, shown)


def change_department(exchange: Exchange, identifier: str) -> Response:
    """POST /departments/{id}: another name, place or head."""
    which, entered = number(identifier), entered_in(exchange, "name", "parent_id", "head_id")

    def change(call: Call) -> str:
        restructuring.change_department(
            call,
            which,
            name=entered.get("name", UNSAID),
            parent_id=chosen_id(entered, "parent_id") if "parent_id" in entered else UNSAID,
            head_id=chosen_id(entered, "head_id") if "head_id" in entered else UNSAID,
        )
        return DEPARTMENTS

    def again(call: Call, given: Entered, problems: Problems) -> SettingsScreen:
        return _department(call, which, given, problems)

    return changed(exchange, change, "person_saved", again, entered)


def move_department(exchange: Exchange, identifier: str) -> Response:
    """POST /departments/{id}/move: before a sibling, or behind all of them."""
    which, entered = number(identifier), entered_in(exchange, "before")

    def change(call: Call) -> str:
        restructuring.change_department(call, which, before_id=chosen_id(entered, "before"))
        return DEPARTMENTS

    return changed(exchange, change, "person_saved", _departments)


def remove_department(exchange: Exchange, identifier: str) -> Response:
    """POST /departments/{id}/remove."""
    which = number(identifier)

    def change(call: Call) -> str:
        restructuring.remove_department(call, which)
        return DEPARTMENTS

    def again(call: Call, given: Entered, problems: Problems) -> SettingsScreen:
        return _department(call, which, given, problems)

    return changed(exchange, change, "department_gone", again)


# -- positions ----------------------------------------------------------------------------------------------------------


def list_positions(exchange: Exchange) -> Response:
    """GET /positions; `id` begins another name for one."""
    which = exchange.parameters.get("id", "")
    with exchange.reading() as call:
        known = {str(each.id): each.name for each in positions.positions(call.connection)}
        entered = {"id": which, "name": known[which]} if which in known else {}
        return show(exchange, call, _positions(call, entered))


def _positions(call: Call, entered: Entered = NOTHING, problems: Problems = ()) -> SettingsScreen:
    every = positions.positions(call.connection)
    return positions_screen(call, every, entered, told(problems, call.language))


def add_position(exchange: Exchange) -> Response:
    """POST /positions."""
    entered = entered_in(exchange, "name")
    name = entered.get("name", "")

    def change(call: Call) -> str:
        restructuring.add_position(call, name)
        return POSITIONS

    return changed(exchange, change, "position_added", _positions, entered, name=name)


def change_position(exchange: Exchange, identifier: str) -> Response:
    """POST /positions/{id}: another name."""
    which, entered = number(identifier), entered_in(exchange, "name")

    def change(call: Call) -> str:
        restructuring.change_position(call, which, entered.get("name", ""))
        return POSITIONS

    return changed(exchange, change, "person_saved", _positions, {**entered, "id": str(which)})


def remove_position(exchange: Exchange, identifier: str) -> Response:
    """POST /positions/{id}/remove."""
    which = number(identifier)

    def change(call: Call) -> str:
        restructuring.remove_position(call, which)
        return POSITIONS

    return changed(exchange, change, "position_gone", _positions)


# -- teams --------------------------------------------------------------------------------------------------------------


def list_teams(exchange: Exchange) -> Response:
    """GET /teams."""
    with exchange.reading() as call:
        return show(exchange, call, _teams(call))


def _teams(call: Call, entered: Entered = NOTHING, problems: Problems = ()) -> SettingsScreen:
    every = teams.teams(call.connection)
    names = names_of(call.connection, _heads((each.lead_id for each in every), entered, "lead_id"))
    return teams_screen(call, every, names, entered, told(problems, call.language))


def add_team(exchange: Exchange) -> Response:
    """POST /teams: a team, whose page is where members are added."""
    entered = entered_in(exchange, "name", "lead_id")
    name = entered.get("name", "")

    def change(call: Call) -> str:
        return f"{TEAMS}/{restructuring.add_team(call, name, chosen_id(entered, 'lead_id'))}"

    return changed(exchange, change, "team_added", _teams, entered, name=name)


def team(exchange: Exchange, identifier: str) -> Response:
    """GET /teams/{id}."""
    with exchange.reading() as call:
        return show(exchange, call, _team(call, number(identifier)))


def _team(call: Call, which: int, entered: Entered = NOTHING, problems: Problems = ()) -> SettingsScreen:
    found = teams.get_team(call.connection, which)
    members = teams.named_members(call.connection, which)
    names = names_of(call.connection, _heads([found.lead_id], entered, "lead_id"))
    log = audit.entries(call.connection, f"team:{which}", LOG)
    return team_screen(call, found, members, names, log, entered, told(problems, call.language))


def change_team(exchange: Exchange, identifier: str) -> Response:
    """POST /teams/{id}: another name or lead."""
    which, entered = number(identifier), entered_in(exchange, "name", "lead_id")

    def change(call: Call) -> str:
        lead = chosen_id(entered, "lead_id") if "lead_id" in entered else UNSAID
        restructuring.change_team(call, which, name=entered.get("name", UNSAID), lead_id=lead)
        return f"{TEAMS}/{which}"

    return changed(exchange, change, "person_saved", _again(which), entered)


def add_members(exchange: Exchange, identifier: str) -> Response:
    """POST /teams/{id}/members: these people, besides those who are in it."""
    which = number(identifier)
    chosen = {each for each in form_data(exchange).get("person", []) if each}

    def change(call: Call) -> str:
        added = {chosen_id({"person": each}, "person") or 0 for each in chosen}
        if not added:
            raise Refusal("invalid", [finding("no_account", "person")])
        members = {*teams.members_of(call.connection, which), *added}
        restructuring.change_team(call, which, members=members)
        return f"{TEAMS}/{which}#members"

    return changed(exchange, change, "person_saved", _again(which))


def leave_team(exchange: Exchange, identifier: str) -> Response:
    """POST /teams/{id}/members/leave."""
    which, person = number(identifier), number(entered_in(exchange, "person").get("person", ""))

    def change(call: Call) -> str:
        members = set(teams.members_of(call.connection, which)) - {person}
        restructuring.change_team(call, which, members=members)
        return f"{TEAMS}/{which}#members"

    return changed(exchange, change, "person_saved", _again(which))


def _again(which: int) -> Screen:
    return lambda call, given, problems: _team(call, which, given, problems)


def remove_team(exchange: Exchange, identifier: str) -> Response:
    """POST /teams/{id}/remove."""
    which = number(identifier)

    def change(call: Call) -> str:
        restructuring.remove_team(call, which)
        return TEAMS

    return changed(exchange, change, "team_gone", _again(which))


ROUTES: tuple[Route, ...] = (
    page("GET", "/departments", departments, access="admin"),
    page("POST", "/departments", add_department, access="admin"),
    page("GET", "/departments/<identifier>", department, access="admin"),
    page("POST", "/departments/<identifier>", change_department, access="admin"),
    page("POST", "/departments/<identifier>/move", move_department, access="admin"),
    page("POST", "/departments/<identifier>/remove", remove_department, access="admin"),
    page("GET", "/positions", list_positions, access="admin"),
    page("POST", "/positions", add_position, access="admin"),
    page("POST", "/positions/<identifier>", change_position, access="admin"),
    page("POST", "/positions/<identifier>/remove", remove_position, access="admin"),
    page("GET", "/teams", list_teams, access="admin"),
    page("POST", "/teams", add_team, access="admin"),
    page("GET", "/teams/<identifier>", team, access="admin"),
    page("POST", "/teams/<identifier>", change_team, access="admin"),
    page("POST", "/teams/<identifier>/members", add_members, access="admin"),
    page("POST", "/teams/<identifier>/members/leave", leave_team, access="admin"),
    page("POST", "/teams/<identifier>/remove", remove_team, access="admin"),
)
