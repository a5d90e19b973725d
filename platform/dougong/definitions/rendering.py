"""Values as YAML or JSON text, in the style that the files of an app are written in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from dougong.definitions.nodes import Data

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./\-]*[\w./])?\Z")
_AMBIGUOUS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"])
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE = 110


def scalar(value: str | int | Decimal | bool | None, quote: str = "", *, as_json: bool = False) -> str:
    """A single value; a text is plain where that is safe in every YAML reader, else in the quotes that are preferred."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if not as_json and not quote and _PLAIN.match(value) and value.lower() not in _AMBIGUOUS:
        return value
    if quote == "'" and not as_json and value.isprintable() and value.isascii():
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False))


def flow(value: Data, *, as_json: bool = False) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        entries = (
            f"{key_text(key, as_json=as_json)}: {flow(each, as_json=as_json)}" for key, each in value.items()
        )
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each, as_json=as_json) for each in value) + "]"
    return scalar(value, as_json=as_json)


def key_text(key: str, *, as_json: bool = False) -> str:
    """A key, in quotes where it needs them."""
    return scalar(key, as_json=as_json)


def block(value: Data, indent: int, used: int = 0) -> str:
    """What stands behind `key:` in a block mapping: the value on the same line where it fits, else below, indented.

    The text begins with a space or a line feed and ends without one; `used` is how much of the line is taken.
    """
    line = flow(value)
    if not isinstance(value, (dict, list)) or not value or (used + len(line) < _LINE and _depth(value) <= 2):
        return f" {line}"
    return "\n" + lines(value, indent)


def lines(value: Data, indent: int) -> str:
    """A mapping or list in block style, without a line feed at the end."""
    pad = " " * indent
    if isinstance(value, dict) and value:
        return "\n".join(
            f"{pad}{key_text(key)}:{block(each, indent + 2, indent + len(key))}"
            for key, each in value.items()
        )
    if isinstance(value, list) and value:
        return "\n".join(f"{pad}- {flow(each)}" for each in value)
    return f"{pad}{flow(value)}"


def whole(value: Data, *, as_json: bool = False) -> str:
    """A file that says this value."""
    if as_json:
        return json.dumps(_plain(value), ensure_ascii=False, indent=2) + "\n"
    return lines(value, 0) + "\n"


def _depth(value: Data) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return 1 + max((_depth(each) for each in inner), default=0) if isinstance(value, (dict, list)) else 0


def _plain(value: Data) -> object:
    """The value as the standard encoder takes it; decimals that are exact as numbers stay exact."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _Exact(value) if isinstance(value, Decimal) else value


class _Exact(float):
    """A number whose digits are written as they are."""

    def __new__(cls, value: Decimal) -> _Exact:
        number = super().__new__(cls, value)
        number.digits = format(value, "f")
        return number

    digits: str

    def __repr__(self) -> str:
        return self.digits
