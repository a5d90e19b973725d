"""What records will hold in the columns of a unique index by the time it is made, while nothing is written yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from dougong.model.expression import Value
from dougong.storage.convert import scan
from dougong.storage.doubles import Coming
from dougong.storage.operations.columns import AddColumn, ChangeType
from dougong.storage.operations.values import FillValues
from dougong.storage.schema import IndexSpec, TableSpec

Giving = AddColumn | ChangeType | FillValues
"""The steps that give a column values."""


def coming(
    connection: Connection, table: TableSpec, before: TableSpec, index: IndexSpec, steps: Sequence[Giving]
) -> Coming:
    """The records as they will be after some steps, in their order."""
    own = {each.field: each.uid for each in table.columns}
    recorded = {each.uid: each for each in before.columns}
    read = {each: recorded[own[each]] for each in index.reads if own.get(each) in recorded}
    rows = [row for found in scan(connection, before, read) for row in found]
    empty = {row.id: dict.fromkeys(index.reads) | dict(row.values) for row in rows}
    values: dict[str, dict[int, Value]] = {
        field: {identifier: held[field] for identifier, held in empty.items()} for field in index.reads
    }
    for step in steps:
        field = step.column.field
        if isinstance(step, ChangeType):
            values[field] = step.converted(connection)
        elif isinstance(step, AddColumn):
            values[field] = {row.id: f"#{row.id}" if step.numbered else step.default for row in rows}
        else:
            doubled = Coming(table, index, rows, values).later() if step.reason == "double" else frozenset()
            values[field] = {**values[field], **step.given(connection, doubled)}
    return Coming(table, index, rows, values)
