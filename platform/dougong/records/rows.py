"""Turns rows of a query into records: the fields asked for, links, rows of sub-tables, titles and expanded links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from dougong.diagnostics import nearest
from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.load import Related, RelatedQuestions, related_questions
from dougong.records.masking import mask_values
from dougong.records.messages import refuse
from dougong.records.record import MEMBER, Record
from dougong.records.shape import Shape
from dougong.records.titles import Wanted as WantedTitles
from dougong.records.titles import find_titles, merge, target_key, title_fields, titler, wanted_by
from dougong.records.visible import Columns
from dougong.records.withheld import NONE, Flags, seen_flags
from dougong.storage.statements import together

SYSTEM: tuple[str, ...] = (
    "id",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of every record is wanted: `shown` fields (in order), `names` the columns to fetch for them, `hidden` what may not be seen."""

    shown: tuple[str, ...]
    names: tuple[str, ...]
    columns: tuple[ColumnElement[Any], ...]
    hidden: frozenset[str]
    linked: tuple[str, ...]
    """The fields whose links are wanted with their titles."""
    named: bool
    """Whether every record is wanted with its title, and everybody in it with their name."""
    flags: Flags = NONE
    """What tells which fields are not seen in a record, where that differs; its columns are the last ones."""


def wanted_fields(
    call: Call,
    shape: Shape,
    hidden: frozenset[str],
    fields: Sequence[str] | None = None,
    expand: Sequence[str] = (),
    tables: bool = False,
    named: bool = True,
) -> Wanted:
    """Work out what to fetch: the fields asked for, or all that may be seen (rows of sub-tables only with `tables`).

    Without `named` only the links to `expand` come with titles, and the records without one.
    """
    visible = [name for name in shape.entity.fields if name not in hidden]
    for name in fields or ():
        if name not in visible and name not in SYSTEM:
            refuse("invalid", call.language, "unknown_field", "fields", nearest(name, visible), name=name)
    shown = [name for name in visible if fields is None or name in fields]
    if fields is None and not tables:
        shown = [name for name in shown if name not in shape.tables]
    for name in expand:
        if name not in visible or not target_key(shape.field(name)):
            refuse("invalid", call.language, "not_a_link", "expand", nearest(name, visible), name=name)
    title = [name for name in title_fields(shape) if name not in hidden] if named else []
    needed = dict.fromkeys((*shown, *expand, *title))
    names = (*SYSTEM, *(name for name in needed if _is_read(shape, name) and name not in SYSTEM))
    own = Columns(call, shape.key, shape.table)
    columns = tuple(own.own(name) for name in names)
    flags = seen_flags(own, needed)
    names, columns = (*names, *flags.names), (*columns, *flags.columns)
    linked = (*shown, *title_fields(shape)) if named else tuple(expand)
    return Wanted(tuple(dict.fromkeys((*shown, *expand))), names, columns, hidden, linked, named, flags)


def _is_read(shape: Shape, name: str) -> bool:
    """Whether a field is read with the record itself."""
    return name in shape.table.c or name in shape.virtual


def wanted_related(call: Call, shape: Shape, wanted: Wanted) -> RelatedQuestions:
    """The questions for what is wanted from other tables."""
    lists = [field.id for field in shape.lists if field.id in wanted.shown]
    return related_questions(
        call, shape, lists, [name for name in shape.tables if name in wanted.shown], True
    )


def fetch_records(
    call: Call,
    shape: Shape,
    wanted: Wanted,
    rows: Sequence[Sequence[Any]],
    related: Related | None = None,
) -> list[Record]:
    """Records from the rows of a statement whose first columns are `wanted.columns`; `related` may have been asked for with it."""
    found = [dict(zip(wanted.names, row, strict=False)) for row in rows]
    if not found:
        return []
    withheld: dict[int, frozenset[str]] = {}
    if wanted.flags.columns:
        withheld = {values["id"]: wanted.flags.take_out(values) for values in found}
    for values in found:
        shape.tidy(values)
    if related is None:
        questions = wanted_related(call, shape, wanted)
        steps = questions.steps([values["id"] for values in found])
        related = questions.related(call, together(call.connection, steps))
    for name, targets in related.targets.items():
        for values in found:
            values[name] = targets.get(values["id"])
    for values in found if withheld else ():
        _forget(values, withheld[values["id"]])
    row_titles = _add_tables(call, shape, wanted, found, related, withheld)
    titles = find_titles(
        call, merge(wanted_by(shape, found, wanted.linked), row_titles, _people(wanted, found))
    )
    for values in found:
        mask_values(call, shape.key, values)
    title, key, shown = titler(call, shape, wanted.hidden), shape.key, wanted.shown
    return [
        Record(
            key=key,
            id=values["id"],
            version=values["version"],
            values={name: values.get(name) for name in shown}
            if not withheld
            else {name: values.get(name) for name in shown if name not in withheld[values["id"]]},
            title=title(values, titles) if wanted.named else "",
            titles=titles,
            created_at=values["created_at"],
            created_by=values["created_by"],
            updated_at=values["updated_at"],
            updated_by=values["updated_by"],
            deleted_at=values["deleted_at"],
        )
        for values in found
    ]


def _forget(values: dict[str, Value], withheld: frozenset[str]) -> None:
    """Empty the fields that are not seen in a record."""
    for name in withheld:
        if name in values:
            values[name] = None


def _add_tables(
    call: Call,
    shape: Shape,
    wanted: Wanted,
    found: Sequence[dict[str, Value]],
    related: Related,
    withheld: Mapping[int, frozenset[str]],
) -> WantedTitles:
    """Put the rows of the wanted sub-tables into the records, without hidden columns; tells which titles they need."""
    titles: WantedTitles = {}
    for name, by_record in related.rows.items():
        rows_shape = shape.tables[name]
        hidden = access(call.release, call.actor, rows_shape.key, "read").hidden
        shown = ["id", *(each for each in rows_shape.entity.fields if each not in hidden)]
        for values in found:
            kept_back = withheld.get(values["id"], frozenset())
            standing = () if name in kept_back else by_record.get(values["id"], ())
            seen = [each for each in shown if f"{name}.{each}" not in kept_back] if kept_back else shown
            rows = [{each: row.get(each) for each in seen} for row in standing]
            for row in rows:
                mask_values(call, rows_shape.key, row)
            values[name] = rows
            if wanted.named:
                titles = merge(titles, wanted_by(rows_shape, rows, shown))
    return titles


def _people(wanted: Wanted, found: Sequence[Mapping[str, Value]]) -> WantedTitles:
    """Who made and changed the records."""
    if not wanted.named:
        return {}
    ids = {values[name] for values in found for name in ("created_by", "updated_by")}
    return {MEMBER: ids - {None}}
