"""Workflows: who decides about a record, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from dougong.compiler import flow
from dougong.compiler.context import BOOLEAN, Context, type_of
from dougong.compiler.item import Item
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.model.text import Text
from dougong.model.workflow import Assignee, Next, Node, Workflow

INITIATOR = "INITIATOR"
_ENDS = {
    "approved": Text.of({"zh": "通过", "en": "Approved"}),
    "rejected": Text.of({"zh": "驳回", "en": "Rejected"}),
}
_PERSON = "a member field"


def compile_workflows(context: Context) -> dict[str, Workflow]:
    """The workflows of the app by id."""
    workflows = {}
    for identifier, document in context.checked.folder("workflows").items():
        item = Item.of(document)
        named = item.get("entity")
        entity = context.named_entity(named) if named is not None else None
        if entity is not None:
            workflows[identifier] = _workflow(context, item, entity, identifier)
    return workflows


def _workflow(context: Context, item: Item, entity: Entity, identifier: str) -> Workflow:
    nodes = {name: _node(context, node, entity) for name, node in item.entries("nodes")}
    start = item.get("start")
    begin = start if start is not None else item
    withdraw = begin.get("withdraw")
    first = _first(context, start, nodes, item)
    flow.check(context, item, nodes, first)
    return Workflow(
        id=identifier,
        app=context.app,
        entity=entity.id,
        label=context.label(item, identifier),
        nodes=MappingProxyType(nodes),
        first=first,
        start_on=begin.string("on", "submit"),
        start_if=context.optional(begin, "if", context.scope(entity), BOOLEAN),
        allow_withdraw=withdraw.flag("allow", True) if withdraw is not None else True,
        lock=begin.flag("lock", True),
        on_submit=_assignments(context, start, entity),
        on_withdraw=_assignments(context, withdraw, entity),
        help=context.text(item, "help"),
        place=item.place,
    )


def _first(context: Context, start: Item | None, nodes: dict[str, Node], item: Item) -> str:
    chosen = start.get("to") if start is not None else None
    if chosen is None:
        return next(iter(nodes), "")
    if chosen.text in nodes:
        return chosen.text
    _unknown_node(context, chosen, nodes)
    return next(iter(nodes), "")


def _unknown_node(context: Context, item: Item, known: object) -> None:
    names = list(known) if isinstance(known, dict) else []
    if not context.checked.is_damaged(item.document, ("nodes", item.text)):
        context.unknown("D307", item, item.text, names)


def _node(context: Context, item: Item, entity: Entity) -> Node:
    approve, end = item.get("approve"), item.get("end")
    if approve is not None and end is not None:
        context.report_at_key("D451", end, first="approve", second="end")
    kind = "approve" if approve is not None else "end" if end is not None else "condition"
    rights = item.get("fields")
    outcome = end.text if end is not None else ""
    return Node(
        id=item.name,
        kind=kind,
        label=context.text(item, "label", _ENDS[outcome]) if outcome else context.label(item),
        assignees=tuple(_assignees(context, approve, entity)) if approve is not None else (),
        mode=approve.string("mode", "any") if approve is not None else "any",
        empty=approve.string("empty", "admin") if approve is not None else "admin",
        same_as_initiator=approve.string("same_as_initiator", "ask") if approve is not None else "ask",
        comment_required=approve is not None and approve.string("comment") == "required",
        edit=context.field_names(rights, "edit", entity) if rights is not None else (),
        hide=context.field_names(rights, "hide", entity) if rights is not None else (),
        next=tuple(_ways(context, item, entity)),
        on_reject=item.string("reject"),
        outcome=outcome,
        set=_assignments(context, item, entity),
        place=item.key_place,
    )


def _ways(context: Context, item: Item, entity: Entity) -> Iterator[Next]:
    for way in item.items("next"):
        to = way.get("to")
        if to is None:
            continue
        names = tuple(each.text for each in to.items()) or (to.text,)
        yield Next(names, context.optional(way, "if", context.scope(entity), BOOLEAN))


def _assignees(context: Context, item: Item, entity: Entity) -> Iterator[Assignee]:
    for each in item.items("by"):
        kind, about = next((name, value) for name, value in each.entries() if name != "level")
        level = each.number("level", 1)
        steps = each.get("level")
        if steps is not None and kind not in ("superior_of", "head_of"):
            context.report_at_key("D451", steps, first=kind, second="level")
        if kind == "role" and not _is_role(context, about):
            continue
        if kind in ("member", "superior_of", "head_of") and not _is_person(context, about, entity, kind):
            continue
        value = "" if about.text == INITIATOR and kind != "user" else about.text
        yield Assignee(
            {"superior_of": "superior", "head_of": "department_head"}.get(kind, kind), value, level
        )


def _is_role(context: Context, item: Item) -> bool:
    known = {*context.checked.folder("roles"), "owner"}
    if item.text not in known and not context.checked.is_damaged(f"roles/{item.text}"):
        context.unknown("D303", item, item.text, known)
    return item.text in known


def _is_person(context: Context, item: Item, entity: Entity, kind: str) -> bool:
    """Whether an assignee names a person: a member field, a system column that holds one, or the initiator."""
    if item.text in ("created_by", "updated_by") or (item.text == INITIATOR and kind != "member"):
        return True
    field = context.named_field(item, entity)
    fits = field is not None and (field.type == "member" or (field.type == "members" and kind == "member"))
    if field is not None and not fits:
        context.report("D450", item, name=field.id, type=field.type, needed=_PERSON, advice="")
    return fits


def _assignments(context: Context, item: Item | None, entity: Entity) -> tuple[tuple[str, Expression], ...]:
    """Field and value of every assignment under `set`."""
    found = []
    for name, value in item.entries("set") if item is not None else ():
        about = Item(value.document, value.path, value.key or value.node, value.key)
        field = context.named_field(about, entity, name)
        if field is None:
            continue
        if field.is_computed or field.type == "table":
            context.report(
                "D450", about, name=name, type=field.type, needed="a field that can be written", advice=""
            )
            continue
        expression = context.expression(value, context.scope(entity), type_of(field))
        if expression is not None:
            found.append((name, expression))
    return tuple(found)
