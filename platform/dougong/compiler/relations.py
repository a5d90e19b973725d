"""Links between entities: targets that exist, the lists on the other side, levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from dougong.compiler import graph
from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.entity import Entity, Inverse
from dougong.model.field import Field
from dougong.model.text import Text


def resolve(context: Context, items: Mapping[str, Item]) -> None:
    """Checks every link and gives every target its inverse lists."""
    inverses: dict[str, dict[str, Inverse]] = {}
    for entity, field, item in _links(context, items):
        target = _target(context, item, field)
        if target is None:
            context.damaged.add(field.id)
            continue
        _check_tree(context, target, item)
        if target.app == context.app:
            _add_inverse(context, inverses.setdefault(target.key, {}), entity, field, target, item)
    for key, found in inverses.items():
        context.entities[key] = replace(context.entities[key], inverses=MappingProxyType(found))
    _check_circles(context, items)


def _links(context: Context, items: Mapping[str, Item]) -> Iterator[tuple[Entity, Field, Item]]:
    """Every link of the app; those with a named inverse first, so that a default name gives way to a chosen one."""
    found = [
        (context.entities[key], context.entities[key].fields[name], entry)
        for key, item in items.items()
        for name, entry in item.entries("fields")
        if name in context.entities[key].fields and context.entities[key].fields[name].target is not None
    ]
    yield from sorted(found, key=lambda link: link[2].get("inverse") is None)


def _target(context: Context, item: Item, field: Field) -> Entity | None:
    named = item.get("to")
    if field.target is None or named is None:
        return None
    app, entity = field.target.app, field.target.entity
    if app == context.app:
        return context.named_entity(named, entity)
    if app not in context.requires:
        context.report("D314", named, name=named.text, app=app)
        return None
    if app not in context.installed:
        return None
    target = context.installed[app].entities.get(entity)
    if target is None or target.parent:
        context.unknown(
            "D301", named, entity, [each.id for each in context.installed[app].entities.values()], app
        )
        return None
    return target


def _check_tree(context: Context, target: Entity, item: Item) -> None:
    """Levels need a link of the target to itself."""
    written = item.get("tree")
    if written is None or context.is_damaged_field(target, written.text) or written.text in context.damaged:
        return
    above = target.fields.get(written.text)
    if above is None or above.type != "link" or above.target is None or above.target.key != target.key:
        context.report("D470", written, name=written.text, entity=target.id)


def _add_inverse(
    context: Context, known: dict[str, Inverse], entity: Entity, field: Field, target: Entity, item: Item
) -> None:
    chosen = item.get("inverse")
    if entity.parent and chosen is None:
        return
    identifier = chosen.text if chosen is not None else _free_name(entity, field, target, known)
    owner = _owner(identifier, target, known)
    if owner and chosen is not None:
        context.report("D504", chosen, name=identifier, entity=target.id, owner=owner)
        return
    label = (
        field.target.inverse_label
        if field.target and field.target.inverse_label
        else _label(entity, field, known)
    )
    known[identifier] = Inverse(identifier, label, entity.app, entity.id, field.id, field.type == "links")


def _free_name(entity: Entity, field: Field, target: Entity, known: Mapping[str, Inverse]) -> str:
    name = entity.id
    return f"{entity.id}_{field.id}" if _owner(name, target, known) else name


def _owner(name: str, target: Entity, known: Mapping[str, Inverse]) -> str:
    if name in target.fields:
        return f"the field '{name}'"
    return f"{known[name].entity}.{known[name].field}" if name in known else ""


def _label(entity: Entity, field: Field, known: Mapping[str, Inverse]) -> Text:
    """The plural of the entity; with the field's label behind it when there is such a list already."""
    if not any(each.entity == entity.id for each in known.values()):
        return entity.plural
    languages = dict.fromkeys(language for text in (entity.plural, field.label) for language, _ in text.texts)
    return Text(tuple((each, f"{entity.plural.get(each)} ({field.label.get(each)})") for each in languages))


def _check_circles(context: Context, items: Mapping[str, Item]) -> None:
    """Required links that need each other: no first record could ever be made."""
    edges: dict[str, list[str]] = {key: [] for key in items}
    places: dict[tuple[str, str], Item] = {}
    for entity, field, item in _links(context, items):
        if (
            field.required
            and field.type == "link"
            and field.target is not None
            and not field.default
            and not entity.parent
        ):
            edges[entity.key].append(field.target.key)
            places.setdefault((entity.key, field.target.key), item)
    for circle in graph.order(edges)[1]:
        item = places[(circle[0], circle[1 % len(circle)])]
        names = [key.partition(".")[2] for key in circle]
        context.report_at_key("D502", item, cycle=graph.printed(names))
