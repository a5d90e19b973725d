"""Request bodies, read strictly: size first, then one JSON value without duplicate keys, infinities or broken text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from werkzeug.wrappers import Request

from dougong.diagnostics import Refusal, nearest
from dougong.web.catalogue import finding, refuse

MAX_DEPTH = 32
MAX_DIGITS = 40


def json_body(request: Request, limit: int) -> Any:
    """The JSON value of a body; refused with 415, 413 or 400 when it is not one."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise refuse("unsupported", "W301", hint="send Content-Type: application/json", type="JSON")
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
    data = request.get_data(cache=False)
    if len(data) > limit:
        raise too_large(limit)
    return parse(data)


def too_large(limit: int) -> Refusal:
    """The refusal of a body that is longer than allowed."""
    return refuse("too_large", "W302", limit=limit)


def parse(data: bytes) -> Any:
    """A JSON text as Python values, decimals exact; every deviation from plain JSON is a `Refusal` (400)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("malformed", "W303", byte=error.start + 1) from error
    try:
        value = _reader().decode(text)
    except json.JSONDecodeError as error:
        raise refuse("malformed", "W304", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise refuse("malformed", "W305", limit=MAX_DEPTH) from error
    _check(value, 1, surrogates="\\ud" in text or "\\uD" in text)
    return value


def an_object(value: Any, allowed: tuple[str, ...] | None = None) -> Mapping[str, Any]:
    """A JSON object, with only the allowed keys when they are given."""
    if not isinstance(value, dict):
        raise refuse("malformed", "W306")
    unknown = [key for key in value if allowed is not None and key not in allowed]
    if unknown:
        raise Refusal(
            "malformed",
            [finding("W307", key[:60], nearest(key[:60], allowed or ()), name=key[:60]) for key in unknown],
        )
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise refuse("malformed", "W308", key[:60], name=key[:60])
            seen.add(key)
    return found


def _no_constant(word: str) -> Any:
    raise refuse("malformed", "W309", name=word)


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise refuse("malformed", "W310", limit=MAX_DIGITS) from error
    if len(text) > MAX_DIGITS or not -30 <= number.adjusted() <= 30:
        raise refuse("malformed", "W310", limit=MAX_DIGITS)
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise refuse("malformed", "W310", limit=MAX_DIGITS)
    return int(text)


@cache
def _reader() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_exact, parse_int=_whole
    )


def _check(value: Any, depth: int, surrogates: bool) -> None:
    if depth > MAX_DEPTH:
        raise refuse("malformed", "W305", limit=MAX_DEPTH)
    if isinstance(value, dict):
        for key, inner in value.items():
            if surrogates:
                _check_text(key)
            _check(inner, depth + 1, surrogates)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1, surrogates)
    elif surrogates and isinstance(value, str):
        _check_text(value)


def _check_text(text: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise refuse("malformed", "W311")
