"""Requests that met another one in a circle: PostgreSQL ended their transaction, nothing was changed, and they are simply made again."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from dougong.diagnostics import Refusal
from dougong.web.exchange import Exchange
from dougong.web.logs import logger

ATTEMPTS = 4
_PAUSE = 0.02
"""The longest pause before the second attempt, in seconds; before each later one it is twice as long."""
_FORM = "application/x-www-form-urlencoded"


def answered(exchange: Exchange, view: Callable[[], Any]) -> Any:
    """The answer of a view; made again a few times when others crossed it, after a pause that differs, so that two do not meet again."""
    for attempt in range(1, ATTEMPTS):
        exchange.crossed = False
        try:
            answer = view()
        except Refusal:
            if not _can_repeat(exchange):
                raise
        else:
            if not _can_repeat(exchange):
                return answer
        logger().info("crossed", attempt=attempt, route=exchange.route.rule)
        time.sleep(_PAUSE * 2**attempt * secrets.randbelow(1000) / 1000)
    exchange.crossed = False
    return view()


def _can_repeat(exchange: Exchange) -> bool:
    """Whether a request was crossed, has changed nothing, and can be read again: a stream that was sent is gone."""
    if not exchange.crossed or exchange.has_committed:
        return False
    kind = exchange.request.mimetype
    return kind in ("", _FORM, "application/json") or kind.endswith("+json")
