"""Validates complete records: required fields, bounds, moves between stages and the rules of the entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dougong.fieldtypes.base import FieldType, Problem
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.asking import prepare_checks
from dougong.records.deletion_rules import ask_removal
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.given import is_empty
from dougong.records.messages import problem
from dougong.records.rule_checks import check_rules
from dougong.records.shape import Shape
from dougong.storage.release import Release


def check(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report everything that is wrong with the values of the drafts, all at once."""
    prepare_checks(evaluation, shape, drafts)
    for each in _checked(evaluation.call.release, shape):
        if each.field.type == "serial":  # those that are drawn are good
            given = [draft for draft in drafts if each.field.id in draft.written]
            _check_field(evaluation, shape, each, given)
        else:
            _check_field(evaluation, shape, each, drafts)
    for field in shape.stages:
        asking = {stage.id for stage in shape.entity.pipelines[field.pipeline].stages if stage.require}
        for draft in drafts:
            if draft.before is not None or draft.values.get(field.id) in asking:
                _check_stage(evaluation, shape, field, draft)
    check_rules(evaluation, shape, drafts)
    ask_removal(evaluation, shape, drafts)
    for name, rows_shape in shape.tables.items():
        rows = [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]
        if rows:
            check(evaluation, rows_shape, rows)


@dataclass(frozen=True, slots=True)
class _Checked:
    """A field that has anything to check: what its type finds wrong, and whether its bounds are expressions."""

    field: Field
    validate: Callable[[Value, Field], Sequence[Problem]] | None
    is_bounded: bool


def _checked(release: Release, shape: Shape) -> tuple[_Checked, ...]:
    """The fields of an entity that have anything to check, worked out once for a release."""
    key = ("checked fields", shape.key)
    found = release.cache.get(key)
    if not isinstance(found, tuple):
        every = (
            _Checked(
                field,
                None if field.type == "table" else validator(shape.types[field.id]),
                isinstance(field.minimum, Expression) or isinstance(field.maximum, Expression),
            )
            for field in shape.entity.fields.values()
        )
        found = release.cache[key] = tuple(
            each for each in every if each.validate is not None or each.is_bounded or each.field.required
        )
    return found


def _check_field(evaluation: Evaluation, shape: Shape, checked: _Checked, drafts: Sequence[Draft]) -> None:
    """Check the values of one field that are not what stood there before, or were not asked for then."""
    field, validate, is_bounded = checked.field, checked.validate, checked.is_bounded
    name, language = field.id, evaluation.call.language
    may_hide = name in shape.hideable  # then it could be empty, and can have come into sight
    if validate is None and not is_bounded:  # then it can only be missing
        drafts = [draft for draft in drafts if is_empty(draft.values.get(name))]
    for draft in drafts:
        value = draft.values.get(name)
        if (
            draft.before is not None
            and draft.before.get(name) == value
            and not (may_hide and is_empty(value))
        ):
            continue
        if value is None or value == () or value == []:
            if field.required and name not in draft.hidden and not _reported(draft, name):
                label = field.label.get(language)
                draft.problems.append(problem(language, "required", draft.path + name, label=label))
            continue
        if validate is not None:
            for each in validate(value, field):
                draft.problems.append(each.diagnostic(draft.path + name, language))
        if is_bounded:
            _check_bounds(evaluation, shape, field, draft, value)


def validator(type_: FieldType) -> Callable[[Value, Field], Sequence[Problem]] | None:
    """How a type checks values against constant settings, or nothing where it never finds anything."""
    return None if type(type_).validate is FieldType.validate else type_.validate


def _reported(draft: Draft, name: str) -> bool:
    """Whether the value was refused before; it is then not missing but wrong."""
    path = draft.path + name
    return any(each.path == path or each.path.startswith(path + "/") for each in draft.problems)


def _check_bounds(evaluation: Evaluation, shape: Shape, field: Field, draft: Draft, value: Value) -> None:
    minimum, maximum = field.minimum, field.maximum
    low = evaluation.value(minimum, draft.values) if isinstance(minimum, Expression) else None
    high = evaluation.value(maximum, draft.values) if isinstance(maximum, Expression) else None
    for each in shape.types[field.id].check_bounds(value, low, high, field):
        draft.problems.append(each.diagnostic(draft.path + field.id, evaluation.call.language))


def _check_stage(evaluation: Evaluation, shape: Shape, field: Field, draft: Draft) -> None:
    """A move is checked where it happens: the way there must be allowed and what the stage asks for be filled in."""
    after = draft.values.get(field.id)
    origin = draft.before.get(field.id) if draft.before is not None else None
    pipeline = shape.entity.pipelines[field.pipeline]
    stage = pipeline.stage(after) if isinstance(after, str) else None
    if stage is None or after == origin:
        return
    language = evaluation.call.language
    came_from = pipeline.stage(origin) if isinstance(origin, str) else None
    if stage.allow_from is not None and came_from is not None and came_from.id not in stage.allow_from:
        words = {"origin": came_from.label.get(language), "target": stage.label.get(language)}
        draft.problems.append(problem(language, "stage_from", draft.path + field.id, **words))
    for name in stage.require:
        if is_empty(draft.values.get(name)) and name not in draft.hidden and not _reported(draft, name):
            words = {"label": shape.field(name).label.get(language), "stage": stage.label.get(language)}
            draft.problems.append(problem(language, "stage_require", draft.path + name, **words))
