"""Changes one field of many records: to a value, to nothing, or to what an expression gives for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.file import FILES
from dougong.model.expression import Expression
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.batch import MOST, Operation, batch
from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.doors import open_door
from dougong.records.evaluation import Evaluation
from dougong.records.linked import linked_values
from dougong.records.load import load
from dougong.records.messages import refuse
from dougong.records.query import Query
from dougong.records.scope import compiled
from dougong.records.selection import Selection
from dougong.records.shape import Shape

VALUE, EMPTY, EXPRESSION = "value", "empty", "expression"
WAYS: tuple[str, ...] = (VALUE, EMPTY, EXPRESSION)
_NEVER = FILES | {"table", "embed"}


@dataclass(frozen=True, slots=True)
class Change:
    """What one field becomes: the `value` as JSON, nothing, or what the `expression` gives."""

    name: str
    way: str = VALUE
    value: Any = None
    expression: str = ""


def changeable(call: Call, key: str) -> tuple[Field, ...]:
    """The fields that the actor may change in many records at once: all that a form could, but files and rows."""
    shape = open_door(call, key, "update")
    open_door(call, key, "batch")
    rights = access(call.release, call.actor, key, "update")
    return tuple(
        field
        for field in shape.entity.fields.values()
        if field.id not in rights.locked | rights.hidden
        and not field.is_computed
        and field.type not in _NEVER
        and field.one_of is None
    )


def all_changeable(call: Call, key: str, query: Query) -> list[int]:
    """The records that a list shows, on all its pages, as far as the actor may change them; refused beyond what a batch takes."""
    shape = open_door(call, key, "update")
    own = shape.table.c.id
    selection = Selection(call, shape, "update").filter(query.view).filter(query.filter).search(query.q)
    many = access(call.release, call.actor, key, "batch").row_set
    if not many.is_every:
        selection.where(selection.columns.within(many))
    found = call.connection.execute(selection.select(own).order_by(own).limit(MOST + 1)).scalars().all()
    if len(found) > MOST:
        refuse("too_large", call.language, "too_many", limit=MOST)
    return list(found)


def check_change(call: Call, key: str, change: Change) -> None:
    """Refuse a change that could be made to no record: of a field that is not there, or by an expression that does not compile."""
    field = _field(call, key, change)
    if change.way == EXPRESSION:
        _compiled(call, key, field, change.expression)


def change_many(call: Call, key: str, identifiers: Sequence[int], change: Change) -> str:
    """Change the field in all of the records or in none, and return the batch by which that is undone."""
    field = _field(call, key, change)
    call = in_batch(call, "batch")
    shape = open_door(call, key, "update")
    if change.way == EXPRESSION:
        values = _worked_out(call, shape, field, identifiers, change.expression)
    else:
        values = dict.fromkeys(identifiers, change.value if change.way == VALUE else None)
    batch(call, key, [Operation("update", each, {field.id: values[each]}) for each in identifiers])
    return call.batch or ""


def _field(call: Call, key: str, change: Change) -> Field:
    field = next((each for each in changeable(call, key) if each.id == change.name), None)
    if field is None:
        refuse("invalid", call.language, "unknown_field", "field", name=change.name[:80])
    return field


def _compiled(call: Call, key: str, field: Field, text: str) -> Expression:
    return _own(call, compiled(call, key, text, EXPRESSION, TYPES[field.type].expression_type(field)))


def _worked_out(
    call: Call, shape: Shape, field: Field, identifiers: Sequence[int], text: str
) -> dict[int, Any]:
    """What the expression gives for each of the records, from the fields that the actor may read."""
    kind = TYPES[field.type]
    expression = _compiled(call, shape.key, field, text)
    records = load(call, shape, identifiers, Selection(call, shape).conditions)
    virtual = [name for name in shape.virtual if (name,) in expression.reads]
    for chunk in chunks(list(records)) if virtual else ():
        for identifier, values in linked_values(call, shape.key, chunk, virtual).items():
            records[identifier].update(values)
    evaluation = Evaluation(call)
    found: dict[int, Any] = {}
    problems: list[Diagnostic] = []
    for place, identifier in enumerate(identifiers):
        try:
            value = kind.assign(evaluation.value(expression, records.get(identifier, {})), field)
            found[identifier] = kind.to_json(value, field)
        except Invalid as error:
            problems.append(error.problem.diagnostic(f"{place}/{field.id}", call.language))
    if problems:
        raise Refusal("invalid", problems)
    return found


def _own(call: Call, expression: Expression) -> Expression:
    """The expression, unless it reads other records: their rights would have to be asked one by one."""
    for road in expression.roads:
        if road.steps:
            refuse("invalid", call.language, "change_own_fields", EXPRESSION, name=road.written)
    return expression
