"""Where rules hold: what is done with a record, and the doors at which it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.definitions.catalogue import listing
from dougong.model.entity import CREATE, DELETE, UPDATE, Entity

Acts = frozenset[str]

_ALL: Acts = frozenset({CREATE, UPDATE, DELETE})
_WORKFLOW = "workflow"
DOORS: Mapping[str, Acts] = MappingProxyType(
    {
        "screen": _ALL,
        "api": _ALL,
        "cli": _ALL,
        "import": frozenset({CREATE, UPDATE}),
        _WORKFLOW: frozenset({UPDATE}),
    }
)
"""The doors that rules may name, with what is done there."""
ON_DELETION = frozenset({"check", "block", "warn", "lock"})
"""Actions that can hold up a deletion; the others are about what a record becomes."""


def acts_of(context: Context, item: Item, actions: Iterable[str]) -> Acts:
    """What must be done with a record for a rule to be asked; rules that lock it are about those that stand there already."""
    given = list(actions)
    written = item.get("on")
    if written is None:
        return frozenset({UPDATE, DELETE}) if given == ["lock"] else frozenset({CREATE, UPDATE})
    acts = frozenset(each.text for each in item.items("on"))
    for name in given:
        action = item.get(name)
        if action is not None and not _can_hold(name, acts):
            context.report_at_key("D551", action, name=name, acts=listing(sorted(acts)))
    return acts


def _can_hold(action: str, acts: Acts) -> bool:
    if action == "lock":
        return bool(acts & {UPDATE, DELETE})
    return action in ON_DELETION or bool(acts & {CREATE, UPDATE})


def doors_of(context: Context, entity: Entity, item: Item, acts: Acts) -> frozenset[str]:
    """The doors at which a rule holds, or none where it holds at every one; what is no door, or can never hold, is noted."""
    known = {**DOORS, **dict.fromkeys(_steps(context, entity), DOORS[_WORKFLOW])}
    doors = []
    for each in item.items("doors"):
        if each.text in known:
            doors.append(each)
        elif not _is_damaged(context, each.text):
            context.unknown("D317", each, each.text, known)
    for each in doors:
        if acts and not acts & known[each.text]:
            context.report("D550", each, door=each.text, acts=listing(sorted(acts)))
    return frozenset(each.text for each in doors)


def _steps(context: Context, entity: Entity) -> Iterable[str]:
    """The workflows of the entity, and their nodes."""
    owner = entity.id.partition("/")[0]
    for name, document in context.checked.folder("workflows").items():
        workflow = Item.of(document)
        if workflow.string("entity") == owner:
            yield f"{_WORKFLOW}.{name}"
            yield from (f"{_WORKFLOW}.{name}.{node}" for node, _ in workflow.entries("nodes"))


def _is_damaged(context: Context, door: str) -> bool:
    """Whether a name could stand for a workflow or a node that was written but could not be used."""
    kind, _, rest = door.partition(".")
    name, _, node = rest.partition(".")
    return kind == _WORKFLOW and context.checked.is_damaged(
        f"workflows/{name}", ("nodes", node) if node else ()
    )
