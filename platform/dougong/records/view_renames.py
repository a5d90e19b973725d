"""Saved views follow fields that a new version of an app calls by another name; what cannot be followed stays as it is.

A view names fields as people type them, so the names in its conditions are looked up road by road, from the entity of the view
along its links. A condition is only rewritten when the result can be read and so means what it meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.expressions.check_names import THIS
from dougong.expressions.completion.tokens import names_of, tokens
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.records.order import parse_sort
from dougong.records.scope import condition
from dougong.storage.schema import Schema, TableSpec
from dougong.storage.system import SAVED_VIEW

Renames = Mapping[tuple[str, str], str]
"""The new name of a field, by the present key of its entity and its former name."""


def renames_of(before: Schema, after: Schema) -> Renames:
    """The fields that have another name now: columns and tables of links keep their identity."""
    known = {each.uid: each for each in before.tables}
    found: dict[tuple[str, str], str] = {}
    for table in after.tables:
        former = known.get(table.uid)
        if former is None:
            continue
        if table.kind == "links" and table.field != former.field:
            found[table.entity, former.field] = table.field
        if table.kind in {"entity", "rows"}:
            found |= _columns(former, table)
    return found


def _columns(former: TableSpec, table: TableSpec) -> dict[tuple[str, str], str]:
    names = {each.uid: each.field for each in former.columns}
    return {
        (table.key, names[each.uid]): each.field
        for each in table.columns
        if each.uid in names and names[each.uid] != each.field
    }


def follow_renames(call: Call, renames: Renames) -> int:
    """Let the saved views of the release of a call name fields as they are called now; how many became others."""
    keys = sorted({_owner(key) for key, _ in renames})
    apps = {key.partition(".")[0] for key in keys}
    count = 0
    for row in call.connection.execute(select(SAVED_VIEW)).all():
        app, _, local = row.entity.partition(".")
        if app not in apps or local not in call.release.app(app).entities:
            continue
        settings = _followed(call, call.release.entity(row.entity), row.settings, renames)
        if settings != row.settings:
            count += 1
            changed = update(SAVED_VIEW).where(SAVED_VIEW.c.id == row.id)
            call.connection.execute(changed.values(settings=settings, version=row.version + 1))
    return count


def _owner(key: str) -> str:
    return key.partition("/")[0]


def _followed(
    call: Call, entity: Entity, settings: Mapping[str, object], renames: Renames
) -> dict[str, object]:
    own = {old: new for (key, old), new in renames.items() if key == entity.key}
    found = dict(settings)
    columns = settings.get("columns")
    if isinstance(columns, list):
        found["columns"] = [own.get(name, name) for name in columns]
    found["group"] = own.get(str(settings.get("group", "")), settings.get("group", ""))
    sorts = [
        replace(each, field=own.get(each.field, each.field))
        for each in parse_sort(str(settings.get("sort", "")))
    ]
    found["sort"] = ",".join(f"-{each.field}" if each.descending else each.field for each in sorts)
    found["filter"] = followed_filter(call, entity, str(settings.get("filter", "")), renames)
    return found


@dataclass(slots=True)
class _Reading:
    """Where names begin inside a pair of brackets, and the entity of the list that was named last there."""

    key: str
    rows: str = ""


def followed_filter(call: Call, entity: Entity, text: str, renames: Renames) -> str:
    """A condition with the names of now, or as it is where that could not be read.

    Behind WHERE names begin at the row of the list before it; `this` is the record.
    """
    words = list(tokens(text))
    written, end, open_ = [], 0, [_Reading(entity.key)]
    for each, following in zip(words, [*words[1:], None], strict=True):
        word, now = text[each.start : each.end], open_[-1]
        written.append(text[end : each.start])
        end = each.end
        if each.kind == "open":
            open_.append(_Reading(now.key))
        elif each.kind == "close" and len(open_) > 1:
            open_.pop()
        elif each.kind == "word" and each.text == "WHERE":
            now.key = now.rows or now.key
        elif each.kind == "road" and (following is None or following.kind != "open"):
            word, now.rows = _road(call, entity, now.key, word, renames)
        written.append(word)
    followed = "".join([*written, text[end:]])
    return followed if followed == text or _can_be_read(call, entity, followed) else text


def _can_be_read(call: Call, entity: Entity, text: str) -> bool:
    try:
        condition(call, entity.key, text)
    except Refusal:
        return False
    return True


def _road(call: Call, entity: Entity, key: str, road: str, renames: Renames) -> tuple[str, str]:
    """The road with each of its names as it is called now, and the last entity on it."""
    names = names_of(road)
    first, found = names[0], list[str]()
    if first.startswith("ALL("):
        key = f"{entity.app}.{first[4:-1]}"
        key = key if first[4:-1] in call.release.app(entity.app).entities else ""
        found, names = [road[: len(road) - sum(len(each) + 1 for each in names[1:])]], names[1:]
    elif first in THIS:
        key, found, names = entity.key, [first], names[1:]
    rows = key if first.startswith("ALL(") else ""
    for name in names:
        now = renames.get((key, name), name) if key else name
        found.append(now)
        key = _next(call, key, now) if key else ""
        rows = key or rows
    return ".".join(found), rows


def _next(call: Call, key: str, name: str) -> str:
    """The entity that a name leads to, or nothing."""
    entity = call.release.entity(key)
    field = entity.fields.get(name)
    if field is not None:
        return field.table or (field.target.key if field.target is not None else "")
    inverse = entity.inverses.get(name)
    return inverse.key if inverse is not None else ""
