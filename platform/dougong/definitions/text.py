"""From the bytes of a file to a text that both readers can trust."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dougong.definitions.catalogue import problem
from dougong.diagnostics import Diagnostic, Place

MAX_FILE_BYTES = 1024 * 1024
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_FORBIDDEN_VALUE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Clean:
    """A text with line feeds only, and what was found on the way; `text` is None when nothing can be read at all."""

    text: str | None
    problems: tuple[Diagnostic, ...] = ()


def decode(content: bytes, file: str) -> Clean:
    """The text of a file, or the finding that it is too large or not UTF-8."""
    if len(content) > MAX_FILE_BYTES:
        return Clean(None, (problem("D116", Place(file), size=len(content), limit=MAX_FILE_BYTES),))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        byte = f"0x{content[error.start]:02X}"
        return Clean(None, (problem("D101", place_at(before, len(before), file), byte=byte),))
    return clean(text, file)


def clean(text: str, file: str) -> Clean:
    """The text without byte order mark and carriage returns, which are findings, as are forbidden characters."""
    if len(text) > MAX_FILE_BYTES:
        return Clean(None, (problem("D116", Place(file), size=len(text), limit=MAX_FILE_BYTES),))
    problems = []
    if text.startswith("\ufeff"):
        problems.append(problem("D102", Place(file)))
        text = text[1:]
    if "\r" in text:
        at = text.index("\r")
        problems.append(problem("D103", place_at(text, at, file)))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _FORBIDDEN.search(text)
    if match:
        advice = "remove it, or write it as an escape inside double quotes"
        character = f"U+{ord(match.group()):04X}"
        problems.append(
            problem("D104", place_at(text, match.start(), file), character=character, advice=advice)
        )
        return Clean(None, tuple(problems))
    return Clean(text, tuple(problems))


def forbidden_in(value: str) -> str:
    """The first character of a value that no database and no screen could hold, as U+…, or nothing."""
    match = _FORBIDDEN_VALUE.search(value)
    return f"U+{ord(match.group()):04X}" if match else ""


def place_at(text: str, index: int, file: str) -> Place:
    """The line and column of an offset."""
    line = text.count("\n", 0, index) + 1
    return Place(file, line, index - (text.rfind("\n", 0, index) + 1) + 1)
