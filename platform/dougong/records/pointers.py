"""The fields that point to the records of an entity: which records hold them, and what a deletion means to those."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.shape import Shape, shape_of


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link field of some entity, or of the rows of a sub-table, that points to the records in question."""

    shape: Shape
    field: Field

    @property
    def on_delete(self) -> str:
        """What becomes of whatever points when its target is deleted: restrict, cascade or clear."""
        return self.field.target.on_delete if self.field.target is not None else "restrict"

    @property
    def cascades(self) -> bool:
        """Whether what points goes with what it points to."""
        return self.on_delete == "cascade"

    @property
    def clears(self) -> bool:
        """Whether the link becomes empty when what it points to is gone."""
        return self.on_delete == "clear"

    @property
    def restricts(self) -> bool:
        """Whether what points keeps what it points to from being deleted."""
        return not self.cascades and not self.clears

    @property
    def table(self) -> str:
        """The sub-table in whose rows the link stands, or nothing when it stands in the record itself."""
        return self.shape.entity.id.partition("/")[2] if self.shape.entity.parent else ""

    @property
    def owner(self) -> str:
        """The key of the entity whose records the link belongs to."""
        return self.shape.entity.parent or self.shape.key

    def holders(self, call: Call, targets: Collection[int]) -> set[int]:
        """The ids of the records or rows that point to one of the targets."""
        found: set[int] = set()
        for chunk in chunks(sorted(targets)):
            if self.field.type == "links":
                pairs = call.release.tables.links(self.shape.key, self.field.id)
                statement = select(pairs.c.source_id).where(pairs.c.target_id.in_(chunk))
            else:
                table = self.shape.table
                statement = select(table.c.id).where(table.c[self.field.id].in_(chunk))
            found.update(call.connection.execute(statement).scalars())
        return found

    def records(self, call: Call, targets: Collection[int]) -> set[int]:
        """The living records that point to one of the targets, themselves or by a row."""
        holders, found = self.holders(call, targets), set[int]()
        owner = shape_of(call.release, self.owner).table
        for chunk in chunks(sorted(holders)):
            statement = select(owner.c.id).where(owner.c.deleted_at.is_(None))
            if self.shape.entity.parent:
                rows = self.shape.table
                statement = statement.join(rows, rows.c.parent_id == owner.c.id).where(rows.c.id.in_(chunk))
            else:
                statement = statement.where(owner.c.id.in_(chunk))
            found.update(call.connection.execute(statement).scalars())
        return found

    def points(self, value: Value, targets: Collection[int]) -> bool:
        """Whether a value of the field points to one of the targets."""
        return any(each in targets for each in (value if isinstance(value, tuple) else (value,)))

    def without(self, value: Value, targets: Collection[int]) -> Value:
        """A value of the field without the targets."""
        if isinstance(value, tuple):
            return tuple(each for each in value if each not in targets) or None
        return None if value in targets else value


def pointers_to(call: Call, key: str) -> Sequence[Pointer]:
    """Every link field of records, and of rows of sub-tables, that points to an entity."""
    found = call.release.cache.get(("pointers", key))
    if not isinstance(found, tuple):
        found = call.release.cache["pointers", key] = tuple(_pointers(call, key))
    return found


def _pointers(call: Call, key: str) -> Iterator[Pointer]:
    for app in call.release.apps.values():
        for entity in app.entities.values():
            for field in entity.fields.values():
                if field.type in ("link", "links") and field.target is not None and field.target.key == key:
                    yield Pointer(shape_of(call.release, entity.key), field)
