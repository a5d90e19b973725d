"""The values of a column as another field takes them: counted before, written when the plan is applied, given back by a rollback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, null, or_, select, update

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Value
from dougong.storage import counting, tables
from dougong.storage import names as physical
from dougong.storage.conversion import Change, is_narrowed
from dougong.storage.schema import ColumnSpec, TableSpec

CHUNK = 2_000
Among = Callable[[Table], ColumnElement[bool]]
"""Which rows of a table are meant."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a row holds in a column and in the earlier forms of it; `written` is when somebody last wrote to its record."""

    id: int
    value: Value
    kept: tuple[Value, ...] = ()
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One row as an example: its id, its title, and a value before and after."""

    row: int
    title: str = ""
    before: Value = None
    after: Value = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion would do: values there are, values that would be narrowed, rows that cannot be converted."""

    filled: int = 0
    narrowed: int = 0
    failing: tuple[int, ...] = ()
    refused: tuple[Sample, ...] = ()
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier form of a column, kept since it was converted: where it stands, how it was converted, and how values go back.

    `at` is when it was converted: a record that nobody has written to since holds what the conversion made of it.
    """

    column: ColumnSpec
    forward: Change
    backward: Change
    at: datetime | None = None
    takes: Callable[[Value], bool] = lambda value: True
    """Whether the rules of the field that it was converted to let a value pass; what they refused was mended."""


def preview(
    connection: Connection,
    table: TableSpec,
    column: ColumnSpec,
    change: Change,
    originals: Sequence[Original] = (),
    among: Among | None = None,
    owner: str = "",
) -> Preview:
    """Try the conversion of every value, or of those `among` the rows that are asked for, without writing any.

    `owner` names the table of the records that rows belong to where it stands elsewhere as yet.
    """
    filled = narrowed = 0
    failing: list[int] = []
    refused: list[Sample] = []
    samples: list[Sample] = []
    for rows in chunks(connection, table, column, originals, among, owner):
        for row in rows:
            filled += row.value is not None
            try:
                after = _value(row, change, originals)
            except Invalid:
                failing.append(row.id)
                if len(refused) < counting.FIRST:
                    refused.append(Sample(row.id, before=row.value))
                continue
            narrowed += not originals and row.value is not None and is_narrowed(row.value, after)
            if len(samples) < counting.SAMPLES and after != row.value:
                samples.append(Sample(row.id, "", row.value, after))
    return Preview(filled, narrowed, tuple(failing), tuple(refused), tuple(samples))


def converted(
    connection: Connection,
    table: TableSpec,
    column: ColumnSpec,
    change: Change,
    originals: Sequence[Original] = (),
    owner: str = "",
) -> dict[int, Value]:
    """What every row would hold, without writing any; a value that cannot be converted becomes nothing."""
    found: dict[int, Value] = {}
    for rows in chunks(connection, table, column, originals, owner=owner):
        for row in rows:
            try:
                found[row.id] = _value(row, change, originals)
            except Invalid:
                continue
    return found


def convert(
    connection: Connection,
    table: TableSpec,
    source: ColumnSpec,
    target: ColumnSpec,
    change: Change,
    originals: Sequence[Original] = (),
    *,
    aside: bool = False,
    among: Among | None = None,
) -> None:
    """Write the converted values of one column into another; Invalid when one does not fit, unless such are left `aside`."""
    for rows in chunks(connection, table, source, originals, among):
        values = []
        for row in rows:
            try:
                value = _value(row, change, originals)
            except Invalid:
                if not aside:
                    raise
                value = _part(row.value, change)
            if value is not None:
                values.append((row.id, value))
        write(connection, table, target, values)


def write(
    connection: Connection, table: TableSpec, target: ColumnSpec, values: Sequence[tuple[int, Value]]
) -> None:
    """Write values into one column of the rows they belong to."""
    if not values:
        return
    whole = tables.table(with_columns(table, target))
    statement = update(whole).where(whole.c.id == bindparam("row")).values({target.field: bindparam("value")})
    connection.execute(statement, [{"row": row, "value": value} for row, value in values])


def clear(connection: Connection, table: TableSpec, target: ColumnSpec, among: Among) -> None:
    """Empty a column of some rows."""
    whole = tables.table(with_columns(table, target))
    connection.execute(update(whole).where(among(whole)).values({target.field: None}))


def _part(value: Value, change: Change) -> Value:
    """What of a list still fits, such as the options that remain."""
    if not isinstance(value, list | tuple):
        return None
    fitting = [each for each in value if _fits([each], change)]
    return change(fitting) if fitting and _fits(fitting, change) else None


def _fits(value: Value, change: Change) -> bool:
    try:
        change(value)
    except Invalid:
        return False
    return True


def _value(row: Held, change: Change, originals: Sequence[Original]) -> Value:
    if not originals:
        return change(row.value)
    return _given_back(row.value, row.kept, originals, row.written)


def _given_back(
    value: Value, kept: Sequence[Value], originals: Sequence[Original], written: datetime | None
) -> Value:
    """The value as it was before the conversions, the last one first; what was written since is converted back."""
    for place, (original, before) in enumerate(zip(originals, kept, strict=True), 1):
        if _is_untouched(value, before, original, written):
            value = before
        elif value is not None:
            value = _backward(value, before, original, is_last=place == len(originals))
    return value


def _is_untouched(value: Value, before: Value, original: Original, written: datetime | None) -> bool:
    """Whether a value is what the conversion made of the one before, as far as can be told."""
    if before is None and value is None:
        return True
    if before is not None:
        try:
            made = original.forward(before)
            if _is_same(made, value) or (value is None and not original.takes(made)):
                return True
        except Invalid:
            if _is_same(_part(before, original.forward), value):
                return True
    return written is not None and original.at is not None and written <= original.at


def _is_same(one: Value, other: Value) -> bool:
    """Lists of JSON columns come back as lists, whatever they were."""
    return bool(
        (list(one) if isinstance(one, tuple) else one) == (list(other) if isinstance(other, tuple) else other)
    )


def _backward(value: Value, before: Value, original: Original, *, is_last: bool) -> Value:
    try:
        return original.backward(value)
    except Invalid:
        if before is None and is_last:
            raise
        return before


def chunks(
    connection: Connection,
    table: TableSpec,
    column: ColumnSpec,
    originals: Sequence[Original] = (),
    among: Among | None = None,
    owner: str = "",
) -> Iterator[list[Held]]:
    """The rows that hold a value in a column or in an earlier form of it; `owner` as for preview."""
    kept = [replace(each.column, field=f"original {place}") for place, each in enumerate(originals)]
    whole = tables.table(with_columns(table, column, *kept))
    columns = [whole.c[each.field] for each in (column, *kept)]
    written = _written(table, whole, owner) if originals else null()
    wanted = select(whole.c.id, written, *columns).where(or_(*(each.is_not(None) for each in columns)))
    wanted = wanted.where(among(whole)) if among is not None else wanted
    last = 0
    while rows := connection.execute(wanted.where(whole.c.id > last).order_by(whole.c.id).limit(CHUNK)).all():
        found = [tuple(row) for row in rows]
        yield [Held(row[0], row[2], row[3:], row[1]) for row in found]
        last = found[-1][0]


def _written(table: TableSpec, whole: Table, owner: str) -> ColumnElement[Any]:
    """When a row was last written: records say it, rows of a sub-table by the record they belong to."""
    if "updated_at" in whole.c:
        return whole.c.updated_at
    if "parent_id" not in whole.c:
        return null()
    records = tables.table(
        TableSpec(table.entity, "entity", owner or physical.table_name(table.entity), table.entity)
    )
    return select(records.c.updated_at).where(records.c.id == whole.c.parent_id).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Scanned:
    """One row: its id, whether it is in the recycle bin, and some values by key."""

    id: int
    is_deleted: bool
    values: Mapping[str, Value]


def scan(
    connection: Connection,
    table: TableSpec,
    columns: Mapping[str, ColumnSpec],
    condition: Callable[[Mapping[str, Column[Any]]], ColumnElement[bool]] | None = None,
    among: Among | None = None,
) -> Iterator[list[Scanned]]:
    """All rows that meet a condition, or those `among` some of them, some of their columns under keys of the caller's own."""
    names = {each.name: each for each in columns.values()}
    whole = tables.table(
        with_columns(table, *(replace(each, field=f"column {name}") for name, each in names.items()))
    )
    keyed = {key: whole.c[f"column {each.name}"] for key, each in columns.items()}
    deleted = whole.c.deleted_at if "deleted_at" in whole.c else null()
    wanted = select(whole.c.id, deleted.is_not(None), *(keyed[key].label(f"value {key}") for key in columns))
    if condition is not None:
        wanted = wanted.where(condition(keyed))
    if among is not None:
        wanted = wanted.where(among(whole))
    last = 0
    while rows := connection.execute(wanted.where(whole.c.id > last).order_by(whole.c.id).limit(CHUNK)).all():
        found = [tuple(row) for row in rows]
        yield [Scanned(row[0], row[1], dict(zip(columns, row[2:], strict=True))) for row in found]
        last = found[-1][0]


def with_columns(table: TableSpec, *columns: ColumnSpec) -> TableSpec:
    """The table with exactly these columns: while types change, a table holds columns that no specification knows."""
    return replace(table, columns=columns)
