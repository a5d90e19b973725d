"""Finds records that share what must be unique, before the database refuses them and after it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from dougong.fieldtypes.texts import LineType
from dougong.model.expression import Value
from dougong.model.unique import Unique
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.messages import problem
from dougong.records.shape import Shape
from dougong.records.titles import find_titles
from dougong.storage.conditions import predicates, recorded
from dougong.storage.kinds import kind_of
from dougong.storage.statements import holding_keys, kept, key_values

Key = tuple[Value, ...]
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
"""What lower() does on both databases: it knows the letters A to Z only."""
_NAMED = 20
"""Of how many records in the way a refusal says which they are."""


def check_unique(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report every draft that shares a unique value with another record or an earlier draft; empty values never clash."""
    for rule in shape.unique:
        _check_rule(call, shape, rule, drafts)
    for name, rows_shape in shape.tables.items():
        if rows_shape.unique:
            rows = [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]
            check_unique(call, rows_shape, rows)


def _check_rule(call: Call, shape: Shape, rule: Unique, drafts: Sequence[Draft]) -> None:
    if _is_serial(shape, rule):  # drawn ones are new to everybody, and the recycle bin keeps its own
        drafts = [draft for draft in drafts if rule.fields[0] in draft.written]
    moving = {draft.id for draft in drafts if not draft.is_new}
    first: dict[Key, Draft] = {}
    for draft in drafts:
        key = key_of(draft.values, rule)
        if key is None:
            continue
        if key in first:
            report_shared(call, shape, rule, draft)
        else:
            first[key] = draft
    changed = {
        key: draft
        for key, draft in first.items()
        if draft.before is None or key_of(draft.before, rule) != key
    }
    taken = _taken(call, shape, rule, list(changed), moving)
    titles = _titles(call, shape, list(taken.values())[:_NAMED])
    for key, other in taken.items():
        report_shared(call, shape, rule, changed[key], other if other in titles else 0, titles.get(other, ""))


def key_of(values: Mapping[str, Value], rule: Unique) -> Key | None:
    """What must be unique of a record, or nothing when one of the values is empty or the rule is not for this record."""
    key = tuple(values.get(name) for name in rule.fields)
    if any(value is None for value in key) or not rule.applies_to(values):
        return None
    return tuple(map(_folded, key)) if rule.ignore_case else key


def _folded(value: Value) -> Value:
    return value.translate(_SMALL) if isinstance(value, str) else value


def _taken(call: Call, shape: Shape, rule: Unique, keys: Sequence[Key], moving: set[int]) -> dict[Key, int]:
    """The keys that records outside this change hold already, each with such a record."""
    if not keys:
        return {}
    key = ("unique", shape.key, shape.unique.index(rule))
    statement = kept(call.release.cache, key, call.dialect, lambda: _holding(shape, rule, call.dialect))
    rows = statement.rows(call.connection, key_values("keys", keys, call.dialect))
    return {tuple(row[1:]): row[0] for row in rows if row[0] not in moving}


def _holding(shape: Shape, rule: Unique, dialect: str) -> Select[Any]:
    """The statement that finds records which hold one of some keys."""
    table = shape.table
    columns = [
        func.lower(table.c[name], type_=table.c[name].type)
        if _is_folded(shape, rule, name)
        else table.c[name]
        for name in rule.fields
    ]
    statement = holding_keys(select(table.c.id, *columns), columns, "keys", dialect)
    if "deleted_at" in table.c and not _is_serial(shape, rule):
        statement = statement.where(table.c.deleted_at.is_(None))
    return statement.where(*_among(shape, rule))


def _is_folded(shape: Shape, rule: Unique, name: str) -> bool:
    return rule.ignore_case and isinstance(shape.types[name], LineType)


def _among(shape: Shape, rule: Unique) -> list[ColumnElement[bool]]:
    """The records that the rule is for, written as in its index, so that the database uses that."""
    columns = shape.table.c
    return predicates(
        recorded(rule.conditions), lambda name: kind_of(columns[name].type), lambda name: columns[name]
    )


def _is_serial(shape: Shape, rule: Unique) -> bool:
    """Whether it is about a serial number, which a record in the recycle bin keeps."""
    return len(rule.fields) == 1 and shape.field(rule.fields[0]).type == "serial"


def _titles(call: Call, shape: Shape, identifiers: Sequence[int]) -> dict[int, str]:
    """What those of the records that the actor may see are called; the others stay unknown."""
    if not identifiers or shape.entity.parent:
        return {}
    found = find_titles(call, {shape.key: set(identifiers)})
    return {identifier: title for (_, identifier), title in found.items()}


def report_shared(
    call: Call, shape: Shape, rule: Unique, draft: Draft, other: int = 0, title: str = ""
) -> None:
    """Report that another record holds what must be unique; which one, where the actor may see it."""
    language = call.language
    labels = [shape.field(name).label.get(language) for name in rule.fields]
    label = ("、" if language == "zh" else ", ").join(labels)
    path = draft.path + rule.fields[-1]
    hint = title if title == f"#{other}" or not other else f"{title} (#{other})"
    words = {"other": str(other)} if other else {}
    found = problem(language, "unique", path, hint, label=label, **words)
    message = rule.message.get(language)
    draft.problems.append(replace(found, message=message, parameters=()) if message else found)


def has_unique(shape: Shape) -> bool:
    """Whether anything of the entity must be unique."""
    return bool(shape.unique) or any(rows.unique for rows in shape.tables.values())
