"""Gives fields a value that nobody wrote: what a chosen record brings along, else the default.

A link fills when it is written with another record than stood there, through whatever door; what was given in the same request
stays as it was given. What is filled belongs to the definition, as formulas do, so it is worked out whatever the actor may
read; but no link is filled that leads to a record which the actor may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.defaults import give_default
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.given import invalid
from dougong.records.shape import Shape
from dougong.records.targets import readable_targets

IsChosen = Callable[[Draft, str], bool]
"""Whether a link of a draft was just given another record."""


def is_chosen(draft: Draft, link: str) -> bool:
    """Whether a link was written with a record that did not stand there before."""
    if link not in draft.written:
        return False
    value = draft.values.get(link)
    return value is not None and (draft.before is None or draft.before.get(link) != value)


def filled_by(shape: Shape, links: Iterable[str]) -> frozenset[str]:
    """The fields that choosing these links fills, by way of links that are filled too."""
    found: set[str] = set()
    waiting = list(links)
    while waiting:
        link = waiting.pop()
        for name, sources in shape.fills.items():
            if name not in found and any(each == link for each, _ in sources):
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def begin_values(
    evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft], chosen: IsChosen = is_chosen
) -> None:
    """Fill and give defaults, each after what it reads; fields that were written before keep what they hold."""
    given: Mapping[int, frozenset[str]] = {}
    if shape.fills:
        given = {id(draft): frozenset(draft.written) for draft in drafts}
    for name in shape.entity.begun:
        field = shape.field(name)
        sources = shape.fills.get(name, ())
        if sources:
            _fill(
                evaluation,
                shape,
                field,
                sources,
                [each for each in drafts if name not in given[id(each)]],
                chosen,
            )
        if field.default is not None or field.type == "stage":
            give_default(evaluation, shape, field, drafts)


def _fill(
    evaluation: Evaluation,
    shape: Shape,
    field: Field,
    sources: Sequence[tuple[str, Expression]],
    drafts: Sequence[Draft],
    chosen: IsChosen,
) -> None:
    """Give one field what the links bring along that were just written; of several the first that has anything."""
    waiting = [
        (draft, found)
        for draft in drafts
        if (found := [expression for link, expression in sources if chosen(draft, link)])
    ]
    if not waiting:
        return
    evaluation.prepare(shape, [expression for _, expression in sources], [draft for draft, _ in waiting])
    values = [(draft, _value(evaluation, shape, field, draft, found)) for draft, found in waiting]
    for draft, value in _seen(evaluation, field, values):
        if value is None and draft.is_new and field.default is not None:
            continue
        draft.values[field.id] = value
        draft.written.add(field.id)


def _value(
    evaluation: Evaluation, shape: Shape, field: Field, draft: Draft, expressions: Sequence[Expression]
) -> Value:
    for expression in expressions:
        try:
            value = evaluation.value(expression, draft.values)
            found = None if value is None else shape.types[field.id].assign(value, field)
        except Invalid as error:
            draft.problems.append(invalid(evaluation.call.language, field, draft.path + field.id, error))
            return None
        if found is not None:
            return found
    return None


def _seen(
    evaluation: Evaluation, field: Field, values: Sequence[tuple[Draft, Value]]
) -> list[tuple[Draft, Value]]:
    """The values without links to records that the actor may not see."""
    if field.target is None:
        return list(values)
    wanted = {each for _, value in values for each in _each(value)}
    seen = readable_targets(evaluation.call, field.target.key, wanted)
    if field.type == "link":
        return [(draft, value if value in seen else None) for draft, value in values]
    return [(draft, tuple(each for each in _each(value) if each in seen) or None) for draft, value in values]


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)
