"""Whether the database is what the ledger says: tables, indexes, foreign keys, rows, search indexes and the ledger itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Table, case, func, select, text
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table
from sqlalchemy.exc import DatabaseError

from dougong.diagnostics import Diagnostic
from dougong.storage import catalogue, ddl, ledger, names, staging, tables
from dougong.storage.catalogue import Catalogue
from dougong.storage.install import is_installed
from dougong.storage.ledger import Version
from dougong.storage.problems import problem
from dougong.storage.schema import Schema, TableSpec
from dougong.storage.system import APP, METADATA, SEQUENCE, VERSION


def verify(connection: Connection) -> list[Diagnostic]:
    """Every difference between what is recorded and what is there; an empty list when all is well."""
    damage = list(_damage(connection))
    if damage:
        return damage  # whatever else would be read from such a file says nothing
    if not is_installed(connection):
        return [problem("V101")]
    found = [*_dangling(connection), *_ledger(connection)]
    actual = catalogue.read(connection)
    found += _platform(connection, actual)
    versions = [
        ledger.version(connection, app, number) for app, number in ledger.installed(connection).items()
    ]
    for version in versions:
        found += _app(connection, version, actual)
    found += _strangers(versions, actual)
    return found


# ------------------------------------------------------------------ the engine and the ledger
def _damage(connection: Connection) -> Iterator[Diagnostic]:
    if connection.dialect.name != "sqlite":
        return
    try:
        lines = list(connection.execute(text("PRAGMA integrity_check")).scalars())
    except DatabaseError as error:
        lines = [str(error.orig)]
    for line in lines:
        if line != "ok":
            yield problem("V102", reason=line)


def _dangling(connection: Connection) -> Iterator[Diagnostic]:
    """PostgreSQL never lets go of a foreign key; SQLite may have been written with its checks off."""
    if connection.dialect.name == "sqlite":
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            yield problem("V103/row", str(row[0]), row=row[1], target=row[2])


def _ledger(connection: Connection) -> Iterator[Diagnostic]:
    newest: dict[str, tuple[int, str]] = {}
    for row in connection.execute(select(VERSION).order_by(VERSION.c.app, VERSION.c.number)):
        path = f"{row.app} {row.number}"
        number, previous = newest.get(row.app, (0, ""))
        if row.number != number + 1:
            yield problem("V104/missing", path, number=number + 1)
        if row.previous_hash != previous or ledger.hash_of(row._asdict()) != row.hash:
            yield problem("V104/altered", path)
        newest[row.app] = (row.number, row.hash)
    for row in connection.execute(select(APP)):
        if newest.get(row.app, (0, ""))[0] != row.number:
            yield problem("V104/present", row.app, number=row.number)


# ------------------------------------------------------------------ tables
def _platform(connection: Connection, actual: Catalogue) -> Iterator[Diagnostic]:
    for table in METADATA.sorted_tables:
        yield from _columns(connection, table, table.name, actual)
        yield from _triggers(table.name, table.name, actual)


def _app(connection: Connection, version: Version, actual: Catalogue) -> Iterator[Diagnostic]:
    expected = version.tables
    for spec in expected.tables:
        yield from _table(connection, expected, spec, actual)
    for stone in expected.tombstones:
        if stone.column is None and stone.name not in actual.tables:
            yield problem("V105/rows", stone.table.key)
        owner = expected.table_of(stone.table.uid) if stone.column else None
        if owner is not None and stone.name not in actual.tables.get(owner.name, {}):
            yield problem("V105/values", f"{owner.key}.{stone.name}")


def _table(connection: Connection, app: Schema, spec: TableSpec, actual: Catalogue) -> Iterator[Diagnostic]:
    table = tables.table(spec)
    if spec.kind == "search" and connection.dialect.name == "sqlite":
        if spec.name not in actual.tables:
            yield problem("V105/search", spec.key)
            return
    else:
        missing = list(_columns(connection, table, spec.key, actual))
        yield from missing
        if missing:
            return
        ahead = {name for held, name in staging.known_columns(connection, app.app) if held == spec.name}
        yield from _surplus_columns(app, spec, table, actual, ahead)
        yield from _values(connection, spec, table)
        yield from _triggers(spec.name, spec.key, actual)
    yield from _indexes(spec, actual)
    yield from _strange_indexes(connection, app.app, spec, actual)
    yield from _references(connection, app, spec, actual)
    yield from _ids(connection, spec, table)
    yield from _unfilled(connection, spec, table)
    if spec.kind == "search":
        yield from _search(connection, app, spec)


def _columns(connection: Connection, table: Table, path: str, actual: Catalogue) -> Iterator[Diagnostic]:
    found = actual.tables.get(table.name)
    if found is None:
        yield problem("V105/table", path)
        return
    for column in table.c:
        expected = catalogue.type_name(column.type, connection.dialect)
        kind = found.get(column.name)
        if kind is None:
            yield problem("V106", f"{path}.{column.name}")
        elif kind != expected:
            yield problem("V107", f"{path}.{column.name}", found=kind, expected=expected)


def _surplus_columns(
    app: Schema, spec: TableSpec, table: Table, actual: Catalogue, ahead: set[str]
) -> Iterator[Diagnostic]:
    """Columns that nothing explains: neither a field, nor what is kept of one, nor what is made ahead for a coming version."""
    kept = ahead | {stone.name for stone in app.tombstones if stone.column and stone.table.uid == spec.uid}
    for name in actual.tables[spec.name]:
        if name not in kept and name not in {column.name for column in table.c}:
            yield problem("V108/column", f"{spec.key}.{name}")


def _indexes(spec: TableSpec, actual: Catalogue) -> Iterator[Diagnostic]:
    physical = {each.field: each.name for each in spec.columns}
    for index in spec.indexes:
        found = actual.indexes.get(index.name)
        columns = tuple(None if each in index.folded else physical.get(each, each) for each in index.fields)
        expected = (spec.name, columns, index.unique, index.live or bool(index.where))
        if found is None or (found.table, found.columns, found.unique, found.partial) != expected:
            yield problem("V109", spec.key, columns=", ".join(index.fields))


def _strange_indexes(
    connection: Connection, app: str, spec: TableSpec, actual: Catalogue
) -> Iterator[Diagnostic]:
    known = {each.name for each in spec.indexes} | ddl.own_indexes(app, spec)
    known |= staging.known_indexes(connection, app)
    for name, found in actual.indexes.items():
        if found.table == spec.name and name not in known:
            yield problem("V113", spec.key, name=name)


def _triggers(name: str, path: str, actual: Catalogue) -> Iterator[Diagnostic]:
    for table, trigger in sorted(actual.triggers):
        if table == name:
            yield problem("V114", path, name=trigger)


_STORED = {"INTEGER": ("integer",), "BIGINT": ("integer",), "TEXT": ("text",), "BOOLEAN": ("integer",)}
"""What SQLite calls the values that a column of a type holds; it would take any."""


def _values(connection: Connection, spec: TableSpec, table: Table) -> Iterator[Diagnostic]:
    """Values of another type than the column's, which only SQLite lets in."""
    if connection.dialect.name != "sqlite":
        return
    expected = {
        column: _STORED[kind]
        for column in table.c
        if (kind := catalogue.type_name(column.type, connection.dialect).upper()) in _STORED
    }
    if not expected:
        return
    counts = [
        func.count(case((column.is_not(None) & func.typeof(column).not_in(kinds), 1)))
        for column, kinds in expected.items()
    ]
    found = connection.execute(select(*counts)).one()
    for column, number in zip(expected, found, strict=True):
        if number:
            yield problem("V115", f"{spec.key}.{column.name}", count=number)


def _references(
    connection: Connection, app: Schema, spec: TableSpec, actual: Catalogue
) -> Iterator[Diagnostic]:
    for each in ddl.references(app.app, spec):
        if (spec.name, each.column, each.target, each.on_delete) not in actual.references:
            yield problem("V110", f"{spec.key}.{each.column}")
            yield from _orphans(connection, spec, each, actual)
        elif each.name in actual.unproven:
            yield from _orphans(connection, spec, each, actual)


def _orphans(
    connection: Connection, spec: TableSpec, reference: ddl.Reference, actual: Catalogue
) -> Iterator[Diagnostic]:
    if reference.target not in actual.tables:
        return
    source = tables.table(spec)
    link = next(each for each in source.c if each.name == reference.column)
    target = plain_table(reference.target, plain_column("id")).alias("target")
    there = select(target.c.id).where(target.c.id == link).correlate(source).exists()
    missing = select(func.count()).select_from(source).where(link.is_not(None), ~there)
    number = connection.execute(missing).scalar_one()
    if number:
        yield problem("V103/rows", f"{spec.key}.{reference.column}", count=number)


def _ids(connection: Connection, spec: TableSpec, table: Table) -> Iterator[Diagnostic]:
    if spec.kind not in {"entity", "rows"}:
        return
    highest = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    if connection.dialect.name == "sqlite":
        counter = select(SEQUENCE.c.value).where(SEQUENCE.c.name == f"id:{table.name}")
        last = connection.execute(counter).scalar_one_or_none() or 0
    else:
        name = ddl.quoted(connection.dialect, names.id_sequence(table.name))
        row = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # nosec B608 - a generated name
        last = row[0] if row[1] else 0
    if highest > last:
        yield problem("V111", spec.key, last=last, highest=highest)


_FILLED = {"entity": ("created_at", "updated_at", "version"), "rows": ("parent_id", "position")}


def _unfilled(connection: Connection, spec: TableSpec, table: Table) -> Iterator[Diagnostic]:
    """System columns are filled by the verbs, without a constraint of the database."""
    for name in _FILLED.get(spec.kind, ()):
        statement = select(func.count()).select_from(table).where(table.c[name].is_(None))
        count = connection.execute(statement).scalar_one()
        if count:
            yield problem("V117", f"{spec.key}.{name}", count=count)


def _search(connection: Connection, app: Schema, spec: TableSpec) -> Iterator[Diagnostic]:
    records = app.table(spec.entity)
    if records is None:
        return
    table, index = tables.table(records), tables.table(spec)
    live = select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))
    indexed = select(func.count()).select_from(index)
    here, there = connection.execute(indexed).scalar_one(), connection.execute(live).scalar_one()
    if here != there:
        yield problem("V112", spec.key, found=here, expected=there)


def _strangers(versions: Iterable[Version], actual: Catalogue) -> Iterator[Diagnostic]:
    """Tables that look like those of an installed app, but that nothing recorded explains."""
    for version in versions:
        prefix = f"{version.app}__"
        known = {each.name for each in version.tables.tables}
        known |= {each.name for each in version.tables.tombstones if each.column is None}
        shadows = {
            f"{each}_{part}" for each in known for part in ("data", "idx", "content", "docsize", "config")
        }
        for name in actual.tables:
            if name.startswith(prefix) and name not in known and name not in shadows:
                yield problem("V108/table", name)
