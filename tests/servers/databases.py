"""Fresh databases for tests, on SQLite and on PostgreSQL, and cheap copies of a prepared one."""

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from tests.servers import postgresql

DIALECTS = ("sqlite", "postgresql")


class Databases:
    """Makes and drops the databases of one test process; the PostgreSQL server is shared by all of them."""

    def __init__(self, folder: Path, session_folder: Path, session_process: int) -> None:
        self._folder = folder
        self._session_folder = session_folder
        self._session_process = session_process
        self._numbers = itertools.count(1)
        self._given = os.environ.get("DOUGONG_TEST_POSTGRESQL")
        self._socket_folder: Path | None = None

    def fresh(self, dialect: str) -> str:
        """The URL of a new, empty database."""
        if dialect == "sqlite":
            return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"
        return self._create(template="template0")

    def copy_of(self, url: str) -> str:
        """The URL of a copy; nobody may be connected to the original."""
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return self._create(template=str(parsed.database))
        copy = self._folder / f"{next(self._numbers)}.db"
        for ending in ("", "-wal"):
            original = Path(f"{parsed.database}{ending}")
            if original.exists():
                shutil.copyfile(original, f"{copy}{ending}")
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        """Removes a database, whoever may still be connected."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            for ending in ("", "-wal", "-shm", "-journal"):
                Path(f"{parsed.database}{ending}").unlink(missing_ok=True)
            return
        with self._administration() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(str(parsed.database))
                )
            )

    @contextmanager
    def database(self, dialect: str) -> Iterator[str]:
        """A fresh database for the length of a block."""
        url = self.fresh(dialect)
        try:
            yield url
        finally:
            self.drop(url)

    def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with self._administration() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        base = make_url(self._server())
        return base.set(database=name, drivername="postgresql+psycopg").render_as_string(hide_password=False)

    def _administration(self) -> psycopg.Connection[tuple[object, ...]]:
        url = make_url(self._server()).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _server(self) -> str:
        if self._given:
            return self._given
        if self._socket_folder is None:
            self._socket_folder = self._shared_server()
        return f"postgresql://{postgresql.SUPERUSER}@/postgres?host={self._socket_folder}"

    def _shared_server(self) -> Path:
        """The first process that needs the server starts it; the others wait for it."""
        note = self._session_folder / "postgresql"
        with (self._session_folder / "postgresql.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if note.exists():
                folder = Path(note.read_text())
            else:
                folder, _ = postgresql.launch(self._session_process)
                note.write_text(str(folder))
            postgresql.await_launch(folder)
        return folder
