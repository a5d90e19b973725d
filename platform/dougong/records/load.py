"""Fetches whole records as they stand, for changing them: columns, links and, where needed, rows of sub-tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select

from dougong.model.field import Field, LinkTarget
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.draft import Draft, Rows, Values
from dougong.records.kept import kept
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.storage.statements import Statement, among


def load(
    call: Call,
    shape: Shape,
    identifiers: Sequence[int],
    conditions: Sequence[ColumnElement[bool]] = (),
    lock: bool = False,
) -> dict[int, Values]:
    """The records with these ids that meet the conditions, by id, with all columns and links; `lock` keeps other writers away."""
    found: dict[int, Values] = {}
    for chunk in chunks(sorted(set(possible_ids(identifiers)))):
        statement = (
            select(shape.table).where(shape.table.c.id.in_(chunk), *conditions).order_by(shape.table.c.id)
        )
        if lock:
            statement = statement.with_for_update(of=shape.table)
        found.update(
            (row["id"], shape.tidy(dict(row))) for row in call.connection.execute(statement).mappings()
        )
    return _with_lists(call, shape, found)


def load_for(call: Call, shape: Shape, identifiers: Sequence[int], action: str) -> dict[int, Values]:
    """Those of the living records that the actor may use for the action, kept from other writers."""
    question = ("load", shape.key, action)
    statement = kept(call, question, lambda: _usable(call, shape, action))
    names = shape.table.c.keys()
    rows = statement.rows(call.connection, {"ids": sorted(set(possible_ids(identifiers)))})
    values = (shape.tidy(dict(zip(names, row, strict=True))) for row in rows)
    return _with_lists(call, shape, {each["id"]: each for each in values})


def _usable(call: Call, shape: Shape, action: str) -> Statement:
    table = shape.table
    selection = Selection(call, shape, action).where(among(table.c.id, "ids", call.dialect))
    wanted = selection.select(*table.c).order_by(table.c.id).with_for_update(of=table)
    return Statement(wanted, call.dialect)


def _with_lists(call: Call, shape: Shape, found: dict[int, Values]) -> dict[int, Values]:
    for field in shape.lists:
        lists = linked_ids(call, shape, field, list(found))
        for identifier, values in found.items():
            values[field.id] = lists.get(identifier)
    return found


def linked_ids(call: Call, shape: Shape, field: Field, sources: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The living targets of a field of type links, in order, for those of the records that have any."""
    link = field.target
    if link is None or not sources:
        return {}
    statement = kept(call, ("links", shape.key, field.id), lambda: _linked(call, shape, field, link))
    found: dict[int, list[int]] = {}
    for source, each in statement.rows(call.connection, {"ids": sources}):
        found.setdefault(source, []).append(each)
    return {source: tuple(targets) for source, targets in found.items()}


def _linked(call: Call, shape: Shape, field: Field, link: LinkTarget) -> Statement:
    table = call.release.tables.links(shape.key, field.id)
    target = call.release.table(link.key).alias()
    return Statement(
        select(table.c.source_id, table.c.target_id)
        .join(target, target.c.id == table.c.target_id)
        .where(among(table.c.source_id, "ids", call.dialect), target.c.deleted_at.is_(None))
        .order_by(table.c.source_id, table.c.position),
        call.dialect,
    )


def load_rows(call: Call, shape: Shape, parents: Sequence[int]) -> dict[int, list[Values]]:
    """The rows of a sub-table of the given records, in order, by record."""
    found: dict[int, list[Values]] = {}
    everything: dict[int, Values] = {}
    statement = kept(call, ("rows", shape.key), lambda: _rows(call, shape))
    names = shape.table.c.keys()
    for row in statement.rows(call.connection, {"ids": parents}) if parents else ():
        values = shape.tidy(dict(zip(names, row, strict=True)))
        found.setdefault(values["parent_id"], []).append(values)
        everything[values["id"]] = values
    for field in shape.lists:
        lists = linked_ids(call, shape, field, list(everything))
        for identifier, values in everything.items():
            values[field.id] = lists.get(identifier)
    return found


def _rows(call: Call, shape: Shape) -> Statement:
    table = shape.table
    wanted = select(table).where(among(table.c.parent_id, "ids", call.dialect))
    return Statement(wanted.order_by(table.c.parent_id, table.c.position), call.dialect)


def drafts_of(
    call: Call, shape: Shape, records: Sequence[Values], tables: Iterable[str], paths: Sequence[str]
) -> list[Draft]:
    """Drafts that begin as what stands there, with the rows of those sub-tables that will be read or written."""
    drafts = [
        Draft(path, dict(values), before=values, id=values["id"])
        for values, path in zip(records, paths, strict=True)
    ]
    for name in tables:
        rows = load_rows(call, shape.tables[name], [draft.id for draft in drafts])
        for draft in drafts:
            standing = rows.get(draft.id, [])
            each = [
                Draft(f"{draft.path}{name}/{position}/", dict(values), before=values, id=values["id"])
                for position, values in enumerate(standing)
            ]
            draft.rows[name] = Rows(each, written=False)
            draft.values[name] = [row.values for row in each]
    return drafts
