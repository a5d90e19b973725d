"""A tree as plain JSON and back, for evaluators that are handed a tree: SQLite's functions now, the browser next."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dougong.model.expression import Call, ListOf, Literal, Node, Path, Step, Type


def dump(node: Node) -> list[Any]:
    """The tree as lists of texts: kind of part, kind of value, and what the part is made of."""
    kind = node.type.kind
    if isinstance(node, Literal):
        return ["=", kind, *_written(node.value)]
    if isinstance(node, Path):
        through = [step.entity for step in node.steps[: len(node.names) - 1]]
        steps = [[step.kind, step.name, step.entity, step.field, step.origin] for step in node.steps]
        return [".", kind, list(node.names), through, node.type.many, steps]
    if isinstance(node, ListOf):
        return ["[", kind, [dump(item) for item in node.items]]
    return ["(", kind, node.name, [dump(argument) for argument in node.arguments]]


def load(data: list[Any]) -> Node:
    """The tree of such lists."""
    form, kind = data[0], data[1]
    if form == "=":
        return Literal(_read(*data[2:]), Type(kind))
    if form == ".":
        return Path(tuple(data[2]), Type(kind, many=data[4]), steps=tuple(Step(*step) for step in data[5]))
    if form == "[":
        return ListOf(tuple(load(item) for item in data[2]), Type(kind, many=True))
    return Call(data[2], tuple(load(argument) for argument in data[3]), Type(kind))


def text(node: Node) -> str:
    """The tree as one line of JSON."""
    return json.dumps(dump(node), ensure_ascii=False, separators=(",", ":"))


def _written(value: Any) -> list[Any]:
    if value is None:
        return ["empty", ""]
    if isinstance(value, bool):
        return ["boolean", "true" if value else ""]
    if isinstance(value, Decimal):
        return ["number", str(value)]
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    return ["date", value.isoformat()] if isinstance(value, date) else ["text", value]


def _read(kind: str, written: str) -> Any:
    readers: dict[str, Any] = {
        "empty": lambda _: None,
        "boolean": bool,
        "number": Decimal,
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "text": str,
    }
    return readers[kind](written)
