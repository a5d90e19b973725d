"""Lists the records that point to a record."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, select

from dougong.diagnostics import nearest
from dougong.model.entity import Inverse
from dougong.policy.access import access, may
from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.query import Narrow, Query, list_narrowed
from dougong.records.record import Page
from dougong.records.selection import stands
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import Columns


def related(call: Call, key: str, identifier: int, inverse: str, query: Query) -> Page:
    """One page of a related list; the rights of both ends hold."""
    shape = open_door(call, key, "read")
    end = _inverse(call, shape, inverse)
    if not stands(call, shape, identifier):
        refuse_absent(call, key, identifier)
    other = shape_of(call.release, end.key)
    source = bindparam("narrow", type_=BigInteger)
    if end.many:
        pairs = call.release.tables.links(end.key, end.field)
        condition: ColumnElement[bool] = other.table.c.id.in_(
            select(pairs.c.source_id).where(pairs.c.target_id == source)
        )
    else:
        condition = other.table.c[end.field] == source
    is_seen = Columns(call, end.key, other.table).is_seen(end.field)
    condition = condition if is_seen is None else and_(condition, is_seen)
    narrow = Narrow(("related", end.key, end.field), condition, {"narrow": identifier})
    return list_narrowed(call, end.key, replace(query, deleted=False), narrow)


def related_lists(call: Call, key: str) -> list[Inverse]:
    """The related lists of an entity that the actor may see anything of."""
    shape = open_door(call, key, "read")
    return [end for end in shape.entity.inverses.values() if _is_visible(call, end)]


def _is_visible(call: Call, end: Inverse) -> bool:
    return may(call.release, call.actor, end.key, "read") and (
        end.field not in access(call.release, call.actor, end.key, "read").hidden
    )


def _inverse(call: Call, shape: Shape, name: str) -> Inverse:
    end = shape.entity.inverses.get(name)
    if end is None or not _is_visible(call, end):
        known = [each.id for each in shape.entity.inverses.values() if _is_visible(call, each)]
        refuse("missing", call.language, "unknown_inverse", hint=nearest(name, known), name=name)
    return end
