"""Statements compiled once: SQL text of one dialect with its parameters and readers, run by the driver itself.

SQLAlchemy builds every statement; what is asked again and again is then run without it, as building, compiling and wrapping
cost many times what the database needs. This is the only place that hands SQL to a driver's cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from dougong.fieldtypes.columns import ColumnType, json_text
from dougong.storage.postgresql_text import array_text

Processor = Callable[[Any], Any]
Values = Mapping[str, Any]
Rows = list[Sequence[Any]]
Readers = list[tuple[int, Processor]]
_VALUES = " VALUES "
_TOGETHER, _MOST_PARAMETERS = 1_000, 32_766
"""How many rows SQLite is given with one statement, and how many parameters that may have."""


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
        self._types = _types_of(element)
        self._readers: Readers | None = None

    def rows(self, connection: Connection, values: Values | None = None) -> Rows:
        """The answer row by row; none for a statement that gives none."""
        return _read(*self._fetched(connection, values or {}))

    def run_many(self, connection: Connection, each_values: Iterable[Values]) -> None:
        """Run a statement that gives no rows once for each of the values."""
        self.run_written(connection, [self._arguments(values) for values in each_values])

    def run_written(self, connection: Connection, arguments: Sequence[Sequence[Any]]) -> None:
        """The same for values that are by place already, and as the driver takes them."""
        if not arguments:
            return
        try:
            cursor = _cursor(connection)
            try:
                many = len(arguments) > 1
                _announce(connection, cursor, self.text, arguments if many else arguments[0], many)
                if many:
                    cursor.executemany(self.text, arguments)
                else:
                    cursor.execute(self.text, arguments[0])
            finally:
                cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, self.text, error) from error

    def insert_written(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """The same for one that inserts a row, of which there may be many.

        SQLite's driver holds Python's lock between any two rows, so it is given a thousand with one statement: others are at
        work meanwhile.
        """
        start = 0
        if len(rows) >= _TOGETHER and len(rows[0]) <= _MOST_PARAMETERS // _TOGETHER:
            head, _, row = self.text.rpartition(_VALUES)
            many = f"{head}{_VALUES}{', '.join([row] * _TOGETHER)}"
            for start in range(_TOGETHER, len(rows) + 1, _TOGETHER):
                self._run(connection, many, list(chain.from_iterable(rows[start - _TOGETHER : start])))
        self.run_written(connection, rows[start:])

    def _run(self, connection: Connection, text: str, arguments: Sequence[Any]) -> None:
        try:
            with closing(_cursor(connection)) as cursor:
                _announce(connection, cursor, text, arguments)
                cursor.execute(text, arguments)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, text, error) from error

    def _arguments(self, values: Values) -> list[Any]:
        """What the driver takes, by place."""
        if not self._variable:
            return self._fixed
        arguments = self._fixed.copy()
        for place, name, write in self._variable:
            arguments[place] = values[name] if write is None else write(values[name])
        return arguments

    def _fetched(self, connection: Connection, values: Values) -> tuple[Rows, Readers]:
        try:
            cursor = _cursor(connection)
            try:
                self.send(connection, cursor, values)
                return self._received(connection, cursor)
            finally:
                cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, self.text, error) from error

    def send(self, connection: Connection, cursor: Any, values: Values) -> None:
        """Run the statement by a cursor of the driver."""
        arguments = self._arguments(values)
        _announce(connection, cursor, self.text, arguments)
        cursor.execute(self.text, arguments)

    def received(self, connection: Connection, cursor: Any) -> Rows:
        """The answer that a cursor holds."""
        return _read(*self._received(connection, cursor))

    def _received(self, connection: Connection, cursor: Any) -> tuple[Rows, Readers]:
        if not self._types:
            return [], []
        rows: Rows = cursor.fetchall()
        if self._readers is None:
            self._readers = self._made_readers(connection.dialect, cursor.description)
        return rows, self._readers

    def _made_readers(self, dialect: Dialect, description: Sequence[Any]) -> Readers:
        found = [
            (place, _reader(_impl(type_, dialect), dialect, described[1]))
            for place, (type_, described) in enumerate(zip(self._types, description, strict=True))
        ]
        return [(place, read) for place, read in found if callable(read)]


def copy_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Send rows, with values as the driver takes them, into a table of PostgreSQL by its fastest way."""
    with _copying(connection, table, names) as copy:
        for row in rows:
            copy.write_row(row)


def copy_blocks(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    blocks: Callable[[str], Iterable[bytes]],
) -> None:
    """The same for lines that are in the form of COPY already, asked for by the encoding of the connection."""
    driver: Any = connection.connection.driver_connection
    with _copying(connection, table, names) as copy:
        for block in blocks(driver.info.encoding):
            copy.write(block)


@contextmanager
def _copying(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[Any]:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(table.c[name].name) for name in names)
    text = f"COPY {connection.dialect.identifier_preparer.format_table(table)} ({columns}) FROM STDIN"
    try:
        with _cursor(connection) as cursor:
            _announce(connection, cursor, text, ())
            with cursor.copy(text) as copy:
                yield copy
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection, text, error) from error


Step = tuple[Statement, Values]


def together(connection: Connection, steps: Sequence[Step], ends: bool = False) -> list[Rows]:
    """Run statements one after the other and return the rows of each; on PostgreSQL they share one round trip.

    None of them can use what another one found. The first error ends them all. `ends` says that nothing more will be asked in
    this reading transaction: PostgreSQL is told so in the same round trip.
    """
    if connection.dialect.name == "sqlite" or (len(steps) < 2 and not ends):
        return [statement.rows(connection, values) for statement, values in steps]
    cursors = []
    with ExitStack() as stack:
        with _one_trip(connection):
            for statement, values in steps:
                cursors.append(stack.enter_context(closing(_cursor(connection))))
                statement.send(connection, cursors[-1], values)
            if ends:
                _command(connection, "COMMIT")
        pairs = zip(steps, cursors, strict=True)
        return [statement.received(connection, cursor) for (statement, _), cursor in pairs]


def run_commands(connection: Connection, commands: Sequence[str], step: Step) -> tuple[Rows, Rows]:
    """Run commands without parameters and a statement after them; the rows of the last command and those of the statement.

    On PostgreSQL they share one round trip.
    """
    statement, values = step
    if connection.dialect.name == "sqlite":
        rows = [run_script(connection, command) for command in commands]
        return rows[-1], statement.rows(connection, values)
    with ExitStack() as stack:
        with _one_trip(connection):
            for command in commands:
                last = stack.enter_context(closing(_cursor(connection)))
                last.execute(command)
            cursor = stack.enter_context(closing(_cursor(connection)))
            statement.send(connection, cursor, values)
        return list(last.fetchall()) if last.description else [], statement.received(connection, cursor)


@contextmanager
def savepoint(connection: Connection, in_one_trip: bool = False) -> Iterator[None]:
    """Take back what the block has done when it fails.

    `in_one_trip`: on PostgreSQL the statements of the block, all of them of this module and none of them COPY, are sent without
    waiting for their results; an error comes out at the end of the block at the latest.
    """
    waits = not in_one_trip or connection.dialect.name != "postgresql"
    try:
        with nullcontext() if waits else _one_trip(connection):
            _command(connection, "SAVEPOINT written")
            yield
            _command(connection, "RELEASE SAVEPOINT written")
    except BaseException:
        with suppress(sqlalchemy.exc.DBAPIError):  # what ended the block also ended the transaction
            _command(connection, "ROLLBACK TO SAVEPOINT written")
            _command(connection, "RELEASE SAVEPOINT written")
        raise


@contextmanager
def _one_trip(connection: Connection) -> Iterator[None]:
    """Send statements without waiting for their results until the end of the block; the first error is raised."""
    driver: Any = connection.connection.driver_connection
    first: BaseException | None = None
    try:
        with driver.pipeline():
            try:
                yield
            except BaseException as error:  # noqa: BLE001
                first = error
    except connection.dialect.loaded_dbapi.Error as error:
        first = first or error
    if isinstance(first, connection.dialect.loaded_dbapi.Error):
        raise _wrapped(connection, "(several statements)", first) from first
    if first is not None:
        raise first


def _command(connection: Connection, text: str) -> None:
    try:
        with closing(_cursor(connection)) as cursor:
            cursor.execute(text)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection, text, error) from error


def kept(
    cache: MutableMapping[object, object], key: object, dialect: str, build: Callable[[], ClauseElement]
) -> Statement:
    """The statement under a key of a release's cache, made when it is asked for the first time."""
    found = cache.get(key)
    if not isinstance(found, Statement):
        found = cache[key] = Statement(build(), dialect)
    return found


class Listed(TypeDecorator[Sequence[Any]]):
    """Any number of values of one column type given as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return Text()
        item = self.item
        plain = item.load_dialect_impl(dialect) if isinstance(item, TypeDecorator) else item
        return ARRAY(Text() if isinstance(plain, Text) else plain)

    def bind_processor(self, dialect: Dialect) -> Processor:
        write = _impl(self.item, dialect).bind_processor(dialect)
        pack: Processor = json_text if dialect.name == "sqlite" else array_text
        if not callable(write):
            return lambda values: pack(list(values))
        return lambda values: pack([write(value) for value in values])


class ListedKeys(TypeDecorator[Sequence[tuple[Any, ...]]]):
    """Any number of keys, each made of values of several column types, as one JSON parameter of SQLite."""

    impl = Text
    cache_ok = False

    def __init__(self, items: Sequence[TypeEngine[Any]]) -> None:
        super().__init__()
        self.items = items

    def bind_processor(self, dialect: Dialect) -> Processor:
        writers = [_impl(item, dialect).bind_processor(dialect) for item in self.items]

        def write(keys: Sequence[tuple[Any, ...]]) -> str:
            parts = zip(*keys, strict=True)
            written = [
                list(map(writer, part)) if callable(writer) else part
                for writer, part in zip(writers, parts, strict=False)
            ]
            return json_text(list(zip(*written, strict=True)))

        return write


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a column holds one of the values of a parameter, of which there can be any number."""
    given = bindparam(name, type_=Listed(column.type))
    if dialect == "sqlite":
        listed = func.json_each(given).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(given)


def among_many(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """The same for hundreds of values: PostgreSQL would compare each row with each of them where it does not use an index."""
    if dialect == "sqlite":
        return among(column, name, dialect)
    return column.in_(select(func.unnest(bindparam(name, type_=Listed(column.type)))))


def holding_keys(
    statement: Select[Any], columns: Sequence[ColumnElement[Any]], name: str, dialect: str
) -> Select[Any]:
    """The statement for rows whose columns together hold one of the keys that `key_values` gives, each key named once.

    The keys are joined: neither database looks up a pair of values that stands in a list by an index of both columns.
    """
    if len(columns) == 1:
        return statement.where(among(columns[0], f"{name}_0", dialect))
    types = [column.type for column in columns]
    parts: list[ColumnElement[Any]]
    if dialect == "sqlite":
        listed = func.json_each(bindparam(name, type_=ListedKeys(types))).table_valued("value")
        parts = [func.json_extract(listed.c.value, literal_column(f"'$[{at}]'")) for at in range(len(types))]
    else:
        arrays = [bindparam(f"{name}_{at}", type_=Listed(type_)) for at, type_ in enumerate(types)]
        unnested = func.unnest(*arrays).table_valued(*(f"part_{at}" for at in range(len(types))))
        parts = list(unnested.render_derived().c)
    return statement.where(*(column == part for column, part in zip(columns, parts, strict=True)))


def key_values(name: str, keys: Sequence[tuple[Any, ...]], dialect: str) -> dict[str, Any]:
    """The parameters of `holding_keys` for these keys."""
    parts = list(zip(*keys, strict=True))
    if dialect == "sqlite" and len(parts) > 1:
        return {name: keys}
    return {f"{name}_{place}": part for place, part in enumerate(parts)}


def run_script(connection: Connection, *commands: str) -> Rows:
    """Run commands without parameters, on PostgreSQL all of them in one message; the rows of the last one."""
    text = ";".join(commands)
    try:
        if connection.dialect.name == "sqlite":
            return [list(_cursor(connection).execute(command)) for command in commands][-1]
        with _cursor(connection) as cursor:
            cursor.execute(text, prepare=False)
            while cursor.nextset():
                pass
            return list(cursor.fetchall()) if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection, text, error) from error


def forget_prepared(connection: Connection, generation: int) -> None:
    """Have PostgreSQL forget the statements that were prepared over a connection: their tables may have changed since.

    The driver forgets them together with the server, but only looks at the answers to a text that it has not met before.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql" and driver.prepare_threshold is not None:
        command = f"DEALLOCATE ALL /* generation {int(generation)} */"
        try:
            driver.execute(command)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, command, error) from error


def _read(rows: Rows, readers: Readers) -> Rows:
    """The rows with their values as the columns give them."""
    if not readers or not rows:
        return rows
    if len(rows) == 1:
        row = list(rows[0])
        for place, read in readers:
            value = row[place]
            if value is not None:
                row[place] = read(value)
        return [tuple(row)]
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, read in readers:
        columns[place] = [None if value is None else read(value) for value in columns[place]]
    return list(zip(*columns, strict=True))


def _reader(type_: TypeEngine[Any], dialect: Dialect, described: object) -> Processor | None:
    """The function from what the driver gives to a value; it is never asked about an empty one."""
    return (
        type_.reader(dialect) if isinstance(type_, ColumnType) else type_.result_processor(dialect, described)
    )


def _types_of(element: Any) -> list[TypeEngine[Any]]:
    """The types of the columns that a statement gives."""
    if isinstance(element, sqlalchemy.UpdateBase):
        return [each["type"] for each in element.returning_column_descriptions]
    return [column.type for column in getattr(element, "selected_columns", ())]


def _announce(connection: Connection, cursor: Any, text: str, arguments: Any, many: bool = False) -> None:
    """Tell whoever listens to the statements of the engine, such as tests and tracing."""
    listeners = connection.engine.dispatch.before_cursor_execute
    if listeners:
        for listener in listeners:
            listener(connection, cursor, text, arguments, None, many)


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
    make: Callable[..., Dialect] = url.get_dialect()
    return make(paramstyle="qmark" if name == "sqlite" else "numeric_dollar")


def _impl(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)


def _wrapped(connection: Connection, text: str, error: Any) -> Exception:
    """What SQLAlchemy would raise for the same trouble, so that nobody need know who ran the statement."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    wrapped: Exception = sqlalchemy.exc.DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )
    return wrapped
