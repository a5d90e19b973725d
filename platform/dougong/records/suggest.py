"""The labels that are offered while somebody types tags: those of the definition, then those in use, the most used first."""

from __future__ import annotations

from collections import Counter

from dougong.diagnostics import nearest
from dougong.fieldtypes.tags import is_free, suggestions_of
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.visible import Columns

LOOKED_AT = 2_000
"""So many of the newest records are looked at: what is offered need not be complete, but must be quick."""


def is_labelled(call: Call, key: str, path: str) -> bool:
    """Whether a path (`topics`, or `lines.topics` in a sub-table) leads to tags that the actor may see."""
    return _found(call, open_door(call, key, "read"), path) is not None


def suggest(call: Call, key: str, path: str, q: str = "", limit: int = 20) -> list[str]:
    """Up to `limit` labels that hold the words typed so far, out of the records that the actor may read."""
    shape = open_door(call, key, "read")
    found = _found(call, shape, path)
    if found is None:
        refuse("invalid", call.language, "not_a_link", "field", nearest(path, shape.entity.fields), name=path)
    owner, field = found
    offered = dict.fromkeys(suggestions_of(field))
    if is_free(field):
        offered.update(dict.fromkeys(_used(call, shape, owner, field)))
    wanted = q.strip().casefold()
    return [each for each in offered if wanted in each.casefold()][:limit]


def _found(call: Call, shape: Shape, path: str) -> tuple[Shape, Field] | None:
    name, _, rest = path.partition(".")
    field = shape.entity.fields.get(name)
    if field is None or name in access(call.release, call.actor, shape.key, "read").hidden:
        return None
    if rest and name in shape.tables:
        return _found(call, shape.tables[name], rest)
    return (shape, field) if field.type == "tags" and not rest else None


def _used(call: Call, shape: Shape, owner: Shape, field: Field) -> list[str]:
    records = Selection(call, shape)
    column = Columns(call, owner.key, owner.table).seen(field.id)
    table = owner.entity.id.rpartition("/")[2]
    is_seen = records.columns.is_seen(table) if owner is not shape else None
    if is_seen is not None:
        records.where(is_seen)
    if owner is shape:
        statement = records.select(column).where(column.is_not(None)).order_by(shape.table.c.id.desc())
    else:
        statement = records.select(column).join(owner.table, owner.table.c.parent_id == shape.table.c.id)
        statement = statement.where(column.is_not(None)).order_by(owner.table.c.id.desc())
    used: Counter[str] = Counter()
    for tags in call.connection.execute(statement.limit(LOOKED_AT)).scalars():
        used.update(tags)
    return [tag for tag, _ in used.most_common()]
