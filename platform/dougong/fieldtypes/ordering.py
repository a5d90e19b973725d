"""Exact numbers as text that sorts as the numbers do, for SQLite, whose own decimals are floats.

A number is its sign, the exponent of its first digit and its digits, with everything complemented below zero. Equal numbers
give equal texts, so =, <, ORDER BY, GROUP BY, MIN, MAX and DISTINCT of SQLite are right on them without a collation.
"""

from __future__ import annotations

from decimal import Context, Decimal

_BIAS = 500
_EXACT = Context(prec=200)
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def encode(value: Decimal) -> str:
    """The text of a number."""
    if not value:
        return "1"
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    written = f"{len(text) + int(exponent) + _BIAS:03}{text.rstrip('0')}"
    return f"0{written.translate(_COMPLEMENT)}~" if sign else f"2{written}"


def decode(text: str) -> Decimal:
    """The number of a text."""
    if text == "1":
        return Decimal(0)
    written = text[1:-1].translate(_COMPLEMENT) if text[0] == "0" else text[1:]
    digits = written[3:]
    value = Decimal(digits).scaleb(int(written[:3]) - _BIAS - len(digits), _EXACT)
    return value.copy_negate() if text[0] == "0" else value
