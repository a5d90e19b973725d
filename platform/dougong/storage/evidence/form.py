"""The canonical form of entries and blocks, and the digests that are taken of it; the same on every engine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Table

from dougong.storage.system import AUDIT, HISTORY, STEP

FORM = 1
"""The number of this form; a block says by which form its entries were sealed."""
FIRST = "0" * 64
"""What stands for the hash before the first block."""
_SIZE = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are evidence: the columns that are sealed, and the one whose content may be given up apart."""

    name: str
    table: Table
    head: tuple[str, ...]
    body: str


SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (
        Source(
            "audit",
            AUDIT,
            (
                "id",
                "at",
                "actor_id",
                "door",
                "action",
                "subject",
                "address",
                "request_id",
                "origin",
                "agent",
                "route",
            ),
            "details",
        ),
        Source(
            "history",
            HISTORY,
            (
                "id",
                "at",
                "actor_id",
                "door",
                "app",
                "entity",
                "record_id",
                "action",
                "batch",
                "version",
                "origin",
                "address",
            ),
            "changes",
        ),
        Source("step", STEP, ("id", "instance_id", "at", "actor_id", "action", "node", "opinion"), "details"),
    )
}


def entry_digest(values: Sequence[Any]) -> bytes:
    """The digest of an entry: one half of its head, the other of its body, so that a body can be given up without the head."""
    *head, body = values
    return _half([_plain(each) for each in head]) + _half(body)


def head_of(digest: bytes) -> bytes:
    """The half of a digest that was taken of the head."""
    return digest[:_SIZE]


def _half(value: Any) -> bytes:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).digest()[:_SIZE]


def _plain(value: Any) -> Any:
    """Moments as whole microseconds, as no two engines write them alike."""
    return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value


def packed(digests: Sequence[bytes]) -> str:
    """Digests as they are stored with their block."""
    return base64.b64encode(b"".join(digests)).decode()


def unpacked(text: str) -> list[bytes]:
    """The digests of a block; ValueError for what never were any."""
    whole = base64.b64decode(text, validate=True)
    if len(whole) % (2 * _SIZE):
        raise ValueError("not the digests of a block")
    return [whole[start : start + 2 * _SIZE] for start in range(0, len(whole), 2 * _SIZE)]


def block_hash(row: Mapping[str, Any]) -> str:
    """The hash of a block, which the next block holds: of everything in it, and of the hash before it."""
    names = ("number", "at", "source", "first", "last", "count", "facts", "digests", "previous_hash")
    document = [_plain(row[name]) for name in names]
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()
