"""What an open form asks the server for: values that need other records, what chosen records fill in, and what they no longer fit.

The form says what it asks for and of what that depends; the answer is worked out as on saving (`records.attempt`) and holds only
fields that the reader may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dougong.expressions.portable import dump_value
from dougong.fieldtypes.references import REFERRING
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.records.attempt import Attempt
from dougong.records.call import Call
from dougong.records.choosable import limited
from dougong.records.draft import Draft
from dougong.records.shape import Shape
from dougong.records.titles import find_titles, target_key, wanted_by
from dougong.screens.addresses import entity_path, record_path
from dougong.screens.form_fields import input_text
from dougong.screens.words import say

Sees = Callable[[str, str], bool]
"""Whether the reader sees a field of the record ("") or of the rows of a sub-table."""
WRITTEN = frozenset(
    {"integer", "decimal", "money", "percent", "text", "long_text", "date", "datetime", "time", "boolean"}
    | {"choice", "stage", "email", "phone", "url", "barcode", "colour", "rating", *REFERRING}
)
"""Types whose inputs a script can write a value of the server's into."""


def questions(
    key: str,
    shape: Shape,
    identifier: int,
    sees: Sees,
    known: Iterable[str],
    shown: Iterable[str],
    language: str,
) -> dict[str, Any] | None:
    """What a form has to ask for: what its script does not know by itself. `known` are the computed fields and defaults that it
    does, `shown` the types of computed values that it can show."""
    at_hand, types = frozenset(known), frozenset(shown)
    formulas = dict(_formulas(shape))
    computed = [
        _question(shape, name, field.formula, formulas, sees)
        for name, field in formulas.items()
        if field.formula is not None
        and name not in at_hand
        and field.type in types
        and sees(*split_name(name))
    ]
    defaults = [
        found
        for name, field in _fields(shape)
        if field.default is not None
        and name not in at_hand
        and field.type in WRITTEN
        and sees(*split_name(name))
        if (identifier == 0 or "/" in name)
        and (found := _question(shape, name, field.default, formulas, sees))["reads"]
    ]
    fills = [
        name
        for name, field in _fields(shape)
        if field.target is not None and field.target.fill and sees(*split_name(name))
    ]
    limits = [
        _question(shape, f"{table}/{field.id}" if table else field.id, field.target.filter, formulas, sees)
        for table, inner in (("", shape), *shape.tables.items())
        for field in limited(inner)
        if field.target is not None and field.target.filter is not None and sees(table, field.id)
    ]
    if not (computed or defaults or fills or limits):
        return None
    return {
        "href": f"{record_path(key, identifier) if identifier else entity_path(key)}/live",
        "record": str(identifier or ""),
        "computed": computed,
        "defaults": defaults,
        "fills": fills,
        "limits": limits,
        "emptied": say("no_longer_fits", language),
    }


def asked_about(asked: Mapping[str, Any] | None) -> set[str]:
    """The fields that a form must know to ask in time."""
    if asked is None:
        return set()
    every = [*asked["computed"], *asked["defaults"], *asked["limits"]]
    return {name for each in every for name in (each["name"], *each["reads"])} | set(asked["fills"])


def split_name(name: str) -> tuple[str, str]:
    """The sub-table and the field of a name such as `lines/price`."""
    table, _, field = name.rpartition("/")
    return table, field


def _fields(shape: Shape) -> Iterator[tuple[str, Field]]:
    yield from shape.entity.fields.items()
    for table, rows in shape.tables.items():
        yield from ((f"{table}/{name}", field) for name, field in rows.entity.fields.items())


def _formulas(shape: Shape) -> Iterator[tuple[str, Field]]:
    return ((name, field) for name, field in _fields(shape) if field.formula is not None)


def _question(
    shape: Shape, name: str, expression: Expression | None, formulas: Mapping[str, Field], sees: Sees
) -> dict[str, Any]:
    """A field and the entered fields that its value depends on, by way of formulas too, as far as the reader knows of them."""
    reads: dict[str, None] = {}
    waiting = list(reads_of(shape, expression, split_name(name)[0])) if expression is not None else []
    while waiting:
        each = waiting.pop()
        if each not in reads and each != name:
            reads[each] = None
            if each in formulas:
                waiting += reads_of(shape, formulas[each].formula, split_name(each)[0])
    return {
        "name": name,
        "reads": sorted(each for each in reads if each not in formulas and sees(*split_name(each))),
    }


def reads_of(shape: Shape, expression: Expression | None, table: str) -> Iterator[str]:
    """The fields of the form that an expression of the record, or of the rows of a sub-table, reads."""
    own = shape.tables[table].entity.fields if table else shape.entity.fields
    for names in expression.reads if expression is not None else ():
        if table and names[0] == "parent":
            if len(names) > 1 and names[1] in shape.entity.fields:
                yield names[1]
        elif not table and names[0] in shape.tables:
            yield names[0]
            if len(names) > 1:
                yield f"{names[0]}/{names[1]}"
        elif names[0] in own:
            yield f"{table}/{names[0]}" if table else names[0]


Places = Mapping[str, Sequence[str]]
"""The numbers that the rows of each sub-table have in the names of their inputs, in the order of the rows."""


def answer(call: Call, shape: Shape, found: Attempt, sees: Sees, places: Places) -> dict[str, Any]:
    """What a form gets to hear: computed values, what stands in inputs now, and what is chosen that no longer fits."""
    values: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for table, inner, path, draft in _drafts(shape, found.draft):
        if not _is_entered(path, places):
            continue
        for name, field in inner.entity.fields.items():
            if not sees(table, name):
                continue
            named = _input_name(path + name, places)
            if field.formula is not None:
                values[named] = dump_value(draft.values.get(name))
            elif path + name in found.renewed and field.type in WRITTEN:
                inputs[named] = _entry(call, inner, field, draft.values.get(name))
    unfit = {
        _input_name(path, places): [str(each) for each in ids]
        for path, ids in found.unfit.items()
        if _is_entered(path, places)
    }
    return {"values": values, "inputs": inputs, "unfit": unfit}


def _drafts(shape: Shape, draft: Draft) -> Iterator[tuple[str, Shape, str, Draft]]:
    yield "", shape, "", draft
    for table, rows in shape.tables.items():
        for position, row in enumerate(draft.rows[table].drafts if table in draft.rows else ()):
            yield table, rows, f"{table}/{position}/", row


def _is_entered(path: str, places: Places) -> bool:
    """Whether what is at a path came with the form: a form that is not whole leaves the rows of its record out."""
    table, *rest = path.split("/")
    return not rest or int(rest[0]) < len(places.get(table, ()))


def _input_name(path: str, places: Places) -> str:
    """The name of an input, in which rows have the numbers that they came with."""
    table, *rest = path.split("/")
    if len(rest) != 2:
        return path
    return f"{table}-{places[table][int(rest[0])]}-{rest[1]}"


def _entry(call: Call, shape: Shape, field: Field, value: Value) -> dict[str, Any]:
    """What stands in an input: its text, or what is chosen with its name."""
    if field.type not in REFERRING:
        text = input_text(field, value, call.timezone)
        return {"text": text if isinstance(text, str) else ""}
    ids = value if isinstance(value, tuple) else () if value is None else (value,)
    titles = find_titles(call, wanted_by(shape, [{field.id: value}], [field.id]))
    key = target_key(field)
    return {"chosen": [{"id": str(each), "label": titles.get((key, each), f"#{each}")} for each in ids]}
