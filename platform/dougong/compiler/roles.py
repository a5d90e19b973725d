"""Roles: what each may do with which rows and fields, and what it may not. What nobody grants is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.compiler.virtual import put_into
from dougong.model.entity import Entity
from dougong.model.role import ACTIONS, WITH_FIELDS, Denial, Permission, Role
from dougong.model.text import Text

OWNER = "owner"
_OWNER_LABEL = Text.of({"zh": "应用负责人", "en": "App owner"})


def compile_roles(context: Context) -> dict[str, Role]:
    """The roles of the app by id; where it defines no `owner`, there is one who may do everything in it."""
    roles = {
        identifier: _role(context, Item.of(document), identifier)
        for identifier, document in context.checked.folder("roles").items()
    }
    if OWNER not in roles and not context.checked.is_damaged(f"roles/{OWNER}"):
        roles[OWNER] = _owner(context)
    return roles


def _owner(context: Context) -> Role:
    everything = MappingProxyType({action: Permission(action) for action in ACTIONS})
    grants = {entity.id: everything for entity in context.entities.values() if not entity.parent}
    return Role(OWNER, context.app, _OWNER_LABEL, MappingProxyType(grants), can_design=True)


def _role(context: Context, item: Item, identifier: str) -> Role:
    grants = {}
    for name, granted in item.entries("grants"):
        named = Item(granted.document, granted.path, granted.key or granted.node, granted.key)
        entity = context.named_entity(named, name)
        if entity is not None:
            grants[name] = MappingProxyType(_with_implied(context, granted, entity))
    reports = None
    if item.get("reports") is not None:
        reports = tuple(each.text for each in item.items("reports") if _exists(context, each))
    return Role(
        id=identifier,
        app=context.app,
        label=context.label(item, identifier),
        grants=MappingProxyType(grants),
        denials=tuple(_denials(context, item)),
        reports=reports,
        can_design=item.flag("design", False),
        help=context.text(item, "help"),
        place=item.place,
    )


def _exists(context: Context, item: Item) -> bool:
    known = {*context.checked.folder("reports"), *context.checked.folder("dashboards")}
    damaged = any(context.checked.is_damaged(f"{folder}/{item.text}") for folder in ("reports", "dashboards"))
    if item.text not in known and not damaged:
        context.unknown("D308", item, item.text, known)
    return item.text in known


def _permissions(context: Context, item: Item, entity: Entity) -> Iterator[tuple[str, Permission]]:
    for action, granted in item.entries():
        if granted.value is False:
            continue
        rows = context.condition(granted, "rows", entity)
        if rows is not None:
            rows = put_into(context, granted.get("rows") or granted, entity.key, rows, sql=True)
        shared = granted.flag("shared", False) if granted.value is not True else False
        kept_back = _kept_back(context, granted, entity)
        yield action, Permission(action, rows, kept_back, shared, place=granted.place)


_IMPLIED_BY: Mapping[str, tuple[str, ...]] = {
    "print": ("read",),
    "copy": ("create",),
    "batch": ("update", "delete"),
    "transfer": ("update",),
}
"""Actions that a role grants together with another one unless it says something of them itself."""


def _with_implied(context: Context, item: Item, entity: Entity) -> dict[str, Permission]:
    """The permissions of an entity as written, and those that they imply where nothing is written."""
    found = dict(_permissions(context, item, entity))
    said = {action for action, _ in item.entries()}
    for action, origins in _IMPLIED_BY.items():
        if action in said:
            continue
        given = [found[origin] for origin in origins if origin in found]
        if action == "transfer":
            given = [each for each in given if entity.owner and entity.owner not in each.except_fields]
        if given:
            # Rows of a batch are limited by what is done to each record; a copy is one of any record that may be read.
            origin = given[0]
            rows = origin.rows if action == "transfer" else None
            shared = origin.shared and rows is not None
            found[action] = Permission(action, rows, (), shared, origin.action, origin.place)
    return found


def _denials(context: Context, item: Item) -> Iterator[Denial]:
    for name, denied in item.entries("deny"):
        target = denied.get("entity")
        entity = context.named_entity(target) if target is not None else None
        if entity is None:
            continue
        rows = context.condition(denied, "rows", entity)
        if rows is None and denied.get("rows") is not None:
            continue
        if rows is not None:
            rows = put_into(context, denied.get("rows") or denied, entity.key, rows, sql=True)
        actions = tuple(each.text for each in denied.items("actions"))
        fields = _names(context, denied, "fields", entity)
        if fields or denied.get("fields") is not None:
            for action in actions:
                if action not in WITH_FIELDS:
                    context.report("D534", denied, action=action)
        yield Denial(name, entity.id, actions, rows, fields, context.text(denied, "reason"), denied.place)


def _kept_back(context: Context, item: Item, entity: Entity) -> tuple[str, ...]:
    """The fields a permission does not cover."""
    hidden = _names(context, item, "hide", entity)
    chosen = item.get("fields")
    if chosen is None:
        return hidden
    if chosen.get("only") is not None:
        only = _names(context, chosen, "only", entity)
        whole = {name.partition(".")[0] for name in only}
        return (*(name for name in entity.fields if name not in whole), *_columns_but(context, entity, only))
    return _names(context, chosen, "except", entity)


def _names(context: Context, parent: Item, key: str, entity: Entity) -> tuple[str, ...]:
    """The names of fields, and of columns of sub-tables (`lines.cost`), in the list under a key: those that exist."""
    found = []
    for item in parent.items(key):
        table, point, column = item.text.partition(".")
        if not point:
            found += [item.text] if context.named_field(item, entity) is not None else []
            continue
        rows = (
            context.own(f"{entity.id}/{table}")
            if context.named_field(item, entity, table) is not None
            else None
        )
        if rows is None and table in entity.fields:
            context.unknown("D302", item, item.text, entity.fields, entity.id)
        elif rows is not None and context.named_field(item, rows, column) is not None:
            found.append(item.text)
    return tuple(found)


def _columns_but(context: Context, entity: Entity, only: tuple[str, ...]) -> Iterator[str]:
    """The columns of sub-tables that are not among those named, of the sub-tables of which columns are named."""
    for table in dict.fromkeys(name.partition(".")[0] for name in only if "." in name):
        rows = context.own(f"{entity.id}/{table}")
        if rows is not None and table not in only:
            yield from (f"{table}.{name}" for name in rows.fields if f"{table}.{name}" not in only)
