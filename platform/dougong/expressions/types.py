"""How types are named to people, joined and compared."""

from __future__ import annotations

from dataclasses import replace

from dougong.model.expression import Type
from dougong.model.text import Text

TEXT = Type("text")
NUMBER = Type("number")
BOOLEAN = Type("boolean")
DATE = Type("date")
MOMENT = Type("datetime")
DEPARTMENT = Type("department")
IDENTIFIED = frozenset({"record", "member", "department"})
"""Kinds whose values are ids; a whole number may stand for one."""
STRUCTURED = frozenset({"json"})
"""Kinds whose values have parts, which are read with a dot."""
EMPTY = Type("empty")
MEMBER = Type("member")
UNKNOWN = Type("unknown")
"""The type of a part with a mistake, which is not complained about again."""

KINDS: dict[str, Text] = {
    "text": Text.of({"en": "text", "zh": "文本"}),
    "number": Text.of({"en": "a number", "zh": "数字"}),
    "boolean": Text.of({"en": "a condition", "zh": "条件（是/否）"}),
    "date": Text.of({"en": "a date", "zh": "日期"}),
    "datetime": Text.of({"en": "a date with time", "zh": "日期时间"}),
    "choice": Text.of({"en": "a choice", "zh": "选项"}),
    "record": Text.of({"en": "a linked record", "zh": "关联记录"}),
    "member": Text.of({"en": "a member", "zh": "成员"}),
    "department": Text.of({"en": "a department", "zh": "部门"}),
    "file": Text.of({"en": "files", "zh": "附件"}),
    "json": Text.of({"en": "a structured value", "zh": "结构化的值"}),
    "markup": Text.of({"en": "rich text", "zh": "富文本"}),
    "empty": Text.of({"en": "nothing", "zh": "空"}),
    "unknown": Text.of({"en": "something unknown", "zh": "未知"}),
    "moment": Text.of({"en": "a date or a date with time", "zh": "日期或日期时间"}),
    "plain": Text.of({"en": "text, a number or a date", "zh": "文本、数字或日期"}),
    "ordered": Text.of({"en": "numbers or dates", "zh": "数字或日期"}),
    "list": Text.of({"en": "a list", "zh": "列表"}),
    "any": Text.of({"en": "a value", "zh": "任意值"}),
}
LIST_OF = Text.of({"en": "a list of {kind}", "zh": "{kind}的列表"})

ALTERNATIVES: dict[str, frozenset[str]] = {
    "text": frozenset({"text", "choice"}),
    "markup": frozenset({"markup", "text"}),
    "moment": frozenset({"date", "datetime"}),
    "plain": frozenset({"text", "choice", "number", "date"}),
    "ordered": frozenset({"number", "date", "datetime"}),
    "any": frozenset({"text", "choice", "number", "date", "datetime", "boolean", *IDENTIFIED}),
}
"""What fits a parameter that takes more than its own kind."""

KINDS_OF_EMPTY = {
    "text": TEXT,
    "plain": TEXT,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "date": DATE,
    "moment": DATE,
    "datetime": MOMENT,
}
"""The type that EMPTY takes on where a parameter of that kind stands."""

MAX_DECIMALS = 20


def spoken(kind: Type | str, language: str = "en") -> str:
    """A type in words."""
    if isinstance(kind, str):
        return KINDS[kind].get(language)
    words = KINDS[kind.kind].get(language)
    return LIST_OF.get(language).format(kind=words) if kind.many else words


def fits(found: Type, wanted: str) -> bool:
    """Whether a value of that type can be given where a parameter of that kind stands; nothing and mistakes always can."""
    if found.kind == "unknown":
        return True
    kinds = ("empty", wanted, *ALTERNATIVES.get(wanted, ()))
    return not found.many and found.kind in kinds


def number(decimals: int | None) -> Type:
    """A number with at most that many decimals (and never more than the platform keeps)."""
    return Type("number", decimals=None if decimals is None else max(0, min(MAX_DECIMALS, decimals)))


def decimals_of(kind: Type) -> int:
    """The most decimals a number of that type can have."""
    return MAX_DECIMALS if kind.decimals is None else kind.decimals


def join(left: Type, right: Type) -> Type | None:
    """The type of a value that is one or the other, or None when they do not go together."""
    if left.kind in ("empty", "unknown"):
        return right
    if right.kind in ("empty", "unknown"):
        return left
    if left.kind == "number" and right.kind == "number":
        return number(max(decimals_of(left), decimals_of(right)))
    if {left.kind, right.kind} <= {"text", "choice"}:
        both = left.options and right.options
        kind = left.kind if left.kind == right.kind else "text"
        return Type(kind, options=tuple(dict.fromkeys(left.options + right.options)) if both else ())
    if left.kind == right.kind and left.entity == right.entity:
        return replace(left, properties=())
    return None


def comparable(left: Type, right: Type) -> bool:
    """Whether = and the like make sense between two single values."""
    kinds = {left.kind, right.kind}
    if kinds & {"empty", "unknown"}:
        return True
    if kinds & {"file", "json", "markup"}:
        return False
    if kinds == {"record"}:
        return left.entity == right.entity
    whole = decimals_of(right if left.kind != "number" else left) == 0
    if "number" in kinds and kinds & IDENTIFIED:
        return whole
    return len(kinds) == 1 or kinds <= {"text", "choice"} or kinds <= {"date", "datetime"}
