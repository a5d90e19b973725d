"""App → schema: which tables, columns and indexes the entities of an app ask for."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.fieldtypes import TYPES, column_of
from dougong.fieldtypes.texts import LineType
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.unique import Unique
from dougong.storage import kinds, names
from dougong.storage.conditions import recorded
from dougong.storage.schema import ColumnSpec, IndexSpec, Schema, TableSpec

_ON_DELETE = {"clear": "SET NULL"}
"""On purge a link is either cleared or protects its target; recycle bin rules stand in the verbs, above the database."""

SYSTEM_COLUMNS = ("id", "created_at", "created_by", "updated_at", "updated_by", "version", "deleted_at")
ROW_COLUMNS = ("id", "parent_id", "position")
_LONGEST_INDEX = 4
_TEXTS = frozenset({"long_text", "rich_text"})
_LONGEST_INDEXED_TEXT = 600
"""In characters; PostgreSQL refuses an index entry of more than 2 704 bytes."""


def schema_of(app: App) -> Schema:
    """The schema that an app asks for, without identities."""
    return Schema(
        app.id, tuple(table for entity in app.entities.values() for table in specifications(app, entity))
    )


def specifications(app: App, entity: Entity) -> Iterator[TableSpec]:
    """The tables that one entity, or the rows of one sub-table, asks for."""
    rows = bool(entity.parent)
    field = _owning_field(app, entity) if rows else None
    columns = tuple(filter(None, (_column(entity, each) for each in entity.fields.values())))
    yield TableSpec(
        key=entity.key,
        kind="rows" if rows else "entity",
        name=names.table_name(entity.key),
        entity=entity.parent if rows else entity.key,
        field=field.id if field else "",
        columns=columns,
        indexes=tuple(_indexes(entity, columns)),
        was=field.was if field else entity.was,
        formerly=entity.formerly.id if entity.formerly else "",
        link=entity.formerly.link if entity.formerly else "",
    )
    for each in entity.fields.values():
        if each.type == "links":
            yield _links(entity, each)
    if entity.search and not rows:
        yield TableSpec(
            key=f"{entity.key}#search",
            kind="search",
            name=names.search_name(entity.key),
            entity=entity.key,
            search=entity.search,
        )


def _owning_field(app: App, entity: Entity) -> Field | None:
    owner = app.entities[entity.parent.partition(".")[2]]
    return next((each for each in owner.fields.values() if each.table == entity.key), None)


def _links(entity: Entity, field: Field) -> TableSpec:
    return TableSpec(
        key=f"{entity.key}#{field.id}",
        kind="links",
        name=names.links_name(entity.key, field.id),
        entity=entity.key,
        field=field.id,
        target=_target(field),
        was=field.was,
    )


def _column(entity: Entity, field: Field) -> ColumnSpec | None:
    type_ = column_of(field)
    if type_ is None:
        return None
    references = _target(field)
    return ColumnSpec(
        field=field.id,
        name=names.column_name(field.id),
        kind=kinds.kind_of(type_),
        field_type=field.type,
        required=field.required and field.id not in entity.hideable,
        references=references,
        on_delete=_on_purge(entity, field) if references else "",
        was=field.was,
    )


def _on_purge(entity: Entity, field: Field) -> str:
    """What purging the target does; a link that goes on with the parent of rows keeps what a sub-table has."""
    if entity.formerly is not None and not entity.parent and field.id == entity.formerly.link:
        return "CASCADE"
    return _ON_DELETE.get(field.target.on_delete, "NO ACTION") if field.target else ""


def _target(field: Field) -> str:
    """The entity that a link points to; members live in the platform's own table and are never purged."""
    if field.type not in {"link", "links"} or field.target is None or not field.target.entity:
        return ""
    return field.target.key


def _indexes(entity: Entity, columns: tuple[ColumnSpec, ...]) -> list[IndexSpec]:
    """Unique rules, links, what the compiler found that lists and rules need, and the default order of lists."""
    system = ROW_COLUMNS if entity.parent else SYSTEM_COLUMNS
    stored = {each.field for each in columns} | set(system)
    short = {each.field for each in columns if _is_short(entity, each)} | set(system)
    live = not entity.parent
    unique = [
        IndexSpec((each.id,), True, live and each.type != "serial")  # a number is never given twice
        for each in entity.fields.values()
        if each.unique
    ]
    unique += [_unique_index(entity, each, live) for each in entity.unique]
    plain = [IndexSpec((each.field,)) for each in columns if each.references]
    plain += [
        IndexSpec((each.field,), live=live) for each in columns if each.field_type in {"member", "department"}
    ]
    plain += [_list_index(each[:_LONGEST_INDEX], live) for each in entity.indexes if each]
    plain.append(IndexSpec(("parent_id", "position") if entity.parent else ("updated_at", "id"), live=live))
    usable = [each for each in unique if _is_over(each, stored)] + [
        each for each in plain if _is_over(each, short)
    ]
    return _without_covered(list(dict.fromkeys(usable)))


def _list_index(keys: tuple[str, ...], live: bool) -> IndexSpec:
    names = tuple(each.removeprefix("-") for each in keys)
    descending = tuple(each.removeprefix("-") for each in keys if each.startswith("-"))
    return IndexSpec(names, live=live, descending=descending)


def _unique_index(entity: Entity, rule: Unique, live: bool) -> IndexSpec:
    folded = rule.fields if rule.ignore_case else ()
    return IndexSpec(
        rule.fields,
        True,
        live,
        where=recorded(rule.conditions),
        folded=tuple(each for each in folded if isinstance(TYPES[entity.fields[each].type], LineType)),
    )


def _is_over(index: IndexSpec, columns: set[str]) -> bool:
    return (
        columns.issuperset(index.reads)
        and len(set(index.fields)) == len(index.fields)
        and index.fields != ("id",)
    )


def _is_short(entity: Entity, column: ColumnSpec) -> bool:
    """Whether every value fits into an entry of an index, and an index over it can help."""
    field = entity.fields[column.field]
    if column.kind == "characters":
        return (
            field.type not in _TEXTS and (field.max_length or _LONGEST_INDEXED_TEXT) <= _LONGEST_INDEXED_TEXT
        )
    return column.kind != "json"


def _without_covered(indexes: list[IndexSpec]) -> list[IndexSpec]:
    """Leave out an index that another one begins with; it would only slow down writing."""
    return [each for each in indexes if each.unique or not any(_covers(other, each) for other in indexes)]


def _covers(other: IndexSpec, index: IndexSpec) -> bool:
    begins = other.fields[: len(index.fields)] == index.fields
    runs_alike = set(other.descending) & set(index.fields) == set(index.descending)
    return begins and runs_alike and other != index and not other.unique and (index.live or not other.live)
