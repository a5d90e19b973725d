"""What fields of a new record hold that nobody wrote: their defaults, and the first stage of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Literal, Value
from dougong.model.field import Field
from dougong.people.actor import SYSTEM
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.given import invalid
from dougong.records.shape import Shape


def give_default(evaluation: Evaluation, shape: Shape, field: Field, drafts: Iterable[Draft]) -> None:
    """Give new drafts the default of a field where nobody wrote it; a field given as empty stays empty."""
    for draft in drafts:
        if not draft.is_new or field.id in draft.written:
            continue
        try:
            value = default_of(evaluation, shape, field, draft)
        except Invalid as error:
            draft.problems.append(invalid(evaluation.call.language, field, draft.path + field.id, error))
            continue
        if value is not None:
            draft.values[field.id] = value
            draft.written.add(field.id)


def default_of(evaluation: Evaluation, shape: Shape, field: Field, draft: Draft) -> Value:
    """What a field holds that nobody wrote; the platform itself is no person, so it owns nothing by default."""
    if field.default is None:
        return shape.entity.pipelines[field.pipeline].stages[0].id if field.type == "stage" else None
    tree = field.default.tree
    value = tree.value if isinstance(tree, Literal) else evaluation.value(field.default, draft.values)
    if field.type == "member" and value == SYSTEM.id:
        return None
    return None if value is None else shape.types[field.id].assign(value, field)
