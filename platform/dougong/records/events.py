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
Concern = Callable[[Call, str, str], bool]

_LISTENERS: dict[str, Listener] = {}
_CONCERNS: dict[str, Concern] = {}


def listen(name: str, listener: Listener, concerns: Concern | None = None) -> None:
    """Register a listener under a name; a second one with the same name takes its place.

    `concerns` says whether events of an entity and a kind can matter to it, so that an import need not make those that cannot.

    It runs inside the transaction of the change: what it writes is committed or lost together with it, and a refusal it raises
    refuses the change. Side effects belong into jobs.
    """
    _LISTENERS[name] = listener
    _CONCERNS[name] = concerns or _everything


def _everything(call: Call, key: str, kind: str) -> bool:
    return True


def forget(name: str) -> None:
    """Remove a listener."""
    _LISTENERS.pop(name, None)
    _CONCERNS.pop(name, None)


def announce(call: Call, events: Sequence[Event]) -> None:
    """Tell every listener, in the order of registration."""
    if events:
        for listener in tuple(_LISTENERS.values()):
            listener(call, events)


def anybody_listens(call: Call, key: str, kind: str) -> bool:
    """Whether announcing events of a kind about an entity would matter to anybody."""
    return any(concerns(call, key, kind) for concerns in _CONCERNS.values())
