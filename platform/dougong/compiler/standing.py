"""Sub-tables that become entities of their own, and back: what was written about where their rows stood before."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.entity import Formerly

PARENT = "parent"
"""What the rows of a sub-table call the record they belong to; a link with `was: parent` goes on with it."""


def as_records(item: Item) -> Formerly | None:
    """The sub-table whose rows are the records of an entity now: `was_table: quote.lines`."""
    former = item.string("was_table").replace(".", "/")
    return Formerly(former, _link(item)) if former else None


def as_rows(item: Item) -> Formerly | None:
    """The entity whose records are the rows of a sub-table now: `was_entity: line.quote`."""
    entity, _, link = item.string("was_entity").partition(".")
    return Formerly(entity, link) if entity else None


def _link(item: Item) -> str:
    """The link that goes on with the parent of the rows."""
    return next((name for name, field in item.entries("fields") if field.string("was") == PARENT), "")


def check(context: Context, items: Mapping[str, Item]) -> None:
    """Notes what was a sub-table and still is one, and records that would not know what they belonged to."""
    for key, item in items.items():
        former, written = context.entities[key].formerly, item.get("was_table") or item.get("was_entity")
        if former is None or written is None:
            continue
        if context.own(former.id) is not None:
            context.report("D514", written, name=written.text, reason="still in use")
        elif item.get("was_table") is not None:
            _check_link(context, item, written, former)


def _check_link(context: Context, item: Item, written: Item, former: Formerly) -> None:
    """The records need a required link that says `was: parent` and points to what they were rows of."""
    owner = former.id.partition("/")[0]
    fields = item.get("fields")
    link = fields.get(former.link) if fields is not None and former.link else None
    target = link.string("to").rpartition(".")[2] if link is not None else ""
    known = context.own(target)
    points = known is not None and owner in (known.id, known.was)
    if link is None or link.string("type") != "link" or not link.flag("required", False) or not points:
        context.report("D517", link or written, owner=owner)
