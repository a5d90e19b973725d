"""What records and people are called in the database, for links that become text and text that becomes links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.storage import tables
from dougong.storage.conversion import NOBODY, Names
from dougong.storage.schema import TableSpec
from dougong.storage.system import DEPARTMENT, USER

_MOST_IDS = 500


@dataclass(frozen=True, slots=True)
class Things:
    """The things that a field refers to: records of a table with the entity they belong to, or the people (`kind`)."""

    kind: str = "record"
    table: TableSpec | None = None
    entity: Entity | None = None

    def names(self, connection: Connection) -> Names:
        """What each is called, and which are called so; the recycle bin keeps its names, but nobody finds them there."""
        if self.kind == "member":
            return _named((row.id, (row.name, row.login), True) for row in connection.execute(select(USER)))
        if self.kind == "department":
            return _named((row.id, (row.name,), True) for row in connection.execute(select(DEPARTMENT)))
        if self.table is None or self.entity is None:
            return NOBODY
        return _named(
            (row.id, (title,), row.deleted_at is None)
            for row, title in _titled(connection, self.table, self.entity)
        )


def _named(things: Iterable[tuple[int, tuple[str, ...], bool]]) -> Names:
    of_id: dict[int, str] = {}
    of_name: dict[str, tuple[int, ...]] = {}
    for identifier, names, is_live in things:
        of_id[identifier] = names[0]
        for name in dict.fromkeys(names) if is_live else ():
            of_name[name] = (*of_name.get(name, ()), identifier)
    return Names(of_id, of_name)


def titles(
    connection: Connection, table: TableSpec, entity: Entity, ids: tuple[int, ...], language: str
) -> dict[int, str]:
    """The titles of some records, without what links contribute to them."""
    if not ids or table.kind != "entity":
        return {}
    return {row.id: title for row, title in _titled(connection, table, entity, ids[:_MOST_IDS], language)}


def _titled(
    connection: Connection,
    spec: TableSpec,
    entity: Entity,
    ids: tuple[int, ...] = (),
    language: str = "zh",
) -> Iterator[tuple[Row[Any], str]]:
    table = tables.table(spec)
    named = [each for each in entity.title_parts[1::2] if each in table.c and each in entity.fields]
    wanted = select(table.c.id, table.c.deleted_at, *(table.c[each] for each in dict.fromkeys(named)))
    for row in connection.execute(wanted.where(table.c.id.in_(ids)) if ids else wanted):
        yield row, _title(entity, dict(zip(dict.fromkeys(named), row[2:], strict=True)), language)


def _title(entity: Entity, values: Mapping[str, Value], language: str) -> str:
    pieces = []
    for position, part in enumerate(entity.title_parts):
        if position % 2 == 0:
            pieces.append(part)
            continue
        known = entity.fields.get(part)
        value = values.get(part)
        if known is not None and value is not None and known.target is None:
            pieces.append(TYPES[known.type].to_text(value, known, language))
    return "".join(pieces).strip()
