"""Finds records and people to choose from, for the fields that point to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, func, literal, or_, select

from dougong.diagnostics import nearest
from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE, REFERRING
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access, may
from dougong.records.call import Call
from dougong.records.choosable import condition_for
from dougong.records.doors import open_door
from dougong.records.draft import Values
from dougong.records.eligible import eligible_people, eligible_units
from dougong.records.messages import refuse
from dougong.records.query import Query, list_records
from dougong.records.record import Record
from dougong.records.rows import fetch_records, wanted_fields
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.tree import BETWEEN, tree_of, ways
from dougong.storage.system import USER

MOST = 50
_UNTOLD = REFERRING | {"long_text"}
"""Types whose values do not help to tell records apart."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its id, what it is called, and a second line."""

    id: int
    title: str
    detail: str


def choose(
    call: Call, key: str, field_path: str, q: str = "", limit: int = 20, values: Values | None = None
) -> list[Choice]:
    """Up to `limit` records or people for a field (`owner`, or `lines.item` in a sub-table) that a search finds.

    `values` is the record, or the row, as it stands in a form; then only those are found which the field may hold.
    """
    shape = open_door(call, key, "read")
    field = _field(call, shape, field_path)
    limit = max(1, min(limit, MOST))
    if field.type in PEOPLE:
        return _people(call, q, limit, eligible_people(call, field, shape.entity.app))
    if field.type in DEPARTMENTS:
        return _departments(call, field, q, limit)
    if field.target is None or not may(call.release, call.actor, field.target.key, "read"):
        return []
    target = shape_of(call.release, field.target.key)
    limited = condition_for(call, field, values) if values is not None else None
    if limited is None:
        rows = list_records(call, field.target.key, Query(q=q or None, limit=limit, fields=None)).rows
    else:
        rows = tuple(_those(call, target, limited, q, limit))
    standing = ways(call, field, [record.id for record in rows]) if tree_of(field) else {}
    return [
        Choice(
            record.id,
            record.title,
            BETWEEN.join(standing[record.id][:-1])
            if record.id in standing
            else _detail(call, target, record.values, record.title),
        )
        for record in rows
    ]


def _those(call: Call, shape: Shape, limited: ColumnElement[bool], q: str, limit: int) -> list[Record]:
    """The records that meet a condition of the definition and that a search finds, the newest first."""
    selection = Selection(call, shape).where(limited).search(q or None)
    wanted = wanted_fields(call, shape, selection.hidden)
    newest = selection.select(*wanted.columns).order_by(shape.table.c.id.desc()).limit(limit)
    return fetch_records(call, shape, wanted, call.connection.execute(newest).all())


def field_at(call: Call, key: str, path: str) -> Field:
    """The field at a path, if the actor may see it and it points to something."""
    return _field(call, open_door(call, key, "read"), path)


def _field(call: Call, shape: Shape, path: str) -> Field:
    """The field at a path, if the actor may see it and it points to something."""
    name, _, rest = path.partition(".")
    hidden = access(call.release, call.actor, shape.key, "read").hidden
    field = shape.entity.fields.get(name)
    if field is not None and name not in hidden:
        if rest and name in shape.tables:
            return _field(call, shape.tables[name], rest)
        if not rest and field.type in REFERRING:
            return field
    known = [each for each in shape.entity.fields if each not in hidden]
    return refuse("invalid", call.language, "not_a_link", "field", nearest(name, known), name=path)


def _detail(call: Call, shape: Shape, values: dict[str, Value] | object, title: str) -> str:
    """The first searched text of a record that its title does not show already."""
    for name in shape.entity.search:
        value = values.get(name) if isinstance(values, dict) else None
        if value is not None and shape.field(name).type not in _UNTOLD:
            text = shape.types[name].to_text(value, shape.field(name), call.language)
            if text and text not in title:
                return text
    return ""


def _departments(call: Call, field: Field, q: str, limit: int) -> list[Choice]:
    """Departments whose path holds every word, with what they belong to as second line."""
    words = q.casefold().split()[:8]
    found = (
        unit for unit in eligible_units(call, field) if all(word in unit.path.casefold() for word in words)
    )
    return [Choice(unit.id, unit.name, unit.path.rpartition("/")[0]) for unit in islice(found, limit)]


def _people(call: Call, q: str, limit: int, conditions: Sequence[ColumnElement[bool]]) -> list[Choice]:
    """People whose name or login holds every word."""
    statement = select(USER.c.id, USER.c.name, USER.c.login).where(*conditions)
    for word in q.split()[:8]:
        pattern = literal(
            "%" + word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        )
        columns = (func.lower(USER.c.name), func.lower(USER.c.login))
        statement = statement.where(or_(*(column.like(pattern, escape="\\") for column in columns)))
    rows = call.connection.execute(statement.order_by(USER.c.name, USER.c.id).limit(limit))
    return [Choice(identifier, name or login, login if name else "") for identifier, name, login in rows]


def people(call: Call, q: str = "", limit: int = 20) -> list[Choice]:
    """Active people to choose from."""
    return _people(call, q, max(1, min(limit, MOST)), [USER.c.disabled_at.is_(None)])
