"""Saved views: lists and kanbans, one of all records where no file says otherwise."""

from __future__ import annotations

from dougong.compiler.context import Context, type_of
from dougong.compiler.item import Item
from dougong.definitions.schemas.common import SYSTEM_COLUMNS
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.form import Sort, View
from dougong.model.text import Text

ALL = Text.of({"zh": "全部", "en": "All"})
_COLUMNS = 7
_TOO_LONG = frozenset({"long_text", "table", "file", "links", "address"})


def compile_views(context: Context) -> dict[str, tuple[View, ...]]:
    """The views of every entity by its id, in the order they are written in."""
    views: dict[str, tuple[View, ...]] = {}
    first: dict[str, Item] = {}
    for identifier, document in context.checked.folder("views").items():
        item = Item.of(document)
        named = item.get("entity")
        entity = context.named_entity(named if named is not None else item, item.string("entity", identifier))
        if entity is None:
            continue
        if entity.id in first:
            words = {"entity": entity.id, "kind": "views", "first": first[entity.id].place.file}
            context.report("D506", named if named is not None else item, **words)
            continue
        first[entity.id] = item
        views[entity.id] = tuple(_written(context, view, entity) for _, view in item.entries("views"))
    for entity in context.entities.values():
        if not entity.parent:
            views.setdefault(entity.id, (default(entity),))
    return views


def _written(context: Context, item: Item, entity: Entity) -> View:
    kind = item.string("type", "grid")
    columns = tuple(each.text for each in item.items("columns") if _is_column(context, each, entity))
    return View(
        id=item.name,
        entity=entity.id,
        label=context.label(item),
        kind=kind,
        filter=context.condition(item, "filter", entity),
        columns=columns or default(entity).columns,
        sort=tuple(sort for each in item.items("sort") if (sort := _sort(context, each, entity))),
        group=_group(context, item, entity, kind),
        totals=tuple(each.text for each in item.items("totals") if _is_number(context, each, entity)),
        help=context.text(item, "help"),
        place=item.key_place,
    )


def _is_column(context: Context, item: Item, entity: Entity) -> bool:
    return item.text in SYSTEM_COLUMNS or context.named_field(item, entity) is not None


def _sort(context: Context, item: Item, entity: Entity) -> Sort | None:
    name = item.text.removeprefix("-")
    if name not in SYSTEM_COLUMNS:
        field = context.named_field(item, entity, name)
        if field is None or not _fits(
            context, item, field, TYPES[field.type].sortable, "a field that can be sorted by"
        ):
            return None
    return Sort(name, item.text.startswith("-"))


def _is_number(context: Context, item: Item, entity: Entity) -> bool:
    field = context.named_field(item, entity)
    return field is not None and _fits(context, item, field, type_of(field).kind == "number", "a number")


def _group(context: Context, item: Item, entity: Entity, kind: str) -> str:
    written = item.get("group")
    if written is None:
        chosen = _first_choice(entity)
        if kind == "kanban" and not chosen:
            context.report_at_key("D202", item, key="group")
        return chosen if kind == "kanban" else ""
    field = context.named_field(written, entity)
    if field is None:
        return ""
    fits = TYPES[field.type].groupable and (
        type_of(field).kind in ("choice", "member", "boolean") or field.type == "stage"
    )
    return field.id if _fits(context, written, field, fits, "a stage, choice, member or boolean") else ""


def _fits(context: Context, item: Item, field: Field, fits: bool, needed: str) -> bool:
    if not fits:
        context.report("D450", item, name=field.id, type=field.type, needed=needed, advice="")
    return fits


def _first_choice(entity: Entity) -> str:
    kinds = {field.type: field.id for field in reversed(list(entity.fields.values()))}
    return kinds.get("stage") or kinds.get("choice") or ""


def default(entity: Entity) -> View:
    """All records with their first telling fields, newest change first."""
    named = [name for name in entity.title_parts[1::2] if name in entity.fields]
    telling = [field.id for field in entity.fields.values() if field.type not in _TOO_LONG]
    columns = tuple(dict.fromkeys([*named, *telling]))[:_COLUMNS]
    return View(
        "all",
        entity.id,
        ALL,
        columns=columns or ("id",),
        sort=(Sort("updated_at", True),),
        place=entity.place,
    )
