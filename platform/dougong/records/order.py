"""The order of a list: which keys people may sort by, what the database compares for each, and empty values always last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, select

from dougong.diagnostics import nearest
from dougong.expressions.support import is_constant
from dougong.model.field import Field
from dougong.model.form import Sort
from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import Columns
from dougong.storage.system import DEPARTMENT, USER

SYSTEM_KEYS: tuple[str, ...] = ("id", "created_at", "created_by", "updated_at", "updated_by", "version")
_NEVER_EMPTY = frozenset({"id", "created_at", "updated_at", "version"})
DEFAULT: tuple[Sort, ...] = (Sort("updated_at", descending=True),)
MOST_KEYS = 5


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key: the value compared, its direction, and whether it can be empty."""

    column: ColumnElement[Any]
    descending: bool
    nullable: bool

    def clause(self) -> ColumnElement[Any]:
        """The ORDER BY term; it names the place of empty values only where there can be any, so that an index still serves."""
        term = self.column.desc() if self.descending else self.column.asc()
        return term.nulls_last() if self.nullable else term


def parse_sort(text: str) -> tuple[Sort, ...]:
    """`-amount,name` as sort keys."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    return tuple(Sort(word.lstrip("-"), word.startswith("-")) for word in words)


def order_keys(call: Call, columns: Columns, sorts: Sequence[Sort]) -> list[OrderKey]:
    """The keys of an order, the id last, so that no two records are equal; refuses what may not be read or has no order."""
    wanted = tuple(sorts) or DEFAULT
    keys: list[OrderKey] = []
    if len(wanted) > MOST_KEYS:
        refuse("invalid", call.language, "too_many", "sort", limit=MOST_KEYS)
    for sort in wanted:
        nullable = sort.field not in _NEVER_EMPTY
        compared = _compared(call, columns, sort.field)
        if _is_same_for_all(columns.shape, sort.field):
            continue
        keys.append(OrderKey(compared, sort.descending, nullable))
        if sort.field == "id":
            return keys
    descending = keys[-1].descending if keys else False
    return [*keys, OrderKey(columns.table.c["id"], descending, nullable=False)]


def _is_same_for_all(shape: Shape, name: str) -> bool:
    """Whether a virtual field reads no record, so that it orders nothing; databases refuse some constants in an order."""
    formula = shape.virtual.get(name)
    return formula is not None and is_constant(formula.tree)


def _compared(call: Call, columns: Columns, name: str) -> ColumnElement[Any]:
    shape = columns.shape
    if name in ("created_by", "updated_by"):
        return _person(columns, columns.table.c[name])
    if name in SYSTEM_KEYS:
        return columns.table.c[name]
    field = shape.entity.fields.get(name)
    if field is None or name in columns.concealed or not shape.types[name].sortable:
        known = [each for each in shape.entity.fields if each not in columns.concealed]
        refuse(
            "invalid", call.language, "unsortable", "sort", nearest(name, [*known, *SYSTEM_KEYS]), name=name
        )
    if field.type == "link" and field.target is not None:
        return _title(call, columns, field, field.target.key)
    if field.type == "member":
        return _person(columns, columns.seen(name))
    if field.type == "department":
        return _department(columns, columns.seen(name))
    options = _options(shape, field)
    own = columns.column((name,))
    if options:
        return case({option: position for position, option in enumerate(options)}, value=own).cast(Integer)
    return own


def _options(shape: Shape, field: Field) -> tuple[str, ...]:
    """The ids of a choice or of a pipeline in the order in which the definition names them."""
    if field.type == "stage":
        return tuple(stage.id for stage in shape.entity.pipelines[field.pipeline].stages)
    return tuple(option.id for option in field.options) if field.type == "choice" else ()


def _person(columns: Columns, own: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(USER.c.name).where(USER.c.id == own).correlate(columns.table).scalar_subquery()


def _department(columns: Columns, own: ColumnElement[Any]) -> ColumnElement[Any]:
    found = select(DEPARTMENT.c.name).where(DEPARTMENT.c.id == own)
    return found.correlate(columns.table).scalar_subquery()


def _title(call: Call, columns: Columns, field: Field, key: str) -> ColumnElement[Any]:
    """Links are ordered by the first field of the target's title, or by id where the title has no plain field."""
    target = shape_of(call.release, key)
    plain = [
        name
        for name in target.entity.title_parts[1::2]
        if name in target.table.c and target.types[name].sortable
    ]
    return columns.column((field.id, plain[0] if plain else "id"))
