"""The values of a JSON object, each of the kind that is expected; anything else is refused with its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.web.catalogue import refuse

LONGEST_TEXT = 1000
MOST = 10_000


def identifier_of(written: str) -> int:
    """An id that stands in an address; what cannot be one is not there."""
    if not (written.isascii() and written.isdigit() and len(written) <= 18):
        raise refuse("missing", "W404")
    return int(written)


def an_id(value: Any, path: str) -> int:
    """An id, as a text of digits or a whole number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18):
        raise refuse("malformed", "W313", path, name=path.rpartition("/")[2], expected="an id")
    return int(text)


def an_id_or_none(given: Mapping[str, Any], name: str) -> int | None:
    """An id, or nothing where it is null or not named."""
    return None if given.get(name) is None else an_id(given[name], name)


def a_text(given: Mapping[str, Any], name: str, required: bool = False) -> str:
    """A text; empty where it is not named, unless it is required."""
    value = given.get(name, "")
    if required and name not in given:
        raise refuse("malformed", "W312", name, name=name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\x00" in value:
        expected = f"a text of at most {LONGEST_TEXT} characters"
        raise refuse("malformed", "W313", name, name=name, expected=expected)
    return value


def a_flag(given: Mapping[str, Any], name: str, otherwise: bool, path: str = "") -> bool:
    """True or false."""
    value = given.get(name, otherwise)
    if not isinstance(value, bool):
        raise refuse("malformed", "W313", path or name, name=name, expected="true or false")
    return value


def a_list(given: Mapping[str, Any], name: str) -> list[Any]:
    """A list of a bearable length."""
    value = given.get(name, [])
    if not isinstance(value, list) or len(value) > MOST:
        raise refuse("malformed", "W313", name, name=name, expected=f"a list of at most {MOST}")
    return value
