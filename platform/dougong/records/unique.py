"""Finds records that share what must be unique, before the database refuses them and after it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_

from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.draft import Draft
from dougong.records.messages import problem
from dougong.records.shape import Shape

Key = tuple[Value, ...]


def check_unique(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report every draft that shares a unique value with another record or an earlier draft; empty values never clash."""
    for names in shape.unique:
        _check_names(call, shape, names, drafts)
    for name, rows_shape in shape.tables.items():
        if rows_shape.unique:
            rows = [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]
            check_unique(call, rows_shape, rows)


def _check_names(call: Call, shape: Shape, names: tuple[str, ...], drafts: Sequence[Draft]) -> None:
    if _is_serial(shape, names):  # drawn ones are new to everybody, and the recycle bin keeps its own
        drafts = [draft for draft in drafts if names[0] in draft.written]
    moving = {draft.id for draft in drafts if not draft.is_new}
    first: dict[Key, Draft] = {}
    for draft in drafts:
        key = key_of(draft, names)
        if key is None:
            continue
        if key in first:
            report_shared(call, shape, names, draft)
        else:
            first[key] = draft
    changed = {
        key: draft for key, draft in first.items() if draft.before is None or _key_before(draft, names) != key
    }
    for key in _taken(call, shape, names, list(changed), moving):
        report_shared(call, shape, names, changed[key])


def key_of(draft: Draft, names: tuple[str, ...]) -> Key | None:
    """The values that must be unique together, or nothing when one of them is empty."""
    key = tuple(draft.values.get(name) for name in names)
    return None if any(value is None for value in key) else key


def _key_before(draft: Draft, names: tuple[str, ...]) -> Key:
    before = draft.before or {}
    return tuple(before.get(name) for name in names)


def _taken(
    call: Call, shape: Shape, names: tuple[str, ...], keys: Sequence[Key], moving: set[int]
) -> list[Key]:
    """The keys that records outside this change hold already."""
    columns = [shape.table.c[name] for name in names]
    taken = []
    for chunk in chunks(keys):
        condition = is_one_of(columns, chunk)
        statement = select(shape.table.c.id, *columns).where(condition)
        if "deleted_at" in shape.table.c and not _is_serial(shape, names):
            statement = statement.where(shape.table.c.deleted_at.is_(None))
        rows = call.connection.execute(statement).all()
        taken += [tuple(row[1:]) for row in rows if row[0] not in moving]
    return taken


def _is_serial(shape: Shape, names: tuple[str, ...]) -> bool:
    """Whether it is a serial number, which a record in the recycle bin keeps."""
    return len(names) == 1 and shape.field(names[0]).type == "serial"


def is_one_of(columns: Sequence[ColumnElement[Any]], keys: Sequence[Key]) -> ColumnElement[bool]:
    """The condition that the columns together hold one of the keys."""
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


def report_shared(call: Call, shape: Shape, names: tuple[str, ...], draft: Draft) -> None:
    """Report that another record holds what must be unique."""
    language = call.language
    label = ("、" if language == "zh" else ", ").join(shape.field(name).label.get(language) for name in names)
    draft.problems.append(problem(language, "unique", draft.path + names[-1], label=label))


def has_unique(shape: Shape) -> bool:
    """Whether anything of the entity must be unique."""
    return bool(shape.unique) or any(rows.unique for rows in shape.tables.values())
