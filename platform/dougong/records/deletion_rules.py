"""Asks the rules about deletions: what they lock, refuse or warn of, for records that go and for those that go along.

A rule reads a record as it stands and everything else as it will be: records that go in the same deletion no longer count in sums
and lists, and what hangs on the record, and only then follows it or is let go, still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.entity import DELETE, Rule
from dougong.records.draft import Draft, Values
from dougong.records.evaluation import Evaluation
from dougong.records.guards import guard
from dougong.records.load import drafts_of
from dougong.records.messages import problem
from dougong.records.rule_checks import note_broken
from dougong.records.rule_messages import message_of
from dougong.records.shape import Shape
from dougong.records.titles import find_titles


def ask_deletion(
    evaluation: Evaluation, shape: Shape, records: Mapping[int, Values], *, follows: bool
) -> None:
    """Refuse when a rule holds one of the records fast; those that only go along (`follows`) are named in the answer.

    From then on the evaluation counts the records as gone.
    """
    rules = _asked(evaluation, shape)
    inner = {name: _asked(evaluation, rows) for name, rows in shape.tables.items()}
    if rules or any(inner.values()):
        _refuse(evaluation, shape, records, rules, inner, follows)
    else:
        evaluation.gathering.leave(shape.key, records)


def ask_removal(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report the rows which a change takes out of the sub-tables although a rule holds them fast."""
    for name, rows_shape in shape.tables.items():
        rules = _asked(evaluation, rows_shape)
        for draft in drafts if rules else ():
            removed = draft.rows[name].removed if name in draft.rows else ()
            rows = [
                Draft(
                    f"{draft.path}{name}/", {**values, "parent": draft.values}, before=values, id=values["id"]
                )
                for values in removed
            ]
            _note(evaluation, rows_shape, rules, rows)
            for row in rows:
                draft.problems += [replace(each, path=f"{draft.path}{name}") for each in row.problems]
                draft.warnings += row.warnings


def _asked(evaluation: Evaluation, shape: Shape) -> list[Rule]:
    doors = evaluation.call.doors
    return [
        rule for rule in shape.entity.rules if rule.concerns(DELETE, doors) and (rule.check or rule.locks)
    ]


def _refuse(
    evaluation: Evaluation,
    shape: Shape,
    records: Mapping[int, Values],
    rules: Sequence[Rule],
    inner: Mapping[str, Sequence[Rule]],
    follows: bool,
) -> None:
    call = evaluation.call
    guard(call, shape)
    tables = [name for name in shape.tables if inner[name] or name in shape.row_readers]
    drafts = drafts_of(call, shape, list(records.values()), tables, [""] * len(records))
    evaluation.gathering.leave(shape.key, {draft.id: draft.values for draft in drafts})
    _note(evaluation, shape, rules, drafts)
    for name, asked in inner.items():
        rows = [row for draft in drafts for row in _rows(draft, name)]
        _note(evaluation, shape.tables[name], asked, rows)
    problems = [found for draft in drafts for found in _problems(draft)]
    if not problems:
        return
    if follows:
        problems = [found for draft in drafts for found in _named(evaluation, shape, draft)]
    raise Refusal("invalid", problems)


def _rows(draft: Draft, name: str) -> list[Draft]:
    if name not in draft.rows:
        return []
    for row in draft.rows[name].drafts:
        row.values["parent"] = draft.values
    return draft.rows[name].drafts


def _note(evaluation: Evaluation, shape: Shape, rules: Sequence[Rule], drafts: Sequence[Draft]) -> None:
    """Note the rules that hold drafts fast at these."""
    expressions = (each for rule in rules for each in (rule.when, rule.check))
    evaluation.prepare(shape, [each for each in expressions if each is not None], drafts, written=False)
    for rule in rules:
        applies = None if rule.when is None else evaluation.over(rule.when)
        holds = None if rule.check is None else evaluation.over(rule.check)
        for draft in drafts:
            if applies is not None and applies(draft.values) is not True:
                continue
            if rule.locks:
                message = message_of(evaluation, shape, rule, draft)
                draft.problems.append(problem(evaluation.call.language, "rule_locked_delete", "", message))
            elif holds is not None and holds(draft.values) is False:
                note_broken(evaluation, shape, rule, draft)


def _problems(draft: Draft) -> Iterable[Diagnostic]:
    yield from draft.problems
    yield from (found for rows in draft.rows.values() for row in rows.drafts for found in row.problems)


def _named(evaluation: Evaluation, shape: Shape, draft: Draft) -> Iterable[Diagnostic]:
    """What is said of a record that nobody named, with which one it is; one that the actor may not read has no title."""
    call, found = evaluation.call, list(_problems(draft))
    if not found:
        return
    title = find_titles(call, {shape.key: {draft.id}}).get((shape.key, draft.id), "")
    label = shape.entity.label.get(call.language)
    which = f"{label} “{title}”" if title else label
    colon = "：" if call.language == "zh" else ": "
    for each in found:
        yield replace(each, path="", message=f"{which}{colon}{each.message}")
