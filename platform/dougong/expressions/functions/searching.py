"""Parts of texts: found by what they say or where they stand, replaced, repeated, split off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal, null

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import TEXT
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
MAX_TEXT = 100_000


# ——— Python ———


def _find(part: str, text: str, start: Decimal = Decimal(1)) -> Decimal | None:
    begin = int(start) - 1
    if begin < 0:
        return None
    found = text[begin:].find(part) if begin <= len(text) else -1
    return Decimal(0 if found < 0 else begin + found + 1)


def _search(part: str, text: str, start: Decimal = Decimal(1)) -> Decimal | None:
    return _find(values.lower(part), values.lower(text), start)


def _replace(text: str, start: Decimal, count: Decimal, new: str) -> str | None:
    begin = int(start) - 1
    return None if begin < 0 else text[:begin] + new + text[begin + max(0, int(count)) :]


def _substitute(text: str, old: str, new: str) -> str | None:
    """Every occurrence; a text that would become too long is empty."""
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        return None
    return text.replace(old, new)


def _repeat(text: str, count: Decimal) -> str | None:
    times = int(count)
    return None if times < 0 or len(text) * times > MAX_TEXT else text * times


def _before(text: str, part: str) -> str | None:
    at = text.find(part)
    return None if at < 0 else text[:at]


def _after(text: str, part: str) -> str | None:
    at = text.find(part)
    return None if at < 0 else text[at + len(part) :]


def _split(text: str, separator: str, which: Decimal) -> str | None:
    index = int(which)
    if index < 1:
        return None
    pieces = text.split(separator) if separator else [text]
    return pieces[index - 1] if index <= len(pieces) else None


# ——— PostgreSQL ———


def _position(element: ColumnElement[Any]) -> ColumnElement[Any]:
    """A position counted from 1, NULL below."""
    return func.nullif(func.greatest(emit.whole(element), 0), 0)


def _found_sql(call: Call, elements: Elements, part: ColumnElement[Any], text: ColumnElement[Any]) -> Any:
    if len(elements) == 2:
        return func.strpos(text, part)
    start = _position(elements[2])
    offset = func.nullif(func.strpos(func.substr(text, start), part), 0)
    inside = start <= func.char_length(text) + 1
    return case(
        (inside, func.coalesce(offset + start - 1, 0)),
        (start.is_not(None), literal(0, Integer())),
        else_=null(),
    )


def _find_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return _found_sql(call, elements, emit.blank(elements[0]), emit.blank(elements[1]))  # type: ignore[no-any-return]


def _search_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    part, text = (emit.lowered(emit.blank(element)) for element in elements[:2])
    return _found_sql(call, elements, part, text)  # type: ignore[no-any-return]


def _replace_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, start, count, new = elements
    begin = _position(start)
    rest = func.substr(emit.blank(text), begin + func.greatest(emit.whole(count), 0))
    first = func.left(emit.blank(text), begin - 1)
    known = case((count.is_not(None), first.op("||")(emit.blank(new)).op("||")(rest)))
    return emit.filled(known)


def _substitute_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, old, new = (emit.blank(element) for element in elements[:3])
    without = func.char_length(func.replace(text, old, emit.text("")))
    count = (func.char_length(text) - without) / func.greatest(func.char_length(old), 1)
    longer = emit.numeric(1) * count * (func.char_length(new) - func.char_length(old))
    return emit.filled(
        case((func.char_length(text) + longer <= MAX_TEXT, func.replace(text, old, new)), else_=null())
    )


def _repeat_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, times = emit.blank(elements[0]), func.nullif(emit.between(elements[1], 0, MAX_TEXT), -1)
    short = emit.numeric(1) * func.char_length(text) * times <= MAX_TEXT
    return emit.filled(case((short, func.repeat(text, times)), else_=null()))


def _before_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, part = (emit.blank(element) for element in elements)
    return emit.filled(func.left(text, func.nullif(func.strpos(text, part), 0) - 1))


def _after_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, part = (emit.blank(element) for element in elements)
    begin = func.nullif(func.strpos(text, part), 0) + func.char_length(part)
    return emit.filled(func.substr(text, begin))


def _split_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, separator = (emit.blank(element) for element in elements[:2])
    return emit.filled(func.split_part(text, separator, _position(elements[2])))


SEARCHING: tuple[Function, ...] = (
    Function(
        "FIND",
        "查找",
        "texts",
        "FIND(part, text, [start])",
        words(
            "At which character, counted from 1, a part begins; 0 when it does not occur. Letters' case counts.",
            "部分文本首次出现的位置（从 1 起）；未出现为 0。区分大小写。",
        ),
        ("FIND('go', 'dougong')", "4"),
        ("text", "text", "number?"),
        WHOLE,
        _find,
        _find_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "SEARCH",
        "搜索",
        "texts",
        "SEARCH(part, text, [start])",
        words(
            "As FIND, but letters' case does not count; ? and * stand for themselves.",
            "与 FIND 相同，但不区分大小写；? 和 * 只代表自身。",
        ),
        ("SEARCH('GO', 'dougong')", "4"),
        ("text", "text", "number?"),
        WHOLE,
        _search,
        _search_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "REPLACE",
        "替换位置",
        "texts",
        "REPLACE(text, start, count, new)",
        words(
            "The characters from a position on replaced by another text.",
            "把指定位置起的若干字符替换为新文本。",
        ),
        ("REPLACE('13800001234', 4, 4, '****')", "138****1234"),
        ("text", "number", "number", "text"),
        TEXT,
        _replace,
        _replace_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "SUBSTITUTE",
        "替换",
        "texts",
        "SUBSTITUTE(text, old, new)",
        words(
            "Every occurrence of a part replaced; letters' case counts.", "替换所有出现的部分，区分大小写。"
        ),
        ("SUBSTITUTE('a-b-c', '-', '/')", "a/b/c"),
        ("text", "text", "text"),
        TEXT,
        _substitute,
        _substitute_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "REPT",
        "重复",
        "texts",
        "REPT(text, count)",
        words(
            f"A text so many times; empty when that has more than {MAX_TEXT} characters.",
            f"把文本重复若干次；超过 {MAX_TEXT} 个字符时为空。",
        ),
        ("REPT('ab', 3)", "ababab"),
        ("text", "number"),
        TEXT,
        _repeat,
        _repeat_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "TEXTBEFORE",
        "之前文本",
        "texts",
        "TEXTBEFORE(text, part)",
        words(
            "What stands before the first occurrence of a part; empty when it does not occur.",
            "某部分首次出现之前的文本；未出现时为空。",
        ),
        ("TEXTBEFORE('li@example.org', '@')", "li"),
        ("text", "text"),
        TEXT,
        _before,
        _before_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "TEXTAFTER",
        "之后文本",
        "texts",
        "TEXTAFTER(text, part)",
        words(
            "What stands behind the first occurrence of a part; empty when it does not occur.",
            "某部分首次出现之后的文本；未出现时为空。",
        ),
        ("TEXTAFTER('li@example.org', '@')", "example.org"),
        ("text", "text"),
        TEXT,
        _after,
        _after_sql,
        empty="text",
        doubles=True,
    ),
    Function(
        "SPLIT",
        "拆分",
        "texts",
        "SPLIT(text, separator, number)",
        words(
            "One piece of a text that a separator divides, counted from 1; empty when there are fewer.",
            "按分隔符拆开后的第几段（从 1 起）；没有该段时为空。",
        ),
        ("SPLIT('2026-11-23', '-', 2)", "11"),
        ("text", "text", "number"),
        TEXT,
        _split,
        _split_sql,
        empty="text",
    ),
)
