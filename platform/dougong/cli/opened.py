"""The databases that a command has opened, so that they are closed however it ends."""

from __future__ import annotations

from dougong.storage.database import Database

OPENED: list[Database] = []


def close_databases() -> None:
    """Close what the command has opened."""
    while OPENED:
        OPENED.pop().dispose()
