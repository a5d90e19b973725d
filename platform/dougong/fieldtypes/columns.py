"""The column types of the platform: each stores one kind of value exactly, and alike on SQLite and PostgreSQL.

They write their own bind and result processors, as an import binds hundreds of thousands of values.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Date, DateTime, Numeric, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from dougong.fieldtypes.ordering import decode, encode

Processor = Callable[[Any], Any]

DIGITS = 18
"""What fits into an INTEGER of SQLite; a column of more digits is `Wide`."""
MOST_DIGITS = 30
"""What expressions keep before the point, so that no value of a field is too large to compute with."""
_EXACT = Context(prec=60)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _on_sqlite(dialect: Dialect) -> bool:
    return dialect.name == "sqlite"


class ColumnType(TypeDecorator[Any]):
    """Base: a subclass says what the database holds (`stored_as`) and gives functions for values that are not None."""

    impl: type[TypeEngine[Any]] = Text
    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database that holds the values."""
        raise NotImplementedError

    def writer(self, dialect: Dialect) -> Processor | None:
        """Return the function from a value to what the driver takes, or None when they are the same."""
        raise NotImplementedError

    def reader(self, dialect: Dialect) -> Processor | None:
        """Return the function from what the driver gives to a value, or None when they are the same."""
        raise NotImplementedError

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.stored_as(dialect))

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return _keep_none(self.writer(dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return _keep_none(self.reader(dialect))

    def literal_processor(self, dialect: Dialect) -> Processor | None:
        """Render what would have been bound, so that a literal in DDL means the same as a parameter."""
        write = self.writer(dialect)
        render = self.impl_instance.dialect_impl(dialect).literal_processor(dialect)
        if write is None or render is None:
            return render
        return lambda value: render(write(value))


def _keep_none(function: Processor | None) -> Processor | None:
    if function is None:
        return None
    return lambda value: None if value is None else function(value)


class Characters(ColumnType):
    """Text ordered and compared by code point on both databases (`COLLATE "C"` on PostgreSQL, BINARY on SQLite)."""

    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if _on_sqlite(dialect) else Text(collation="C")

    def writer(self, dialect: Dialect) -> Processor | None:
        return None

    def reader(self, dialect: Dialect) -> Processor | None:
        return None


class Exact(ColumnType):
    """Base of the columns of exact numbers with at most `digits` digits, `decimals` of them after the point.

    They take Decimal and int, and refuse floats, too many digits and too many decimals with ValueError: rounding is a decision
    of whoever assigns, never of the column.
    """

    def __init__(self, decimals: int, digits: int) -> None:
        super().__init__()
        if not 0 <= decimals <= digits:
            raise ValueError(f"decimals must be 0 to {digits}, not {decimals}")
        self.decimals, self.digits = decimals, digits
        self.factor: int = 10**decimals
        self.limit: int = 10**digits

    def scaled(self, value: Decimal | int) -> int:
        """Return the value times 10 to the power of `decimals`; ValueError unless it is an exact number within the range."""
        limit = self.limit
        if type(value) is Decimal and value.is_finite():
            shifted = value.scaleb(self.decimals, _EXACT)
            number = int(shifted) if shifted.adjusted() < self.digits else limit
            if number == shifted and -limit < number < limit:
                return number
        elif type(value) is int:
            number = value * self.factor
            if -limit < number < limit:
                return number
        raise ValueError(
            f"{value!r} is no exact number of {self.digits} digits with at most {self.decimals} decimals"
        )

    def numeric(self, value: Decimal | int) -> Decimal | int:
        """Return the value itself, once it is known to fit: what PostgreSQL is given."""
        self.scaled(value)
        return value


class Scaled(Exact):
    """An exact decimal of 18 digits: a scaled INTEGER on SQLite, NUMERIC on PostgreSQL.

    Raw SQL arithmetic on such a column is wrong on SQLite; comparing, ordering and SUM are right.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, decimals: int = 2) -> None:
        super().__init__(decimals, DIGITS)

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return BigInteger() if _on_sqlite(dialect) else Numeric(DIGITS, self.decimals, asdecimal=True)

    def writer(self, dialect: Dialect) -> Processor | None:
        return self.scaled if _on_sqlite(dialect) else self.numeric

    def reader(self, dialect: Dialect) -> Processor | None:
        if not _on_sqlite(dialect):
            return None
        exponent, exact = -self.decimals, _EXACT
        return lambda value: Decimal(value).scaleb(exponent, exact)


class Whole(Scaled):
    """A whole number, an int in memory: scale 0, and NUMERIC on PostgreSQL, so that sums and products cannot overflow."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(0)

    def reader(self, dialect: Dialect) -> Processor | None:
        return None if _on_sqlite(dialect) else int


class Wide(Exact):
    """An exact decimal of more digits than an INTEGER has: text that orders as the numbers do on SQLite, NUMERIC on PostgreSQL.

    On SQLite comparing, ordering, MIN and MAX are right, everything else needs the functions of `expressions.sqlite`.
    """

    impl = Text
    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if _on_sqlite(dialect) else Numeric(self.digits, self.decimals, asdecimal=True)

    def writer(self, dialect: Dialect) -> Processor | None:
        numeric = self.numeric
        return (lambda value: encode(Decimal(numeric(value)))) if _on_sqlite(dialect) else numeric

    def reader(self, dialect: Dialect) -> Processor | None:
        if not _on_sqlite(dialect):
            return None
        place, exact = Decimal(1).scaleb(-self.decimals), _EXACT
        return lambda value: decode(value).quantize(place, context=exact)


class Instant(ColumnType):
    """A moment: an aware datetime in, a datetime in UTC out; microseconds since 1970 on SQLite, timestamptz on PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return BigInteger() if _on_sqlite(dialect) else DateTime(timezone=True)

    def writer(self, dialect: Dialect) -> Processor | None:
        return _microseconds if _on_sqlite(dialect) else _aware

    def reader(self, dialect: Dialect) -> Processor | None:
        if _on_sqlite(dialect):
            return lambda value: _EPOCH + timedelta(microseconds=value)
        return lambda value: value.astimezone(UTC)


def _aware(value: datetime) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r} is no datetime with a time zone")
    return value


def _microseconds(value: datetime) -> int:
    return (_aware(value) - _EPOCH) // _MICROSECOND


class Day(ColumnType):
    """A calendar day: ISO text on SQLite (which orders rightly), DATE on PostgreSQL."""

    impl = Text
    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if _on_sqlite(dialect) else Date()

    def writer(self, dialect: Dialect) -> Processor | None:
        return _iso_day if _on_sqlite(dialect) else _plain_day

    def reader(self, dialect: Dialect) -> Processor | None:
        return date.fromisoformat if _on_sqlite(dialect) else None


def _plain_day(value: date) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is no calendar day")
    return value


def _iso_day(value: date) -> str:
    return _plain_day(value).isoformat()


class JsonValue(ColumnType):
    """A JSON value, None being SQL NULL: JSONB on PostgreSQL, TEXT on SQLite. The order of object keys is not kept."""

    impl = Text
    cache_ok = True

    def stored_as(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if _on_sqlite(dialect) else JSONB(none_as_null=True)

    def writer(self, dialect: Dialect) -> Processor | None:
        if _on_sqlite(dialect):
            return json_text
        from psycopg.types.json import Jsonb

        return lambda value: Jsonb(value, json_text)

    def reader(self, dialect: Dialect) -> Processor | None:
        return msgspec.json.decode if _on_sqlite(dialect) else None

    def literal_processor(self, dialect: Dialect) -> Processor | None:
        render = String().dialect_impl(dialect).literal_processor(dialect)
        return None if render is None else lambda value: render(json_text(value))


def json_text(value: object) -> str:
    """Return the JSON of a value; ValueError for what PostgreSQL cannot keep (NUL, lone surrogates) and for unknown types."""
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"not storable as JSON: {error}") from error
    if "\\u0000" in text and _holds_nul(value):
        raise ValueError("text with a NUL character cannot be stored")
    return text


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(_holds_nul(item) for item in value)
    return False
