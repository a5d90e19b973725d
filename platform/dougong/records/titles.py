"""What records are called: the title template of their entity, filled with what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import readable
from dougong.storage import system

Titles = dict[tuple[str, int], str]
Wanted = dict[str, set[int]]
_DEEPEST = 2
"""A title may hold the title of a linked record, and that one another; what lies deeper is left out."""


def title_of(
    call: Call, shape: Shape, values: Mapping[str, Value], hidden: frozenset[str], titles: Titles
) -> str:
    """The title of one record; hidden fields are left out, and a record without any title is called by its number."""
    language, zone = call.language, ZoneInfo(call.timezone)
    pieces: list[str] = []
    for position, part in enumerate(shape.entity.title_parts):
        if position % 2 == 0:
            pieces.append(part)
        elif part not in hidden:
            value = values.get(part)
            field = shape.entity.fields.get(part)
            if value is not None and field is not None:
                key = target_key(field)
                pieces.append(
                    named(titles, key, value, language)
                    if key
                    else shape.types[part].to_text(value, field, language, zone)
                )
    return "".join(pieces).strip() or f"#{values['id']}"


def named(titles: Titles, key: str, value: Value, language: str) -> str:
    """The title of what a value points to, or of all of them."""
    ids = value if isinstance(value, tuple) else (value,)
    return ("、" if language == "zh" else ", ").join(
        filter(None, (titles.get((key, each), "") for each in ids))
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
        if key == MEMBER:
            _find_people(call, ids, titles)
        elif key == DEPARTMENT:
            _find_departments(call, ids, titles)
        elif depth:
            _find_records(call, key, ids, titles, depth)
    return titles


def _find_people(call: Call, ids: set[int], titles: Titles) -> None:
    for chunk in chunks(sorted(ids)):
        statement = select(system.USER.c.id, system.USER.c.name, system.USER.c.login).where(
            system.USER.c.id.in_(chunk)
        )
        for identifier, name, login in call.connection.execute(statement):
            titles[MEMBER, identifier] = name or login


def _find_departments(call: Call, ids: set[int], titles: Titles) -> None:
    """Departments that were removed keep their name in records of their time."""
    table = system.DEPARTMENT
    for chunk in chunks(sorted(ids)):
        statement = select(table.c.id, table.c.name).where(table.c.id.in_(chunk))
        titles.update(((DEPARTMENT, each), name) for each, name in call.connection.execute(statement))


def _find_records(call: Call, key: str, ids: set[int], titles: Titles, depth: int) -> None:
    shape = shape_of(call.release, key)
    rule = readable(call, key, shape.table)
    if rule.nothing:
        return
    names = [name for name in title_fields(shape) if name not in rule.hidden]
    columns = [shape.table.c.id, *(shape.table.c[name] for name in names)]
    rows: list[dict[str, Value]] = []
    for chunk in chunks(sorted(ids)):
        statement = select(*columns).where(
            shape.table.c.id.in_(chunk), shape.table.c.deleted_at.is_(None), *rule.conditions
        )
        rows += [dict(zip(("id", *names), row, strict=True)) for row in call.connection.execute(statement)]
    inner = find_titles(call, wanted_by(shape, rows, names), depth - 1)
    for values in rows:
        titles[key, values["id"]] = title_of(call, shape, values, rule.hidden, inner)
