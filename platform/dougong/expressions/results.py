"""The types of computed columns: how a result of SQL becomes a value again, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, DateTime, Numeric, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from dougong.fieldtypes.ordering import decode, encode

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(value: datetime) -> int:
    """A moment as SQLite holds it."""
    return (value - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The moment of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


class Computed(TypeDecorator[Any]):
    """A number, date or moment that an expression gives. On SQLite a number is text that orders as the number does."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        if self.kind == "number":
            return dialect.type_descriptor(Numeric(asdecimal=True))
        return dialect.type_descriptor(Date() if self.kind == "date" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = _readers(dialect.name)[self.kind]
        return lambda value: None if value is None else read(value)


class Given(Computed):
    """A value as a parameter that is compared with what an expression gives."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if dialect.name != "sqlite":
            return None
        write = _WRITERS[self.kind]
        return lambda value: None if value is None else write(value)


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _same(value: Any) -> Any:
    return value


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "number": lambda value: encode(Decimal(value)),
    "date": date.isoformat,
    "datetime": microseconds,
}


def _readers(dialect: str) -> dict[str, Callable[[Any], Any]]:
    if dialect == "sqlite":
        return {"number": decode, "date": date.fromisoformat, "datetime": moment}
    return {"number": Decimal, "date": _same, "datetime": _utc}
