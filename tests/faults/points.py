"""Fault points: every statement that reaches a driver, and every commit, is a place where the process may die, the disk be full or
the connection be lost."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import event

from dougong.storage.database import Database

KINDS = ("kill", "full", "lost")
FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
"""What PostgreSQL says when its disk is full; the error is raised by the server and ends the transaction as the real one does."""


class Points:
    """Counts fault points and makes the trouble at one of them; from then on the process goes on as well as it can."""

    def __init__(
        self, database: Database, kind: str, step: int, fill_disk: Callable[[], None] | None = None
    ) -> None:
        self.kind, self.step, self.done = kind, step, 0
        self._fill_disk = fill_disk
        """What else is on the disk that is full, such as the file that is written."""
        self._url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        if database.dialect == "sqlite":
            self._watch_sqlite(database)
        else:
            self._watch_postgresql()

    @property
    def has_struck(self) -> bool:
        """Whether the trouble has come."""
        return self.done >= self.step

    def _watch_sqlite(self, database: Database) -> None:
        @event.listens_for(database.engine, "connect")
        def watch(connection: Any, record: object) -> None:
            def met(statement: str) -> None:
                self._meet(self._is_full.set)
                if self._is_full.is_set():  # each by itself: another thread may be at work on another one
                    _fill_sqlite(connection)

            connection.set_trace_callback(met)

        self._is_full = threading.Event()

    def _watch_postgresql(self) -> None:
        for name in ("execute", "executemany", "copy"):
            setattr(psycopg.Cursor, name, self._watched(getattr(psycopg.Cursor, name)))
        for name in ("commit", "rollback"):
            setattr(psycopg.Connection, name, self._watched(getattr(psycopg.Connection, name)))

    def _watched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def method(owner: Any, *given: Any, **options: Any) -> Any:
            connection = owner if isinstance(owner, psycopg.Connection) else owner.connection
            self._meet(lambda: self._strike_postgresql(connection))
            return original(owner, *given, **options)

        return method

    def _meet(self, strike: Callable[[], None]) -> None:
        self.done += 1
        if self.done == self.step:
            if self.kind == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self.kind == "full" and self._fill_disk is not None:
                self._fill_disk()
            else:
                strike()

    def _strike_postgresql(self, connection: psycopg.Connection[Any]) -> None:
        if self.kind == "full":
            if connection.pgconn.pipeline_status == psycopg.pq.PipelineStatus.OFF:
                connection.pgconn.exec_(FULL.encode())  # in a pipeline the client alone is told
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        with psycopg.connect(self._url, autocommit=True) as other:
            other.pgconn.exec_(f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)".encode())


def _fill_sqlite(connection: Any) -> None:
    """No database file may grow any more, which SQLite reports as a full disk."""
    with contextlib.suppress(Exception):
        connection.set_trace_callback(None)
        connection.execute("PRAGMA max_page_count = 1")
