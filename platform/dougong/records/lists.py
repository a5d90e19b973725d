"""Lists in a query: rows of sub-tables, links, records that link to one, every record of an entity, choices; and lists of lists.

What the reader may not see is not in any list: hidden links and fields, records that are not theirs. Deleted records never are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Text, and_, cast, false, func, select, true

from dougong.expressions.context import Rows
from dougong.expressions.scope import entity_of_all
from dougong.fieldtypes.references import REFERRING
from dougong.model.entity import Entity, Inverse
from dougong.model.field import Field

if TYPE_CHECKING:
    from dougong.records.visible import Columns, Road

Element = ColumnElement[Any]
Seen = ColumnElement[bool] | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One list on a road: its tables, which of their rows belong to the record it hangs on, and what a row is."""

    source: FromClause
    condition: ColumnElement[bool]
    order: tuple[Element, ...]
    columns: Columns | None
    item: Element

    def column(self, road: Road) -> Element:
        """The column of a field of a row, or the row itself."""
        return self.columns.column(road) if self.columns is not None and road else self.item


def rows_of(columns: Columns, road: Road) -> Rows:
    """The rows at the end of a road from the record of `columns`; a road over several lists has all rows of all of them."""
    parts: list[_Part] = []
    here = columns
    singles: Road = ()
    for name in road:
        holder = _entity_at(here, singles)
        if _is_single(holder, name):
            singles = (*singles, name)
            continue
        part = _part(here, singles, holder, name)
        parts.append(part)
        if part.columns is None:
            break
        here, singles = part.columns, ()
    source, condition = parts[0].source, parts[0].condition
    for part in parts[1:]:
        source = source.join(part.source, part.condition)
    last = parts[-1]
    order = tuple(each for part in parts for each in part.order)
    return Rows(
        source, condition, last.column, order, last.columns.rows if last.columns is not None else None
    )


def _entity_at(columns: Columns, singles: Road) -> Entity:
    """The entity that single links lead to."""
    entity = columns.shape.entity
    for name in singles:
        field = entity.fields.get(name)
        key = field.target.key if field is not None and field.target is not None else entity.parent
        entity = columns.call.release.entity(key)
    return entity


def _is_single(entity: Entity, name: str) -> bool:
    field = entity.fields.get(name)
    return field.type == "link" if field is not None else name == "parent" and bool(entity.parent)


def _part(here: Columns, singles: Road, holder: Entity, name: str) -> _Part:
    every = entity_of_all(name)
    if every:
        return _records(here, f"{holder.app}.{every}")
    identifier = here.column((*singles, "id")) if singles else here.table.c["id"]
    field = holder.fields.get(name)
    if field is None:
        return _inverse(here, holder.inverses[name], identifier)
    if field.type not in ("table", "links"):
        return _values(here, field, here.column((*singles, name)))
    is_table = field.type == "table"
    part = _sub_table(here, field, identifier) if is_table else _linked(here, holder, field, identifier)
    is_seen = _is_seen(here, holder.key, name, identifier, singles)
    return part if is_seen is None else replace(part, condition=and_(part.condition, is_seen))


def _is_seen(here: Columns, holder: str, name: str, identifier: Element, singles: Road) -> Seen:
    """Whether a list of a record is seen: always (nothing), never, or where a condition holds."""
    columns = _at(here, holder) if singles else here
    if name in columns.hidden:
        return false()
    is_seen = columns.is_seen(name)
    if is_seen is None or not singles:
        return is_seen
    own = columns.table.c.id
    return select(own).where(own == identifier, is_seen).exists()


def _at(here: Columns, key: str) -> Columns:
    """The columns of another entity, by an alias of its own."""
    table = here.call.release.table(key).alias()
    return type(here)(here.call, key, table, here.as_definition)


def _living(here: Columns, other: Columns) -> ColumnElement[bool]:
    """That the records are not deleted, and that the reader may see them."""
    rule = here.rule(other.key, other.table)
    return false() if rule.nothing else and_(other.table.c.deleted_at.is_(None), *rule.conditions)


def _records(here: Columns, key: str) -> _Part:
    other = _at(here, key)
    own = other.table.c.id
    return _Part(other.table, _living(here, other), (own,), other, own)


def _inverse(here: Columns, inverse: Inverse, identifier: Element) -> _Part:
    """The records whose link holds the record; of rows of a sub-table, those of living records."""
    other = _at(here, inverse.key)
    own, source, owner = other.table.c.id, other.table, other
    parent = other.shape.entity.parent
    if parent:
        owner = _at(here, parent)
        source = source.join(owner.table, owner.table.c.id == other.table.c.parent_id)
    if inverse.many:
        pairs = here.call.release.tables.links(inverse.key, inverse.field).alias()
        source = source.join(pairs, pairs.c.source_id == own)
        points = pairs.c.target_id == identifier
    else:
        points = other.table.c[inverse.field] == identifier
    table = other.shape.entity.id.rpartition("/")[2] if parent else ""
    asked = [(other, inverse.field), *([(owner, table)] if parent else [])]
    seen = [false() if name in columns.hidden else columns.is_seen(name) for columns, name in asked]
    condition = and_(points, _living(here, owner), *(each for each in seen if each is not None))
    return _Part(source, condition, (own,), other, own)


def _sub_table(here: Columns, field: Field, identifier: Element) -> _Part:
    other = _at(here, field.table)
    table = other.table
    return _Part(table, table.c.parent_id == identifier, (table.c.position, table.c.id), other, table.c.id)


def _linked(here: Columns, holder: Entity, field: Field, identifier: Element) -> _Part:
    if field.target is None:
        raise LookupError(f"{holder.key}: {field.id} has no target")
    other = _at(here, field.target.key)
    pairs = here.call.release.tables.links(holder.key, field.id).alias()
    source = pairs.join(other.table, other.table.c.id == pairs.c.target_id)
    condition = and_(pairs.c.source_id == identifier, _living(here, other))
    return _Part(source, condition, (pairs.c.position, other.table.c.id), other, other.table.c.id)


def _values(here: Columns, field: Field, column: Element) -> _Part:
    """The options or people of a list that one column holds."""
    if here.call.dialect == "sqlite":
        items = func.json_each(column).table_valued("key", "value").alias()
    else:
        items = func.jsonb_array_elements_text(column).table_valued("value", with_ordinality="key").alias()
    stored = BigInteger() if field.type in REFERRING else Text()
    return _Part(items, true(), (items.c.key,), None, cast(items.c.value, stored))
