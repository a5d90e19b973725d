"""Which people and departments a field may hold: those of the organisation, narrowed by the settings of the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from dougong.model.field import Field
from dougong.people.actor import SYSTEM
from dougong.records.call import Call
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER, USER_ROLE


@dataclass(frozen=True, slots=True)
class Unit:
    """A department with its path from the top, such as Sales/North, in the order in which a tree shows them."""

    id: int
    name: str
    path: str
    parent_id: int | None


def units(call: Call) -> list[Unit]:
    """The departments that were not removed, every one behind the one it belongs to."""
    columns = (DEPARTMENT.c.id, DEPARTMENT.c.name, DEPARTMENT.c.parent_id)
    statement = select(*columns).where(DEPARTMENT.c.removed_at.is_(None))
    rows = call.connection.execute(statement.order_by(DEPARTMENT.c.position, DEPARTMENT.c.id)).all()
    known = {row.id for row in rows}
    below: dict[int | None, list[tuple[int, str]]] = {}
    for identifier, name, parent in rows:
        below.setdefault(parent if parent in known else None, []).append((identifier, name))
    found: list[Unit] = []
    waiting: list[tuple[int | None, str, tuple[int, str]]] = [
        (None, "", each) for each in reversed(below.get(None, []))
    ]
    while waiting:
        parent_id, above, (identifier, name) = waiting.pop()
        unit = Unit(identifier, name, f"{above}/{name}" if above else name, parent_id)
        found.append(unit)
        waiting += [(identifier, unit.path, each) for each in reversed(below.get(identifier, []))]
    return found


def eligible_units(call: Call, field: Field) -> list[Unit]:
    """The departments that the actor may put into a field."""
    every = units(call)
    within = _within(call, field)
    if within == "all":
        return every
    own = set(call.actor.department_ids)
    if within == "own_and_below":
        for unit in every:
            if unit.parent_id in own:
                own.add(unit.id)
    return [unit for unit in every if unit.id in own]


def eligible_people(call: Call, field: Field, app: str) -> list[ColumnElement[bool]]:
    """What must hold for an account that the actor may put into a field of an app."""
    conditions: list[ColumnElement[bool]] = [USER.c.disabled_at.is_(None)]
    if _within(call, field) != "all":
        departments = [unit.id for unit in eligible_units(call, field)]
        belonging = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.department_id.in_(departments))
        conditions.append(USER.c.id.in_(belonging))
    roles = _roles(field)
    if roles:
        holding = select(USER_ROLE.c.user_id).where(USER_ROLE.c.app == app, USER_ROLE.c.role.in_(roles))
        conditions.append(USER.c.id.in_(holding))
    return conditions


def is_narrowed(call: Call, field: Field) -> bool:
    """Whether a field takes not every active person."""
    return _within(call, field) != "all" or bool(_roles(field))


def _within(call: Call, field: Field) -> str:
    """The platform itself, which has no departments, is not limited."""
    return "all" if call.actor.id == SYSTEM.id else str(field.extra.get("within", "all"))


def _roles(field: Field) -> Iterable[str]:
    return tuple(field.extra.get("roles", ()))
