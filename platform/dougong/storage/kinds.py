"""Column types by name, so that a recorded schema can say which type a column has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, SmallInteger
from sqlalchemy.types import TypeEngine

from dougong.storage.types import Characters, Day, Instant, JsonValue, Scaled, Whole, Wide

_PLAIN: dict[str, type[TypeEngine[Any]]] = {
    "characters": Characters,
    "day": Day,
    "instant": Instant,
    "json": JsonValue,
    "integer": BigInteger,
    "boolean": Boolean,
    "whole": Whole,
}


def kind_of(type_: TypeEngine[Any]) -> str:
    """The name of a column type; TypeError for one that the platform does not store."""
    if isinstance(type_, Whole):
        return "whole"
    if isinstance(type_, Scaled):
        return f"scaled {type_.decimals}"
    if isinstance(type_, Wide):
        return f"wide {type_.decimals} {type_.digits}"
    if isinstance(type_, (Integer, SmallInteger)) and not isinstance(type_, Float):
        return "integer"
    for name, known in _PLAIN.items():
        if isinstance(type_, known):
            return name
    raise TypeError(f"{type_!r} is no column type of the platform")


def type_of(kind: str) -> TypeEngine[Any]:
    """The column type with that name."""
    name, *numbers = kind.split(" ")
    if name == "wide":
        decimals, digits = map(int, numbers)
        return Wide(decimals, digits)
    return Scaled(int(numbers[0])) if name == "scaled" else _PLAIN[name]()


def is_decimal(kind: str) -> bool:
    """Whether a column of that name holds decimals."""
    return kind.startswith(("scaled ", "wide "))
