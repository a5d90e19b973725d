"""Schema → SQLAlchemy tables, through which everything is read and written.

Columns are reached by field id (`table.c.amount`); foreign keys and indexes are the business of `ddl` alone. That system columns are
filled is ensured by the verbs and looked after by `drift`: as constraints, SQLite could not take them back when a sub-table becomes an
entity of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

from dougong.model.app import App
from dougong.storage import kinds
from dougong.storage.desired import schema_of
from dougong.storage.schema import Schema, TableSpec
from dougong.storage.tokens import Tokens
from dougong.storage.types import Instant

RowId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite keeps a row under its id only when the column is an INTEGER PRIMARY KEY."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of some apps, found by the keys of the model."""

    metadata: MetaData
    by_key: Mapping[str, Table]

    def of(self, entity_key: str) -> Table:
        """The table of an entity or of the rows of a sub-table (`crm.opportunity/lines`)."""
        return self.by_key[entity_key]

    def links(self, entity_key: str, field_id: str) -> Table:
        """The pairs of a field of type links: columns source_id, target_id, position."""
        return self.by_key[f"{entity_key}#{field_id}"]

    def search(self, entity_key: str) -> Table | None:
        """The full-text index of an entity (columns id, tokens), or nothing when it is not searched."""
        return self.by_key.get(f"{entity_key}#search")


def tables_of(apps: App | Iterable[App]) -> Tables:
    """The tables of one app or of several together."""
    each_app = [apps] if isinstance(apps, App) else list(apps)
    return tables_from(schema_of(app) for app in each_app)


def tables_from(schemas: Iterable[Schema]) -> Tables:
    """The tables that recorded or desired schemas describe."""
    metadata = MetaData()
    return Tables(metadata, {spec.key: table(spec, metadata) for schema in schemas for spec in schema.tables})


def table(spec: TableSpec, metadata: MetaData | None = None) -> Table:
    """The SQLAlchemy table of one specification."""
    return Table(spec.name, metadata if metadata is not None else MetaData(), *_columns(spec), quote=True)


def _columns(spec: TableSpec) -> list[Column[object]]:
    if spec.kind == "links":
        return [
            Column("source_id", BigInteger, primary_key=True, autoincrement=False),
            Column("target_id", BigInteger, primary_key=True, autoincrement=False),
            Column("position", BigInteger, nullable=False),
        ]
    if spec.kind == "search":
        return [
            Column("rowid", RowId, key="id", primary_key=True, autoincrement=False),
            Column("tokens", Tokens),
        ]
    fields: list[Column[object]] = [
        Column(each.name, kinds.type_of(each.kind), key=each.field, quote=True) for each in spec.columns
    ]
    return [
        Column("id", RowId, primary_key=True, autoincrement=False),
        *_before(spec),
        *fields,
        *_after(spec),
    ]


def _before(spec: TableSpec) -> list[Column[object]]:
    if spec.kind != "rows":
        return []
    return [Column("parent_id", BigInteger), Column("position", BigInteger)]


def _after(spec: TableSpec) -> list[Column[object]]:
    if spec.kind == "rows":
        return []
    return [
        Column("created_at", Instant),
        Column("created_by", BigInteger),
        Column("updated_at", Instant),
        Column("updated_by", BigInteger),
        Column("version", BigInteger),
        Column("deleted_at", Instant),
    ]
