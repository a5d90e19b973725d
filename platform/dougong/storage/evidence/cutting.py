"""Lets old entries of the audit trail go; the blocks they were sealed in stay, and so does what an entry says of other cuts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from dougong.storage.evidence.anchors import ANCHORS
from dougong.storage.system import AUDIT, SEAL


def cut(connection: Connection, before: datetime) -> tuple[int, int]:
    """Remove sealed entries that are older; returns the last id up to which entries went, and how many did."""
    sealed = select(func.coalesce(func.max(SEAL.c.last), 0)).where(SEAL.c.source == "audit")
    kept = select(func.min(AUDIT.c.id)).where(AUDIT.c.at >= before)
    first_kept = connection.execute(kept).scalar_one()
    through: int = connection.execute(sealed).scalar_one()
    if first_kept is not None:
        through = min(through, first_kept - 1)
    gone = delete(AUDIT).where(AUDIT.c.id <= through, AUDIT.c.action.not_in(ANCHORS))
    return through, connection.execute(gone).rowcount
