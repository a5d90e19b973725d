"""Positions: what people are in their departments, such as manager or engineer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from dougong.people.messages import refuse
from dougong.people.naming import checked_name
from dougong.storage.system import MEMBERSHIP, POSITION


@dataclass(frozen=True, slots=True)
class Position:
    """One position, and how many people have it."""

    id: int
    name: str
    position: int
    members: int = 0


def add_position(connection: Connection, name: str, position: int | None = None) -> int:
    """Add a position, behind the others unless its place is said, and return its id; a name is there once."""
    name = checked_name(name)
    _check_free(connection, name)
    if position is None:
        last = connection.execute(select(func.max(POSITION.c.position))).scalar_one()
        position = 0 if last is None else last + 1
    row = {"name": name, "position": position, "created_at": datetime.now(UTC)}
    found: int = connection.execute(insert(POSITION).values(row).returning(POSITION.c.id)).scalar_one()
    return found


def change_position(
    connection: Connection, position_id: int, name: str | None = None, position: int | None = None
) -> None:
    """Give a position another name or place."""
    known = get_position(connection, position_id)
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = checked_name(name)
        if values["name"] != known.name:
            _check_free(connection, checked_name(name))
    if position is not None:
        values["position"] = position
    if values:
        connection.execute(update(POSITION).where(POSITION.c.id == position_id).values(**values))


def remove_position(connection: Connection, position_id: int) -> None:
    """Remove a position that nobody has; refused otherwise."""
    known = get_position(connection, position_id)
    if known.members:
        raise refuse("conflict", "position_in_use", members=known.members)
    now = datetime.now(UTC)
    connection.execute(update(POSITION).where(POSITION.c.id == position_id).values(removed_at=now))


def positions(connection: Connection) -> list[Position]:
    """Return all positions in their order, each with how many have it."""
    held = (
        select(MEMBERSHIP.c.position_id, func.count().label("number"))
        .where(MEMBERSHIP.c.position_id.is_not(None))
        .group_by(MEMBERSHIP.c.position_id)
        .subquery()
    )
    query = (
        select(POSITION.c.id, POSITION.c.name, POSITION.c.position, func.coalesce(held.c.number, 0))
        .outerjoin(held, held.c.position_id == POSITION.c.id)
        .where(POSITION.c.removed_at.is_(None))
    )
    return [Position(*row) for row in connection.execute(query.order_by(POSITION.c.position, POSITION.c.id))]


def get_position(connection: Connection, position_id: int) -> Position:
    """Return one position; refused (missing) when there is none."""
    for each in positions(connection):
        if each.id == position_id:
            return each
    raise refuse("missing", "no_position", id=position_id)


def _check_free(connection: Connection, name: str) -> None:
    taken = select(POSITION.c.id).where(POSITION.c.name == name, POSITION.c.removed_at.is_(None))
    if connection.execute(taken).first() is not None:
        raise refuse("conflict", "name_taken", "name", name=name)
