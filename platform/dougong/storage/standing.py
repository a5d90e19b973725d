"""Finds sub-tables that became entities of their own, and entities that became sub-tables, so that their rows stay in place."""

from __future__ import annotations

from dataclasses import replace

from dougong.storage import names
from dougong.storage.comparison import Comparison
from dougong.storage.operations import EmbedRecords, MakeRecords
from dougong.storage.operations.standing import POSITION, SYSTEM
from dougong.storage.schema import ColumnSpec, Schema, TableSpec, Tombstone

_OTHER_SIDE = {"entity": "rows", "rows": "entity"}


def former_side(work: Comparison, table: TableSpec, wanted: Schema) -> TableSpec | None:
    """The recorded table whose rows a wanted one goes on with, on the other side; nothing where both sides are wanted."""
    key = f"{work.app}.{table.formerly}"
    if not table.formerly or wanted.table(key) is not None:
        return None
    found = work.recorded.table(key)
    if found is None or found.kind != _OTHER_SIDE.get(table.kind):
        return None
    holds = table if table.kind == "entity" else found
    return found if holds.column(table.link) is not None else None


def change_side(work: Comparison, table: TableSpec, before: TableSpec) -> TableSpec:
    """Note the operation; gives the recorded table as if the link were already, or no longer, one of its columns."""
    return _records(work, table, before) if table.kind == "entity" else _rows(work, table, before)


def _records(work: Comparison, table: TableSpec, before: TableSpec) -> TableSpec:
    wanted = table.column(table.link or before.link)
    assert wanted is not None
    former = work.former.table_of(before.uid) if work.former else None
    known = former.column(wanted.field) if former else None
    link = replace(wanted, uid=known.uid if known else work.uid("c"), on_delete="CASCADE")
    hidden = _hide(work, before, (POSITION,))
    back = _bring_back(work, before, [name for name, _ in SYSTEM])
    work.add(MakeRecords(app=work.app, table=table, before=before, link=link, hidden=hidden, back=back))
    return replace(before, columns=(*before.columns, link))


def _rows(work: Comparison, table: TableSpec, before: TableSpec) -> TableSpec:
    link = before.column(table.link or before.link)
    assert link is not None
    hidden = _hide(work, before, SYSTEM)
    back = _bring_back(work, before, [POSITION[0]])
    work.add(EmbedRecords(app=work.app, table=table, before=before, link=link, hidden=hidden, back=back))
    return replace(before, columns=tuple(each for each in before.columns if each.uid != link.uid))


def _hide(work: Comparison, table: TableSpec, columns: tuple[tuple[str, str], ...]) -> tuple[Tombstone, ...]:
    stones = []
    for name, kind in columns:
        uid = work.uid("r")
        column = ColumnSpec(name, name, kind, "system", uid=uid)
        stones.append(Tombstone(uid, names.tombstone_column(uid, name), table, column, work.number))
    work.tombstones += stones
    return tuple(stones)


def _bring_back(work: Comparison, table: TableSpec, fields: list[str]) -> tuple[Tombstone, ...]:
    """The system columns that the table had the last time it stood on that side."""
    found = [
        each
        for each in work.tombstones
        if each.table.uid == table.uid
        and each.column is not None
        and each.column.field_type == "system"
        and each.column.field in fields
    ]
    for each in found:
        work.tombstones.remove(each)
    return tuple(found)
