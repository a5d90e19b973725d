"""Holds what is written against rights that differ from record to record: which records may be made, which fields may be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.diagnostics import Diagnostic
from dougong.model.expression import Value
from dougong.policy.access import Access, access
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.messages import problem
from dougong.records.shape import Shape
from dougong.records.withheld import kept_back

_NOTHING: frozenset[str] = frozenset()


def bars_fields(call: Call, shape: Shape) -> bool:
    """Whether the actor can write some field in some records only."""
    return any(access(call.release, call.actor, shape.key, action).bars for action in ("create", "update"))


def check_rights(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report new records that the actor may not create as they are, and given fields that cannot be written in that record."""
    call = evaluation.call
    new = [draft for draft in drafts if draft.is_new]
    if new:
        _check_new(evaluation, shape, new, access(call.release, call.actor, shape.key, "create"))
    standing = [draft for draft in drafts if not draft.is_new]
    if standing:
        kept = kept_back(call, shape, [draft.id for draft in standing], "update")
        for draft in standing if kept else ():
            found = kept.get(draft.id)
            if found is not None:
                _check_given(evaluation, shape, draft, found.locked | found.unseen)


def _check_new(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft], answer: Access) -> None:
    if answer.row_set.is_every and not answer.bars:
        return
    for draft in drafts:
        if draft.problems:
            continue
        found = _refused(evaluation, answer, draft)
        if found is not None:
            draft.problems.append(found)
        elif answer.bars:
            _check_given(evaluation, shape, draft, _barred(evaluation, answer.bars, draft.values))


def _refused(evaluation: Evaluation, answer: Access, draft: Draft) -> Diagnostic | None:
    """What stands against a new record: that a denial is true for it, or that no grant is."""
    language, path = evaluation.call.language, draft.path.rstrip("/")
    for reason in answer.reasons:
        denial = reason.denied.denial if reason.denied is not None else None
        if denial is None or denial.fields or denial.rows is None:
            continue
        if evaluation.holds(denial.rows, draft.values):
            return problem(language, "denied", path, reason=denial.reason.get(language))
    if _is_among(evaluation, answer.row_set, draft.values):
        return None
    return problem(language, "forbidden_new", path)


def _barred(
    evaluation: Evaluation, bars: Mapping[str, tuple[RowSet, ...]], values: Mapping[str, Value]
) -> frozenset[str]:
    return frozenset(
        name for name, sets in bars.items() if not all(_is_among(evaluation, each, values) for each in sets)
    )


def _is_among(evaluation: Evaluation, rows: RowSet, values: Mapping[str, Value]) -> bool:
    """Whether a record that is not saved yet, and that nobody can have shared, is in a set."""
    if any(evaluation.holds(rule, values) for rule in rows.none_of):
        return False
    return rows.any_of is None or any(evaluation.holds(rule, values) for rule in rows.any_of)


def _check_given(evaluation: Evaluation, shape: Shape, draft: Draft, locked: frozenset[str]) -> None:
    """Report what was given of a record, or of its rows, for fields that are locked in it."""
    language = evaluation.call.language
    for name in sorted(locked & draft.given):
        label = shape.field(name).label.get(language)
        draft.problems.append(problem(language, "locked_field", f"{draft.path}{name}", label=label))
    for name, rows in draft.rows.items():
        columns = frozenset(each[len(name) + 1 :] for each in locked if each.startswith(f"{name}."))
        if name in draft.given and columns:
            for row in rows.drafts:
                _check_given(evaluation, shape.tables[name], row, columns)
