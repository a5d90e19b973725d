"""Small pieces of PostgreSQL that several functions are written with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    Text,
    cast,
    func,
    literal,
    literal_column,
    type_coerce,
)

from dougong.expressions.values import (
    DIVISION_DECIMALS,
    LIMIT,
    LOWER_LETTERS,
    UPPER_LETTERS,
    is_ascii_cased,
)
from dougong.model.expression import Literal, Node

Element = ColumnElement[Any]
NUMERIC: Numeric[Decimal] = Numeric(asdecimal=True)


def numeric(value: Decimal | int) -> Element:
    """An exact number as a parameter."""
    return literal(Decimal(value), NUMERIC)


def text(value: str) -> Element:
    """A text as a parameter, compared by code point."""
    return literal(value, Text())


def between(element: Element, lowest: int, highest: int) -> Element:
    """A number without its fraction as an integer from `lowest` - 1 to `highest` + 1, whatever lies beyond at those ends.

    LEAST and GREATEST would turn NULL into a bound; the bucket of a number keeps NULL and names the element once."""
    buckets = highest - lowest + 1
    bucket = func.width_bucket(
        func.trunc(element), numeric(lowest), numeric(highest + 1), literal(buckets, Integer())
    )
    return type_coerce(bucket, Integer()) + literal(lowest - 1, Integer())


def whole(element: Element) -> Element:
    """A number without its fraction as an integer, kept within what the functions take."""
    return between(element, -1_000_000_000, 1_000_000_000)


def clamped(element: Element, at: Decimal = LIMIT) -> Element:
    """The number, or NULL at or beyond the limit; written so that the element stands in it once."""
    limit = numeric(at)
    inside = func.greatest(func.least(element, limit), -limit)
    return type_coerce(func.nullif(func.nullif(inside, limit), -limit), NUMERIC)


def quotient(left: Element, right: Element) -> Element:
    """left / right to ten decimals, half up, exact whatever the digits; NULL for zero."""
    doubled = func.div(left * numeric(2 * 10**DIVISION_DECIMALS), func.nullif(right, numeric(0)))
    halves = func.round(doubled * numeric(Decimal("0.5")), 0)
    return type_coerce(halves * numeric(Decimal(1).scaleb(-DIVISION_DECIMALS)), NUMERIC)


def within_calendar(element: Element) -> Element:
    """The date, or NULL outside the years 1 to 9999; the element (a date or timestamp) stands in it once."""
    before, after = literal_column("DATE '0001-12-31 BC'", Date), literal_column("DATE '10000-01-01'", Date)
    inside = func.greatest(func.least(cast(element, Date), after), before)
    return type_coerce(func.nullif(func.nullif(inside, after), before), Date())


def local(element: Element, timezone: str) -> Element:
    """The wall clock of an instant in a zone."""
    return func.timezone(text(timezone), cast(element, DateTime(timezone=True)))


def blank(element: Element) -> Element:
    """A text in which empty counts as without characters."""
    return func.coalesce(element, text(""))


def filled(element: Element) -> Element:
    """A text of which nothing left is empty."""
    return type_coerce(func.nullif(element, text("")), Text())


def lowered(element: Element) -> Element:
    """The text in small letters, whatever the locale of the database."""
    return func.translate(element, text(UPPER_LETTERS), text(LOWER_LETTERS))


def lowered_for(element: Element, part: Node) -> Element:
    """The text in small letters, as far as the part that is looked for needs it; ASCII alone is folded much faster."""
    plain = isinstance(part, Literal) and isinstance(part.value, str) and is_ascii_cased(part.value)
    return func.lower(element.collate("C")) if plain else lowered(element)


def raised(element: Element) -> Element:
    """The text in capital letters, whatever the locale of the database."""
    return func.translate(element, text(LOWER_LETTERS), text(UPPER_LETTERS))


def truth(element: Element) -> ColumnElement[bool]:
    """The element as a condition."""
    return type_coerce(element, Boolean())
