"""What the database says it holds: tables, columns, indexes and foreign keys, in one shape for both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class ActualIndex:
    """An index as it stands; `columns` in order, None for an expression."""

    table: str
    columns: tuple[str | None, ...]
    unique: bool
    partial: bool


@dataclass(slots=True)
class Catalogue:
    """All tables (name → column → type), indexes by name, and foreign keys (table, column, target table, rule)."""

    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    indexes: dict[str, ActualIndex] = field(default_factory=dict)
    references: set[tuple[str, str, str, str]] = field(default_factory=set)
    unproven: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Foreign keys by name (table and column) that hold for what is written, but were not yet proven for what was there."""
    triggers: set[tuple[str, str]] = field(default_factory=set)
    """Triggers that somebody made: table and name."""


def read(connection: Connection) -> Catalogue:
    """The present state of the database."""
    return _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)


def type_name(type_: TypeEngine[object], dialect: Dialect) -> str:
    """How the catalogue names a column type."""
    words = (
        str(type_.dialect_impl(dialect).compile(dialect=dialect))
        .partition(" COLLATE ")[0]
        .lower()
        .replace(", ", ",")
    )
    return _SHORT.get(words, words)


def _sqlite(connection: Connection) -> Catalogue:
    found = Catalogue()
    columns = text(
        "SELECT t.name, c.name, lower(c.type) FROM sqlite_master t, pragma_table_xinfo(t.name) c "
        "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND c.hidden = 0"
    )
    for table, column, kind in connection.execute(columns):
        found.tables.setdefault(table, {})[column] = kind.replace(", ", ",")
    indexes = text(
        'SELECT t.name, l.name, l."unique", l.partial, i.name FROM sqlite_master t, pragma_index_list(t.name) l, '
        "pragma_index_info(l.name) i WHERE t.type = 'table' AND l.origin = 'c' ORDER BY l.name, i.seqno"
    )
    for table, name, unique, partial, column in connection.execute(indexes):
        before = found.indexes[name].columns if name in found.indexes else ()
        found.indexes[name] = ActualIndex(table, (*before, column), bool(unique), bool(partial))
    references = text(
        'SELECT t.name, f."from", f."table", f.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) f '
        "WHERE t.type = 'table'"
    )
    found.references = {(row[0], row[1], row[2], row[3]) for row in connection.execute(references)}
    triggers = text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
    found.triggers = {(row[0], row[1]) for row in connection.execute(triggers)}
    return found


_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
"""
_INDEXES = """
SELECT i.relname, t.relname, x.indisunique, x.indpred IS NOT NULL,
       (SELECT array_agg(a.attname::text ORDER BY k.position)
        FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k (number, position)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = current_schema()::regnamespace AND NOT x.indisprimary AND x.indisvalid
"""
_REFERENCES = """
SELECT t.relname, a.attname, r.relname,
       CASE f.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'other' END,
       f.convalidated, f.conname
FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.conkey[1]
WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
"""
_TRIGGERS = """
SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace
"""
_SHORT: Mapping[str, str] = {"timestamp with time zone": "timestamptz", "character varying": "varchar"}


def _postgresql(connection: Connection) -> Catalogue:
    found = Catalogue()
    for table, column, kind in connection.execute(text(_COLUMNS)):
        found.tables.setdefault(table, {})[column] = _SHORT.get(kind, kind)
    for name, table, unique, partial, columns in connection.execute(text(_INDEXES)):
        found.indexes[name] = ActualIndex(table, tuple(columns or ()), unique, partial)
    for holder, column, target, rule, is_valid, name in connection.execute(text(_REFERENCES)):
        found.references.add((holder, column, target, rule))
        if not is_valid:
            found.unproven[name] = (holder, column)
    found.triggers = {(row[0], row[1]) for row in connection.execute(text(_TRIGGERS))}
    return found
