"""Statements compiled once: SQL text of one dialect with its parameters and readers, run by the driver itself.

SQLAlchemy builds every statement; what is asked again and again is then run without it, as building, compiling and wrapping
cost many times what the database needs. This is the only place that hands SQL to a driver's cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn, cast

import msgspec
import sqlalchemy
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Text, any_, bindparam, func, select
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Processor = Callable[[Any], Any]
Rows = list[Sequence[Any]]


class Statement:
    """One statement of one dialect. Parameters without a value of their own are given by name with every run."""

    __slots__ = ("_fixed", "_readers", "_types", "_variable", "text")

    def __init__(self, element: ClauseElement, dialect: str) -> None:
        driver = _dialect(dialect)
        compiled = element.compile(dialect=driver)
        assert isinstance(compiled, SQLCompiler)
        required = {name: None for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(required)
        self.text: str = state.statement
        self._fixed: list[Any] = []
        self._variable: list[tuple[int, str, Processor | None]] = []
        for place, name in enumerate(state.positiontup or ()):
            bind = compiled.binds.get(name)
            write = (
                state.processors.get(name)
                if bind is None
                else _impl(bind.type, driver).bind_processor(driver)
            )
            if name in required:
                self._variable.append((place, name, write))
                self._fixed.append(None)
            else:
                value = state.parameters[name]
                self._fixed.append(write(value) if callable(write) else value)
        self._types = [column.type for column in getattr(element, "selected_columns", ())]
        self._readers: list[tuple[int, Processor]] | None = None

    def columns(self, connection: Connection, values: Mapping[str, Any] | None = None) -> list[Sequence[Any]]:
        """The answer column by column, each with as many values as there are rows; all of them are empty without rows."""
        rows, readers = self._fetched(connection, values or {})
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(self._types)
        for place, read in readers if rows else ():
            columns[place] = [read(value) for value in columns[place]]
        return columns

    def rows(self, connection: Connection, values: Mapping[str, Any] | None = None) -> Rows:
        """The answer row by row."""
        rows, readers = self._fetched(connection, values or {})
        if not readers:
            return rows
        read_rows: Rows = []
        for row in rows:
            read_row = list(row)
            for place, read in readers:
                read_row[place] = read(row[place])
            read_rows.append(read_row)
        return read_rows

    def _fetched(
        self, connection: Connection, values: Mapping[str, Any]
    ) -> tuple[Rows, list[tuple[int, Processor]]]:
        parameters = self._fixed
        if self._variable:
            parameters = parameters.copy()
            for place, name, write in self._variable:
                parameters[place] = values[name] if write is None else write(values[name])
        try:
            cursor = _cursor(connection)
            try:
                cursor.execute(self.text, parameters)
                rows: Rows = cursor.fetchall()
                if self._readers is None:
                    self._readers = self._made_readers(connection.dialect, cursor.description)
                return rows, self._readers
            finally:
                cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            _wrap(connection, self.text, error)

    def _made_readers(self, dialect: Dialect, description: Sequence[Any]) -> list[tuple[int, Processor]]:
        found = [
            (place, _impl(type_, dialect).result_processor(dialect, described[1]))
            for place, (type_, described) in enumerate(zip(self._types, description, strict=True))
        ]
        return [(place, read) for place, read in found if callable(read)]


class _Numbers(TypeDecorator[Sequence[int]]):
    """Whole numbers given as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(BigInteger)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return msgspec.json.encode(list(value)).decode() if dialect.name == "sqlite" else list(value)


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a column holds one of the whole numbers of a parameter, of which there can be any number."""
    given = bindparam(name, type_=_Numbers())
    if dialect == "sqlite":
        listed = func.json_each(given).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(given)


def run_script(connection: Connection, text: str) -> Rows:
    """Run commands without parameters, on PostgreSQL several of them in one message; the rows of the last one."""
    try:
        if connection.dialect.name == "sqlite":
            return list(_cursor(connection).execute(text))
        with _cursor(connection) as cursor:
            cursor.execute(text, prepare=False)
            while cursor.nextset():
                pass
            return list(cursor.fetchall()) if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        _wrap(connection, text, error)


def _cursor(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver.cursor()  # type: ignore[union-attr]
    from psycopg import RawCursor

    return RawCursor(driver)  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def _dialect(name: str) -> Dialect:
    """The dialect with parameters by position, as the drivers take them without reading the text again."""
    url = sqlalchemy.make_url("sqlite://" if name == "sqlite" else "postgresql+psycopg://")
    made = cast(type[DefaultDialect], url.get_dialect())
    return made(paramstyle="qmark" if name == "sqlite" else "numeric_dollar")


def _impl(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)


def _wrap(connection: Connection, text: str, error: Any) -> NoReturn:
    """Raise what SQLAlchemy would raise for the same trouble, so that nobody need know who ran the statement."""
    module = connection.dialect.loaded_dbapi
    lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    wrapped = sqlalchemy.exc.DBAPIError.instance(
        text, None, error, module.Error, connection_invalidated=lost, dialect=connection.dialect
    )
    raise wrapped from error
