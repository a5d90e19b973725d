"""Computes formulas in the order of their dependencies, rows of sub-tables before the record that sums them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.given import row_values
from dougong.records.messages import problem
from dougong.records.shape import Shape

_NOTHING: Mapping[str, Mapping[int, Value]] = {}


def compute(
    evaluation: Evaluation,
    shape: Shape,
    drafts: Sequence[Draft],
    skipped: Collection[tuple[str, str]] = (),
    figures: Mapping[str, Mapping[int, Value]] = _NOTHING,
    keeps: bool = False,
) -> None:
    """Set every computed field of the drafts, but those whose entity and id are `skipped`.

    A result that does not fit its field is a problem of the record. `figures` are results that are known already, by field and
    record. With `keeps`, what is computed from other records stays as it is unless the record itself has changed in something
    that it needs: whoever changes the others sees to it.
    """
    every = (*(table for table in shape.tables if table not in shape.computed), *shape.computed)
    order = [name for name in every if (shape.key, name) not in skipped]
    formulas = [shape.field(name).formula for name in order if name not in shape.tables]
    evaluation.prepare(shape, [formula for formula in formulas if formula is not None], drafts)
    for name in order:
        if name in shape.tables:
            _compute_rows(evaluation, shape.tables[name], name, drafts, skipped)
        else:
            field = shape.field(name)
            if field.stored_formula is None:
                continue
            if name in figures:
                _assign(evaluation, shape, field, drafts, _known(figures[name]))
            else:
                some = _moved(shape, name, drafts) if keeps else drafts
                _assign(evaluation, shape, field, some, _evaluated(evaluation, field.stored_formula))


def _compute_rows(
    evaluation: Evaluation,
    rows_shape: Shape,
    name: str,
    drafts: Sequence[Draft],
    skipped: Collection[tuple[str, str]],
) -> None:
    with_rows = [draft for draft in drafts if name in draft.rows]
    if not with_rows:
        return
    for draft in with_rows:
        for row in draft.rows[name].drafts:
            row.values["parent"] = draft.values
    compute(evaluation, rows_shape, [row for draft in with_rows for row in draft.rows[name].drafts], skipped)
    for draft in with_rows:
        draft.values[name] = row_values(draft.rows[name])


def _known(figures: Mapping[int, Value]) -> Callable[[Draft], Value]:
    return lambda draft: figures.get(draft.id)


def _evaluated(evaluation: Evaluation, formula: Expression) -> Callable[[Draft], Value]:
    """The value of a formula for a draft; one that reads nothing but rows is the same for all new records without any."""
    value_of = evaluation.over(formula)
    tables = _only_rows(formula)
    if not tables:
        return lambda draft: value_of(draft.values)
    of_none: list[Value] = []

    def value(draft: Draft) -> Value:
        if draft.before is not None or any(map(draft.values.get, tables)):
            return value_of(draft.values)
        if not of_none:
            of_none.append(value_of(draft.values))
        return of_none[0]

    return value


def _only_rows(formula: Expression) -> tuple[str, ...]:
    """The sub-tables that a formula reads, where it reads nothing else of its record."""
    if any(not road.steps or road.steps[0].kind != "rows" for road in formula.roads):
        return ()
    return tuple({road.steps[0].name for road in formula.roads})


def _moved(shape: Shape, name: str, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The drafts for which a formula must be computed; the others get the value back that stood there."""
    needs = shape.needs.get(name)
    if needs is None:
        return drafts
    moved = []
    for draft in drafts:
        before = draft.before
        if before is None or any(
            each in shape.tables or before.get(each) != draft.values.get(each) for each in needs
        ):
            moved.append(draft)
        else:
            draft.values[name] = before.get(name)
    return moved


def _assign(
    evaluation: Evaluation,
    shape: Shape,
    field: Field,
    drafts: Sequence[Draft],
    value_of: Callable[[Draft], Value],
) -> None:
    assign, name = shape.types[field.id].assign, field.id
    known: dict[int, tuple[Value, Value]] = {}
    """What results were assigned as, by their identity: results that repeat themselves are the same objects."""
    for draft in drafts:
        try:
            value = value_of(draft)
            found = known.get(id(value))
            if found is None:
                found = known[id(value)] = value, None if value is None else assign(value, field)
            draft.values[name] = found[1]
        except (Invalid, ArithmeticError):
            label = field.label.get(evaluation.call.language)
            draft.problems.append(
                problem(evaluation.call.language, "out_of_range", draft.path + field.id, label=label)
            )


def forget_computed(shape: Shape, drafts: Sequence[Draft]) -> None:
    """Take back what was found wrong with computed fields, before they are computed again."""
    computed = {name for name in shape.computed if name not in shape.tables}
    for draft in drafts:
        draft.problems[:] = [
            each
            for each in draft.problems
            if each.code != "out_of_range" or each.path.removeprefix(draft.path) not in computed
        ]
        for name, rows in draft.rows.items():
            forget_computed(shape.tables[name], rows.drafts)
