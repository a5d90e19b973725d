"""A clock and a source of randomness that give the same in every run, so that whole answers can be compared byte by byte."""

from __future__ import annotations

import hashlib
import importlib
import itertools
import pkgutil
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import ModuleType
from typing import Any

import pytest

import dougong
import dougong_renderers

BEGINNING = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """The time that the platform sees: it stands still unless it is moved."""

    now: datetime = BEGINNING

    def tick(self) -> None:
        """Let a second go by."""
        self.now += timedelta(seconds=1)


@contextmanager
def held_still() -> Iterator[Clock]:
    """Everything within happens at the clock's time and draws the same random texts in the same order."""
    clock, drawn = Clock(), itertools.count()
    seen = _datetime_of(clock)
    with pytest.MonkeyPatch.context() as patch:
        for module in _platform():
            if vars(module).get("datetime") is datetime:
                patch.setattr(module, "datetime", seen)
        patch.setattr(secrets, "token_hex", lambda size=16: _drawn(drawn)[: 2 * size])
        patch.setattr(secrets, "token_urlsafe", lambda size=32: _drawn(drawn)[: size * 4 // 3])
        patch.setattr(secrets, "token_bytes", lambda size=32: _drawn(drawn).encode()[:size])
        yield clock


def _drawn(numbers: Iterator[int]) -> str:
    return hashlib.sha256(f"draw {next(numbers)}".encode()).hexdigest()


def _platform() -> list[ModuleType]:
    """Every module of the product: those that are only imported when they are needed must see the clock too."""
    for package in (dougong, dougong_renderers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    return [
        module
        for name, module in sys.modules.items()
        if name.split(".")[0] in ("dougong", "dougong_renderers")
    ]


def _datetime_of(clock: Clock) -> type:
    """A stand-in for the class `datetime`: what it makes are real moments, only `now` asks the clock."""

    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Seen(datetime, metaclass=Kind):
        def __new__(cls, *parts: Any, **named: Any) -> Any:
            return datetime(*parts, **named)  # noqa: DTZ001  # as the class itself

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now.astimezone(tz)

    return Seen
