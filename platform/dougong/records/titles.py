"""What records are called: the title template of their entity, filled with what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, false, select

from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.kept import kept
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import Columns, readable
from dougong.storage import system
from dougong.storage.statements import Rows, Statement, among

Titles = dict[tuple[str, int], str]
Wanted = dict[str, set[int]]
Titler = Callable[[Mapping[str, Value], Titles], str]
_DEEPEST = 2
"""A title may hold the title of a linked record, and that one another; what lies deeper is left out."""


def title_of(
    call: Call, shape: Shape, values: Mapping[str, Value], hidden: frozenset[str], titles: Titles
) -> str:
    """The title of one record; hidden fields are left out, and a record without any title is called by its number."""
    return titler(call, shape, hidden)(values, titles)


def titler(call: Call, shape: Shape, hidden: frozenset[str]) -> Titler:
    """The function that gives the titles of records in the language and zone of a call."""
    question = (shape.key, call.language, call.timezone, hidden)
    titlers: dict[object, Titler] = call.release.room("titlers")
    found = titlers.get(question)
    if found is None:
        found = titlers[question] = _titler(call, shape, hidden)
    return found


def _titler(call: Call, shape: Shape, hidden: frozenset[str]) -> Titler:
    """Every second part of a title is the name of a field."""
    parts = shape.entity.title_parts
    pieces = [
        _field_piece(call, shape, part) if place % 2 else _fixed_piece(part)
        for place, part in enumerate(parts)
        if place % 2 == 0 or (part in shape.entity.fields and part not in hidden)
    ]

    def title(values: Mapping[str, Value], titles: Titles) -> str:
        return "".join([piece(values, titles) for piece in pieces]).strip() or f"#{values['id']}"

    return title


def _fixed_piece(text: str) -> Titler:
    return lambda values, titles: text


def _field_piece(call: Call, shape: Shape, name: str) -> Titler:
    field, kind, language, zone = shape.field(name), shape.types[name], call.language, ZoneInfo(call.timezone)
    key = target_key(field)

    def piece(values: Mapping[str, Value], titles: Titles) -> str:
        value = values.get(name)
        if value is None:
            return ""
        return named(titles, key, value, language) if key else kind.to_text(value, field, language, zone)

    return piece


def named(titles: Titles, key: str, value: Value, language: str) -> str:
    """The title of what a value points to, or of all of them."""
    if not isinstance(value, tuple):
        return titles.get((key, value), "")
    return ("、" if language == "zh" else ", ").join(
        filter(None, (titles.get((key, each), "") for each in value))
    )


def target_key(field: Field) -> str:
    """The key of what a link, member or department field points to, or an empty text."""
    if field.type in PEOPLE:
        return MEMBER
    if field.type in DEPARTMENTS:
        return DEPARTMENT
    return field.target.key if field.type in ("link", "links") and field.target is not None else ""


def key_of(kind: Type) -> str:
    """The key under which titles of the values of an expression of that type stand."""
    return {"member": MEMBER, "department": DEPARTMENT}.get(kind.kind, kind.entity)


def title_fields(shape: Shape) -> list[str]:
    """The fields that the title of a record needs and that stand in its own table."""
    return [name for name in shape.entity.title_parts[1::2] if name in shape.table.c]


def wanted_by(shape: Shape, rows: Iterable[Mapping[str, Value]], names: Iterable[str]) -> Wanted:
    """The linked records and people whose titles the rows need, from those fields."""
    fields = [(name, target_key(shape.field(name))) for name in names if name in shape.entity.fields]
    fields = [(name, key) for name, key in fields if key]
    wanted: Wanted = {}
    if not fields:
        return wanted
    for values in rows:
        for name, key in fields:
            value = values.get(name)
            if value is not None:
                wanted.setdefault(key, set()).update(value if isinstance(value, tuple) else (value,))
    return wanted


def merge(*many: Wanted) -> Wanted:
    """The union of what is wanted."""
    result: Wanted = {}
    for each in many:
        for key, ids in each.items():
            result.setdefault(key, set()).update(ids)
    return result


def find_titles(call: Call, wanted: Wanted, depth: int = _DEEPEST) -> Titles:
    """The titles of records that the actor may read and of people, one query for each kind; others have none."""
    titles: Titles = {}
    for key, ids in wanted.items():
        if ids and (depth or key in _PLATFORM):
            plan = _plan_for(call, key)
            plan.add(call, plan.statement.rows(call.connection, {"ids": ids}), titles, depth)
    return titles


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the titles of one kind are found: by a statement for some ids, whose rows `add` puts among the titles."""

    statement: Statement
    add: Callable[[Call, Rows, Titles, int], None]


def _plan_for(call: Call, key: str) -> _Plan:
    build = _PLATFORM.get(key, _records_plan)
    return kept(call, ("titles", key), lambda: build(call, key))


def _people_plan(call: Call, key: str) -> _Plan:
    def add(call: Call, rows: Rows, titles: Titles, depth: int) -> None:
        titles.update({(key, identifier): name or login for identifier, name, login in rows})

    return _Plan(_by_ids(call, system.USER, ("id", "name", "login")), add)


def _departments_plan(call: Call, key: str) -> _Plan:
    """Departments that were removed keep their name in records of their time."""

    def add(call: Call, rows: Rows, titles: Titles, depth: int) -> None:
        titles.update({(key, identifier): name for identifier, name in rows})

    return _Plan(_by_ids(call, system.DEPARTMENT, ("id", "name")), add)


_PLATFORM: Mapping[str, Callable[[Call, str], _Plan]] = {
    MEMBER: _people_plan,
    DEPARTMENT: _departments_plan,
}


def _records_plan(call: Call, key: str) -> _Plan:
    shape = shape_of(call.release, key)
    table, rule = shape.table, readable(call, key, shape.table)
    names = ("id", *dict.fromkeys(name for name in title_fields(shape) if name not in rule.hidden))

    def add(call: Call, rows: Rows, titles: Titles, depth: int) -> None:
        records = [dict(zip(names, row, strict=True)) for row in rows]
        inner = find_titles(call, wanted_by(shape, records, names), depth - 1)
        title = titler(call, shape, rule.hidden)
        for values in records:
            titles[key, values["id"]] = title(values, inner)

    living = (false() if rule.nothing else table.c.deleted_at.is_(None), *rule.conditions)
    own = Columns(call, key, table)
    return _Plan(_among(call, table, [own.seen(name) for name in names], *living), add)


def _by_ids(call: Call, table: Table, names: Sequence[str]) -> Statement:
    return _among(call, table, [table.c[name] for name in names])


def _among(
    call: Call, table: Table, columns: Sequence[ColumnElement[Any]], *conditions: ColumnElement[bool]
) -> Statement:
    wanted = select(*columns).where(among(table.c.id, "ids", call.dialect), *conditions)
    return Statement(wanted, call.dialect)
