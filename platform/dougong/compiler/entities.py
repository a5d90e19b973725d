"""Entities and the rows of their sub-tables: first their names, then everything that uses names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from dougong.compiler import alternatives, fields, linkage, reserved, standing, titles
from dougong.compiler.context import Context
from dougong.compiler.form_rules import compile_rules
from dougong.compiler.item import Item
from dougong.compiler.unique import unique_rules
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import FieldType
from dougong.fieldtypes.masks import mask_of
from dougong.model.entity import Entity, Pipeline, Stage
from dougong.model.field import Field, Option

_SEARCHED = 8


def shells(context: Context) -> dict[str, Item]:
    """Puts every entity with its fields, but without expressions, into the context; gives what each was written as, by key."""
    items: dict[str, Item] = {}
    for identifier, document in context.checked.folder("entities").items():
        item = Item.of(alternatives.expanded(context, document))
        if identifier in reserved.ENTITIES:
            context.report("D211", item, name=identifier, suggestion=f"{identifier}_record")
            context.damaged.add(identifier)
            continue
        items[f"{context.app}.{identifier}"] = item
        context.entities[f"{context.app}.{identifier}"] = _shell(context, item, identifier)
        for field in _tables(item):
            rows = _rows(context, field, f"{identifier}/{field.name}", f"{context.app}.{identifier}")
            context.entities[rows.key] = rows
            items[rows.key] = field
    return items


def _tables(item: Item) -> Iterator[Item]:
    """The sub-tables of an entity, each of which becomes an entity of its own."""
    for name, field in item.entries("fields"):
        if field.string("type") == "table" and name not in fields.RESERVED:
            yield field


def _shell(context: Context, item: Item, identifier: str) -> Entity:
    label = context.label(item, identifier)
    pipelines = dict(_pipelines(context, item))
    known = {
        name: _with_stages(field, pipelines) for name, field in _fields(context, item, identifier).items()
    }
    entity = Entity(
        app=context.app,
        id=identifier,
        label=label,
        plural=context.text(item, "plural", label),
        fields=MappingProxyType(known),
        icon=item.string("icon", "table"),
        help=context.text(item, "help"),
        pipelines=MappingProxyType(pipelines),
        was=item.string("was"),
        formerly=standing.as_records(item),
        place=item.place,
    )
    return titles.titled(context, entity, item)


def _with_stages(field: Field, pipelines: Mapping[str, Pipeline]) -> Field:
    """A stage field offers the stages of its pipeline."""
    pipeline = pipelines.get(field.pipeline) if field.type == "stage" else None
    if pipeline is None:
        return field
    return replace(field, options=tuple(Option(stage.id, stage.label) for stage in pipeline.stages))


def _rows(context: Context, item: Item, identifier: str, parent: str) -> Entity:
    label = context.label(item)
    entity = Entity(
        app=context.app,
        id=identifier,
        label=label,
        plural=label,
        fields=MappingProxyType(_fields(context, item, identifier)),
        icon="list-details",
        parent=parent,
        was=item.string("was"),
        formerly=standing.as_rows(item),
        place=item.key_place,
    )
    return titles.titled(context, entity, item)


def _fields(context: Context, item: Item, entity: str) -> dict[str, Field]:
    known = {}
    for name, entry in item.entries("fields"):
        if "/" in entity and entry.string("type") in ("table", "stage"):
            words = {"name": name, "type": entry.string("type"), "needed": "a field of another type"}
            context.report_at_key("D450", entry, advice="rows of a sub-table hold single values", **words)
            context.damaged.add(name)
            continue
        field = fields.shell(context, entry, entity)
        if field is not None:
            known[name] = field
    return known


def _pipelines(context: Context, item: Item) -> Iterator[tuple[str, Pipeline]]:
    for identifier, pipeline in item.entries("pipelines"):
        stages = tuple(
            Stage(
                id=name,
                label=context.label(stage, name),
                probability=stage.string("probability", "0"),
                outcome=stage.string("outcome"),
                require=tuple(each.text for each in stage.items("require")),
                allow_from=None
                if stage.get("allow_from") is None
                else tuple(each.text for each in stage.items("allow_from")),
            )
            for name, stage in pipeline.entries("stages")
        )
        yield identifier, Pipeline(identifier, context.label(pipeline, identifier), stages)


def complete(context: Context, entity: Entity, item: Item) -> Entity:
    """The entity with its expressions, rules, search and unique combinations."""
    scope = context.scope(entity)
    known = {
        name: fields.complete(context, entry, entity.fields[name], scope)
        for name, entry in item.entries("fields")
        if name in entity.fields
    }
    linkage.complete(context, entity, item, known)
    if entity.parent:
        return replace(
            entity, fields=MappingProxyType(known), rules=compile_rules(context, entity, item, known)
        )
    _check_pipelines(context, entity, item)
    return replace(
        entity,
        fields=MappingProxyType(known),
        rules=compile_rules(context, entity, item, known),
        unique=tuple(unique_rules(context, entity, item)),
        search=_search(context, entity, item),
    )


def _check_pipelines(context: Context, entity: Entity, item: Item) -> None:
    for _, pipeline in item.entries("pipelines"):
        stages = [name for name, _ in pipeline.entries("stages")]
        for _, stage in pipeline.entries("stages"):
            context.field_names(stage, "require", entity)
            for source in stage.items("allow_from"):
                if source.text not in stages:
                    context.unknown("D305", source, source.text, stages)
    for name, field in item.entries("fields"):
        wanted = field.get("pipeline")
        if wanted is None or wanted.text in entity.pipelines or name not in entity.fields:
            continue
        if not context.checked.is_damaged(item.document, ("pipelines", wanted.text)):
            context.unknown("D306", wanted, wanted.text, entity.pipelines)


def _searched(context: Context, entity: Entity, item: Item) -> Iterator[str]:
    for each in item.items("search"):
        field = context.named_field(each, entity)
        if field is None:
            continue
        if type(TYPES[field.type]).search_text is FieldType.search_text:
            words = {"name": field.id, "type": field.type, "needed": "a field with words"}
            context.report("D450", each, advice="", **words)
            continue
        if field.is_virtual:
            words = {"name": field.id, "type": field.type, "needed": "a field whose value is stored"}
            context.report("D450", each, advice="", **words)
            continue
        if mask_of(field) is not None:
            context.report("D467", each, name=field.id)
            continue
        yield field.id


def _search(context: Context, entity: Entity, item: Item) -> tuple[str, ...]:
    if item.get("search") is not None:
        return tuple(_searched(context, entity, item))
    searchable = (
        name
        for name, field in entity.fields.items()
        if TYPES[field.type].searchable and mask_of(field) is None and not field.is_virtual
    )
    return tuple(searchable)[:_SEARCHED]
