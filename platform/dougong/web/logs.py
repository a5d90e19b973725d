"""Structured logs: one event a line, a request id on each, no secrets and no line breaks from outside."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from functools import cache, lru_cache
from typing import Any

import structlog

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie")


def configure(log_format: str, level: str) -> None:
    """Send the logs of this process to standard error, as JSON lines or as text for a person."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_secrets,
            *((structlog.processors.format_exc_info,) if log_format == "json" else ()),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logger.cache_clear()


def without_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor that hides every value whose name says that it is a secret."""
    for name in list(event):
        if _is_secret(name):
            event[name] = "…"
    return event


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


@cache
def logger() -> Any:
    """The logger of the web, as it was last configured."""
    return structlog.get_logger("dougong").bind()


def request_id(sent: str | None) -> str:
    """The id of a request: the one that was sent along when it is harmless, else a new one."""
    if sent and REQUEST_ID.match(sent):
        return sent
    return secrets.token_hex(16)
