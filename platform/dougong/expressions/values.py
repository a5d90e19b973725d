"""Exact arithmetic and text handling that every back end shares: bounds, rounding, folding of case."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
)

MAX_DECIMALS = 20
DIVISION_DECIMALS = 10
LIMIT = Decimal(10) ** 30
"""Numbers at or beyond this come out empty: fifty digits are kept, thirty of them before the point."""

EXACT = Context(prec=160, rounding=ROUND_HALF_UP, traps=[Inexact])
ROUNDING = Context(prec=160, rounding=ROUND_HALF_UP)
_ZERO = Decimal(0)
_PLACES = tuple(Decimal(1).scaleb(-decimals) for decimals in range(MAX_DECIMALS + 1))
_ROUNDINGS = {
    "half_up": ROUND_HALF_UP,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


def decimals_of(value: Decimal) -> int:
    """How many decimals a number is written with, trailing zeros included; negative for 1E+2."""
    text = str(value)  # five times as fast as asking for the exponent
    if "E" in text:
        return -int(value.as_tuple().exponent)
    point = text.find(".")
    return 0 if point < 0 else len(text) - point - 1


def bounded(value: Decimal) -> Decimal | None:
    """The value with at most twenty decimals, rounded half up; None when it is too large to keep."""
    text = str(value)
    if len(text) <= MAX_DECIMALS and "E" not in text:
        return value
    if int(value.as_tuple().exponent) < -MAX_DECIMALS:
        value = value.quantize(_PLACES[MAX_DECIMALS], context=ROUNDING)
    return value if -LIMIT < value < LIMIT else None


def decimal(value: Decimal | int) -> Decimal:
    """A number of a record as Decimal; whole numbers are ints there."""
    return value if type(value) is Decimal else Decimal(value)


def add(left: Decimal, right: Decimal) -> Decimal | None:
    """The exact sum."""
    return bounded(EXACT.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal | None:
    """The exact difference."""
    return bounded(EXACT.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal | None:
    """The product, exact up to twenty decimals."""
    return bounded(EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient to ten decimals, half up; None when dividing by zero."""
    if not right:
        return None
    scale = max(decimals_of(left), decimals_of(right), 0)
    numerator = int(left.scaleb(scale, EXACT)) * 10**DIVISION_DECIMALS
    denominator = int(right.scaleb(scale, EXACT))
    negative = (numerator < 0) != (denominator < 0)
    numerator, denominator = abs(numerator), abs(denominator)
    rounded = (2 * numerator + denominator) // (2 * denominator)
    return bounded(Decimal(-rounded if negative else rounded).scaleb(-DIVISION_DECIMALS, EXACT))


def total(values: Iterable[Decimal]) -> Decimal | None:
    """The exact sum of any number of values; 0 of none."""
    result = _ZERO
    for value in values:
        result = EXACT.add(result, value)
    return bounded(result)


def rounded(value: Decimal, places: int, how: str = "half_up") -> Decimal | None:
    """The value rounded to that many decimals (negative: to tens, hundreds…)."""
    places = max(-31, min(MAX_DECIMALS, places))
    if decimals_of(value) <= places:
        return bounded(value)
    quantum = _PLACES[places] if places >= 0 else Decimal(1).scaleb(-places)
    result = value.quantize(quantum, rounding=_ROUNDINGS[how], context=ROUNDING)
    return bounded(result if places >= 0 else result.quantize(Decimal(1), context=ROUNDING))


def plain(value: Decimal) -> str:
    """A number in digits without exponent or trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


_UPPER = "".join(
    chr(code)
    for block in (
        (0x41, 0x5A),
        (0xC0, 0xDE),
        (0x100, 0x17F),
        (0x386, 0x3AB),
        (0x400, 0x42F),
        (0xFF21, 0xFF3A),
    )
    for code in range(block[0], block[1] + 1)
    if len(chr(code).lower()) == 1
    and chr(code).lower() != chr(code)
    and chr(code).lower().upper() == chr(code)
)
UPPER_LETTERS = _UPPER
LOWER_LETTERS = _UPPER.lower()
"""The letters whose case the language knows, pairwise: Latin, Greek, Cyrillic and full-width Latin. The list is fixed, because what
a database thinks of case depends on its locale, and no answer may."""
_TO_LOWER = str.maketrans(UPPER_LETTERS, LOWER_LETTERS)
_TO_UPPER = str.maketrans(LOWER_LETTERS, UPPER_LETTERS)


_BEYOND_ASCII = frozenset(sign for sign in UPPER_LETTERS + LOWER_LETTERS if not sign.isascii())


def is_ascii_cased(text: str) -> bool:
    """Whether only ASCII letters of the text have two cases, so that a database's own ASCII folding finds it."""
    return not _BEYOND_ASCII.intersection(text)


def lower(text: str) -> str:
    """The text in small letters; also the form in which LIKE, CONTAINS and STARTSWITH compare."""
    return text.translate(_TO_LOWER)


def upper(text: str) -> str:
    """The text in capital letters."""
    return text.translate(_TO_UPPER)


def like(text: str, pattern: str) -> bool:
    """Whether the whole text matches a pattern of % (anything), _ (one character) and \\ before either; case does not count.

    Greedy with one point of return, so the time is bounded by length times length whatever the pattern."""
    parts = like_parts(pattern)
    subject = lower(text)
    at = here = 0
    star, mark = -1, 0
    while at < len(subject):
        part = parts[here] if here < len(parts) else None
        if part == ("%", True):
            star, mark = here, at
            here += 1
        elif part is not None and (part == ("_", True) or part[0] == subject[at]):
            at += 1
            here += 1
        elif star >= 0:
            mark += 1
            at, here = mark, star + 1
        else:
            return False
    return all(part == ("%", True) for part in parts[here:])


def like_parts(pattern: str) -> tuple[tuple[str, bool], ...]:
    """A pattern in small letters as (character, whether it is a wildcard)."""
    parts: list[tuple[str, bool]] = []
    signs = iter(lower(pattern))
    for sign in signs:
        if sign == "\\":
            parts.append((next(signs, "\\"), False))
        elif sign in "%_":
            if not (sign == "%" and parts and parts[-1] == ("%", True)):
                parts.append((sign, True))
        else:
            parts.append((sign, False))
    return tuple(parts)
