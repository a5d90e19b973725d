"""What all values made of characters have in common: which characters are possible and how they are normalised.

Text is kept in Unicode normalisation form C: the same word typed on different machines must be equal for `unique`, filters and
search, on both databases. Characters that a database, XML or a terminal cannot take (NUL, other controls, lone surrogates,
non-characters) are refused at this door.
"""

import math
import re
import unicodedata
from datetime import date
from decimal import Decimal

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import Characters
from dougong.model.expression import Type, Value
from dougong.model.field import Field

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]")
_WHITE = re.compile(r"\s+")
_LARGEST_SHOWN = 10**30
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2212: 0x2D,
    0xFFE5: 0xA5,
}
"""Full-width ASCII, the ideographic space, the minus sign and the full-width yen sign, as `str.translate` takes them."""


def storable(text: str) -> str:
    """Return the text in normal form; raise Invalid when it holds a character that cannot be stored."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    found = _REFUSED.search(text)
    if found:
        raise Invalid("not_storable", character=f"U+{ord(found.group()):04X}")
    return text


def one_line(value: object) -> str | None:
    """Return a single line without white space around it, None when nothing is left; raise Invalid for anything else."""
    if type(value) is not str:
        if value is None:
            return None
        raise Invalid("not_text")
    text = storable(value.strip())
    if not text.isprintable() and _BREAKS.search(text):
        raise Invalid("several_lines")
    return text or None


def many_lines(value: object) -> str | None:
    """Return text of many lines with LF between them, None when it holds nothing but white space."""
    if value is None:
        return None
    if type(value) is not str:
        raise Invalid("not_text")
    text = storable(value)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text and not text.isspace() else None


def cell_text(value: object) -> str | None:
    """Return what a cell holds as text: numbers as they are shown, None for nothing; raise Invalid for what no cell holds."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and math.isfinite(value):
        if value.is_integer() and abs(value) >= 1e15:
            raise Invalid("lost_digits", value=format(value, ".15g"))
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, int) and abs(value) < _LARGEST_SHOWN:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 100:
        return format(value, "f")
    if isinstance(value, date):
        return str(value)
    raise Invalid("not_text")


def cell_line(value: object) -> str | None:
    """Return what a cell holds as one line: line breaks and runs of white space become one space."""
    text = cell_text(value)
    if text is None:
        return None
    if not text.isprintable():
        text = _WHITE.sub(" ", text)
    return one_line(text)


def narrow(text: str) -> str:
    """Return the text with full-width digits, letters and signs as their ASCII forms."""
    return text if text.isascii() else text.translate(FULL_WIDTH)


def quoted(text: str) -> str:
    """Return a text as a literal of the expression language."""
    return "'" + text.replace("'", "''") + "'"


class LineType(FieldType):
    """Base of the types whose value is one line of text."""

    searchable = True

    def expression_type(self, field: Field) -> Type:
        return Type("text")

    def column(self, field: Field) -> Characters:
        return Characters()

    def coerce(self, value: object, field: Field) -> Value:
        return one_line(value)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        return None if line is None else self.coerce(line, field)

    def to_json(self, value: Value, field: Field) -> Value:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return value or ""

    def literal(self, value: Value, field: Field) -> str:
        return quoted(value)

    def search_text(self, value: Value) -> str:
        return value or ""
