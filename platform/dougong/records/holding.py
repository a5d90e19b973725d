"""Keeps what formulas are about to read from being changed by others until it was written what they gave.

A record that is new, or points somewhere new, is not found by whoever changes what it reads at the same moment: so that one has to wait.
Who comes second then reads what the first one wrote. SQLite has one writer at a time and needs none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from dougong.compiler.dependencies import WITHIN, Source, sources_of
from dougong.model.expression import Step
from dougong.records.call import Call
from dougong.records.dependents import dependents_of, hold_every
from dougong.records.draft import Draft
from dougong.records.shape import Shape
from dougong.storage.statements import Statement, among_many


@dataclass(frozen=True, slots=True)
class _Road:
    """The sub-table (or none) in whose drafts a road begins, and its links, one after the other."""

    table: str
    links: tuple[Step, ...]


def hold_sources(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Lock the records that formulas of the drafts read over links, in the order of entity and id."""
    if call.dialect == "sqlite":
        return
    for key in _whole(call, shape):
        hold_every(call, key, shared=key.partition("/")[0] != shape.key)
    for road in _roads(call, shape):
        first, *following = road.links
        found = sorted(_pointed_at(_beginnings(road, drafts), first.field))
        for step, after in zip(road.links, [*following, None], strict=True):
            if found:
                found = sorted(_hold(call, shape, step, after, found))


def _whole(call: Call, shape: Shape) -> tuple[str, ...]:
    """The entities of which formulas read all records."""
    key = ("read as a whole", shape.key)
    found = call.release.cache.get(key)
    if not isinstance(found, tuple):
        steps = {step for source in _sources(shape) for step in source.steps}
        whole = {step.entity for step in steps if step.kind == "all"}
        found = call.release.cache[key] = tuple(sorted(whole))
    return found


def _sources(shape: Shape) -> Iterator[Source]:
    for owner in (shape, *shape.tables.values()):
        for field in owner.entity.fields.values():
            yield from sources_of(owner.key, field.stored_formula) if field.stored_formula is not None else ()


def _roads(call: Call, shape: Shape) -> tuple[_Road, ...]:
    key = ("roads held", shape.key)
    found = call.release.cache.get(key)
    if not isinstance(found, tuple):
        found = call.release.cache[key] = tuple(_longest(_found_roads(shape)))
    return found


def _found_roads(shape: Shape) -> Iterator[_Road]:
    for table, owner in (("", shape), *shape.tables.items()):
        for field in owner.entity.fields.values():
            for source in (
                sources_of(owner.key, field.stored_formula) if field.stored_formula is not None else ()
            ):
                yield from _held_part(table, source.steps)


def _held_part(table: str, steps: tuple[Step, ...]) -> Iterator[_Road]:
    """The links of a road from where it leaves the record up to where it fans out over records that point back."""
    begins = next((index for index, step in enumerate(steps) if step.kind not in WITHIN), len(steps))
    for step in steps[:begins]:
        table = step.field if step.kind == "rows" else ""
    links: list[Step] = []
    for step in steps[begins:]:
        if step.kind not in ("link", "links"):
            break
        links.append(step)
    if links:
        yield _Road(table, tuple(links))


def _longest(roads: Iterable[_Road]) -> list[_Road]:
    """Those that are not the beginning of another; in one order for everybody."""
    every = set(roads)
    whole = [
        road
        for road in every
        if not any(
            other != road and other.table == road.table and other.links[: len(road.links)] == road.links
            for other in every
        )
    ]
    return sorted(whole, key=lambda road: ([step.entity for step in road.links], road.table, str(road.links)))


def _beginnings(road: _Road, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The drafts in which a road begins, as far as they point somewhere new."""
    name = road.links[0].field
    for draft in drafts:
        rows = draft.rows[road.table].drafts if road.table in draft.rows else ()
        for each in rows if road.table else (draft,):
            if each.before is None or each.before.get(name) != each.values.get(name):
                yield each


def _pointed_at(drafts: Iterable[Draft], name: str) -> set[int]:
    found: set[int] = set()
    for draft in drafts:
        value = draft.values.get(name)
        found.update(value if isinstance(value, (tuple, list)) else () if value is None else (value,))
    return found


def _hold(call: Call, shape: Shape, step: Step, after: Step | None, identifiers: Sequence[int]) -> set[int]:
    """Lock records and give those to which the next step leads."""
    key = ("hold", shape.key, step.entity, after)
    statement = call.release.cache.get(key)
    if not isinstance(statement, Statement):
        statement = call.release.cache[key] = Statement(_locking(call, shape, step, after), call.dialect)
    rows = statement.rows(call.connection, {"ids": identifiers})
    if after is not None and after.kind == "links":
        return _linked(call, step, after, identifiers)
    return {row[1] for row in rows if row[1] is not None} if after is not None else set()


def _locking(call: Call, shape: Shape, step: Step, after: Step | None) -> Select[Any]:
    """Others may read along, unless the record will be written itself because of these drafts: then two would wait for each other."""
    table = call.release.table(step.entity)
    columns = [table.c.id, *([table.c[after.field]] if after is not None and after.kind == "link" else [])]
    wanted = select(*columns).where(among_many(table.c.id, "ids", call.dialect)).order_by(table.c.id)
    if step.entity in dependents_of(call.release).reached_from(shape.key):
        return wanted.with_for_update(key_share=True, of=table)
    return wanted.with_for_update(read=True, of=table)


def _linked(call: Call, step: Step, after: Step, identifiers: Sequence[int]) -> set[int]:
    pairs = call.release.tables.links(step.entity, after.field)
    statement = select(pairs.c.target_id).where(among_many(pairs.c.source_id, "ids", call.dialect))
    return {row[0] for row in Statement(statement, call.dialect).rows(call.connection, {"ids": identifiers})}
