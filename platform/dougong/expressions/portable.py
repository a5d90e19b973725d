"""Trees and values as plain JSON, for evaluators that are handed them: SQLite's functions and the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from dougong.expressions.results import microseconds, moment
from dougong.model.expression import Call, ListOf, Literal, Node, Path, Step, Type, Value

_NAMES = """
AND OR NOT IS_EMPTY BETWEEN IN LIKE CASE SWITCH COALESCE & = <> < <= > >= + - * / NEGATE FITTED AS_TEXT ADD_DAYS
PART PART_NUMBER ME MY_DEPARTMENTS MY_SUBORDINATES HAS_ROLE TODAY NOW CALENDAR
DATE YEAR QUARTER MONTH DAY HOUR MINUTE SECOND DATETIME TIME WEEKDAY WEEKNUM ISOWEEKNUM DAYS DAYS360 YEARFRAC
DATEADD DATEDIF EDATE EOMONTH NETWORKDAYS WORKDAY ISWORKDAY
ROUND ROUNDUP ROUNDDOWN INT ABS MOD POWER CEILING FLOOR DISTANCE SIGN QUOTIENT MROUND EVEN ODD GCD LCM FACT SQRT
PMT FV PV VALUE ISNUMBER DATEVALUE ISMOBILE ISIDNUMBER IDBIRTHDAY IDGENDER ISCREDITCODE RMBCAP
LEFT RIGHT MID LEN LOWER UPPER TRIM PLAINTEXT SUBSTITUTE FIND SEARCH REPLACE REPT TEXTBEFORE TEXTAFTER SPLIT
TEXTJOIN EXACT PROPER CLEAN ASC UNICHAR UNICODE ENCODEURL CONTAINS STARTSWITH ENDSWITH TEXT
SUM AVERAGE MIN MAX COUNT COUNTUNIQUE PRODUCT MEDIAN MODE VAR VARP STDEV STDEVP
SUM@rows AVERAGE@rows MIN@rows MAX@rows COUNT@rows COUNTUNIQUE@rows PRODUCT@rows VALUES@rows FIRST@rows LAST@rows JOIN@rows
MEDIAN@rows MODE@rows VAR@rows VARP@rows STDEV@rows STDEVP@rows LARGE@rows SMALL@rows
"""
BROWSER = frozenset(_NAMES.split())
"""What a tree may call that is computed in the browser; others are computed by the server only."""

SERVER_ONLY: Mapping[str, str] = MappingProxyType(
    {
        "ALL": "the records of an entity stay where they are",
        "LN": "logarithms of ninety digits",
        "LOG": "logarithms of ninety digits",
        "LOG10": "logarithms of ninety digits",
        "EXP": "powers of e of ninety digits",
        "REGEXMATCH": "the browser's engine knows other patterns, and takes time without bounds",
        "REGEXEXTRACT": "the browser's engine knows other patterns, and takes time without bounds",
        "REGEXREPLACE": "the browser's engine knows other patterns, and takes time without bounds",
        "MY_DEPARTMENT": "the browser is told of all departments, not of which is the main one",
        "MY_DEPARTMENT_TREE": "the browser is told of the departments a member belongs to, not of those below",
        "MY_TEAMMATES": "the browser is not told of teams",
        "MY_COMPANY": "the browser is not told of companies",
    }
)
"""Functions that only the server computes, and why."""
STEPS = frozenset({"link", "links", "rows", "parent"})
"""The steps of a road that the browser can go, if it is given the records they lead to."""


def is_for_browser(node: Node) -> bool:
    """Whether the browser can compute a tree."""
    if isinstance(node, Literal):
        return True
    if isinstance(node, Path):
        return all(step.kind in STEPS for step in node.steps)
    parts = node.items if isinstance(node, ListOf) else node.arguments
    return (isinstance(node, ListOf) or node.name in BROWSER) and all(map(is_for_browser, parts))


def dump(node: Node) -> list[Any]:
    """The tree as lists of texts: kind of part, kind of value, and what the part is made of."""
    kind = node.type.kind
    if isinstance(node, Literal):
        return ["=", kind, *_written(node.value)]
    if isinstance(node, Path):
        through = [step.entity for step in node.steps[: len(node.names) - 1]]
        steps = [[step.kind, step.name, step.entity, step.field, step.origin] for step in node.steps]
        return [".", kind, list(node.names), through, node.type.many, steps]
    if isinstance(node, ListOf):
        return ["[", kind, [dump(item) for item in node.items]]
    return ["(", kind, node.name, [dump(argument) for argument in node.arguments]]


def load(data: list[Any]) -> Node:
    """The tree of such lists."""
    form, kind = data[0], data[1]
    if form == "=":
        return Literal(_read(*data[2:]), Type(kind))
    if form == ".":
        return Path(tuple(data[2]), Type(kind, many=data[4]), steps=tuple(Step(*step) for step in data[5]))
    if form == "[":
        return ListOf(tuple(load(item) for item in data[2]), Type(kind, many=True))
    return Call(data[2], tuple(load(argument) for argument in data[3]), Type(kind))


def text(node: Node) -> str:
    """The tree as one line of JSON."""
    return json.dumps(dump(node), ensure_ascii=False, separators=(",", ":"))


def _written(value: Any) -> list[Any]:
    if value is None:
        return ["empty", ""]
    if isinstance(value, bool):
        return ["boolean", "true" if value else ""]
    if isinstance(value, Decimal):
        return ["number", str(value)]
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    return ["date", value.isoformat()] if isinstance(value, date) else ["text", value]


def _read(kind: str, written: str) -> Any:
    readers: dict[str, Any] = {
        "empty": lambda _: None,
        "boolean": bool,
        "number": Decimal,
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "text": str,
    }
    return readers[kind](written)


def dump_value(value: Value) -> Any:
    """A value of a record for the browser: numbers {n}, dates {d}, moments in microseconds {m}, rows {r}; lists and texts as such."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return {"n": format(value, "f") if isinstance(value, Decimal) else str(value)}
    if isinstance(value, datetime):
        return {"m": str(microseconds(value))}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Mapping):
        return {"r": {str(name): dump_value(inner) for name, inner in value.items()}}
    return [dump_value(inner) for inner in value]


def load_value(written: Any) -> Value:
    """The value that the browser wrote so; lists become tuples and all numbers decimals."""
    if isinstance(written, list):
        return tuple(load_value(inner) for inner in written)
    if not isinstance(written, dict):
        return written
    ((form, inner),) = written.items()
    if form == "n":
        return Decimal(inner)
    if form == "m":
        return moment(int(inner))
    return (
        date.fromisoformat(inner) if form == "d" else {name: load_value(each) for name, each in inner.items()}
    )
