"""Statements made ready once, kept with a release, and run by the driver itself; many of them in one round trip.

Building a statement and asking SQLAlchemy to run it costs ten times what the database needs for one row. A `Statement` holds
the text of the driver and the conversions of values, so that running it costs one call of the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, UpdateBase, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement, column, func, select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import BigInteger, Text, TypeDecorator, TypeEngine

from dougong.fieldtypes.columns import json_text

Parameters = Mapping[str, Any]
Row = tuple[Any, ...]
Writer = Callable[[Any], Any]


class Statement:
    """One statement of a driver. Parameters are given by name; values are converted as the columns of the statement say."""

    __slots__ = ("_places", "_readers", "columns", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        fixed = compiled.params
        names = compiled.positiontup if compiled.positional else list(types)
        self.text: str = str(compiled)
        self._places: tuple[tuple[str, Writer | None, Any], ...] = tuple(
            (name, types[name].dialect_impl(dialect).bind_processor(dialect), fixed.get(name))
            for name in names or ()
        )
        described = _described(compiled)
        self.columns: tuple[str, ...] = tuple(each["name"] for each in described)
        self._readers = tuple(
            (place, read)
            for place, each in enumerate(described)
            if (read := each["type"].dialect_impl(dialect).result_processor(dialect, None)) is not None
        )

    def arguments(self, parameters: Parameters, named: bool) -> Any:
        """What the driver takes for these parameters: a mapping by name or a tuple by place."""
        values = [
            value if write is None or value is None else write(value)
            for write, value in ((write, parameters.get(name, fixed)) for name, write, fixed in self._places)
        ]
        return (
            {place[0]: value for place, value in zip(self._places, values, strict=True)} if named else values
        )

    def read(self, found: Sequence[Row]) -> list[Row]:
        """Rows of the driver with their values converted."""
        if not self._readers:
            return list(found)
        rows = []
        for each in found:
            row = list(each)
            for place, read in self._readers:
                if row[place] is not None:
                    row[place] = read(row[place])
            rows.append(tuple(row))
        return rows


def _described(compiled: SQLCompiler) -> Any:
    """Name and type of every column that the statement gives."""
    statement: Any = compiled.statement
    if isinstance(statement, Select):
        return statement.column_descriptions
    if isinstance(statement, UpdateBase):
        return statement.returning_column_descriptions if compiled.effective_returning else ()
    return [{"name": each.name, "type": each.type} for each in getattr(statement, "exported_columns", ())]


Step = tuple[Statement, Parameters]


def prepare(statement: ClauseElement, dialect: Dialect, names: Sequence[str] | None = None) -> Statement:
    """Make a statement ready; `names` are the columns that an INSERT or UPDATE sets."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names) if names is not None else None)
    assert isinstance(compiled, SQLCompiler)
    return Statement(compiled, dialect)


def kept(
    cache: MutableMapping[object, object],
    key: object,
    connection: Connection,
    build: Callable[[], ClauseElement],
) -> Statement:
    """The statement under a key, made ready when it is asked for the first time; a release has one database only."""
    found = cache.get(key)
    if not isinstance(found, Statement):
        found = cache[key] = prepare(build(), connection.dialect)
    return found


def rows(connection: Connection, statement: Statement, parameters: Parameters) -> list[Row]:
    """Run a statement and return its rows; none for a statement that gives none."""
    named = connection.dialect.name != "sqlite"
    arguments = statement.arguments(parameters, named)
    with _driven(connection, statement.text, arguments) as cursor:
        cursor.execute(statement.text, arguments)
        return statement.read(cursor.fetchall()) if cursor.description is not None else []


def together(connection: Connection, steps: Sequence[Step]) -> list[list[Row]]:
    """Run statements one after the other and return the rows of each; on PostgreSQL they share one round trip.

    None of them can use what another one found. The first error ends them all.
    """
    if connection.dialect.name == "sqlite" or len(steps) < 2:
        return [rows(connection, statement, parameters) for statement, parameters in steps]
    cursors: list[Any] = []
    try:
        _send_together(connection, steps, cursors)
        return [
            statement.read(cursor.fetchall()) if cursor.description is not None else []
            for (statement, _), cursor in zip(steps, cursors, strict=True)
        ]
    except connection.dialect.loaded_dbapi.Error as error:
        statement, parameters = steps[len(cursors) - 1]
        raise _wrapped(connection, statement.text, dict(parameters), error) from error
    finally:
        for cursor in cursors:
            cursor.close()


def _send_together(connection: Connection, steps: Sequence[Step], cursors: list[Any]) -> None:
    """Send all statements and wait for all results; the first error is raised, not what followed from it."""
    driver: Any = connection.connection.driver_connection
    first: Exception | None = None
    try:
        with driver.pipeline():
            try:
                for statement, parameters in steps:
                    cursors.append(driver.cursor())
                    arguments = statement.arguments(parameters, named=True)
                    _announce(connection, cursors[-1], statement.text, arguments)
                    cursors[-1].execute(statement.text, arguments)
            except connection.dialect.loaded_dbapi.Error as error:
                first = error
    except connection.dialect.loaded_dbapi.Error as error:
        raise first or error from error
    if first is not None:
        raise first


def run_many(connection: Connection, statement: Statement, parameters: Sequence[Parameters]) -> None:
    """Run a statement that gives no rows once for each of the parameters."""
    if len(parameters) == 1:
        rows(connection, statement, parameters[0])
        return
    named = connection.dialect.name != "sqlite"
    arguments = [statement.arguments(each, named) for each in parameters]
    with _driven(connection, statement.text, arguments, many=True) as cursor:
        cursor.executemany(statement.text, arguments)


@contextmanager
def _driven(connection: Connection, text: str, arguments: Any, many: bool = False) -> Iterator[Any]:
    """A cursor of the driver; its errors come out as SQLAlchemy's own."""
    cursor = connection.connection.cursor()
    try:
        _announce(connection, cursor, text, arguments, many)
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection, text, arguments, error) from error
    finally:
        cursor.close()


def _announce(connection: Connection, cursor: Any, text: str, arguments: Any, many: bool = False) -> None:
    """Tell those who listen to the statements of the engine: tests and tracing."""
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, text, arguments, None, many)


def _wrapped(connection: Connection, text: str, arguments: Any, error: Exception) -> Exception:
    driver: Any = error
    lost = connection.dialect.is_disconnect(driver, connection.connection.dbapi_connection, None)
    wrapped = DBAPIError.instance(
        text,
        arguments,
        error,
        connection.dialect.loaded_dbapi.Error,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
    if lost:
        connection.invalidate(error)
    return wrapped


class Listed(TypeDecorator[Any]):
    """Many values of one column type in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        stored = self.item.dialect_impl(dialect)
        plain = stored.load_dialect_impl(dialect) if isinstance(stored, TypeDecorator) else stored
        return ARRAY(Text() if isinstance(plain, Text) else plain)

    def bind_processor(self, dialect: Dialect) -> Writer:
        write = self.item.dialect_impl(dialect).bind_processor(dialect)
        pack: Writer = json_text if dialect.name == "sqlite" else list
        if write is None:
            return lambda values: pack(list(values))
        return lambda values: pack([None if value is None else write(value) for value in values])


def among(column_: ColumnElement[Any], name: str, dialect: Dialect) -> ColumnElement[bool]:
    """The condition that a column holds one of the values of a parameter, which is a list of any length."""
    values = bindparam(name, type_=Listed(column_.type))
    if dialect.name == "sqlite":
        return column_.in_(select(column("value")).select_from(func.json_each(values)))
    return column_ == func.any(values, type_=column_.type)


IDS = Listed(BigInteger())
"""The type of a parameter that holds ids."""
