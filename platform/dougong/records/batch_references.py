"""Operations of a batch that name each other: `$3` is the record of operation 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dougong.records.shape import Shape

_NAME = re.compile(r"\$(0|[1-9][0-9]{0,4})")


class NotMade(Exception):
    """An operation is named that made nothing, or that does not stand before."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__(name)
        self.path, self.name = path, name


def position_of(name: object) -> int | None:
    """The position that a name such as `$3` stands for, or nothing when it is no such name."""
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    return int(match[1]) if match is not None else None


def references_in(shape: Shape, values: Any) -> set[int | None]:
    """The positions that the links among the values name, those in rows too."""
    found: set[int | None] = set()
    if not isinstance(values, Mapping):
        return found
    for name, value in values.items():
        field = shape.entity.fields.get(name) if isinstance(name, str) else None
        if field is None or value is None:
            continue
        if name in shape.tables:
            for row in value if isinstance(value, list | tuple) else ():
                found |= references_in(shape.tables[name], row)
        elif field.target is not None:
            found |= {position_of(each) for each in _parts(value)}
    return found - {None}


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [value.get("id")]
    return list(value) if isinstance(value, list | tuple) else [value]


def resolved(shape: Shape, values: Any, made: Mapping[int, int | None], path: str = "") -> Any:
    """The values with the ids of what is named; text that only looks like a name stays, as only links are looked at."""
    if not isinstance(values, Mapping) or not references_in(shape, values):
        return values
    result = dict(values)
    for name, value in values.items():
        field = shape.entity.fields.get(name) if isinstance(name, str) else None
        if field is None or value is None:
            continue
        if name in shape.tables and isinstance(value, list | tuple):
            result[name] = [
                resolved(shape.tables[name], row, made, f"{path}{name}/{place}/")
                for place, row in enumerate(value)
            ]
        elif field.target is not None:
            result[name] = _with_ids(value, made, f"{path}{name}")
    return result


def _with_ids(value: Any, made: Mapping[int, int | None], path: str) -> Any:
    if isinstance(value, list | tuple):
        return [_with_ids(each, made, path) for each in value]
    if isinstance(value, Mapping):
        return {**value, "id": _with_ids(value.get("id"), made, path)}
    position = position_of(value)
    if position is None:
        return value
    identifier = made.get(position)
    if identifier is None:
        raise NotMade(path, value)
    return str(identifier)
