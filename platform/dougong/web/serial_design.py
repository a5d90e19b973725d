"""What a designer says about a serial number, written into its definition; settings that stay as they are leave the file alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dougong.definitions import edit
from dougong.web.catalogue import refuse

_PART = re.compile(r"\{\s*(date|field|count)\s*:\s*([^{}]+?)\s*\}")
_DEFAULTS: Mapping[str, object] = {"reset": "never", "mode": "gapless", "start": 1}


def set_serial(text: str, path: list[str], given: Mapping[str, str], file: str) -> str:
    """The definition with the settings that were given and differ."""
    if "parts" in given:
        text = _set(text, [*path, "parts"], _parts(given["parts"]), file)
    if "per" in given:
        roads = [each.strip() for each in re.split("[,，、\\s]", given["per"]) if each.strip()]
        text = _set(text, [*path, "per"], roads or None, file)
    for name, default in _DEFAULTS.items():
        if name not in given:
            continue
        wanted = _whole(given[name].strip()) if name == "start" else given[name]
        present = edit.value_at(text, [*path, name], file)
        if (default if present is None else present) != wanted:
            text = _set(text, [*path, name], None if wanted == default else wanted, file)
    return text


def _parts(lines: str) -> list[Any]:
    """A part a line: `{date: yyyyMM}`, `{field: department.code}` and `{count: 5}`; anything else is constant."""
    found: list[Any] = []
    for line in lines.splitlines():
        part = _PART.fullmatch(line.strip())
        if part is not None:
            found.append({part[1]: int(part[2]) if part[1] == "count" and part[2].isdecimal() else part[2]})
        elif line.strip():
            found.append(line)
    return found


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise refuse("invalid", "W205", "start", name="start", lowest=1, highest=999_999_999_999)
    return int(text)


def _set(text: str, path: list[str], value: Any, file: str) -> str:
    present = edit.value_at(text, path, file)
    if value is None:
        return text if present is None else edit.remove_key(text, path, file)
    return text if present == value else edit.set_value(text, path, value, file)
