"""How the values of dimensions and measures are shown, and how a dimension's value is written in a filter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from dougong.expressions import values
from dougong.expressions.types import IDENTIFIED
from dougong.expressions.values import rounded
from dougong.fieldtypes import TYPES
from dougong.model import expression as tree
from dougong.model.expression import Call as Operation
from dougong.model.expression import Expression, Node, Path, Value
from dougong.model.field import Field
from dougong.model.report import Dimension, Measure
from dougong.model.text import Text
from dougong.records.call import Call
from dougong.records.titles import Titles, key_of
from dougong.reports.periods import period_filter, period_text
from dougong.reports.words import say

RATIO = Field("ratio", "percent", Text.of("ratio"), decimals=4)
WHOLE = Field("whole", "integer", Text.of("whole"))
PLAIN = Field("plain", "decimal", Text.of("plain"), decimals=2)


@dataclass(frozen=True, slots=True)
class Shown:
    """How one column is shown: the field whose type knows it, if there is one."""

    field: Field | None
    type: tree.Type
    grain: str = ""

    @property
    def unit(self) -> str:
        """The currency of money, or an empty text."""
        return self.field.currency if self.field is not None and self.field.type == "money" else ""


def field_at(call: Call, entity_key: str, names: tuple[str, ...]) -> Field | None:
    """The field that a path ends in; nothing for system columns and constants."""
    entity = call.release.entity(entity_key)
    for position, name in enumerate(names):
        field = entity.fields.get(name)
        if field is None:
            return None
        if position == len(names) - 1:
            return field
        key = field.table or (field.target.key if field.target is not None else "")
        if not key:
            return None
        entity = call.release.entity(key)
    return None


def dimension_shown(call: Call, entity_key: str, dimension: Dimension) -> Shown:
    """How the values of a dimension are shown."""
    node = dimension.path.tree
    field = field_at(call, entity_key, node.names) if isinstance(node, Path) else None
    kind = tree.Type("date") if dimension.grain else dimension.path.type
    return Shown(field, kind, dimension.grain)


def measure_shown(call: Call, entity_key: str, measure: Measure) -> Shown:
    """How a measure is shown: money as money, a share of like things as a percentage, counts whole."""
    return Shown(_measure_field(call, entity_key, measure.value), measure.value.type)


def _measure_field(call: Call, entity_key: str, value: Expression) -> Field | None:
    node = value.tree
    if value.type.kind != "number":
        return None
    if _is_whole(node):
        return WHOLE
    if (
        isinstance(node, Operation)
        and node.name == "/"
        and _unit(call, entity_key, node.arguments[0]) == _unit(call, entity_key, node.arguments[1])
    ):
        return RATIO
    source = _source(call, entity_key, node)
    if source is None or source.type not in ("money", "percent", "decimal", "integer"):
        return replace(PLAIN, decimals=min(2, 2 if value.type.decimals is None else value.type.decimals))
    return (
        replace(source, type="decimal", decimals=2)
        if source.type == "integer" and not _is_whole(node)
        else source
    )


def _is_whole(node: Node) -> bool:
    return node.type.kind == "number" and node.type.decimals == 0


def _unit(call: Call, entity_key: str, node: Node) -> str:
    """What a part counts in: records, a currency, or plain numbers of a field."""
    if isinstance(node, Operation) and node.name.startswith("COUNT"):
        return "count"
    source = _source(call, entity_key, node)
    return "" if source is None else f"{source.type} {source.currency}"


def _source(call: Call, entity_key: str, node: Node) -> Field | None:
    """The first field of money, or else the first number, that a measure is computed of; quotients are numbers of their own."""
    found: list[Field] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Path) and part.type.kind == "number":
            field = field_at(call, entity_key, part.names)
            if field is not None:
                found.append(field)
        if isinstance(part, Operation):
            value_only = part.name.endswith("@records")
            stack.extend(part.arguments[:1] if value_only else part.arguments)
    money = [field for field in found if field.type == "money"]
    return (money or found or [None])[0]  # type: ignore[list-item]


def dimension_text(call: Call, shown: Shown, value: Value, titles: Titles) -> str:
    """A value of a dimension as a person reads it."""
    language = call.language
    if value is None:
        return say("empty", language)
    if shown.grain:
        return period_text(value, shown.grain, language)
    if shown.type.kind in IDENTIFIED:
        key = key_of(shown.type)
        return titles.get((key, int(value))) or say("no_access", language)
    if shown.field is not None:
        return TYPES[shown.field.type].to_text(value, shown.field, language, ZoneInfo(call.timezone))
    return _plain_text(value)


def measure_text(call: Call, shown: Shown, value: Value) -> str:
    """A figure as a person reads it; a dash where there is none."""
    if value is None:
        return "–"
    field = shown.field
    if field is None or not isinstance(value, Decimal):
        return (
            TYPES["date"].to_text(value, WHOLE, call.language)
            if isinstance(value, date)
            else _plain_text(value)
        )
    places = 4 if field.type == "percent" and field is not RATIO else field.decimals
    places = 3 if field is RATIO else places
    near = rounded(value, places)
    return TYPES[field.type].to_text(
        near if field.type != "integer" or near is None else int(near), field, call.language
    )


def _plain_text(value: Value) -> str:
    if isinstance(value, Decimal):
        return values.plain(value)
    return str(value)


def dimension_filter(dimension: Dimension, shown: Shown, value: Value) -> str:
    """An expression that selects the records of one value of a dimension."""
    path = dimension.path.text
    if value is None:
        return f"{path} IS EMPTY"
    if shown.grain:
        return period_filter(path, value, shown.grain)
    return f"{path} = {_literal(value)}"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        return values.plain(Decimal(value))
    text = value if isinstance(value, str) else value.isoformat()
    return "'" + text.replace("'", "''") + "'"
