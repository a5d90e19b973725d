"""Seals what was written since: entries become blocks of a chain, after they are committed, so that no writer waits for another.

Entries are given ids before they are committed, in any order. A block therefore says which ids of its range it has not seen; one that is
committed late is sealed by a later block, as long as a transaction that had begun by then may still be under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, text

from dougong.storage.database import Database
from dougong.storage.evidence.form import FIRST, FORM, SOURCES, Source, block_hash, entry_digest, packed
from dougong.storage.system import SEAL

BLOCK = 1000
"""How many entries a block holds at most."""
GRACE = timedelta(minutes=10)
"""For how long an id is awaited at least, though every transaction of its time is over."""
_LOCK = 0x646F75676F6E68


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block of the chain: its number (0 before the first), its hash, and when it was sealed."""

    number: int
    hash: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids that were given but not seen; `until` is the number of the first transaction that cannot hold any of them."""

    first: int
    last: int
    until: int
    since: datetime

    def document(self) -> list[Any]:
        """As it stands among the facts of a block."""
        return [self.first, self.last, self.until, self.since.isoformat()]


def head(connection: Connection) -> Head:
    """The newest block."""
    row = connection.execute(
        select(SEAL.c.number, SEAL.c.hash, SEAL.c.at).order_by(SEAL.c.number.desc()).limit(1)
    ).one_or_none()
    return Head(0, FIRST, None) if row is None else Head(row.number, row.hash, row.at)


def seal(database: Database, blocks: int = 1_000_000) -> int:
    """Seal what was committed since, in at most so many blocks; returns how many entries were sealed."""
    sealed = 0
    for source in SOURCES.values():
        while blocks > 0:
            found = _seal_block(database, source)
            if not found:
                break
            sealed, blocks = sealed + found, blocks - 1
    return sealed


def _seal_block(database: Database, source: Source) -> int:
    """Read and digest in a reading transaction; writing the block then takes a moment only."""
    with database.reading() as connection:
        before, made = head(connection), _block(connection, source)
    if made is None:
        return 0
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if head(connection) != before:
            return 0  # another process is sealing
        row = {**made, "number": before.number + 1, "previous_hash": before.hash}
        connection.execute(insert(SEAL).values(**row, hash=block_hash(row)))
    return int(made["count"])


def _block(connection: Connection, source: Source) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    last = connection.execute(
        select(SEAL.c.last, SEAL.c.facts)
        .where(SEAL.c.source == source.name)
        .order_by(SEAL.c.number.desc())
        .limit(1)
    ).one_or_none()
    begin = last.last if last is not None else 0
    awaited = gaps_of(last.facts) if last is not None else []
    rows = _rows(connection, source, source.table.c.id > begin)
    late = _late(connection, source, awaited)
    if not rows and not late:
        return None
    end = rows[-1][0] if rows else begin
    missing = ranges_between(begin, [row[0] for row in rows])
    oldest, newest = _transactions(connection)
    still = [gap for gap in awaited if gap.until > oldest or now - gap.since < GRACE] if newest else []
    still = [part for gap in still for part in _without(gap, {row[0] for row in late})]
    still += [Gap(first, final, newest, now) for first, final in missing] if newest else []
    return {
        "at": now,
        "source": source.name,
        "first": begin + 1,
        "last": end,
        "count": len(rows) + len(late),
        "facts": {
            "form": FORM,
            "missing": missing,
            "late": [row[0] for row in late],
            "open": [gap.document() for gap in still],
        },
        "digests": packed([entry_digest(row) for row in (*rows, *late)]),
    }


def _rows(connection: Connection, source: Source, condition: Any) -> list[Sequence[Any]]:
    return [tuple(row) for row in connection.execute(entries_statement(source).where(condition).limit(BLOCK))]


def entries_statement(source: Source) -> Any:
    """The sealed columns of entries, in the order of their ids."""
    table = source.table
    return select(*(table.c[name] for name in (*source.head, source.body))).order_by(table.c.id)


def _late(connection: Connection, source: Source, awaited: Sequence[Gap]) -> list[Sequence[Any]]:
    """Entries with awaited ids that are there by now."""
    identifier = source.table.c.id
    conditions = [identifier.between(gap.first, gap.last) for gap in awaited[:100]]
    return _rows(connection, source, or_(*conditions)) if conditions else []


def ranges_between(begin: int, ids: Sequence[int]) -> list[list[int]]:
    """The ids after `begin` that are not among the others, as ranges."""
    found, expected = [], begin + 1
    for each in ids:
        if each > expected:
            found.append([expected, each - 1])
        expected = each + 1
    return found


def _without(gap: Gap, ids: set[int]) -> list[Gap]:
    """What is still awaited of a gap when some of its ids have come."""
    inside = sorted(each for each in ids if gap.first <= each <= gap.last)
    parts = ranges_between(gap.first - 1, [*inside, gap.last + 1])
    return [Gap(first, last, gap.until, gap.since) for first, last in parts]


def gaps_of(facts: Mapping[str, Any]) -> list[Gap]:
    """The ids that were still awaited when a block was sealed."""
    return [
        Gap(first, last, until, datetime.fromisoformat(since)) for first, last, until, since in facts["open"]
    ]


def _transactions(connection: Connection) -> tuple[int, int]:
    """The oldest transaction that is under way, and the next to come; (0, 0) where writers come one after the other."""
    if connection.dialect.name != "postgresql":
        return 0, 0
    row = connection.execute(
        text(
            "SELECT pg_snapshot_xmin(shot)::text::bigint, pg_snapshot_xmax(shot)::text::bigint"
            " FROM pg_current_snapshot() AS shot"
        )
    ).one()
    return int(row[0]), int(row[1])
