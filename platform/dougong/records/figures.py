"""Sums and counts over related records, worked out by the database for many stored records at once, however many rows they go over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from dougong.compiler.dependencies import MANY, Formula, sources_of
from dougong.expressions.sql import to_sql
from dougong.expressions.support import unsupported
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.kept import kept
from dougong.records.shape import Shape
from dougong.records.visible import sql_context
from dougong.storage.statements import Statement, among_many

Figures = Mapping[str, Mapping[int, Value]]
"""What formulas give, by field and record."""


def figures_of(call: Call, shape: Shape, identifiers: Sequence[int], skipped: Collection[Formula]) -> Figures:
    """The values of those formulas that go over lists of other records and need nothing that is computed in the record itself.

    They are not rounded yet to what their fields hold. The records must be locked, so that nobody changes what they are made of.
    """
    names = [name for name in _counted(call, shape) if (shape.key, name) not in skipped]
    if not names:
        return {}
    statement = kept(call, ("figures", shape.key, tuple(names)), lambda: _statement(call, shape, names))
    rows = statement.rows(call.connection, {"ids": identifiers})
    found: dict[str, dict[int, Value]] = {name: {} for name in names}
    for identifier, *values in rows:
        for name, value in zip(names, values, strict=True):
            found[name][identifier] = _plain(value)
    return found


def _counted(call: Call, shape: Shape) -> tuple[str, ...]:
    key = ("figures", shape.key, call.dialect)
    known = call.release.cache.get(key)
    if not isinstance(known, tuple):
        fields = shape.entity.fields.values()
        known = call.release.cache[key] = tuple(each.id for each in fields if _is_counted(shape, each))
    return known


def _is_counted(shape: Shape, field: Field) -> bool:
    if field.stored_formula is None or any(True for _ in unsupported(field.stored_formula.tree)):
        return False
    goes_over_lists = False
    for source in sources_of(shape.key, field.stored_formula):
        own = shape.entity.fields.get(source.begins_at)
        if own is not None and (own.is_computed or own.type == "table"):
            return False
        goes_over_lists = goes_over_lists or any(step.kind in MANY for step in source.steps)
    return goes_over_lists


def _statement(call: Call, shape: Shape, names: Sequence[str]) -> Statement:
    table = shape.table
    context = sql_context(call, shape.key, table, as_definition=True)
    columns = [to_sql(_formula(shape, name), context).label(f"figure_{at}") for at, name in enumerate(names)]
    wanted = select(table.c.id, *columns).where(among_many(table.c.id, "ids", call.dialect))
    return Statement(wanted, call.dialect)


def _formula(shape: Shape, name: str) -> Expression:
    formula = shape.field(name).formula
    assert formula is not None
    return formula


def _plain(value: Value) -> Value:
    """A value as expressions in memory have it: numbers are Decimal, a text without characters is empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return None if value == "" else value
