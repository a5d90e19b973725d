"""Creates records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.draft import Draft
from dougong.records.given import taker_for
from dougong.records.pipeline import complete, left_empty, problems_in, write
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.shape import Shape


def create(call: Call, key: str, values: Mapping[str, Value], named: bool = True) -> Record:
    """Create one record and return it as the actor may see it, `named` as `read` says.

    Refuses with every problem, each at its field.
    """
    shape = open_door(call, key, "create")
    [draft] = _created(call, shape, [values], [""])
    return read(call, key, draft.id, named=named, empty=left_empty(call, shape, draft))


def create_many(call: Call, key: str, records: Sequence[Mapping[str, Value]]) -> list[int]:
    """Create many records at once, all or none, and return their ids; problem paths begin with the record's position."""
    shape = open_door(call, key, "create")
    drafts = _created(call, shape, records, [f"{position}/" for position in range(len(records))])
    return [draft.id for draft in drafts]


def _created(
    call: Call, shape: Shape, records: Sequence[Mapping[str, Value]], paths: Sequence[str]
) -> list[Draft]:
    taker = taker_for(call, shape, "create")
    drafts = []
    for given, path in zip(records, paths, strict=True):
        draft = Draft(path, {"created_at": call.at, "created_by": call.actor.id})
        taker.take(draft, given)
        drafts.append(draft)
    complete(call, shape, drafts)
    found = problems_in(drafts)
    if found:
        raise Refusal("invalid", found)
    write(call, shape, drafts)
    return drafts
