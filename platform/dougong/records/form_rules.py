"""Applies the rules of an entity to drafts: what they set, what they hide, and what becomes of hidden values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dougong.fieldtypes.base import Invalid
from dougong.model.entity import CREATE, UPDATE, Rule
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.computed import compute, forget_computed
from dougong.records.defaults import default_of
from dougong.records.draft import Draft, Rows
from dougong.records.evaluation import Evaluation
from dougong.records.given import every_draft, invalid
from dougong.records.shape import Shape

Applies = Callable[[Draft], bool]


def note_given(shape: Shape, drafts: Sequence[Draft], is_barred: bool = False) -> None:
    """Remember what the caller set, where a rule may forbid it, or rights that differ from record to record do."""
    if shape.is_ruled or is_barred:
        for draft in every_draft(drafts):
            draft.given = frozenset(draft.written)


def settle_values(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Compute the drafts with everything that rules set or take away, and find out what is hidden.

    The compiler has put the fields into an order in which each reads only what stands before it, so that every step is final.
    """
    compute(evaluation, shape, drafts, keeps=True)
    if not shape.is_ruled:
        return
    evaluation.prepare(shape, _conditions(shape), drafts)
    for name in shape.entity.settled:
        changed = _settle(evaluation, shape, name, drafts)
        if changed:
            forget_computed(shape, changed)
            compute(evaluation, shape, changed, keeps=True)
    _note_hidden(evaluation, shape, drafts)
    for name, rows_shape in shape.tables.items():
        if rows_shape.is_ruled:
            _note_hidden(evaluation, rows_shape, _rows(name, drafts))


def _conditions(shape: Shape) -> list[Expression]:
    """What the rules of a record ask before anything is set or hidden."""
    found = [rule.when for rule in shape.entity.rules if rule.when is not None]
    return [*found, *(value for rule in shape.entity.rules for _, value in rule.assign)]


def applying(evaluation: Evaluation, rule: Rule) -> Applies:
    """Whether a rule applies, as a function of a draft that is created or changed."""
    acts = acts_of(evaluation, rule)
    when = None if rule.when is None else evaluation.over(rule.when)

    def applies(draft: Draft) -> bool:
        return act_on(draft) in acts and (when is None or when(draft.values) is True)

    return applies


def acts_of(evaluation: Evaluation, rule: Rule) -> frozenset[str]:
    """What must be done with a record for a rule to be about it, at the door of the call."""
    doors = evaluation.call.doors
    return frozenset(act for act in rule.on if rule.concerns(act, doors))


def act_on(draft: Draft) -> str:
    """Whether a draft is created or changed."""
    return CREATE if draft.before is None else UPDATE


def _rows(name: str, drafts: Sequence[Draft]) -> list[Draft]:
    return [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]


def _settle(evaluation: Evaluation, shape: Shape, name: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Give one field of the records, or of their rows, its value; returns the records in which something became another."""
    table, _, inner = name.rpartition("/")
    if not table:
        settling = _Settling(evaluation, shape, shape.field(inner))
        return [draft for draft in drafts if settling.settle(draft)]
    settling = _Settling(evaluation, shape.tables[table], shape.tables[table].field(inner))
    found = []
    for draft in drafts:
        rows = draft.rows[table].drafts if table in draft.rows else []
        changed = [row for row in rows if settling.settle(row)]
        if changed:
            found.append(draft)
    return found


class _Settling:
    """What the rules make of one field."""

    def __init__(self, evaluation: Evaluation, shape: Shape, field: Field) -> None:
        self.evaluation, self.shape, self.field = evaluation, shape, field
        self._hides = _hiding(evaluation, shape, field.id) if field.hidden_value != "keep" else None
        self._assigned = [
            (applying(evaluation, rule), evaluation.over(value))
            for rule in shape.entity.rules
            for name, value in rule.assign
            if name == field.id
        ]

    def settle(self, draft: Draft) -> bool:
        """Give the field its value, if the rules have one for it; tells whether it is another one. Of several rules the last holds."""
        is_hidden = self._hides is not None and self._hides(draft)
        values = [value_of for applies, value_of in self._assigned if applies(draft)]
        if is_hidden and self.field.hidden_value == "empty":
            return self._empty(draft)
        if not values and not is_hidden:
            return False
        try:
            value = values[-1](draft.values) if values else None
            if not values:
                value = default_of(self.evaluation, self.shape, self.field, draft)
            elif value is not None:
                value = self.shape.types[self.field.id].assign(value, self.field)
        except Invalid as error:
            language = self.evaluation.call.language
            draft.problems.append(invalid(language, self.field, draft.path + self.field.id, error))
            return False
        return self._put(draft, value)

    def _empty(self, draft: Draft) -> bool:
        rows = draft.rows.get(self.field.id)
        if self.field.type != "table":
            return self._put(draft, None)
        if rows is None or not rows.drafts:
            return False
        gone = [row.before for row in rows.drafts if row.before is not None]
        draft.rows[self.field.id] = Rows([], [*rows.removed, *gone])
        draft.values[self.field.id] = []
        draft.assigned.add(self.field.id)
        return True

    def _put(self, draft: Draft, value: Value) -> bool:
        name = self.field.id
        draft.assigned.add(name)
        if draft.values.get(name) == value:
            return False
        draft.values[name] = value
        return True


def _hiding(evaluation: Evaluation, shape: Shape, name: str) -> Applies:
    """Whether the rules hide a field, as a function of a draft."""
    rules = [rule for rule in shape.entity.rules if name in rule.show or name in rule.hide]
    showing = [(acts_of(evaluation, rule), applying(evaluation, rule)) for rule in rules if name in rule.show]
    concealing = [applying(evaluation, rule) for rule in rules if name in rule.hide]

    def hides(draft: Draft) -> bool:
        if any(applies(draft) for applies in concealing):
            return True
        act = act_on(draft)
        asked = [applies for acts, applies in showing if act in acts]
        return bool(asked) and not any(applies(draft) for applies in asked)

    return hides


def _note_hidden(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Find out which fields are hidden, now that everything has its value."""
    hiding = [(name, _hiding(evaluation, shape, name)) for name in sorted(shape.hideable)]
    for draft in drafts if hiding else ():
        draft.hidden = frozenset(name for name, hides in hiding if hides(draft))
