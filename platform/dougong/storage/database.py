"""One database behind one address: SQLite in a file or PostgreSQL, with the same behaviour of transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, make_url

from dougong.diagnostics import Refusal
from dougong.storage.problems import refusal
from dougong.storage.statements import Rows, Step, run_commands, run_script
from dougong.storage.watch import STEPS, Watch, too_costly, was_stopped

BUSY_SECONDS = 10
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cache_size=-32768",
    "temp_store=MEMORY",
    "mmap_size=0",
)
READING = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
WRITING = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN"}
"""What begins a transaction."""
_LOOKING = {"sqlite": "SELECT 1;", "postgresql": "SELECT 1;"}
"""What begins none, and yet tells whether the connection stands."""

_ROW_TOO_LARGE = "P109"
"""The one of these findings that is about what was asked for, not about the database."""

_CROSSED = frozenset({"40P01", "40001"})
"""What PostgreSQL calls a deadlock, and a transaction that others overtook."""


_LOST = (
    "the connection is closed",
    "the connection is lost",
    "server closed the connection",
    "consuming input failed",
)
"""What psycopg says of a connection that has gone, where the server could give no code."""


Answer = TypeVar("Answer")


class OfferedFunction(Protocol):
    """A deterministic function offered to SQLite; PostgreSQL has its own spelling of the same thing."""

    @property
    def name(self) -> str:
        """The name in SQL."""

    @property
    def arguments(self) -> int:
        """How many arguments it takes; -1 for any number."""

    @property
    def call(self) -> Callable[..., Any]:
        """The function itself."""


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """Such a function, for those who have none of their own shape."""

    name: str
    arguments: int
    call: Callable[..., Any]


class Database:
    """The engine of one address; `reading()` and `writing()` are the only ways to a connection."""

    def __init__(
        self,
        url: str,
        functions: Sequence[OfferedFunction] = (),
        pool_size: int = 16,
        statement_seconds: float = 0,
    ) -> None:
        """`statement_seconds` is how long one statement may take before it is ended and refused; 0 is without limit."""
        self.url = _parse(url)
        self.dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.companions: dict[type, object] = {}
        """What others keep once per database, such as its releases."""
        self._functions = tuple(functions)
        self.statement_seconds = statement_seconds
        self.engine = self._sqlite(pool_size) if self.dialect == "sqlite" else self._postgresql(pool_size)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database, or nothing."""
        return Path(self.url.database or "") if self.dialect == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the data from its first query on and takes no lock against writers.

        It ends with a rollback: whatever was written by mistake is not kept.
        """
        with self.begun(READING) as (connection, _, _):
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection in no transaction: each query sees what is committed by then, and holds nothing up afterwards.

        For long work beside a writer: a transaction would keep SQLite from ever beginning its log anew.
        """
        with self.begun(_LOOKING) as (connection, _, _):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection inside one transaction, committed at the end and rolled back by any exception.

        SQLite: BEGIN IMMEDIATE, so that what was read cannot have changed when it is written.
        """
        with self.begun(WRITING) as (connection, _, _), connection.begin():
            yield connection

    @contextmanager
    def asked(self, ask: Callable[[Connection], Answer]) -> Iterator[tuple[Connection, Answer]]:
        """A connection outside any transaction, and the answer to what is asked first over it.

        One statement sees one state of the data even so, and a transaction can be begun on the connection afterwards. The question
        tells whether a pooled connection still stands; all of them are made anew when it does not.
        """
        with readable_trouble(), ExitStack() as stack:
            connection = stack.enter_context(_connected(self.engine))
            try:
                answer = ask(connection)
            except sqlalchemy.exc.DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                stack.close()
                self.engine.dispose()
                connection = stack.enter_context(_connected(self.engine))
                answer = ask(connection)
            yield connection, answer

    @contextmanager
    def begun(
        self,
        begin: Mapping[str, str],
        pin: Sequence[str] = (),
        on: Connection | None = None,
        step: Step | None = None,
    ) -> Iterator[tuple[Connection, Rows, Rows]]:
        """A connection in a transaction, the rows that the last command of `pin` gives, and those of a first statement, `step`;
        PostgreSQL is asked for all of it in one round trip.

        `on` is a connection outside any transaction to begin it on; without one a pooled connection is taken.
        """
        commands = (begin[self.dialect], *pin)

        def ask(connection: Connection) -> tuple[Rows, Rows]:
            if step is not None:
                return run_commands(connection, commands, step)
            return run_script(connection, *commands), []

        with self._given(on, ask) if on is not None else self.asked(ask) as (connection, (rows, answer)):
            try:
                yield connection, rows, answer
            except sqlalchemy.exc.DBAPIError as error:
                if self.statement_seconds and was_stopped(error):
                    raise too_costly(self.statement_seconds) from error
                raise
            finally:
                if begin is READING:
                    _end_reading(connection)

    @contextmanager
    def _given(
        self, connection: Connection, ask: Callable[[Connection], Answer]
    ) -> Iterator[tuple[Connection, Answer]]:
        with readable_trouble():
            yield connection, ask(connection)

    def check(self) -> None:
        """Refuse with a readable reason when the database cannot be opened."""
        with self.reading() as connection:
            connection.execute(sqlalchemy.select(sqlalchemy.literal(1)))

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _sqlite(self, pool_size: int) -> Engine:
        path = Path(self.url.database or "")
        _create_private(path)
        engine = sqlalchemy.create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size * 2,
            hide_parameters=True,  # values are nobody's business who reads a log
            connect_args={"timeout": BUSY_SECONDS},
        )
        functions = self._functions

        @event.listens_for(engine, "connect")
        def configure(connection: Any, record: Any) -> None:
            connection.isolation_level = None  # the driver must send no BEGIN of its own
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            for function in functions:
                connection.create_function(
                    function.name, function.arguments, function.call, deterministic=True
                )

            if self.statement_seconds:
                watch = record.info["watch"] = Watch(self.statement_seconds)
                connection.set_progress_handler(watch.is_over, STEPS)

        if self.statement_seconds:

            @event.listens_for(engine, "before_cursor_execute", retval=True)
            def watched(
                connection: Connection, cursor: object, text: str, arguments: object, *more: object
            ) -> tuple[str, object]:
                connection.info["watch"].restart()
                return text, arguments

        return engine

    def _postgresql(self, pool_size: int) -> Engine:
        query = dict(self.url.query)
        threshold = query.pop("prepare_threshold", "5")
        options: dict[str, Any] = {"prepare_threshold": None if threshold == "none" else int(str(threshold))}
        options["autocommit"] = True  # the driver must send no BEGIN of its own
        limit = (
            f"-c statement_timeout={round(self.statement_seconds * 1000)} " if self.statement_seconds else ""
        )
        options["options"] = f"-c timezone=UTC {limit}{query.pop('options', '')}".strip()
        options.setdefault("application_name", str(query.pop("application_name", "dougong")))
        return sqlalchemy.create_engine(
            self.url.set(drivername="postgresql+psycopg", query=query),
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,
            connect_args=options,
        )


def _end_reading(connection: Connection) -> None:
    """End a transaction that could not write anything. PostgreSQL is told to commit, as its driver forgets what it has prepared
    when a transaction is rolled back."""
    if connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        if driver.in_transaction:
            driver.rollback()
    elif driver.info.transaction_status.name == "INTRANS":
        run_script(connection, "COMMIT")
    if connection.in_transaction():
        connection.rollback()  # what SQLAlchemy began by itself, so that the next transaction may begin here


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection of the engine; whatever keeps it from being opened becomes a refusal."""
    try:
        connection = engine.connect()
    except (sqlalchemy.exc.DatabaseError, sqlite3.DatabaseError) as error:
        raise refusal("unavailable", "P102/open", reason=_reason(error)) from error
    except sqlalchemy.exc.TimeoutError as error:
        raise refusal("unavailable", "P103") from error
    with connection:
        yield connection


@contextmanager
def readable_trouble() -> Iterator[None]:
    """Turn a database that is busy for too long, full, gone or asked to keep too much in a row into a refusal; nothing was
    changed by the transaction."""
    try:
        yield
    except sqlalchemy.exc.SQLAlchemyError as error:
        found = next(filter(None, map(_trouble, _chain(error))), "")
        if not found:
            raise
        raise refusal("too_large" if found == _ROW_TOO_LARGE else "unavailable", found) from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from: after a full disk SQLite has no savepoint left that could be taken back."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_crossed(refusal: Refusal) -> bool:
    """Whether a transaction was ended because it and others waited for each other, or overtook each other: it can be made again."""
    return any(
        isinstance(error, sqlalchemy.exc.DBAPIError) and getattr(error.orig, "sqlstate", None) in _CROSSED
        for error in _chain(refusal.__cause__)
    )


def _trouble(error: BaseException) -> str:
    """The finding for an error of the driver that no verb could foresee, or nothing."""
    if not isinstance(error, sqlalchemy.exc.DBAPIError):
        return ""
    reason, state = str(error.orig), getattr(error.orig, "sqlstate", None) or ""
    if "database is locked" in reason or state in _CROSSED:
        return "P103"
    if "disk is full" in reason or state == "53100":
        return "P107"
    if "disk I/O error" in reason or state == "58030":
        return "P107/device"
    if state == "54000":
        return _ROW_TOO_LARGE
    is_lost = error.connection_invalidated or any(each in reason for each in _LOST)
    return "P106" if is_lost or state.startswith(("57P0", "08")) else ""


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise refusal("invalid", "P101/unreadable") from error
    name = parsed.drivername.partition("+")[0]
    if name == "postgres":
        parsed, name = parsed.set(drivername="postgresql"), "postgresql"
    if name not in {"sqlite", "postgresql"}:
        raise refusal("invalid", "P101/unknown", name=name)
    if name == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise refusal("invalid", "P101/memory")
    if name == "postgresql":
        _check_postgresql(parsed)
    return parsed.set(drivername="sqlite") if name == "sqlite" else parsed


def _check_postgresql(url: URL) -> None:
    threshold = url.query.get("prepare_threshold", "5")
    if threshold != "none" and not (
        isinstance(threshold, str) and threshold.isascii() and threshold.isdigit()
    ):
        raise refusal("invalid", "P101/threshold")
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise refusal("invalid", "P101/driver") from error


def _create_private(path: Path) -> None:
    """Create the file with rights for its owner only; SQLite gives the same rights to the files it puts beside it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = error.strerror or "?"
        raise refusal("invalid", "P102/file", name=path.name, reason=reason) from error


def _reason(error: Exception) -> str:
    """The driver's own words, first line only; they name host and cause, never the password."""
    lines = str(getattr(error, "orig", error)).strip().splitlines()
    return lines[0] if lines else "no reason given"
