"""What those who are asked about a record are shown of it: its fields without the hidden ones, and its title without them too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dougong.diagnostics import Refusal
from dougong.model.workflow import Node
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.read import read
from dougong.records.shape import shape_of
from dougong.records.titles import find_titles, title_of
from dougong.workflow.instances import elevated, knows


class Shown(NamedTuple):
    """A record of an approval as somebody is shown it: by a step that hides some fields, or (`hidden` is None) by no step, as
    the actor's own rights show it."""

    key: str
    record_id: int
    hidden: frozenset[str] | None


def shown_at(call: Call, key: str, record_id: int, node: Node | None) -> Shown:
    """The record as a step shows it to the actor, or without a step as the actor sees it anywhere."""
    return Shown(key, record_id, None if node is None else hidden_from(call, key, node))


def hidden_from(call: Call, key: str, node: Node) -> frozenset[str]:
    """What a step does not show: what it hides itself, and what the actor's own roles hide, unless the step asks to fill it in.

    Somebody whose roles say nothing about the entity sees all that the step does not hide: being asked is the right to see.
    """
    answer = access(call.release, call.actor, key, "read") if knows(call, key) else None
    own = answer.hidden if answer is not None and answer.allowed else frozenset()
    return (own - frozenset(node.edit)) | frozenset(node.hide)


def titles_of(call: Call, records: Iterable[Shown]) -> dict[Shown, str]:
    """What the records of approvals are called: whoever is asked about a record learns its title, without hidden fields."""
    every = list(dict.fromkeys(records))
    titles = {each: f"#{each.record_id}" for each in every}
    known = [each for each in every if knows(call, each.key)]
    own = [each for each in known if each.hidden is None]
    titles |= _whole_titles(call, own)
    asked = [each for each in known if each.hidden is not None]
    partial = [each for each in asked if not _is_whole(call, each)]
    titles |= _whole_titles(elevated(call), [each for each in asked if each not in partial])
    return titles | {each: title for each in partial if (title := _partial_title(call, each))}


def _is_whole(call: Call, shown: Shown) -> bool:
    """Whether nothing that is hidden stands in the title."""
    parts = shape_of(call.release, shown.key).entity.title_parts[1::2]
    return shown.hidden is None or shown.hidden.isdisjoint(parts)


def _whole_titles(call: Call, records: Sequence[Shown]) -> dict[Shown, str]:
    wanted: dict[str, set[int]] = {}
    for each in records:
        wanted.setdefault(each.key, set()).add(each.record_id)
    found = find_titles(call, wanted)
    return {each: found[each[:2]] for each in records if each[:2] in found}


def _partial_title(call: Call, shown: Shown) -> str:
    """The title of one record without some of the fields that stand in it."""
    try:
        record = read(elevated(call), shown.key, shown.record_id)
    except Refusal as refusal:
        if refusal.kind != "missing":
            raise
        return ""
    values, hidden = {**record.values, "id": record.id}, shown.hidden or frozenset()
    return title_of(call, shape_of(call.release, shown.key), values, hidden, dict(record.titles))
