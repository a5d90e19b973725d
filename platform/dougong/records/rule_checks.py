"""Checks what the rules of an entity ask of complete records: filled fields, conditions, fields left alone, options, confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dougong.diagnostics import Diagnostic, Severity
from dougong.model.entity import DELETE, Rule
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.roads import passed
from dougong.records.call import EVERYTHING
from dougong.records.defaults import default_of
from dougong.records.draft import Draft, Values
from dougong.records.evaluation import Evaluation
from dougong.records.form_rules import acts_of, applying
from dougong.records.given import is_empty
from dougong.records.messages import problem
from dougong.records.rule_messages import message_of
from dougong.records.shape import Shape
from dougong.records.trail import differing

UNATTENDED = frozenset({"import", "workflow", "job", "demo", "cli"})
"""Doors at which nobody can be asked: what would have to be confirmed there is only counted."""


def check_rules(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report every rule that the drafts break; the drafts of rows are checked as those of an entity of their own."""
    if not shape.entity.rules:
        return
    asked = (expression for rule in shape.entity.rules for expression in (rule.when, rule.check))
    evaluation.prepare(shape, [expression for expression in asked if expression is not None], drafts)
    for rule in shape.entity.rules:
        if not acts_of(evaluation, rule) - {DELETE}:
            continue
        if rule.locks:
            _hold_fast(evaluation, shape, rule, drafts)
        elif rule.require or rule.check is not None or rule.readonly or rule.options:
            _check_rule(evaluation, shape, rule, drafts)


def _check_rule(evaluation: Evaluation, shape: Shape, rule: Rule, drafts: Sequence[Draft]) -> None:
    applies = applying(evaluation, rule)
    holds = evaluation.over(rule.check) if rule.check is not None else None
    for draft in drafts:
        if not applies(draft):
            continue
        if rule.require:
            _require(evaluation, shape, rule, draft)
        if rule.readonly:
            _keep(evaluation, shape, rule, draft)
        if rule.options:
            _limit(evaluation, shape, rule, draft)
        if holds is not None and holds(draft.values) is False and _is_new(shape, rule, draft):
            note_broken(evaluation, shape, rule, draft)


def _hold_fast(evaluation: Evaluation, shape: Shape, rule: Rule, drafts: Sequence[Draft]) -> None:
    """Nothing of a record is changed while what stands there meets the condition; what rules themselves set is."""
    language = evaluation.call.language
    for draft in drafts:
        if draft.before is None or not is_locked(evaluation, rule, draft.before):
            continue
        for name in sorted(draft.given - draft.assigned):
            if _is_changed(evaluation, shape, shape.field(name), draft):
                message = message_of(evaluation, shape, rule, draft)
                label = shape.field(name).label.get(language)
                draft.problems.append(
                    problem(language, "rule_locked", draft.path + name, message, label=label)
                )


def is_locked(evaluation: Evaluation, rule: Rule, standing: Values) -> bool:
    """Whether a rule that locks keeps a record, as it stands, from being changed."""
    return rule.when is not None and evaluation.holds(rule.when, standing)


def _require(evaluation: Evaluation, shape: Shape, rule: Rule, draft: Draft) -> None:
    language = evaluation.call.language
    for name in rule.require:
        if is_empty(draft.values.get(name)) and name not in draft.hidden:
            label = shape.field(name).label.get(language)
            message = message_of(evaluation, shape, rule, draft)
            found = problem(language, "rule_require", draft.path + name, message, label=label)
            draft.problems.append(found)


def _keep(evaluation: Evaluation, shape: Shape, rule: Rule, draft: Draft) -> None:
    """What cannot be changed keeps what it held, or in a new record what nobody wrote; rules themselves may set it."""
    language = evaluation.call.language
    for name in rule.readonly:
        if name not in draft.given or name in draft.assigned:
            continue
        if _is_changed(evaluation, shape, shape.field(name), draft):
            words = {"label": shape.field(name).label.get(language)}
            message = message_of(evaluation, shape, rule, draft)
            draft.problems.append(problem(language, "rule_readonly", draft.path + name, message, **words))


def _is_changed(evaluation: Evaluation, shape: Shape, field: Field, draft: Draft) -> bool:
    if field.type == "table":
        return _rows_changed(shape.tables[field.id], field.id, draft)
    value = draft.values.get(field.id)
    if draft.before is not None:
        return bool(_filled(value) != _filled(draft.before.get(field.id)))
    return bool(_filled(value) != _filled(default_of(evaluation, shape, field, draft)))


def _rows_changed(shape: Shape, name: str, draft: Draft) -> bool:
    rows = draft.rows.get(name)
    if rows is None:
        return False
    if rows.removed or any(row.before is None for row in rows.drafts):
        return True
    places = [(row.before or {}).get("position") for row in rows.drafts]
    if places != sorted(places, key=lambda place: place or 0):
        return True
    return any(set(differing(shape, row)) & row.given for row in rows.drafts)


def _filled(value: Value) -> Value:
    return None if is_empty(value) else value


def _limit(evaluation: Evaluation, shape: Shape, rule: Rule, draft: Draft) -> None:
    """Whatever a choice holds must be among the options that are left."""
    language = evaluation.call.language
    for name, allowed in rule.options:
        value = draft.values.get(name)
        held = value if isinstance(value, tuple) else () if value is None else (value,)
        if name in draft.hidden and name not in draft.given:
            continue
        for each in held:
            if each not in allowed:
                words = {
                    "label": shape.field(name).label.get(language),
                    "value": _shown(shape.field(name), each, language),
                }
                message = message_of(evaluation, shape, rule, draft)
                draft.problems.append(problem(language, "rule_options", draft.path + name, message, **words))


def _shown(field: Field, value: Value, language: str) -> str:
    """An option as people know it, or what was written instead of one."""
    labels = {option.id: option.label.get(language) for option in field.options}
    return labels.get(str(value), str(value))


def note_broken(evaluation: Evaluation, shape: Shape, rule: Rule, draft: Draft) -> None:
    """Note that a draft breaks a check; a warning that was confirmed, or that nobody can be asked about, holds nothing up."""
    call = evaluation.call
    is_confirmed = call.door in UNATTENDED or bool(call.confirmed & {rule.key, EVERYTHING})
    noted = draft.warnings if rule.is_warning and is_confirmed else draft.problems
    message = message_of(evaluation, shape, rule, draft)
    for name in rule.fields or ("",):
        noted.append(_broken(rule, message, call.language, (draft.path + name).rstrip("/")))


def _is_new(shape: Shape, rule: Rule, draft: Draft) -> bool:
    """Whether a rule is broken anew: what was confirmed once need not be confirmed with every change of something else."""
    if not rule.is_warning or draft.before is None or rule.check is None:
        return True
    roads = (passed(shape.key, road) for road in rule.check.roads)
    names = {
        name for each in roads for key, name in each if key == shape.key and name
    }  # also where sums come back to it
    names.update(path[0] for path in rule.check.reads)
    return any(_filled(draft.before.get(name)) != _filled(draft.values.get(name)) for name in names)


def _broken(rule: Rule, message: str, language: str, path: str) -> Diagnostic:
    code = "rule_warning" if rule.is_warning else "rule"
    found = problem(language, code, path, rule=rule.check.text if rule.check else "")
    found = replace(found, message=message, parameters=()) if message else found
    if rule.is_warning:
        found = replace(
            found, severity=Severity.WARNING, parameters=(*found.parameters, ("confirm", rule.key))
        )
    return found
