"""What an app needs of the database, as plain data: the form in which every applied version is recorded.

A plan compares two of these, so it neither depends on how an older compiler derived tables nor on reading the catalogue.
`uid`s are given once, when a table or column is first created, and follow it through renames, removal and rollback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dougong.storage.conditions import Recorded, from_data


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column that a field asks for. `kind` names the column type (`scaled 2`), `field_type` the type of the field.

    `references` is the entity key that a link points to; `on_delete` is what the database does when the target is purged.
    """

    field: str
    name: str
    kind: str
    field_type: str
    required: bool = False
    references: str = ""
    on_delete: str = ""
    was: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """An index over fields or system columns; `live` leaves out the records in the recycle bin.

    `where` limits it to rows that meet some conditions; `folded` are those of the fields whose letters A to Z count as small ones,
    `descending` those that lists read from the highest value down, empty ones last.
    """

    fields: tuple[str, ...]
    unique: bool = False
    live: bool = False
    name: str = ""
    where: tuple[Recorded, ...] = ()
    folded: tuple[str, ...] = ()
    descending: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Every field or system column that it depends on."""
        return (*self.fields, *(field for field, _, _ in self.where))


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table. `kind`: entity | rows (of a sub-table) | links (pairs of a links field) | search (full-text index).

    `entity` is the key of the entity that it belongs to, `field` the field of that entity that rows or links are held for,
    `target` the key of the entity that links point to, `was` the former id of the entity or field.
    """

    key: str
    kind: str
    name: str
    entity: str
    field: str = ""
    target: str = ""
    columns: tuple[ColumnSpec, ...] = ()
    indexes: tuple[IndexSpec, ...] = ()
    search: tuple[str, ...] = ()
    was: str = ""
    uid: str = ""
    formerly: str = ""
    """The local id of the sub-table or entity under which the rows stood before they changed sides."""
    link: str = ""
    """The link field that held, or holds, what they belong to as rows."""

    def kind_of(self, field_id: str) -> str:
        """The name of the column type of a field."""
        found = self.column(field_id)
        return found.kind if found is not None else ""

    def column(self, field_id: str) -> ColumnSpec | None:
        """The column of a field, or nothing."""
        return next((each for each in self.columns if each.field == field_id), None)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What was removed and is kept: a table, or a column of a table that still lives (`column` set).

    `of` is the identity of the column whose values these were before a conversion; empty for what was removed.
    """

    uid: str
    name: str
    table: TableSpec
    column: ColumnSpec | None = None
    removed_in: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one app, with what was removed from it, and the next free uid."""

    app: str
    tables: tuple[TableSpec, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    next_uid: int = field(default=1, compare=False)

    def table(self, key: str) -> TableSpec | None:
        """The table with that key, or nothing."""
        return next((each for each in self.tables if each.key == key), None)

    def table_of(self, uid: str) -> TableSpec | None:
        """The table with that identity, or nothing."""
        return next((each for each in self.tables if each.uid == uid), None)


def former_keys(before: Schema, after: Schema) -> dict[str, str]:
    """The key that each entity or sub-table of a schema has in an earlier one, where it is there."""
    known = {each.uid: each.key for each in before.tables if each.kind in {"entity", "rows"}}
    return {each.key: known[each.uid] for each in after.tables if each.uid in known}


def to_json(schema: Schema) -> dict[str, Any]:
    """The schema as JSON data."""
    return asdict(schema)


def from_json(data: Mapping[str, Any]) -> Schema:
    """The schema from its JSON data."""
    return Schema(
        data["app"],
        tuple(_table(each) for each in data["tables"]),
        tuple(_tombstone(each) for each in data["tombstones"]),
        data["next_uid"],
    )


def _table(data: Mapping[str, Any]) -> TableSpec:
    columns = tuple(ColumnSpec(**each) for each in data["columns"])
    indexes = tuple(_index(each) for each in data["indexes"])
    return TableSpec(**{**data, "columns": columns, "indexes": indexes, "search": tuple(data["search"])})


def _index(data: Mapping[str, Any]) -> IndexSpec:
    lists = {
        "fields": tuple(data["fields"]),
        "where": from_data(data.get("where", ())),
        "folded": tuple(data.get("folded", ())),
        "descending": tuple(data.get("descending", ())),
    }
    return IndexSpec(**{**data, **lists})


def _tombstone(data: Mapping[str, Any]) -> Tombstone:
    column = ColumnSpec(**data["column"]) if data["column"] else None
    return Tombstone(
        data["uid"], data["name"], _table(data["table"]), column, data["removed_in"], data.get("of", "")
    )
