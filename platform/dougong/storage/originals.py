"""What a column was: the field as it was defined then, the things it referred to, and the earlier forms that are kept of it."""

from __future__ import annotations

from dataclasses import replace

from dougong.model.app import App
from dougong.model.field import Field
from dougong.model.text import EMPTY
from dougong.storage import conversion, rules
from dougong.storage.called import Things
from dougong.storage.comparison import Comparison
from dougong.storage.convert import Original
from dougong.storage.kinds import type_of
from dougong.storage.schema import ColumnSpec, TableSpec
from dougong.storage.types import Exact


def recorded_field(app: App | None, table: TableSpec, column: ColumnSpec) -> Field:
    """The field as it was defined; where nobody knows any more, as much of it as its values need to be read."""
    entity = app.entities.get(table.key.partition(".")[2]) if app else None
    known = entity.fields.get(column.field) if entity else None
    if known is not None and known.type == column.field_type:
        return known
    stored = type_of(column.kind)
    if isinstance(stored, Exact):
        return Field(column.field, column.field_type, EMPTY, decimals=stored.decimals, digits=stored.digits)
    return Field(column.field, column.field_type, EMPTY)


def new_field_of(app: App, table: TableSpec, field_id: str) -> Field:
    """A field of the new version."""
    return app.entities[table.key.partition(".")[2]].fields[field_id]


def things_of(work: Comparison, old: ColumnSpec, new: ColumnSpec) -> tuple[Things, Things] | None:
    """What the ids of a link mean, for one that becomes text or was it: as recorded, and as it will stand; None where nobody
    here can tell."""
    for column in (old, new):
        if column.references:
            return _records(work, old.references, new.references)
        kind = conversion.kind_of(Field(column.field, column.field_type, EMPTY)).kind
        if kind in {"member", "department"}:
            return Things(kind), Things(kind)
    return None


def _records(work: Comparison, old_key: str, new_key: str) -> tuple[Things, Things] | None:
    renamed = {new: old for old, new in work.same_entity.items() if new}
    before_key = old_key or renamed.get(new_key, new_key)
    after_key = new_key or work.same_entity.get(old_key, old_key)
    before, after = _thing(work, before_key), _present(work, after_key)
    if before is None and after is None:
        return None
    return before or Things(), after or before or Things()


def _thing(work: Comparison, key: str) -> Things | None:
    table = work.recorded.table(key)
    entity = work.old_app.entities.get(key.partition(".")[2]) if work.old_app else None
    return Things("record", table, entity) if table is not None and entity is not None else None


def _present(work: Comparison, key: str) -> Things | None:
    table, entity = work.wanted.table(key), work.new_app.entities.get(key.partition(".")[2])
    return Things("record", table, entity) if table is not None and entity is not None else None


def originals_of(
    work: Comparison, before: TableSpec, old: ColumnSpec, new: ColumnSpec
) -> tuple[Original, ...]:
    """For a rollback: the kept forms that a column had since the version it returns to, the latest first."""
    returning = work.returning
    if returning is None:
        return ()
    stones = [
        stone
        for stone in work.tombstones
        if stone.of
        and stone.of == old.uid
        and stone.removed_in > returning.number
        and stone.column is not None
    ]
    found: list[Original] = []
    later = recorded_field(work.old_app, before, old)
    for stone in sorted(stones, key=lambda each: -each.removed_in):
        assert stone.column is not None
        earlier = returning.version(stone.removed_in - 1)
        converted = returning.version(stone.removed_in)
        field_ = recorded_field(earlier[0] if earlier else None, stone.table, stone.column)
        found.append(
            Original(
                replace(stone.column, name=stone.name),
                conversion.conversion(field_, later),
                conversion.conversion(later, field_),
                converted[1] if converted else None,
                rules.takes(later),
            )
        )
        later = field_
    return tuple(found)
