"""TEXT on PostgreSQL: the patterns of `formats.py`, taken apart when the statement is made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, null

from dougong.expressions import emit
from dougong.expressions.formats import date_parts, number_pattern
from dougong.expressions.functions.dates import clock_sql
from dougong.expressions.registry import constant
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
_PARTS = {
    "yyyy": "YYYY",
    "yy": "YY",
    "MM": "MM",
    "M": "FMMM",
    "dd": "DD",
    "d": "FMDD",
    "HH": "HH24",
    "H": "FMHH24",
    "mm": "MI",
    "ss": "SS",
}


def text_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    """A number, date or moment by a pattern; texts and options stay as they are, anything else gives nothing."""
    pattern, kind = constant(call.arguments[1]), call.arguments[0].type.kind
    if kind in ("text", "choice"):
        return elements[0]
    if pattern is None or kind not in ("number", "date", "datetime"):
        return cast(null(), Text())
    if kind == "number":
        return _number(elements[0], str(pattern))
    return func.to_char(clock_sql(call, elements, timezone), emit.text(_calendar_pattern(str(pattern))))


def _number(value: ColumnElement[Any], pattern: str) -> ColumnElement[Any]:
    parts = number_pattern(pattern)
    if parts is None:
        return cast(null(), Text())
    scaled = value * emit.numeric(100) if parts.percent else value
    shown = emit.clamped(func.round(scaled, parts.most))
    digits = cast(func.abs(func.round(shown, parts.most)), Text())
    whole: ColumnElement[Any] = func.split_part(digits, ".", 1)
    if parts.grouped:
        whole = func.regexp_replace(whole, emit.text(r"(\d)(?=(\d{3})+$)"), emit.text(r"\1,"), emit.text("g"))
    else:
        whole = func.lpad(whole, func.greatest(parts.digits, func.char_length(whole)), "0")
    text = case((shown < 0, emit.text("-" + parts.before)), else_=emit.text(parts.before)).op("||")(whole)
    if parts.most:
        text = text.op("||")(_decimals(func.split_part(digits, ".", 2), parts.least))
    return text.op("||")(emit.text(parts.percent + parts.after))


def _decimals(digits: ColumnElement[Any], least: int) -> ColumnElement[Any]:
    """At least so many decimals, behind a point where any are left."""
    kept = func.left(digits, least).op("||")(func.rtrim(func.substr(digits, least + 1), "0"))
    return func.coalesce(
        emit.text(".").op("||")(emit.filled(kept)), case((digits.is_not(None), emit.text("")))
    )


def _calendar_pattern(pattern: str) -> str:
    """The pattern in PostgreSQL's words; everything else is quoted, so that no letter of it is taken for a word."""
    found = []
    for part, is_word in date_parts(pattern):
        quoted = part.replace("\\", "\\\\").replace('"', '\\"')
        found.append(_PARTS[part] if is_word else f'"{quoted}"')
    return "".join(found)
