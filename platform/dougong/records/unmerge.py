"""What hangs on a record besides its values: comments, ended approvals and files; moved by a merge and brought back by its undoing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select, update

from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.storage.system import COMMENT, FILE, HISTORY, INSTANCE

INTO, ABSORBED = "$into", "$absorbed"
"""What the history says of a merge, under names that no field can have: where the record went, and which ones came."""

_LONGEST_ROAD = 20
_MOST_ABSORBED = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """What a merge moved from one record: ids of comments and approvals; files as (key, entity, record, field, uploader)."""

    comments: tuple[int, ...] = ()
    approvals: tuple[int, ...] = ()
    files: tuple[tuple[Any, ...], ...] = ()

    def document(self, survivor: int) -> dict[str, Any]:
        """What the history remembers of it."""
        return {
            INTO: str(survivor),
            "$comments": list(self.comments),
            "$approvals": list(self.approvals),
            "$files": [list(each) for each in self.files],
        }


def move_talk(call: Call, key: str, loser: int, survivor: int) -> Moved:
    """Hang comments and ended approvals of one record on another."""
    comments = _move(call, COMMENT, key, loser, survivor)
    return Moved(comments, _move(call, INSTANCE, key, loser, survivor))


def _move(call: Call, table: Table, key: str, loser: int, survivor: int) -> tuple[int, ...]:
    of_loser = (table.c.entity == key, table.c.record_id == loser)
    ids = tuple(call.connection.execute(select(table.c.id).where(*of_loser).order_by(table.c.id)).scalars())
    call.connection.execute(update(table).where(*of_loser).values(record_id=survivor))
    return ids


def owners_of(call: Call, keys: Sequence[str]) -> tuple[tuple[Any, ...], ...]:
    """To which record each file belongs."""
    found: list[tuple[Any, ...]] = []
    columns = [FILE.c[name] for name in ("key", "entity", "record_id", "field", "created_by")]
    for chunk in chunks(keys):
        statement = select(*columns).where(FILE.c.key.in_(chunk)).order_by(FILE.c.id)
        found += [tuple(row) for row in call.connection.execute(statement)]
    return tuple(found)


def unmerge(call: Call, shape: Shape, loser: int, changes: Mapping[str, Any]) -> None:
    """Hang on a record again what the merge took from it; its values and links come back by themselves."""
    for table, name in ((COMMENT, "$comments"), (INSTANCE, "$approvals")):
        for chunk in chunks(changes.get(name, ())):
            call.connection.execute(
                update(table)
                .where(table.c.id.in_(chunk), table.c.entity == shape.key)
                .values(record_id=loser)
            )
    for key, entity, record_id, field, created_by in changes.get("$files", ()):
        owner = {"entity": entity, "record_id": record_id, "field": field, "created_by": created_by}
        call.connection.execute(update(FILE).where(FILE.c.key == key).values(**owner))


def forward_of(call: Call, key: str, identifier: int) -> int | None:
    """The record into which one that is not there any more was merged, as far as the actor may read it."""
    shape = shape_of(call.release, key)
    seen = [identifier]
    while len(seen) < _LONGEST_ROAD:
        gone_to = _gone_to(call, key, seen[-1])
        if gone_to is None:
            break
        seen.append(gone_to)
    target = seen[-1]
    if len(seen) == 1 or not Selection(call, shape).among([target]).count():
        return None
    return target


def survivors_of(call: Call, key: str, identifiers: Iterable[int]) -> dict[int, int]:
    """The living records into which others were merged, whoever may read them; what only was deleted has none."""
    table, found = shape_of(call.release, key).table, dict[int, int]()
    for identifier in identifiers:
        at: int | None = identifier
        for _ in range(_LONGEST_ROAD):
            at = None if at is None else _gone_to(call, key, at)
            lives = select(table.c.id).where(table.c.id == at, table.c.deleted_at.is_(None))
            if at is not None and call.connection.execute(lives).scalar_one_or_none() is not None:
                found[identifier] = at
                break
    return found


def absorbed_by(call: Call, key: str, identifier: int) -> list[int]:
    """The records that were merged into one, and those merged into them before, unless they came back."""
    found: list[int] = []
    asked = [identifier]
    while asked and len(found) < _MOST_ABSORBED:
        told = select(HISTORY.c.changes).where(
            HISTORY.c.entity == key, HISTORY.c.record_id.in_(asked), HISTORY.c.action == "absorb"
        )
        rows = call.connection.execute(told).scalars().all()
        asked = [int(each) for changes in rows for each in (changes or {}).get(ABSORBED, ())]
        asked = [each for each in dict.fromkeys(asked) if each not in found and _gone_to(call, key, each)]
        found += asked
    return found


def _gone_to(call: Call, key: str, identifier: int) -> int | None:
    """Where a record was merged to, when that is the last thing that happened to it."""
    statement = (
        select(HISTORY.c.action, HISTORY.c.changes)
        .where(HISTORY.c.entity == key, HISTORY.c.record_id == identifier, HISTORY.c.action != "purge")
        .order_by(HISTORY.c.id.desc())
        .limit(1)
    )
    row = call.connection.execute(statement).first()
    return int(row.changes[INTO]) if row is not None and row.action == "merge" else None
