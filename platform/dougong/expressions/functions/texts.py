"""Text functions. An empty text has no characters; what comes out without characters is empty. Characters are code points."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Text, case, column, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from dougong.expressions import emit, values
from dougong.expressions.formats import formatted
from dougong.expressions.functions.formatting import text_sql
from dougong.expressions.registry import Function, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import BOOLEAN, TEXT
from dougong.fieldtypes.markup import BREAK, TAG, plain
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
_BLANKS = "\t \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACES = re.compile("[ \u3000\t\r\n]+")


def _left(text: str, count: Decimal = Decimal(1)) -> str:
    return text[: max(0, int(count))]


def _right(text: str, count: Decimal = Decimal(1)) -> str:
    return text[max(0, len(text) - max(0, int(count))) :]


def _middle(text: str, start: Decimal, count: Decimal) -> str | None:
    """Characters from a 1-based position, as in Excel; a start below 1 is no position."""
    begin = int(start) - 1
    return None if begin < 0 else text[begin : begin + max(0, int(count))]


def _encode_url(text: str) -> str:
    return quote(text, safe="")


def _encode_url_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    """Each character that is not unreserved as the hexadecimal digits of its bytes, as RFC 3986 has it."""
    letters = func.regexp_split_to_table(emit.blank(elements[0]), "")
    split = letters.table_valued(column("letter", Text), with_ordinality="place").render_derived()
    digits = func.upper(func.encode(func.convert_to(split.c.letter, "UTF8"), "hex"))
    escaped = func.regexp_replace(digits, "(..)", r"%\1", "g")
    plain = split.c.letter.regexp_match("^[A-Za-z0-9_.~-]$")
    letter = case((split.c.letter == "", ""), (plain, split.c.letter), else_=escaped)
    joined = func.string_agg(letter, aggregate_order_by(literal(""), split.c.place))
    return emit.filled(select(joined).scalar_subquery())


def _plain_text_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    """As `markup.plain` does it: breaks after blocks, no elements, the five entities that sanitised markup has."""
    text: ColumnElement[Any] = func.replace(emit.blank(elements[0]), "\n", " ")
    text = func.regexp_replace(text, emit.text(f"({BREAK})"), emit.text("\\1\n"), emit.text("g"))
    text = func.regexp_replace(text, emit.text(TAG), emit.text(""), emit.text("g"))
    for entity, sign in (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = func.replace(text, emit.text(entity), emit.text(sign))
    for pattern, sign in ((f"[{_BLANKS}]+", " "), (" ?\n ?", "\n"), ("\n{3,}", "\n\n")):
        text = func.regexp_replace(text, emit.text(pattern), emit.text(sign), emit.text("g"))
    return emit.filled(func.btrim(text, emit.text(" \n")))


def _text(value: Any, pattern: str, timezone: str) -> str | None:
    return formatted(value, pattern, timezone)


def _count(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.greatest(emit.whole(element), 0)


def _left_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.filled(
        func.left(emit.blank(elements[0]), _count(elements[1] if len(elements) > 1 else emit.numeric(1)))
    )


def _right_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.filled(
        func.right(emit.blank(elements[0]), _count(elements[1] if len(elements) > 1 else emit.numeric(1)))
    )


def _middle_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, start, count = elements
    begin = func.nullif(func.greatest(emit.whole(start), 0), 0)
    return emit.filled(func.substr(emit.blank(text), begin, _count(count)))


def _folded(call: Call, elements: Elements) -> Elements:
    """A text and the part looked for in it, without case."""
    part = call.arguments[1]
    return tuple(emit.lowered_for(emit.blank(element), part) for element in elements)


def _contains_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, part = _folded(call, elements)
    return func.strpos(text, part) > 0


def _starts_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, part = _folded(call, elements)
    return emit.truth(func.starts_with(text, part))


def _ends_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    text, part = (func.reverse(element) for element in _folded(call, elements))
    return emit.truth(func.starts_with(text, part))


def _trim_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    spaced = func.regexp_replace(
        emit.blank(elements[0]), emit.text(_SPACES.pattern), emit.text(" "), emit.text("g")
    )
    return emit.filled(func.btrim(spaced, emit.text(" ")))


TEXTS: tuple[Function, ...] = (
    Function(
        "CONCAT",
        "拼接",
        "texts",
        "CONCAT(value, [value]…)",
        words(
            "Texts, numbers and dates joined; the same as `a & b`.",
            "把文本、数字、日期连接起来；与 `a & b` 相同。",
        ),
        ("CONCAT('No. ', 12.50)", "No. 12.5"),
        ("plain", "plain*"),
        typing="alias",
    ),
    Function(
        "LEFT",
        "左截取",
        "texts",
        "LEFT(text, [count])",
        words("The first characters; one when not said.", "左起的若干字符；省略时为一个。"),
        ("LEFT('dougong', 3)", "dou"),
        ("text", "number?"),
        TEXT,
        _left,
        _left_sql,
        empty="text",
    ),
    Function(
        "RIGHT",
        "右截取",
        "texts",
        "RIGHT(text, [count])",
        words("The last characters; one when not said.", "右起的若干字符；省略时为一个。"),
        ("RIGHT('dougong', 4)", "gong"),
        ("text", "number?"),
        TEXT,
        _right,
        _right_sql,
        empty="text",
    ),
    Function(
        "MID",
        "截取",
        "texts",
        "MID(text, start, count)",
        words("Characters from a position on, counted from 1.", "从指定位置（从 1 起）开始的若干字符。"),
        ("MID('dougong', 4, 2)", "go"),
        ("text", "number", "number"),
        TEXT,
        _middle,
        _middle_sql,
        empty="text",
    ),
    Function(
        "LEN",
        "长度",
        "texts",
        "LEN(text)",
        words("How many characters; 0 when empty.", "字符数；空为 0。"),
        ("LEN('斗拱')", "2"),
        ("text",),
        WHOLE,
        lambda text: Decimal(len(text)),
        lambda call, elements, timezone: func.char_length(emit.blank(elements[0])),
        empty="text",
    ),
    Function(
        "LOWER",
        "小写",
        "texts",
        "LOWER(text)",
        words("In small letters.", "转为小写。"),
        ("LOWER('ÄB')", "äb"),
        ("text",),
        TEXT,
        values.lower,
        lambda call, elements, timezone: emit.lowered(elements[0]),
    ),
    Function(
        "UPPER",
        "大写",
        "texts",
        "UPPER(text)",
        words("In capital letters.", "转为大写。"),
        ("UPPER('äb')", "ÄB"),
        ("text",),
        TEXT,
        values.upper,
        lambda call, elements, timezone: emit.raised(elements[0]),
    ),
    Function(
        "TRIM",
        "去空格",
        "texts",
        "TRIM(text)",
        words(
            "Without spaces at the ends, and with single ones between words.",
            "去掉首尾空格，中间的连续空格合为一个。",
        ),
        ("TRIM('  a   b ')", "a b"),
        ("text",),
        TEXT,
        lambda text: _SPACES.sub(" ", text).strip(" "),
        _trim_sql,
        empty="text",
    ),
    Function(
        "PLAINTEXT",
        "纯文本",
        "texts",
        "PLAINTEXT(rich text)",
        words(
            "What a reader of rich text sees, one line a block, without the markup.",
            "富文本里读者看到的文字，每段一行，不带标记。",
        ),
        ("PLAINTEXT('<p>a <strong>b</strong></p>')", "a b"),
        ("markup",),
        TEXT,
        plain,
        _plain_text_sql,
        empty="text",
    ),
    Function(
        "ENCODEURL",
        "网址编码",
        "texts",
        "ENCODEURL(text)",
        words(
            "The text as it can stand in the address of a web page: everything but letters A to Z, digits and - _ . ~ as %XX.",
            "可放入网址的文本：除字母、数字和 - _ . ~ 外都写成 %XX。",
        ),
        ("ENCODEURL('a b&c')", "a%20b%26c"),
        ("text",),
        TEXT,
        _encode_url,
        _encode_url_sql,
        empty="text",
    ),
    Function(
        "CONTAINS",
        "包含",
        "texts",
        "CONTAINS(text, part)",
        words(
            "Whether a part occurs in a text; letters' case does not count.",
            "文本是否包含某部分，不区分大小写。",
        ),
        ("CONTAINS('Dougong', 'GONG')", "TRUE"),
        ("text", "text"),
        BOOLEAN,
        lambda text, part: values.lower(part) in values.lower(text),
        _contains_sql,
        empty="text",
    ),
    Function(
        "STARTSWITH",
        "开头是",
        "texts",
        "STARTSWITH(text, part)",
        words(
            "Whether a text begins with a part; letters' case does not count.",
            "文本是否以某部分开头，不区分大小写。",
        ),
        ("STARTSWITH('Dougong', 'dou')", "TRUE"),
        ("text", "text"),
        BOOLEAN,
        lambda text, part: values.lower(text).startswith(values.lower(part)),
        _starts_sql,
        empty="text",
    ),
    Function(
        "ENDSWITH",
        "结尾是",
        "texts",
        "ENDSWITH(text, part)",
        words(
            "Whether a text ends with a part; letters' case does not count.",
            "文本是否以某部分结尾，不区分大小写。",
        ),
        ("ENDSWITH('Dougong', 'GONG')", "TRUE"),
        ("text", "text"),
        BOOLEAN,
        lambda text, part: values.lower(text).endswith(values.lower(part)),
        _ends_sql,
        empty="text",
    ),
    Function(
        "TEXT",
        "转文本",
        "texts",
        "TEXT(value, format)",
        words(
            "A number or date as text: '0.00', '#,##0.00', '0%', 'yyyy-MM-dd', 'yyyy年M月d日', 'HH:mm'.",
            "把数字或日期写成文本，格式如 '0.00'、'#,##0.00'、'0%'、'yyyy-MM-dd'、'yyyy年M月d日'、'HH:mm'。",
        ),
        ("TEXT(1234.5, '#,##0.00')", "1,234.50"),
        ("any", "text"),
        TEXT,
        _text,
        text_sql,
        constants=(1,),
        zoned=True,
        doubles=True,
    ),
)


def as_text(value: Decimal | date | datetime) -> str:
    """A number or date in its plainest form, as & writes it."""
    return values.plain(value) if isinstance(value, Decimal) else value.isoformat()
