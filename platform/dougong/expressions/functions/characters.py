"""Single characters and whole texts: codes, widths, capitals, joining, sameness."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, null, or_

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, constant, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import BOOLEAN, TEXT
from dougong.model.expression import Call, Literal, Node

Elements = tuple[ColumnElement[Any], ...]
WIDE = "\u3000" + "".join(map(chr, range(0xFF01, 0xFF5F)))
NARROW = " " + "".join(map(chr, range(0x21, 0x7F)))
_TO_NARROW = str.maketrans(WIDE, NARROW)
_CONTROLS = "".join(map(chr, range(1, 0x20)))
_WITHOUT_CONTROLS = dict.fromkeys(range(0x20))
_BEFORE_SURROGATES, _AFTER_SURROGATES, _LAST = 0xD7FF, 0xE000, 0x10FFFF
_LETTERS = frozenset(values.UPPER_LETTERS + values.LOWER_LETTERS)


# ——— Python ———


def _character(code: Decimal) -> str | None:
    found = int(code)
    return chr(found) if 0 < found <= _BEFORE_SURROGATES or _AFTER_SURROGATES <= found <= _LAST else None


def _code(text: str) -> Decimal:
    return Decimal(ord(text[0]))


def _clean(text: str) -> str:
    return text.translate(_WITHOUT_CONTROLS)


def _proper(text: str) -> str:
    """A capital at the beginning of each run of letters."""
    found: list[str] = []
    inside = False
    for sign in text:
        found.append(values.lower(sign) if inside else values.upper(sign))
        inside = sign in _LETTERS
    return "".join(found)


def _joined(separator: str, ignore: bool, *parts: str) -> str:
    return separator.join(part for part in parts if part or not ignore)


# ——— PostgreSQL ———


def _character_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    code = emit.between(elements[0], 0, _LAST)
    known = or_(code.between(1, _BEFORE_SURROGATES), code.between(_AFTER_SURROGATES, _LAST))
    return case((known, func.chr(code)), else_=null())


def _clean_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.filled(func.translate(emit.blank(elements[0]), emit.text(_CONTROLS), emit.text("")))


def _joined_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    ignore = constant(call.arguments[1])
    if ignore is None:
        return cast(null(), Text())
    parts = elements[2:] if ignore else tuple(emit.blank(element) for element in elements[2:])
    return emit.filled(func.concat_ws(emit.blank(elements[0]), *parts))


def _parts(arguments: tuple[Node, ...], position: int) -> Node:
    """Numbers and dates join as & writes them."""
    written = (
        Call("AS_TEXT", (part,), TEXT, part.position) if part.type.kind in ("number", "date") else part
        for part in arguments[2:]
    )
    return Call("TEXTJOIN", (*arguments[:2], *written), TEXT, position)


def _as_unicode(name: str) -> Any:
    def lowered(arguments: tuple[Node, ...], position: int) -> Node:
        return Call(name, arguments, TEXT if name == "UNICHAR" else WHOLE, position)

    return lowered


def _fixed(arguments: tuple[Node, ...], position: int) -> Node:
    decimals = int(constant(arguments[1])) if len(arguments) > 1 else 2
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return Call("TEXT", (arguments[0], Literal(pattern, TEXT, position)), TEXT, position)


def _fixed_decimals(arguments: tuple[Node, ...]) -> tuple[int, str] | None:
    if len(arguments) < 2:
        return None
    places = arguments[1].value if isinstance(arguments[1], Literal) else None
    possible = isinstance(places, Decimal) and places == int(places) and 0 <= places <= values.MAX_DECIMALS
    return None if possible else (1, f"0, 1, 2, … {values.MAX_DECIMALS}")


CHARACTERS: tuple[Function, ...] = (
    Function(
        "CONCATENATE",
        "连接",
        "texts",
        "CONCATENATE(value, [value]…)",
        words("The same as CONCAT, under Excel's older name.", "与 CONCAT 相同，是 Excel 的旧名称。"),
        ("CONCATENATE('a', 1, 'b')", "a1b"),
        ("plain", "plain*"),
        typing="alias",
    ),
    Function(
        "TEXTJOIN",
        "分隔连接",
        "texts",
        "TEXTJOIN(separator, ignore empty, value, [value]…)",
        words(
            "Values joined with a separator between them; TRUE leaves empty ones out, FALSE keeps their place.",
            "用分隔符连接各值；第二参数为 TRUE 时跳过空值，为 FALSE 时保留其位置。",
        ),
        ("TEXTJOIN('、', TRUE, '张三', EMPTY, '李四')", "张三、李四"),
        ("text", "boolean", "plain", "plain*"),
        TEXT,
        _joined,
        _joined_sql,
        empty="text",
        constants=(1,),
        lowered=_parts,
    ),
    Function(
        "EXACT",
        "完全相同",
        "texts",
        "EXACT(text, text)",
        words(
            "Whether two texts are the same to the letter; empty is the same as empty.",
            "两段文本是否完全相同，区分大小写；空与空视为相同。",
        ),
        ("EXACT('Word', 'word')", "FALSE"),
        ("text", "text"),
        BOOLEAN,
        lambda left, right: left == right,
        lambda call, elements, timezone: emit.blank(elements[0]) == emit.blank(elements[1]),
        empty="text",
    ),
    Function(
        "PROPER",
        "首字母大写",
        "texts",
        "PROPER(text)",
        words(
            "A capital at the beginning of each word, small letters behind it.",
            "每个单词首字母大写，其余小写。",
        ),
        ("PROPER('this is a TITLE')", "This Is A Title"),
        ("text",),
        TEXT,
        _proper,
    ),
    Function(
        "CLEAN",
        "去控制符",
        "texts",
        "CLEAN(text)",
        words(
            "Without line breaks and other characters that cannot be seen (codes 1 to 31).",
            "去掉换行等不可见字符（编码 1 至 31）。",
        ),
        ("CLEAN('a' & CHAR(10) & 'b')", "ab"),
        ("text",),
        TEXT,
        _clean,
        _clean_sql,
        empty="text",
    ),
    Function(
        "ASC",
        "转半角",
        "texts",
        "ASC(text)",
        words(
            "Full-width letters, digits, signs and spaces as half-width ones.",
            "全角字母、数字、符号和空格转为半角。",
        ),
        ("ASC('ＡＢ－１２')", "AB-12"),
        ("text",),
        TEXT,
        lambda text: text.translate(_TO_NARROW),
        lambda call, elements, timezone: func.translate(elements[0], emit.text(WIDE), emit.text(NARROW)),
    ),
    Function(
        "UNICHAR",
        "字符",
        "texts",
        "UNICHAR(code)",
        words(
            "The character of a Unicode code; empty when there is none.",
            "Unicode 编码对应的字符；没有则为空。",
        ),
        ("UNICHAR(26007)", "斗"),
        ("number",),
        TEXT,
        _character,
        _character_sql,
        doubles=True,
    ),
    Function(
        "UNICODE",
        "字符编码",
        "texts",
        "UNICODE(text)",
        words("The Unicode code of the first character.", "第一个字符的 Unicode 编码。"),
        ("UNICODE('斗拱')", "26007"),
        ("text",),
        WHOLE,
        _code,
        lambda call, elements, timezone: func.ascii(emit.filled(elements[0])),
    ),
    Function(
        "CHAR",
        "编码转字符",
        "texts",
        "CHAR(code)",
        words("The same as UNICHAR: CHAR(10) is a line break.", "与 UNICHAR 相同：CHAR(10) 为换行。"),
        ("CHAR(65)", "A"),
        ("number",),
        lowered=_as_unicode("UNICHAR"),
    ),
    Function(
        "CODE",
        "字符转编码",
        "texts",
        "CODE(text)",
        words("The same as UNICODE.", "与 UNICODE 相同。"),
        ("CODE('A')", "65"),
        ("text",),
        lowered=_as_unicode("UNICODE"),
    ),
    Function(
        "FIXED",
        "固定小数",
        "texts",
        "FIXED(number, [decimals])",
        words(
            "A number as text with thousands separators and so many decimals; two when not said.",
            "把数字写成带千位分隔符、固定小数位的文本；省略小数位时为两位。",
        ),
        ("FIXED(1234.567, 1)", "1,234.6"),
        ("number", "number?"),
        constants=(1,),
        lowered=_fixed,
        verify=_fixed_decimals,
    ),
)
