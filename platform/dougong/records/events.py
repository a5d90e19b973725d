"""Tells other parts, inside the same transaction, what has just happened to records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dougong.model.expression import Value
from dougong.records.call import Call


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind` is create, update, delete or restore; `changed` are the fields that differ."""

    kind: str
    key: str
    id: int
    version: int
    changed: frozenset[str]
    before: dict[str, Value] | None
    after: dict[str, Value] | None


Listener = Callable[[Call, Sequence[Event]], None]

_LISTENERS: dict[str, Listener] = {}


def listen(name: str, listener: Listener) -> None:
    """Register a listener under a name; a second one with the same name takes its place.

    It runs inside the transaction of the change: what it writes is committed or lost together with it, and a refusal it raises
    refuses the change. Side effects belong into jobs.
    """
    _LISTENERS[name] = listener


def forget(name: str) -> None:
    """Remove a listener."""
    _LISTENERS.pop(name, None)


def announce(call: Call, events: Sequence[Event]) -> None:
    """Tell every listener, in the order of registration."""
    if events:
        for listener in tuple(_LISTENERS.values()):
            listener(call, events)


def anybody_listens() -> bool:
    """Whether announcing would reach anybody."""
    return bool(_LISTENERS)
