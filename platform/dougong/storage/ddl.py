"""The statements that change tables, as text for one dialect.

Names are generated (`names`) and quoted by the dialect; no word of a definition or a record is ever part of a statement.
Nothing here rebuilds a table: SQLite would fire ON DELETE rules while the old one is dropped. Columns that must change are added
anew, filled and swapped, which works alike on both databases and keeps the old values.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, ColumnClause
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql import quoted_name

from dougong.storage import kinds, names, tables
from dougong.storage.conditions import predicates
from dougong.storage.names import id_sequence
from dougong.storage.schema import ColumnSpec, IndexSpec, TableSpec


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key from one column to the ids of a table."""

    column: str
    target: str
    on_delete: str
    name: str


def quoted(dialect: Dialect, name: str) -> str:
    """A name as the dialect writes it, always in quotes, so that no reserved word matters."""
    return str(dialect.identifier_preparer.quote_identifier(name))


def references(app: str, table: TableSpec) -> list[Reference]:
    """The foreign keys of a table."""
    found = [column_reference(app, table, each) for each in table.columns]
    owner = names.table_name(table.entity)
    if table.kind == "rows":
        found.append(Reference("parent_id", owner, "CASCADE", _foreign_key(app, table, "parent")))
    if table.kind == "links":
        found.append(Reference("source_id", owner, "CASCADE", _foreign_key(app, table, "source")))
        target = names.table_name(table.target)
        found.append(Reference("target_id", target, "CASCADE", _foreign_key(app, table, "target")))
    return [each for each in found if each is not None]


def column_reference(app: str, table: TableSpec, column: ColumnSpec) -> Reference | None:
    """The foreign key of a link, or nothing for any other column."""
    if not column.references:
        return None
    target = names.table_name(column.references)
    return Reference(column.name, target, column.on_delete, _foreign_key(app, table, column.uid))


def _foreign_key(app: str, table: TableSpec, part: str) -> str:
    return names.identity_name(app, "fk", table.uid, part)


# ------------------------------------------------------------------ tables
def create_table(dialect: Dialect, app: str, table: TableSpec) -> list[str]:
    """A new table without its indexes. On PostgreSQL its foreign keys follow later, when every table exists."""
    if table.kind == "search":
        return _create_search(dialect, app, table)
    inline = {each.column: each for each in references(app, table)} if dialect.name == "sqlite" else {}
    lines = []
    for column in tables.table(table).c:
        line = str(CreateColumn(column).compile(dialect=dialect))
        if column.name == "id" and dialect.name == "sqlite":
            line += " PRIMARY KEY"
        if column.name in inline:
            line += f" {_reference(dialect, inline[column.name])}"
        lines.append(line)
    lines += _primary_key(dialect, app, table)
    statement = f"CREATE TABLE {quoted(dialect, table.name)} (\n  " + ",\n  ".join(lines) + "\n)"
    return [statement, *_create_ids(dialect, table), *_links_index(dialect, app, table)]


def _primary_key(dialect: Dialect, app: str, table: TableSpec) -> list[str]:
    key = ["source_id", "target_id"] if table.kind == "links" else ["id"]
    if dialect.name == "sqlite" and key == ["id"]:
        return []
    name = quoted(dialect, names.identity_name(app, "pk", table.uid))
    return [f"CONSTRAINT {name} PRIMARY KEY ({', '.join(quoted(dialect, each) for each in key)})"]


def _create_ids(dialect: Dialect, table: TableSpec) -> list[str]:
    if dialect.name == "sqlite" or table.kind not in {"entity", "rows"}:
        return []
    return [f"CREATE SEQUENCE {quoted(dialect, id_sequence(table.name))} AS BIGINT"]


def _links_index(dialect: Dialect, app: str, table: TableSpec) -> list[str]:
    if table.kind != "links":
        return []
    name = names.identity_name(app, "ix", table.uid, "target")
    columns = f"{quoted(dialect, 'target_id')}, {quoted(dialect, 'source_id')}"
    return [f"CREATE INDEX {quoted(dialect, name)} ON {quoted(dialect, table.name)} ({columns})"]


def own_indexes(app: str, table: TableSpec) -> set[str]:
    """The names of the indexes that a table has by its kind."""
    parts = {"links": "target", "search": "tokens"}
    part = parts.get(table.kind)
    return {names.identity_name(app, "ix", table.uid, part)} if part else set()


def _create_search(dialect: Dialect, app: str, table: TableSpec) -> list[str]:
    name = quoted(dialect, table.name)
    if dialect.name == "sqlite":
        return [f"CREATE VIRTUAL TABLE {name} USING fts5(tokens, tokenize='ascii', columnsize=0)"]
    key = quoted(dialect, names.identity_name(app, "pk", table.uid))
    index = quoted(dialect, names.identity_name(app, "ix", table.uid, "tokens"))
    columns = f"{quoted(dialect, 'rowid')} BIGINT NOT NULL,\n  {quoted(dialect, 'tokens')} TSVECTOR NOT NULL"
    return [
        f"CREATE TABLE {name} (\n  {columns},\n  CONSTRAINT {key} PRIMARY KEY ({quoted(dialect, 'rowid')})\n)",
        f"CREATE INDEX {index} ON {name} USING gin ({quoted(dialect, 'tokens')})",
    ]


def rename_table(dialect: Dialect, table: TableSpec, old: str, new: str) -> list[str]:
    """A table under a new name, together with the counter of its ids."""
    statements = [f"ALTER TABLE {quoted(dialect, old)} RENAME TO {quoted(dialect, new)}"]
    if dialect.name == "postgresql" and table.kind in {"entity", "rows"}:
        before, after = quoted(dialect, id_sequence(old)), quoted(dialect, id_sequence(new))
        statements.append(f"ALTER SEQUENCE {before} RENAME TO {after}")
    return statements


def drop_table(dialect: Dialect, table: TableSpec, name: str) -> list[str]:
    """A table gone for good, with the counter of its ids."""
    statements = [f"DROP TABLE {quoted(dialect, name)}"]
    if dialect.name == "postgresql" and table.kind in {"entity", "rows"}:
        statements.append(f"DROP SEQUENCE {quoted(dialect, id_sequence(name))}")
    return statements


# ------------------------------------------------------------------ columns
def add_column(dialect: Dialect, table: str, name: str, kind: str, reference: Reference | None = None) -> str:
    """A new, empty column; a link brings its foreign key."""
    column: Column[object] = Column(name, kinds.type_of(kind), quote=True)
    definition = str(CreateColumn(column).compile(dialect=dialect))
    ending = f" {_reference(dialect, reference)}" if reference else ""
    return f"ALTER TABLE {quoted(dialect, table)} ADD COLUMN {definition}{ending}"


def rename_column(dialect: Dialect, table: str, old: str, new: str) -> str:
    """A column under a new name; indexes and foreign keys follow."""
    return (
        f"ALTER TABLE {quoted(dialect, table)} RENAME COLUMN {quoted(dialect, old)} TO {quoted(dialect, new)}"
    )


def drop_column(dialect: Dialect, table: str, name: str) -> str:
    """A column gone for good."""
    return f"ALTER TABLE {quoted(dialect, table)} DROP COLUMN {quoted(dialect, name)}"


def add_reference(dialect: Dialect, table: str, reference: Reference, *, proven: bool = True) -> str:
    """A foreign key on a column that exists (PostgreSQL only); without `proven` it holds for what is written from now on, and the
    rows that are there are looked at later (`prove_reference`)."""
    column, name = quoted(dialect, reference.column), quoted(dialect, reference.name)
    target = f"REFERENCES {quoted(dialect, reference.target)} ({quoted(dialect, 'id')})"
    return (
        f"ALTER TABLE {quoted(dialect, table)} ADD CONSTRAINT {name} "
        f"FOREIGN KEY ({column}) {target} ON DELETE {reference.on_delete}{'' if proven else ' NOT VALID'}"
    )


def prove_reference(dialect: Dialect, table: str, name: str) -> str:
    """Look at the rows under a foreign key that was added without; writers go on meanwhile (PostgreSQL only)."""
    return f"ALTER TABLE {quoted(dialect, table)} VALIDATE CONSTRAINT {quoted(dialect, name)}"


def drop_reference(dialect: Dialect, table: str, reference: Reference) -> str:
    """A column without its foreign key (PostgreSQL only)."""
    return f"ALTER TABLE {quoted(dialect, table)} DROP CONSTRAINT {quoted(dialect, reference.name)}"


def _reference(dialect: Dialect, reference: Reference) -> str:
    target = f"{quoted(dialect, reference.target)} ({quoted(dialect, 'id')})"
    name = quoted(dialect, reference.name)
    return f"CONSTRAINT {name} REFERENCES {target} ON DELETE {reference.on_delete}"


# ------------------------------------------------------------------ indexes
def create_index(dialect: Dialect, table: TableSpec, index: IndexSpec, *, concurrently: bool = False) -> str:
    """An index over the columns of fields or system columns; `concurrently` (PostgreSQL, outside of transactions) holds nobody."""
    physical = {each.field: each.name for each in table.columns}
    written = [(each, quoted(dialect, physical.get(each, each))) for each in index.fields]
    columns = ", ".join(_index_key(dialect, index, each, name) for each, name in written)
    unique = "UNIQUE " if index.unique else ""
    among = [f"{quoted(dialect, 'deleted_at')} IS NULL"] if index.live else []
    among += _predicates(dialect, table, index)
    ending = f" WHERE {' AND '.join(among)}" if among else ""
    made = f"{unique}INDEX {'CONCURRENTLY ' if concurrently else ''}{quoted(dialect, index.name)}"
    return f"CREATE {made} ON {quoted(dialect, table.name)} ({columns}){ending}"


def _index_key(dialect: Dialect, index: IndexSpec, field: str, name: str) -> str:
    """SQLite reads any index both ways with empty values last; PostgreSQL only one that was made so."""
    if field in index.folded:
        return f"lower({name})"
    is_down = field in index.descending and dialect.name == "postgresql"
    return f"{name} DESC NULLS LAST" if is_down else name


def _predicates(dialect: Dialect, table: TableSpec, index: IndexSpec) -> list[str]:
    """The rows that an index covers; constants are literals of their column's type, as an index takes no parameters."""

    def column(field: str) -> ColumnClause[object]:
        found = next(each for each in table.columns if each.field == field)
        return ColumnClause(quoted_name(found.name, True), kinds.type_of(found.kind))

    found = predicates(index.where, table.kind_of, column)
    return [str(each.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for each in found]


def drop_index_named(dialect: Dialect, name: str, *, concurrently: bool = False) -> str:
    """An index of that name gone, if it is there; `concurrently` (PostgreSQL, outside of transactions) holds nobody."""
    words = "CONCURRENTLY " if concurrently else ""
    return f"DROP INDEX {words}IF EXISTS {quoted(dialect, name)}"


def drop_index(dialect: Dialect, index: IndexSpec) -> str:
    """An index gone."""
    return f"DROP INDEX {quoted(dialect, index.name)}"
