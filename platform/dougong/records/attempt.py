"""A record as it would be if a form that is being filled in were saved now: worked out as on saving, never written.

What cannot be read counts as left out, and so do links to records that the actor may not see: nothing flows from those.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.choosable import limited, unfit
from dougong.records.doors import open_door
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.filling import begin_values, filled_by, is_chosen
from dougong.records.form_rules import note_given, settle_values
from dougong.records.given import every_draft, taker_for
from dougong.records.load import drafts_of, load
from dougong.records.messages import refuse
from dougong.records.selection import stands
from dougong.records.shape import Shape
from dougong.records.targets import readable_targets
from dougong.records.virtual import work_out


@dataclass(frozen=True, slots=True)
class Attempt:
    """The record that was worked out, the fields that got their value anew, and for those that hold what may not be chosen, which
    records these are.

    Fields are paths as in problems: `price`, or `lines/2/price` in the third row.
    """

    draft: Draft
    renewed: tuple[str, ...]
    unfit: Mapping[str, Sequence[int]]


def attempt(
    call: Call,
    key: str,
    values: Mapping[str, Value],
    identifier: int = 0,
    chosen: Collection[str] = (),
    renewed: Collection[str] = (),
) -> Attempt:
    """Work out a new record, or the one with that id, from what a form holds.

    `chosen` are the paths of links that were chosen just now and fill other fields; `renewed` those of fields that nobody has
    written, which get their default anew.
    """
    shape = open_door(call, key, "update" if identifier else "create")
    draft = _draft(call, shape, identifier)
    anew = _anew(shape, frozenset(chosen), frozenset(renewed))
    taker_for(call, shape, "update" if identifier else "create").take(draft, _without(values, anew))
    for each in every_draft([draft]):
        each.problems.clear()
    _drop_unseen(call, shape, [draft])
    note_given(shape, [draft])
    evaluation = Evaluation(call)
    _begin(evaluation, shape, [draft], frozenset(chosen) | anew)
    settle_values(evaluation, shape, [draft])
    work_out(evaluation, shape, [draft])
    return Attempt(draft, tuple(sorted(anew)), dict(_unfit(evaluation, shape, draft)))


def _draft(call: Call, shape: Shape, identifier: int) -> Draft:
    if not identifier:
        return Draft("", {"created_at": call.at, "created_by": call.actor.id})
    if not stands(call, shape, identifier, "update"):
        refuse("missing", call.language, "not_found")
    found = load(call, shape, [identifier])
    return drafts_of(call, shape, list(found.values()), list(shape.tables), [""])[0]


def _anew(shape: Shape, chosen: frozenset[str], renewed: frozenset[str]) -> frozenset[str]:
    """The fields that get another value: those that were asked for, and what chosen links fill."""
    found = set(renewed)
    for path in chosen:
        table, row, link = _parts(path)
        inner = shape.tables.get(table) if table else shape
        for name in filled_by(inner, [link]) if inner is not None else ():
            found.add(f"{table}/{row}/{name}" if table else name)
    return frozenset(found)


def _parts(path: str) -> tuple[str, str, str]:
    """The sub-table, the row and the field of a path."""
    first, *rest = path.split("/")
    return (first, rest[0], rest[1]) if len(rest) == 2 else ("", "", first)


def _without(values: Mapping[str, Value], anew: frozenset[str]) -> dict[str, Value]:
    kept: dict[str, Value] = {}
    for name, value in values.items():
        if name in anew:
            continue
        if isinstance(value, list):
            value = [
                {field: each for field, each in row.items() if f"{name}/{position}/{field}" not in anew}
                for position, row in enumerate(value)
            ]
        kept[name] = value
    return kept


def _drop_unseen(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Leave out the links that were given and lead to what the actor may not see."""
    for field in (*shape.links, *shape.lists):
        given = [(draft, draft.values.get(field.id)) for draft in drafts if field.id in draft.written]
        wanted = {each for _, value in given for each in _each(value)}
        if field.target is None or not wanted:
            continue
        seen = readable_targets(call, field.target.key, wanted)
        for draft, value in given:
            left = tuple(each for each in _each(value) if each in seen)
            draft.values[field.id] = (left or None) if field.type == "links" else (left[0] if left else None)
    for name, rows_shape in shape.tables.items():
        _drop_unseen(call, rows_shape, _rows(drafts, name))


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _rows(drafts: Sequence[Draft], name: str) -> list[Draft]:
    return [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]


def _begin(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft], chosen: frozenset[str]) -> None:
    """Fill and give defaults, of the record before its rows, as these may read it."""

    def is_chosen_now(draft: Draft, link: str) -> bool:
        if draft.path + link in chosen:
            return draft.values.get(link) is not None
        return is_chosen(draft, link)

    begin_values(evaluation, shape, drafts, is_chosen_now)
    for name, rows_shape in shape.tables.items():
        for draft in drafts:
            for row in draft.rows[name].drafts if name in draft.rows else ():
                row.values["parent"] = draft.values
        _begin(evaluation, rows_shape, _rows(drafts, name), chosen)


def _unfit(evaluation: Evaluation, shape: Shape, draft: Draft) -> Iterator[tuple[str, list[int]]]:
    for field in limited(shape):
        if found := unfit(evaluation, field, draft, None):
            yield field.id, found
    for name, rows_shape in shape.tables.items():
        for field in limited(rows_shape):
            for row in draft.rows[name].drafts if name in draft.rows else ():
                if found := unfit(evaluation, field, row, draft):
                    yield row.path + field.id, found
