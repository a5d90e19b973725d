"""Where people stand in the organisation, kept by each process for as long as the organisation stays as it is.

Whoever heads thousands would otherwise have them read with every request. The database holds a mark that every change of the
organisation renews; a request tells which mark it knows somebody's standing for, and reads it only where the mark is another one.
So a change takes effect with the next request of every process, and a mark never comes back.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, update

from dougong.storage.system import STATE

MOST = 2_000
"""How many people each of the two generations of the store holds; the older one goes when the younger is full."""
NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the organisation says of a person, as `Actor` has it."""

    department_ids: frozenset[int] = NOTHING
    main_department_id: int | None = None
    department_tree_ids: frozenset[int] = NOTHING
    subordinate_ids: frozenset[int] = NOTHING
    teammate_ids: frozenset[int] = NOTHING


class _Store:
    """Standings by mark and person, and the mark under which each credential was seen last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._young: dict[tuple[str, int], Standing] = {}
        self._old: dict[tuple[str, int], Standing] = {}
        self._marks: dict[str, tuple[str, int]] = {}

    def mark_for(self, credential: str) -> str:
        with self._lock:
            key = self._marks.get(credential)
            return key[0] if key is not None and (key in self._young or key in self._old) else ""

    def get(self, mark: str, user_id: int) -> Standing | None:
        key = (mark, user_id)
        with self._lock:
            found = self._young.get(key)
            if found is None and key in self._old:
                found = self._young[key] = self._old[key]
            return found

    def keep(self, credential: str, mark: str, user_id: int, standing: Standing) -> None:
        with self._lock:
            if len(self._young) >= MOST or len(self._marks) >= 4 * MOST:
                self._old, self._young, self._marks = self._young, {}, {}
            self._young[mark, user_id] = standing
            self._marks[credential] = (mark, user_id)


_STORE = _Store()


def organisation_changed(connection: Connection) -> None:
    """Renew the mark, in the transaction that changes departments, memberships, teams, heads or superiors."""
    connection.execute(update(STATE).values(organisation=secrets.token_hex(8)))


def asked_with(credential: str) -> Mapping[str, Any]:
    """Return what the question for an account says of its standing: by what somebody is known, and under which mark."""
    return {"credential": credential, "known": _STORE.mark_for(credential)}


def kept_standing(mark: str, user_id: int) -> Standing | None:
    """Return the standing of somebody under a mark, where this process has read it."""
    return _STORE.get(mark, user_id) if mark else None


def keep_standing(credential: str, mark: str, user_id: int, standing: Standing) -> None:
    """Keep what was read under a mark; a database whose organisation was never changed has none."""
    if mark:
        _STORE.keep(credential, mark, user_id, standing)
