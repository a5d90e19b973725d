"""Former ids (`was`): each names something that existed before and exists no longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dougong.compiler.context import Context
from dougong.compiler.item import Item


def check(context: Context, items: Mapping[str, Item]) -> None:
    """Notes every former id of an entity or field that is still in use or that two things claim."""
    entities = {key.partition(".")[2]: item for key, item in items.items() if "/" not in key}
    _check(context, entities, entities)
    for item in items.values():
        fields = dict(item.entries("fields"))
        _check(context, fields, fields)


def _check(context: Context, items: Mapping[str, Item], known: Iterable[str]) -> None:
    claimed: dict[str, str] = {}
    for name, item in items.items():
        former = item.get("was")
        if former is None:
            continue
        if former.text in known:
            if not _are_swapped(items, name, former.text):
                context.report("D514", former, name=former.text, reason="still in use")
        elif former.text in claimed:
            reason = f"the former name of '{claimed[former.text]}'"
            context.report("D514", former, name=former.text, reason=reason)
        claimed.setdefault(former.text, name)


def _are_swapped(items: Mapping[str, Item], name: str, former: str) -> bool:
    """Whether the thing that has the former name now has a former name of its own, as when two exchange theirs."""
    other = items[former].get("was")
    return former != name and other is not None and other.text != former
