"""What a text is: a number, a date, a number by which a state knows people and companies."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, cast, func

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, words
from dougong.expressions.types import BOOLEAN, DATE, TEXT, number
from dougong.fieldtypes.identities import check
from dougong.model.expression import Call, Node

Elements = tuple[ColumnElement[Any], ...]
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?", re.ASCII)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})"
    r"|年(?P<moon>[0-9]{1,2})月(?P<sun>[0-9]{1,2})日)",
    re.ASCII,
)
_MOBILE = re.compile("1[3-9][0-9]{9}", re.ASCII)


# ——— Python ———


def _plain(text: str) -> str:
    return text.strip(" ").replace(",", "")


def number_in(text: str) -> Decimal | None:
    """The number that a text says, thousands separators allowed."""
    found = _NUMBER.fullmatch(_plain(text))
    return values.bounded(Decimal(found.group())) if found else None


def date_in(text: str) -> date | None:
    """The date that a text says: 2026-11-23, 2026/11/23, 2026.11.23 or 2026年11月23日."""
    found = _DATE.fullmatch(text.strip(" "))
    if found is None:
        return None
    month, day = found["month"] or found["moon"], found["day"] or found["sun"]
    try:
        return date(int(found["year"]), int(month), int(day))
    except ValueError:
        return None


def _is_resident(text: str) -> bool:
    return not check(text, "id_number")


def _born(text: str) -> date | None:
    return date(int(text[6:10]), int(text[10:12]), int(text[12:14])) if _is_resident(text) else None


def _gender(text: str) -> str | None:
    return ("女", "男")[int(text[16]) % 2] if _is_resident(text) else None


# ——— PostgreSQL ———


def _plain_sql(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.replace(func.btrim(emit.blank(element), emit.text(" ")), emit.text(","), emit.text(""))


def _says_number(element: ColumnElement[Any]) -> ColumnElement[bool]:
    return _plain_sql(element).regexp_match(emit.text(f"^{_NUMBER.pattern}$"))


def _value_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return case((_says_number(elements[0]), cast(_plain_sql(elements[0]), emit.NUMERIC)))


def _is_number(arguments: tuple[Node, ...], position: int) -> Node:
    """A number is one unless it is empty; a text when it says one."""
    if arguments[0].type.kind == "text" or arguments[0].type.kind == "choice":
        return Call("ISNUMBER", arguments, BOOLEAN, position)
    return Call("NOT", (Call("IS_EMPTY", arguments, BOOLEAN, position),), BOOLEAN, position)


def _mobile_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.truth(emit.blank(elements[0]).regexp_match(emit.text(f"^{_MOBILE.pattern}$")))


CHECKS: tuple[Function, ...] = (
    Function(
        "VALUE",
        "转数值",
        "numbers",
        "VALUE(text)",
        words(
            "The number a text says, thousands separators allowed; empty when it says none.",
            "文本所表示的数字，可含千位分隔符；不是数字时为空。",
        ),
        ("VALUE('1,234.5')", "1234.5"),
        ("text",),
        number(None),
        number_in,
        _value_sql,
        doubles=True,
    ),
    Function(
        "ISNUMBER",
        "是数字",
        "logic",
        "ISNUMBER(value)",
        words(
            "Whether a text says a number as VALUE reads it; a number or date is one unless it is empty.",
            "文本能否被 VALUE 读成数字；数字和日期不为空即为是。",
        ),
        ("ISNUMBER('12.5')", "TRUE"),
        ("plain",),
        BOOLEAN,
        lambda text: number_in(text) is not None,
        lambda call, elements, timezone: emit.truth(_says_number(elements[0])),
        empty="text",
        lowered=_is_number,
    ),
    Function(
        "DATEVALUE",
        "转日期",
        "dates",
        "DATEVALUE(text)",
        words(
            "The date a text says: 2026-11-23, 2026/11/23, 2026.11.23 or 2026年11月23日; empty when it says none.",
            "文本所表示的日期，如 2026-11-23、2026/11/23、2026.11.23、2026年11月23日；不是日期时为空。",
        ),
        ("DATEVALUE('2026年2月28日')", "2026-02-28"),
        ("text",),
        DATE,
        date_in,
    ),
    Function(
        "ISMOBILE",
        "是手机号",
        "texts",
        "ISMOBILE(text)",
        words(
            "Whether a text has the form of a mobile number of mainland China.",
            "文本是否为中国大陆手机号码的形式。",
        ),
        ("ISMOBILE('13800138000')", "TRUE"),
        ("text",),
        BOOLEAN,
        lambda text: _MOBILE.fullmatch(text) is not None,
        _mobile_sql,
        empty="text",
    ),
    Function(
        "ISIDNUMBER",
        "是身份证号",
        "texts",
        "ISIDNUMBER(text)",
        words(
            "Whether a text is a Chinese resident identity number, its check character included.",
            "文本是否为有效的居民身份证号（含校验位）。",
        ),
        ("ISIDNUMBER('11010519491231002X')", "TRUE"),
        ("text",),
        BOOLEAN,
        _is_resident,
        empty="text",
    ),
    Function(
        "IDBIRTHDAY",
        "身份证生日",
        "dates",
        "IDBIRTHDAY(text)",
        words(
            "The day of birth in a Chinese resident identity number; empty when it is none.",
            "居民身份证号中的出生日期；不是有效号码时为空。",
        ),
        ("IDBIRTHDAY('11010519491231002X')", "1949-12-31"),
        ("text",),
        DATE,
        _born,
    ),
    Function(
        "IDGENDER",
        "身份证性别",
        "texts",
        "IDGENDER(text)",
        words(
            "男 or 女 by a Chinese resident identity number; empty when it is none.",
            "居民身份证号所示的性别（男、女）；不是有效号码时为空。",
        ),
        ("IDGENDER('11010519491231002X')", "女"),
        ("text",),
        TEXT,
        _gender,
    ),
    Function(
        "ISCREDITCODE",
        "是信用代码",
        "texts",
        "ISCREDITCODE(text)",
        words(
            "Whether a text is a Chinese unified social credit code, its check character included.",
            "文本是否为有效的统一社会信用代码（含校验位）。",
        ),
        ("ISCREDITCODE('91350100M000100Y43')", "TRUE"),
        ("text",),
        BOOLEAN,
        lambda text: not check(text, "credit_code"),
        empty="text",
    ),
)
