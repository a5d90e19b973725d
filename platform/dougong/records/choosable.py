"""Which records a link may hold, where its definition limits them: checked at every door, and offered to whoever chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement

from dougong.expressions.narrowing import narrowed
from dougong.expressions.sql import to_sql
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.call import EVERYTHING, Call
from dougong.records.draft import Draft, Values
from dougong.records.evaluation import Evaluation
from dougong.records.messages import problem
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import sql_context


def check_choosable(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report every link that holds what may not be chosen for the record as it is now.

    What stood there before may stay as long as nothing changes that the limit reads. Where the platform itself follows up, as
    when two records are merged, nobody chooses.
    """
    if EVERYTHING in evaluation.call.confirmed:
        return
    _prepare(evaluation, shape, drafts)
    for field in limited(shape):
        for draft in drafts:
            _check(evaluation, shape, field, draft, None)
    for name, rows_shape in shape.tables.items():
        fields = limited(rows_shape)
        for draft in drafts if fields else ():
            for row in draft.rows[name].drafts if name in draft.rows else ():
                row.values["parent"] = draft.values
                for field in fields:
                    _check(evaluation, rows_shape, field, row, draft)


def limited(shape: Shape) -> list[Field]:
    """The links that may not hold every record."""
    return [
        field for field in (*shape.links, *shape.lists) if field.target is not None and field.target.filter
    ]


def _check(evaluation: Evaluation, shape: Shape, field: Field, draft: Draft, owner: Draft | None) -> None:
    if field.id in draft.hidden and field.id not in draft.given:
        return
    words = {"label": field.label.get(evaluation.call.language)}
    for each in unfit(evaluation, field, draft, owner):
        found = problem(evaluation.call.language, "not_choosable", draft.path + field.id, value=each, **words)
        draft.problems.append(found)


def unfit(evaluation: Evaluation, field: Field, draft: Draft, owner: Draft | None) -> list[int]:
    """The records that a link has newly come to hold, or holds in a record that has changed, and may not."""
    limit = field.target.filter if field.target is not None else None
    value = draft.values.get(field.id)
    if limit is None or value is None or any(each.path == draft.path + field.id for each in draft.problems):
        return []
    asked: Collection[int] = value if isinstance(value, tuple) else (value,)
    if draft.before is not None and not _is_governed_anew(field, limit, draft, owner):
        before = draft.before.get(field.id)
        known = before if isinstance(before, tuple) else (before,)
        asked = [each for each in asked if each not in known]
    return [each for each in asked if not fits(evaluation, field, limit, draft.values, each)]


def _is_governed_anew(field: Field, limit: Expression, draft: Draft, owner: Draft | None) -> bool:
    """Whether anything has changed that the limit reads of the record itself, or of the record around a row."""
    for path in limit.reads:
        if path[0] == "parent" and owner is not None:
            if owner.before is None or _differs(owner, path[1]):
                return True
        elif path[0] != field.id and _differs(draft, path[0]):
            return True
    return False


def _differs(draft: Draft, name: str) -> bool:
    return draft.before is not None and draft.before.get(name) != draft.values.get(name)


def fits(
    evaluation: Evaluation, field: Field, limit: Expression, values: Mapping[str, Value], identifier: int
) -> bool:
    """Whether a record may be chosen for a link of a record that holds these values."""
    return evaluation.holds(limit, {**values, field.id: identifier})


def condition_for(call: Call, field: Field, values: Values) -> ColumnElement[bool] | None:
    """What must hold for a record to be chosen for a link of a record with these values; nothing where all may be.

    The definition's limit sees everything, whatever the actor may read.
    """
    if field.target is None or field.target.filter is None:
        return None
    evaluation, limit = Evaluation(call), field.target.filter
    tree = narrowed(limit.tree, field.id, lambda part: evaluation.value(part, values))
    target = shape_of(call.release, field.target.key)
    context = sql_context(call, field.target.key, target.table, as_definition=True)
    return to_sql(Expression(limit.text, tree, tree.type), context, positive=True)


def _prepare(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Fetch what the limits of single links will read, for all drafts together."""
    rows = [
        (inner, [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts])
        for name, inner in shape.tables.items()
    ]
    for own, some in ((shape, list(drafts)), *rows):
        limits = [
            field.target.filter
            for field in limited(own)
            if field.type == "link" and field.target is not None and field.target.filter is not None
        ]
        if limits and some:
            evaluation.prepare(own, limits, some)
