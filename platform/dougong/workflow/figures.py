"""One field of the records of many tasks at once, for a list of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.shape import shape_of
from dougong.records.withheld import kept_back
from dougong.workflow.inbox import InboxLine


def figures_of(call: Call, lines: Sequence[InboxLine], field: str) -> dict[int, Value]:
    """The values of a field for the records of lines about one entity; a line whose step or reader may not see it has none."""
    identifiers = sorted({line.record_id for line in lines if field not in line.hidden})
    if not identifiers or field in access(call.release, call.actor, lines[0].key, "read").hidden:
        return {}
    shape = shape_of(call.release, lines[0].key)
    found: dict[int, Value] = {}
    for chunk in chunks(identifiers):
        statement = select(shape.table.c.id, shape.table.c[field]).where(
            shape.table.c.id.in_(chunk), shape.table.c.deleted_at.is_(None)
        )
        kept = kept_back(call, shape, chunk)
        found.update(
            {
                identifier: value
                for identifier, value in call.connection.execute(statement)
                if value is not None and (identifier not in kept or field not in kept[identifier].unseen)
            }
        )
    return found
