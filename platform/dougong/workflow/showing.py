"""What those who are asked about a record are shown of it: its fields without the hidden ones, and its title without them too."""

from __future__ import annotations

from collections.abc import Iterable
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
    """A record of an approval as somebody is shown it."""

    key: str
    record_id: int
    hidden: frozenset[str]


def hidden_from(call: Call, key: str, node: Node | None) -> frozenset[str]:
    """What a step does not show: what it hides itself, and what the actor's own roles hide, unless the step asks to fill it in.

    Somebody whose roles say nothing about the entity sees all that the step does not hide: being asked is the right to see.
    Without a step it is what the own roles hide.
    """
    answer = access(call.release, call.actor, key, "read") if knows(call, key) else None
    own = answer.hidden if answer is not None and answer.allowed else frozenset()
    return (own - frozenset(node.edit)) | frozenset(node.hide) if node is not None else own


def titles_of(call: Call, records: Iterable[Shown]) -> dict[Shown, str]:
    """What the records of approvals are called: whoever is asked about a record learns its title, without hidden fields."""
    whole: dict[str, set[int]] = {}
    titles: dict[Shown, str] = {}
    found = list(records)
    for each in found:
        if not knows(call, each.key):
            continue
        if each.hidden.isdisjoint(shape_of(call.release, each.key).entity.title_parts[1::2]):
            whole.setdefault(each.key, set()).add(each.record_id)
        elif each not in titles:
            titles[each] = _partial_title(call, each)
    known = find_titles(elevated(call), whole)
    return {
        each: titles.get(each) or known.get((each.key, each.record_id), f"#{each.record_id}")
        for each in found
    }


def _partial_title(call: Call, shown: Shown) -> str:
    """The title of one record without some of the fields that stand in it."""
    try:
        record = read(elevated(call), shown.key, shown.record_id)
    except Refusal as refusal:
        if refusal.kind != "missing":
            raise
        return ""
    values = {**record.values, "id": record.id}
    return title_of(call, shape_of(call.release, shown.key), values, shown.hidden, dict(record.titles))
