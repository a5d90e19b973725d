"""Shows one masked value whole to somebody who may see it, and keeps in the history that it was shown."""

from __future__ import annotations

from dougong.diagnostics import nearest
from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.policy.masks import REVEAL, masks_of, may_reveal
from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.load import load, load_rows
from dougong.records.messages import refuse
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.trail import REVEALED, write_history
from dougong.records.withheld import kept_back


def reveal(call: Call, key: str, identifier: int, path: str, row: int | None = None) -> Value:
    """The whole value of a masked field (`phone`, or `lines.phone` with the id of a row); refuses who may not see it."""
    shape = open_door(call, key, REVEAL)
    if not Selection(call, shape).among([identifier]).count():
        refuse_absent(call, key, identifier)
    table, _, column = path.rpartition(".")
    owner = _owner(call, shape, table, column, path)
    if not may_reveal(call.release, call.actor, owner.key, column):
        label = owner.field(column).label.get(call.language)
        refuse("forbidden", call.language, "locked_field", path, label=label)
    if not Selection(call, shape, action=REVEAL).among([identifier]).count():
        refuse("forbidden", call.language, "row_not_revealed", path)
    kept = kept_back(call, shape, [identifier], REVEAL).get(identifier)
    if kept is not None and not {path, table}.isdisjoint(kept.unseen | kept.locked):
        refuse("forbidden", call.language, "row_not_revealed", path)
    values = load(call, shape, [identifier])[identifier]
    value = values.get(column) if owner is shape else _of_row(call, owner, identifier, row, column)
    write_history(call, shape, [(REVEAL, identifier, values["version"], {REVEALED: [path]})])
    return value


def _owner(call: Call, shape: Shape, table: str, column: str, path: str) -> Shape:
    owner = shape.tables.get(table) if table else shape
    visible = owner is not None and column not in access(call.release, call.actor, owner.key, "read").hidden
    if owner is None or not visible or column not in masks_of(call.release, owner.key):
        known = list(masks_of(call.release, shape.key))
        refuse("invalid", call.language, "not_masked", "field", nearest(path, known), name=path)
    return owner


def _of_row(call: Call, owner: Shape, identifier: int, row: int | None, column: str) -> Value:
    for each in load_rows(call, owner, [identifier]).get(identifier, ()):
        if each["id"] == row:
            return each.get(column)
    return refuse("missing", call.language, "not_found")
