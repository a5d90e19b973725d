"""Fetches whole records as they stand, for changing them: columns, links and, where needed, rows of sub-tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select

from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.draft import Draft, Rows, Values
from dougong.records.shape import Shape


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
    for field in shape.lists:
        lists = linked_ids(call, shape, field, list(found))
        for identifier, values in found.items():
            values[field.id] = lists.get(identifier)
    return found


def linked_ids(call: Call, shape: Shape, field: Field, sources: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The living targets of a field of type links, in order, for those of the records that have any."""
    if field.target is None:
        return {}
    table = call.release.tables.links(shape.key, field.id)
    target = call.release.table(field.target.key).alias()
    found: dict[int, list[int]] = {}
    for chunk in chunks(sources):
        statement = (
            select(table.c.source_id, table.c.target_id)
            .join(target, target.c.id == table.c.target_id)
            .where(table.c.source_id.in_(chunk), target.c.deleted_at.is_(None))
            .order_by(table.c.source_id, table.c.position)
        )
        for source, each in call.connection.execute(statement):
            found.setdefault(source, []).append(each)
    return {source: tuple(targets) for source, targets in found.items()}


def load_rows(call: Call, shape: Shape, parents: Sequence[int]) -> dict[int, list[Values]]:
    """The rows of a sub-table of the given records, in order, by record."""
    found: dict[int, list[Values]] = {}
    everything: dict[int, Values] = {}
    for chunk in chunks(parents):
        statement = (
            select(shape.table)
            .where(shape.table.c.parent_id.in_(chunk))
            .order_by(shape.table.c.parent_id, shape.table.c.position)
        )
        for row in call.connection.execute(statement).mappings():
            values = shape.tidy(dict(row))
            found.setdefault(values["parent_id"], []).append(values)
            everything[values["id"]] = values
    for field in shape.lists:
        lists = linked_ids(call, shape, field, list(everything))
        for identifier, values in everything.items():
            values[field.id] = lists.get(identifier)
    return found


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
