"""Unique combinations: which fields, and for which records, in the form that an index of both databases takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.fieldtypes import TYPES, column_of
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.texts import LineType
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, ListOf, Literal, Path, Value
from dougong.model.expression import Node as Tree
from dougong.model.field import Field
from dougong.model.text import Text
from dougong.model.unique import Condition, Unique

_NEEDED = ("a field with one value", "a field whose value is stored")
_PLAIN_TEXT = re.compile(r"[\w .\-]{1,100}")
_COMPARISONS = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""Each comparison, and what it is read from the other side."""
_OPPOSITES = {"=": "<>", "<>": "=", "in": "not_in", "empty": "filled"}
_COMPARED = frozenset({"text", "choice", "number", "boolean", "date"})


def unique_rules(context: Context, entity: Entity, item: Item) -> Iterator[Unique]:
    """The unique combinations of an entity: a list of fields, or a mapping that also says for which records."""
    for combination in item.items("unique"):
        listed = combination.get("fields")
        known = [
            (each, context.named_field(each, entity))
            for each in (combination.items() if listed is None else listed.items())
        ]
        names = tuple(field.id for each, field in known if field is not None and stored(context, each, field))
        if not names:
            continue
        if listed is None:
            yield Unique(names)
        else:
            yield _described(context, entity, combination, names)


def _described(context: Context, entity: Entity, item: Item, names: tuple[str, ...]) -> Unique:
    where, conditions = _where(context, entity, item)
    folded = item.get("ignore_case")
    ignore_case = folded is not None and folded.value is True
    if folded is not None and ignore_case and not any(_is_text(entity.fields[name]) for name in names):
        words = {"name": names[0], "type": entity.fields[names[0]].type, "needed": "a text"}
        context.report("D450", folded, advice="", **words)
    return Unique(
        names,
        where=where,
        conditions=conditions,
        ignore_case=ignore_case,
        message=context.text(item, "message") if item.get("message") is not None else Text(),
    )


def _is_text(field: Field) -> bool:
    return isinstance(TYPES[field.type], LineType)


def stored(context: Context, item: Item, field: Field) -> bool:
    """Whether a field has a column of its own that values can be compared by; the finding is noted when it has not."""
    if column_of(field) is not None and TYPES[field.type].sortable:
        return True
    words = {"name": field.id, "type": field.type, "needed": _NEEDED[field.is_virtual]}
    context.report("D450", item, advice="", **words)
    return False


def _where(context: Context, entity: Entity, item: Item) -> tuple[Expression | None, tuple[Condition, ...]]:
    written = item.get("where")
    where = context.condition(item, "where", entity)
    if written is None or where is None:
        return None, ()
    conditions = _conditions(entity, where.tree)
    if conditions is None:
        context.report("D518", written, expression=where.text)
        return None, ()
    return where, tuple(conditions)


def _conditions(entity: Entity, tree: Tree) -> list[Condition] | None:
    """The conditions that a tree joins by AND; None where it is something else."""
    if not isinstance(tree, Call) or tree.name != "AND":
        return _single(entity, tree)
    found: list[Condition] = []
    for argument in tree.arguments:
        more = _conditions(entity, argument)
        if more is None:
            return None
        found += more
    return found


def _single(entity: Entity, tree: Tree) -> list[Condition] | None:
    if isinstance(tree, Path):
        return _is_true(entity, tree)
    if not isinstance(tree, Call):
        return None
    first, rest = tree.arguments[0], tree.arguments[1:]
    if tree.name == "NOT":
        return _opposite(_single(entity, first))
    if tree.name == "IS_EMPTY":
        field = _field(entity, first)
        return None if field is None else [Condition(field.id, "empty")]
    if tree.name == "BETWEEN":
        return _joined(_compared(entity, first, ">=", rest[0]), _compared(entity, first, "<=", rest[1]))
    if tree.name == "IN" and isinstance(rest[0], ListOf):
        return _compared(entity, first, "in", *rest[0].items)
    if tree.name in _COMPARISONS:
        if isinstance(first, Literal):
            return _compared(
                entity, rest[0], _COMPARISONS[tree.name] if tree.name not in "=<>" else tree.name, first
            )
        return _compared(entity, first, tree.name, rest[0])
    return None


def _is_true(entity: Entity, tree: Path) -> list[Condition] | None:
    field = _field(entity, tree)
    return [Condition(field.id, "=", (True,))] if field is not None and field.type == "boolean" else None


def _opposite(found: list[Condition] | None) -> list[Condition] | None:
    if found is None or len(found) != 1:
        return None
    [condition] = found
    if condition.values == (True,):
        return [Condition(condition.field, "=", (False,))]
    operator = _OPPOSITES.get(condition.operator)
    return None if operator is None else [Condition(condition.field, operator, condition.values)]


def _joined(first: list[Condition] | None, second: list[Condition] | None) -> list[Condition] | None:
    return None if first is None or second is None else [*first, *second]


def _compared(entity: Entity, tree: Tree, operator: str, *others: Tree) -> list[Condition] | None:
    """A comparison of a field with constants that its column can hold exactly."""
    field = _field(entity, tree)
    if field is None or TYPES[field.type].expression_type(field).kind not in _COMPARED:
        return None
    values = []
    for other in others:
        value = _constant(field, other)
        if value is None:
            return None
        values.append(value)
    return [Condition(field.id, operator, tuple(values))]


def _constant(field: Field, tree: Tree) -> Value:
    """A constant as the field would hold it, or nothing where it could not; texts are of letters and digits, as they become SQL."""
    if not isinstance(tree, Literal) or tree.value is None:
        return None
    if isinstance(tree.value, str) and not _PLAIN_TEXT.fullmatch(tree.value):
        return None
    try:
        held = TYPES[field.type].assign(tree.value, field)
    except Invalid:
        return None
    return held if held == tree.value else None


def _field(entity: Entity, tree: Tree) -> Field | None:
    """The field of the record itself that a tree names, where it has a column."""
    if not isinstance(tree, Path) or len(tree.names) != 1:
        return None
    field = entity.fields.get(tree.names[0])
    return field if field is not None and column_of(field) is not None else None
