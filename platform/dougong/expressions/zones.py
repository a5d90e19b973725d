"""A time zone as plain data for an evaluator that has no zones of its own: its changes so far, and the rule for those to come."""

from __future__ import annotations

import re
import struct
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from dougong.expressions.context import zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = -62_135_596_800 + 86_400
_HEADER = struct.Struct(">4sc15x6l")
_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_DISTANCE = r"([+-]?\d{1,2}(?::\d\d){0,2})"
_CHANGE = r"M(\d{1,2})\.(\d)\.(\d)(?:/([+-]?\d{1,3}(?::\d\d){0,2}))?"
_RULE = re.compile(f"{_NAME}{_DISTANCE}{_NAME}{_DISTANCE}?,{_CHANGE},{_CHANGE}")
_FIXED = re.compile(f"{_NAME}{_DISTANCE}")


@lru_cache(maxsize=64)
def zone_facts(name: str) -> dict[str, Any] | None:
    """The changes of a zone's distance from UTC, in seconds, and the rule that holds behind the last of them.

    `first` holds before all `changes`, each of which is a moment (seconds since 1970) and the distance from then on. None where
    the zone cannot be told so.
    """
    data = _data(name)
    if data is None:
        return {"first": 0, "changes": []} if name == "UTC" else None
    moments, footer = _read(data)
    moments = [moment for moment in moments if moment > _EARLIEST]
    rule = _rule(footer)
    if footer and rule is None and not _FIXED.fullmatch(footer):
        return None
    first = _distance(name, moments[0] - 1 if moments else 0)
    distances = [first, *(_distance(name, moment) for moment in moments)]
    changes = [
        [moment, after]
        for moment, (before, after) in zip(moments, pairwise(distances), strict=True)
        if before != after
    ]
    if rule is not None and moments and (not changes or changes[-1][0] != moments[-1]):
        changes.append([moments[-1], distances[-1]])
    facts: dict[str, Any] = {"first": first, "changes": changes}
    return facts if rule is None else {**facts, "rule": rule}


def _distance(name: str, moment: int) -> int:
    found = (_EPOCH + timedelta(seconds=moment)).astimezone(zone(name)).utcoffset()
    return int((found or timedelta()).total_seconds())


def _data(name: str) -> bytes | None:
    """The compiled zone as the standard library finds it; `zone` has refused names that are no zones."""
    zone(name)
    for folder in zoneinfo.TZPATH:
        file = Path(folder, *name.split("/"))
        if file.is_file():
            return file.read_bytes()
    try:
        found = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
        return found.read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        return None


def _read(data: bytes) -> tuple[list[int], str]:
    """The moments of the changes and the rule behind them (RFC 8536, the second block with 64-bit moments)."""
    start = _length(data, 0, 4)
    _, _, _, _, _, count, _, _ = _HEADER.unpack_from(data, start)
    moments = struct.unpack_from(f">{count}q", data, start + _HEADER.size)
    end = start + _length(data, start, 8)
    return list(moments), data[end:].strip(b"\n").decode("ascii")


def _length(data: bytes, start: int, width: int) -> int:
    _, _, universal, standard, leaps, moments, kinds, letters = _HEADER.unpack_from(data, start)
    body = moments * (width + 1) + kinds * 6 + letters + leaps * (width + 4) + standard + universal
    return int(_HEADER.size + body)


def _rule(footer: str) -> dict[str, Any] | None:
    found = _RULE.fullmatch(footer)
    if found is None:
        return None
    standard = -_seconds(found[1])
    summer = -_seconds(found[2]) if found[2] else standard + 3600
    changes = [
        [int(month), int(week), int(day), _seconds(at or "2")]
        for month, week, day, at in (found.groups()[2:6], found.groups()[6:10])
    ]
    return {"standard": standard, "summer": summer, "begins": changes[0], "ends": changes[1]}


def _seconds(written: str) -> int:
    hours, minutes, seconds = (*(int(part) for part in written.lstrip("+-").split(":")), 0, 0)[:3]
    return (-1 if written.startswith("-") else 1) * ((hours * 60 + minutes) * 60 + seconds)
