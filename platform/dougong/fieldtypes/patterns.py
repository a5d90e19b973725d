"""Patterns that values must match, in an engine whose time is linear in the value."""

from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from dougong.fieldtypes.messages import shown

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20

ADVICE = "look-ahead, look-behind and back references are not possible; write the forms themselves, as in [A-Z]{2}-\\d+"


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raise ValueError with the reason when the engine does not know it."""
    try:
        return re2.compile(pattern, options=_OPTIONS)
    except re2.error as error:
        reason = error.args[0] if error.args else "not understood"
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"the pattern '{shown(pattern)}' is not possible: {text}") from error


def matches(pattern: str, text: str) -> bool:
    """Say whether the whole text has the form of the pattern."""
    return compiled(pattern).fullmatch(text) is not None
