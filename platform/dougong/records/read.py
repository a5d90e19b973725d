"""Reads one record."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.record import Record
from dougong.records.rows import fetch_records, wanted_fields
from dougong.records.selection import Selection


def read(call: Call, key: str, identifier: int, expand: Sequence[str] = (), deleted: bool = False) -> Record:
    """The record with everything in it that the actor may see, rows of sub-tables included; one not theirs does not exist."""
    shape = open_door(call, key, "read")
    selection = Selection(call, shape, deleted=deleted).among([identifier])
    wanted = wanted_fields(call, shape, selection.hidden, None, expand, tables=True)
    rows = call.connection.execute(selection.select(*wanted.columns)).all()
    if not rows:
        refuse("missing", call.language, "not_found")
    return fetch_records(call, shape, wanted, rows)[0]
