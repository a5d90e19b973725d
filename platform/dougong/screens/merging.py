"""Merging records at the screen: finding the other one, then both side by side with the values to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.duplicates import duplicates
from dougong.records.merge import BOTH, is_list, mergeable
from dougong.records.query import Query, list_records
from dougong.records.record import Record
from dougong.records.shape import shape_of
from dougong.screens.addresses import entity_path, merge_path, record_path, with_query
from dougong.screens.shape import (
    Action,
    Candidate,
    Link,
    MergeChoice,
    MergeRecord,
    MergeRow,
    MergeScreen,
    Notice,
    Shown,
)
from dougong.screens.showing import moment, shown
from dougong.screens.texts import counted, text

FOUND = 10


def merge_candidates(call: Call, record: Record, q: str = "") -> MergeScreen:
    """The first step: records that may be the same as one, or that a search finds."""
    entity, language = call.release.entity(record.key), call.language
    path = merge_path(record.key, record.id)
    if q:
        found = list_records(call, record.key, Query(q=q, limit=FOUND + 1)).rows
        candidates = [Candidate(each.title, _with(path, each.id)) for each in found if each.id != record.id]
    else:
        candidates = [
            Candidate(each.record.title, _with(path, each.record.id), _shared(entity, each.fields, language))
            for each in duplicates(call, record.key, record.id)
        ]
    return MergeScreen(
        title=text("merge_title", language, title=record.title),
        crumbs=_crumbs(call, record),
        action=_action(call, record),
        back=_back(call, record),
        candidates=tuple(candidates[:FOUND]),
        search_href=path,
        q=q,
    )


def _with(path: str, identifier: int) -> str:
    return with_query(path, [("with", str(identifier))])


def _shared(entity: Entity, names: Sequence[str], language: str) -> str:
    labels = [entity.fields[name].label.get(language) for name in names]
    return text("same_in", language, labels=("、" if language == "zh" else ", ").join(labels))


def merge_comparison(
    call: Call,
    records: Sequence[Record],
    survivor: int,
    chosen: Mapping[str, str] | None = None,
    notices: tuple[Notice, ...] = (),
) -> MergeScreen:
    """The second step: the records side by side; the one that is the oldest, or was chosen, survives."""
    first, language = records[0], call.language
    entity, shape = call.release.entity(first.key), shape_of(call.release, first.key)
    rows: list[MergeRow] = []
    same: list[str] = []
    for field in mergeable(call, shape):
        if field.id not in first.values:
            continue
        if all(each.values.get(field.id) == first.values.get(field.id) for each in records):
            same += [field.label.get(language)] if first.values.get(field.id) is not None else []
            continue
        rows.append(
            _row(call, entity, field, records, survivor, is_list(shape, field), (chosen or {}).get(field.id))
        )
    return MergeScreen(
        title=text("merge_title", language, title=first.title),
        crumbs=_crumbs(call, first),
        action=_action(call, first),
        back=_back(call, first),
        records=tuple(
            MergeRecord(
                str(each.id),
                each.title,
                record_path(each.key, each.id),
                each.version,
                moment(each.created_at, call) if each.created_at else "",
                each.id == survivor,
            )
            for each in records
        ),
        rows=tuple(rows),
        same=tuple(same),
        notices=notices,
    )


def _row(
    call: Call,
    entity: Entity,
    field: Field,
    records: Sequence[Record],
    survivor: int,
    joins: bool,
    chosen: str | None,
) -> MergeRow:
    kept = chosen or _usual(field, records, survivor, joins)
    choices = tuple(
        MergeChoice(str(each.id), _shown(call, entity, field, each), kept == str(each.id)) for each in records
    )
    both = MergeChoice(BOTH, Shown(), kept == BOTH) if joins else None
    return MergeRow(field.id, field.label.get(call.language), choices, both)


def _usual(field: Field, records: Sequence[Record], survivor: int, joins: bool) -> str:
    """What is kept where nobody chooses otherwise: rows and links of all, else the survivor's value or the first there is."""
    if joins and field.type in ("table", "links"):
        return BOTH
    ordered = sorted(records, key=lambda each: each.id != survivor)
    filled = [each for each in ordered if each.values.get(field.id) not in (None, ())]
    return str((filled or ordered)[0].id)


def _shown(call: Call, entity: Entity, field: Field, record: Record) -> Shown:
    value: Value = record.values.get(field.id)
    if field.type == "table":
        return Shown(counted("rows", len(value or ()), call.language))
    return shown(call, entity, field, value, record.titles)


def _crumbs(call: Call, record: Record) -> tuple[Link, ...]:
    entity = call.release.entity(record.key)
    return (
        Link(entity.plural.get(call.language), entity_path(record.key), icon=entity.icon),
        Link(record.title, record_path(record.key, record.id)),
    )


def _action(call: Call, record: Record) -> Action:
    path = merge_path(record.key, record.id)
    return Action("merge", text("merge", call.language), path, "post", "arrows-join", "primary")


def _back(call: Call, record: Record) -> Action:
    return Action("back", text("cancel", call.language), record_path(record.key, record.id), kind="quiet")
