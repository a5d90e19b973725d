"""Values of one field type as values of another, through the text that exports write and imports read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection, bindparam, select, update

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.storage import counting, tables
from dougong.storage.schema import ColumnSpec, TableSpec

_CHUNK = 2_000
_HABITS = Habits(bare_percent="fraction")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion would do: values there are, values that would be rounded, rows that cannot be converted."""

    filled: int = 0
    rounded: int = 0
    failing: int = 0
    first: tuple[int, ...] = ()


def preview(
    connection: Connection, table: TableSpec, column: ColumnSpec, old_field: Field, new_field: Field
) -> Preview:
    """Try the conversion of every value without writing any."""
    change = conversion(old_field, new_field)
    filled = rounded = 0
    failing: list[int] = []
    for rows in _chunks(connection, table, column):
        for record_id, value in rows:
            filled += 1
            try:
                rounded += _is_rounded(value, change(value))
            except Invalid:
                failing.append(record_id)
    return Preview(filled, rounded, len(failing), tuple(failing[: counting.FIRST]))


def convert(
    connection: Connection,
    table: TableSpec,
    source: ColumnSpec,
    target: ColumnSpec,
    old_field: Field,
    new_field: Field,
) -> None:
    """Write the converted values of one column into another (or the same one); Invalid when one does not fit."""
    change = conversion(old_field, new_field)
    whole = tables.table(_with(table, target))
    statement = update(whole).where(whole.c.id == bindparam("row")).values({target.field: bindparam("value")})
    for rows in _chunks(connection, table, source):
        connection.execute(
            statement, [{"row": record_id, "value": change(value)} for record_id, value in rows]
        )


def conversion(old_field: Field, new_field: Field) -> Callable[[Value], Value]:
    """The function from a value of one field to a value of another; it raises Invalid for what does not fit."""
    old, new = TYPES[old_field.type], TYPES[new_field.type]

    def change(value: Value) -> Value:
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            try:
                return new.assign(value, new_field)
            except Invalid:
                pass
        return new.parse(old.to_cell(value, old_field, _HABITS.language), new_field, _HABITS)

    return change


def _is_rounded(before: Value, after: Value) -> bool:
    return isinstance(before, Decimal) and isinstance(after, Decimal | int) and before != after


def _chunks(
    connection: Connection, table: TableSpec, column: ColumnSpec
) -> Iterator[list[tuple[int, Value]]]:
    whole = tables.table(_with(table, column))
    last = 0
    values = whole.c[column.field]
    while True:
        wanted = (
            select(whole.c.id, values)
            .where(whole.c.id > last, values.is_not(None))
            .order_by(whole.c.id)
            .limit(_CHUNK)
        )
        rows = [(int(row[0]), row[1]) for row in connection.execute(wanted)]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _with(table: TableSpec, column: ColumnSpec) -> TableSpec:
    """The table with exactly this column: while types change, a table holds columns that no specification knows."""
    return replace(table, columns=(column,))
