"""Forms: the layout of each entity's pages, made from its fields where no file says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.form import Form, FormField, Section
from dougong.model.joint import joints_of
from dougong.model.text import Text

MAIN = Text.of({"zh": "基本信息", "en": "Details"})
_WIDE = frozenset({"long_text", "rich_text", "json", "embed", "address", "file"})


def compile_forms(context: Context) -> dict[str, Form]:
    """The form of every entity by its id."""
    forms: dict[str, Form] = {}
    for identifier, document in context.checked.folder("forms").items():
        item = Item.of(document)
        named = item.get("entity")
        entity = context.named_entity(named if named is not None else item, item.string("entity", identifier))
        if entity is None:
            continue
        if entity.id in forms:
            first = forms[entity.id].place
            words = {"entity": entity.id, "kind": "a form", "first": first.file if first else ""}
            context.report("D506", named if named is not None else item, **words)
            continue
        forms[entity.id] = _written(context, item, entity, identifier)
    for entity in context.entities.values():
        forms.setdefault(entity.id, default(entity))
    return forms


def _written(context: Context, item: Item, entity: Entity, identifier: str) -> Form:
    seen: dict[str, str] = {}
    sections = tuple(
        Section(
            id=name,
            label=context.label(section, name),
            columns=section.number("columns", 2),
            fields=tuple(_places(context, section, entity, seen)),
        )
        for name, section in item.entries("sections")
    )
    facts = tuple(each.text for each in item.items("facts") if _is_shown(context, each, entity))
    return Form(identifier, entity.id, sections, facts, item.place)


def _is_shown(context: Context, item: Item, entity: Entity) -> bool:
    return context.named_field(item, entity) is not None


def _places(context: Context, section: Item, entity: Entity, seen: dict[str, str]) -> Iterator[FormField]:
    columns, joints = section.number("columns", 2), joints_of(entity.fields.values())
    for place in section.items("fields"):
        named = place.get("field")
        about = named if named is not None else place
        meant = joints.get(about.text) or _known(context, about, entity)
        again = next((each.id for each in meant if each.id in seen), None)
        if again is not None:
            context.report("D505", about, name=about.text, section=seen[again])
        if again is not None or not meant:
            continue
        seen.update({each.id: section.name for each in meant})
        width = place.number("width", 1)
        wide = place.get("width")
        if wide is not None and width > columns:
            context.report("D206", wide, value=width, bound=f"at most {columns}")
            width = columns
        yield from (FormField(each.id, width, about.text if each.id != about.text else "") for each in meant)


def _known(context: Context, item: Item, entity: Entity) -> tuple[Field, ...]:
    field = context.named_field(item, entity)
    return () if field is None else (field,)


def default(entity: Entity) -> Form:
    """All fields in one section, every sub-table in one of its own."""
    plain = [field for field in entity.fields.values() if field.type != "table"]
    places = tuple(
        FormField(
            field.id, 2 if field.type in _WIDE else 1, field.one_of.field if field.one_of is not None else ""
        )
        for field in plain
    )
    sections = (Section("main", MAIN, 2, places),) if places else ()
    tables = tuple(
        Section(field.id, field.label, 1, (FormField(field.id),))
        for field in entity.fields.values()
        if field.type == "table"
    )
    return Form(entity.id, entity.id, (*sections, *tables), place=entity.place)
