"""The values of linked records as far as their reader may see them, for who computes with them elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.draft import Values
from dougong.records.query import Query, list_records

MOST = 500
_AT_ONCE = 100


def linked_values(call: Call, key: str, ids: Collection[int], fields: Sequence[str]) -> dict[int, Values]:
    """These fields of the records with these ids (of the first 500) that the actor may read; the fields must be open to the
    actor."""
    if not access(call.release, call.actor, key, "read").allowed:
        return {}
    found: dict[int, Values] = {}
    wanted = sorted(set(ids))[:MOST]
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ", ".join(str(each) for each in wanted[start : start + _AT_ONCE])
        query = Query(filter=f"id IN ({listed})", fields=tuple(fields), limit=_AT_ONCE, named=False)
        for record in list_records(call, key, query).rows:
            found[record.id] = {name: record.values.get(name) for name in fields}
    return found
