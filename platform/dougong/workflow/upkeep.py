"""Ends the approvals of entities that a new version of their app no longer has."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from dougong.model.app import App
from dougong.storage.system import INSTANCE, STEP, TASK


def end_orphans(connection: Connection, app: App) -> int:
    """End what runs on entities that are gone, in the transaction that applies the version; the answer is how many ended."""
    keys = [entity.key for entity in app.entities.values()]
    lost = select(INSTANCE.c.id).where(
        INSTANCE.c.app == app.id, INSTANCE.c.state == "running", INSTANCE.c.entity.not_in(keys)
    )
    at = datetime.now(UTC)
    identifiers = connection.execute(lost.order_by(INSTANCE.c.id).with_for_update()).scalars().all()
    for identifier in identifiers:
        open_tasks = (TASK.c.instance_id == identifier, TASK.c.state == "open")
        connection.execute(
            update(TASK).where(*open_tasks).values(state="cancelled", version=TASK.c.version + 1)
        )
        ended = {
            "state": "finished",
            "outcome": "cancelled",
            "finished_at": at,
            "version": INSTANCE.c.version + 1,
        }
        connection.execute(update(INSTANCE).where(INSTANCE.c.id == identifier).values(ended))
        line = {
            "instance_id": identifier,
            "at": at,
            "actor_id": None,
            "action": "finished",
            "node": "",
            "opinion": "",
        }
        connection.execute(
            insert(STEP).values(line | {"details": {"outcome": "cancelled", "reason": "entity_gone"}})
        )
    return len(identifiers)
