"""What rules make of the fields of a record that somebody is filling in: hidden, required, read-only, with fewer options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dougong.model.entity import UPDATE, Rule
from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.draft import Draft, Rows
from dougong.records.evaluation import Evaluation
from dougong.records.form_rules import acts_of, applying, settle_values
from dougong.records.load import load
from dougong.records.rule_checks import is_locked
from dougong.records.rule_messages import message_of
from dougong.records.shape import Shape, shape_of


@dataclass(frozen=True, slots=True)
class FieldStates:
    """The fields that rules hide, ask for or keep as they are, and the options that are left to choices."""

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    options: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    locked: bool = False
    """Whether a rule keeps the record as it stands from being changed at all."""


NONE = FieldStates()


def field_states(call: Call, key: str, values: Mapping[str, Value], identifier: int = 0) -> FieldStates:
    """The states of the fields of a record as it stands in a form: a new one, or changes of the one with the id.

    Rules see the whole record, also what whoever fills it in does not.
    """
    shape = shape_of(call.release, key)
    if not any(_states(rule) for rule in shape.entity.rules):
        return NONE
    evaluation = Evaluation(call)
    draft = _draft(call, shape, values, identifier)
    if UPDATE in _locks(evaluation, shape, draft):
        return FieldStates(readonly=frozenset(shape.entity.fields), locked=True)
    settle_values(evaluation, shape, [draft])
    required: set[str] = set()
    readonly: set[str] = set()
    options: dict[str, frozenset[str]] = {}
    for rule in shape.entity.rules:
        if not applying(evaluation, rule)(draft):
            continue
        required.update(rule.require)
        readonly.update(rule.readonly)
        for name, allowed in rule.options:
            options[name] = options.get(name, frozenset(allowed)) & frozenset(allowed)
    return FieldStates(draft.hidden, frozenset(required), frozenset(readonly), options)


def locks_on(call: Call, key: str, identifier: int) -> Mapping[str, str]:
    """What rules keep from being done with a record as it stands (update, delete), each with what they say about it."""
    shape = shape_of(call.release, key)
    if not any(rule.locks for rule in shape.entity.rules):
        return {}
    return _locks(Evaluation(call), shape, _draft(call, shape, {}, identifier))


def _locks(evaluation: Evaluation, shape: Shape, draft: Draft) -> dict[str, str]:
    found: dict[str, str] = {}
    for rule in shape.entity.rules if draft.before is not None else ():
        if rule.locks and is_locked(evaluation, rule, draft.before or {}):
            said = message_of(evaluation, shape, rule, draft)
            found |= dict.fromkeys(acts_of(evaluation, rule), said)
    return found


def _states(rule: Rule) -> bool:
    return bool(rule.require or rule.options or rule.readonly or rule.hide or rule.show or rule.locks)


def _draft(call: Call, shape: Shape, values: Mapping[str, Value], identifier: int) -> Draft:
    """A draft that nobody will write."""
    standing = load(call, shape, [identifier]).get(identifier, {}) if identifier else {}
    whole = {**standing, **values}
    draft = Draft("", whole, before=standing if identifier else None, id=identifier)
    for name in shape.tables:
        rows = [
            Draft(f"{name}/{at}/", {**row, "parent": whole}) for at, row in enumerate(whole.get(name) or ())
        ]
        draft.rows[name] = Rows(rows)
    return draft
