"""Has those wait for each other whose records are checked against the same others: stock that two take from, a budget that two spend.

Neither sees what the other has not yet committed, so each alone would be within the bound. SQLite has one writer at a time and needs none
of it. On PostgreSQL a lock that is named after the entity whose records are added up is held to the end of the transaction: rows that
are only being created cannot be locked themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.records.call import Call
from dougong.records.shape import Shape

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def guard(call: Call, shape: Shape) -> None:
    """Wait for everybody who writes what the rules of the records, or of their rows, add up; in the order of the entities' names."""
    if call.dialect == "sqlite":
        return
    for key in guarded(call, shape):
        call.connection.execute(_LOCK, {"name": f"rules over {key}"})


def guarded(call: Call, shape: Shape) -> tuple[str, ...]:
    """The entities over whose records rules add up or search, worked out once for a release."""
    known = ("guarded", shape.key)
    found = call.release.cache.get(known)
    if not isinstance(found, tuple):
        owners = (shape.entity, *(rows.entity for rows in shape.tables.values()))
        found = tuple(sorted({key for owner in owners for key in _added_up(owner)}))
        call.release.cache[known] = found
    return found


def _added_up(entity: Entity) -> Iterator[str]:
    for expression in _expressions(entity):
        for road in expression.roads:
            yield from (step.entity for step in road.steps if step.is_many and step.kind != "rows")


def _expressions(entity: Entity) -> Iterator[Expression]:
    for rule in entity.rules:
        yield from (each for each in (rule.when, rule.check) if each is not None)
        yield from (value for _, value in rule.assign)
