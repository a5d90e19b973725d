"""Structured logs: one event a line, a request id on each, no secrets and no line breaks from outside."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from functools import cache, lru_cache
from typing import Any

import structlog

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie")
LONGEST = 20_000
"""Characters of one value that are kept; a traceback may be long, what somebody sent must not fill the disk."""
_SECRETS = (
    re.compile(r"()\bdg_[A-Za-z0-9_-]{16,}"),
    re.compile(r"(?i)(\bbearer\s+|\bbasic\s+)[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(
        r"(?i)((?:password|passwd|token|secret|authorization|cookie|session|csrf|otp|recovery_code|client_secret)[a-z_-]*"
        r"[\"']?\s*(?:=|:|%3D)\s*[\"']?)[^\s&,;\"'}\])]+"
    ),
    re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)"),
)
"""What looks like a secret inside a text, such as the message of a failure; the first group stays."""
_SUSPECT = re.compile(r"(?i)dg_|[:=]|%3d|bearer|basic")
"""What each of them holds; most values of a line hold none of it."""
_OUR_OWN = frozenset({"timestamp", "level"})
"""Values that nobody sent."""
_FORGING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile(r"[\r\n\t]+")


def configure(log_format: str, level: str) -> None:
    """Send the logs of this process to standard error, as JSON lines or as text for a person."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            within_its_line,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logger.cache_clear()


def without_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor that hides every value whose name says that it is a secret, and what looks like one inside texts."""
    for name, value in list(event.items()):
        if _is_secret(name):
            event[name] = "…"
        elif name not in _OUR_OWN and not isinstance(value, int | float | None):
            event[name] = _scrubbed(str(value))
    return event


def _scrubbed(text: str) -> str:
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    if _SUSPECT.search(text) is None:
        return text
    for pattern in _SECRETS:
        text = pattern.sub(r"\1…", text)
    return text


def within_its_line(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor that keeps every value in its own line: nothing that was sent begins another, moves the cursor or turns
    the direction of writing. The lines of a traceback are indented, so that none of them looks like an entry."""
    for name, value in list(event.items()):
        if isinstance(value, str) and not value.isprintable():
            text = _FORGING.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
            event[name] = text.replace("\n", "\n    | ") if name == "exception" else _BREAKS.sub(" ", text)
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
    if sent and REQUEST_ID.fullmatch(sent):
        return sent
    return secrets.token_hex(16)
