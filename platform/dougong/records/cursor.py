"""Marks of where a page ended: the values of the sort keys in the last row, bound to the list they were given for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from sqlalchemy import Boolean, ColumnElement, Integer, and_, bindparam, false, or_, tuple_
from sqlalchemy.types import TypeEngine

from dougong.expressions.results import Computed, Given
from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.records.order import OrderKey
from dougong.storage.types import Day, Exact, Instant

_LONGEST = 8192


def fingerprint(*parts: object) -> str:
    """A short mark of what a list was asked for; a cursor is good for that list only."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def encode(mark: str, values: Sequence[Any], following: Sequence[Any]) -> str:
    """The cursor that continues after a row with these key values, with those of the row that follows."""
    tied = list(values[:-1]) == list(following[:-1])
    return (
        base64.urlsafe_b64encode(msgspec.json.encode([mark, [_plain(value) for value in values], tied]))
        .decode()
        .rstrip("=")
    )


def _plain(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int):
        return ["i", str(value)]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return ["s", value] if isinstance(value, str) else ["e", None]


def decode(call: Call, mark: str, text: str, keys: Sequence[OrderKey]) -> tuple[list[Any], bool]:
    """The key values in a cursor, and whether the row that followed has the same ones but for the last; refuses anything that
    was not given for this very list."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        given, items, tied = msgspec.json.decode(
            base64.b64decode(padded, altchars=b"-_", validate=True), type=tuple[str, list[list[Any]], bool]
        )
        if given != mark or len(items) != len(keys):
            raise ValueError("of another list")
        return [_value(item, key) for item, key in zip(items, keys, strict=True)], tied
    except (ValueError, TypeError, ArithmeticError, UnicodeError):
        refuse("invalid", call.language, "bad_cursor", "cursor")


def _value(item: list[Any], key: OrderKey) -> Any:
    kind, raw = item
    if kind == "e":
        if not key.nullable:
            raise ValueError("never empty")
        return None
    value = _READERS[kind](raw)
    if not _fits(value, key.column.type):
        raise ValueError("of another type")
    return value


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("no boolean")
    return raw


def _integer(raw: Any) -> int:
    value = int(str(raw)[:20])
    if not -(2**63) <= value < 2**63:
        raise ValueError("out of range")
    return value


def _decimal(raw: Any) -> Decimal:
    try:
        value = Decimal(str(raw)[:50])
    except InvalidOperation as error:
        raise ValueError("no number") from error
    if not value.is_finite():
        raise ValueError("no number")
    return value


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("no text")
    return raw


def _moment(raw: Any) -> datetime:
    value = datetime.fromisoformat(_text(raw))
    if value.tzinfo is None:
        raise ValueError("no time zone")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "b": _boolean,
    "i": _integer,
    "n": _decimal,
    "s": _text,
    "t": _moment,
    "d": lambda raw: date.fromisoformat(_text(raw)),
}


_COMPUTED: Mapping[str, tuple[type, ...]] = {
    "number": (Decimal, int),
    "date": (date,),
    "datetime": (datetime,),
}


def _fits(value: Any, type_: TypeEngine[Any]) -> bool:
    """Whether the database can compare the value with a column of that type."""
    if isinstance(type_, Exact):
        return type(value) in (Decimal, int) and type_.scaled(value) is not None
    if isinstance(type_, Computed):
        return type(value) in _COMPUTED[type_.kind]
    if isinstance(type_, Instant):
        return isinstance(value, datetime)
    if isinstance(type_, Day):
        return type(value) is date
    if isinstance(type_, (Boolean, Integer)):
        return type(value) is (bool if isinstance(type_, Boolean) else int)
    return isinstance(value, str) and "\0" not in value


def after(keys: Sequence[OrderKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition that a row stands behind another one; of its key values, only which are empty is part of the condition."""
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        here = tuple_(*(key.column for key in keys))
        there = tuple_(*(_bound(key, place) for place, key in enumerate(keys)))
        return here < there if keys[0].descending else here > there
    return _one_by_one(keys, values)


def tied(keys: Sequence[OrderKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """The same for the rows that share all of its key values but the last."""
    *equal, last = keys
    bounds = [
        key.column.is_(None) if value is None else key.column == _bound(key, place)
        for place, (key, value) in enumerate(zip(equal, values, strict=False))
    ]
    bound = _bound(last, len(equal))
    return and_(*bounds, last.column < bound if last.descending else last.column > bound)


def _one_by_one(keys: Sequence[OrderKey], values: Sequence[Any]) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for place, (key, value) in enumerate(zip(keys, values, strict=True)):
        if value is None:
            equal.append(key.column.is_(None))
            continue
        bound = _bound(key, place)
        behind = key.column < bound if key.descending else key.column > bound
        if key.nullable:
            behind = or_(behind, key.column.is_(None))
        ways.append(and_(*equal, behind))
        equal.append(key.column == bound)
    return or_(*ways) if ways else false()


def _bound(key: OrderKey, place: int) -> ColumnElement[Any]:
    type_ = key.column.type
    return bindparam(f"after_{place}", type_=Given(type_.kind) if isinstance(type_, Computed) else type_)


def values_of(values: Sequence[Any]) -> dict[str, Any]:
    """The parameters of `after` for a row with these key values."""
    return {f"after_{place}": value for place, value in enumerate(values)}
