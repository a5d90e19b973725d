"""The changes that an author makes between two versions, each one drawn at random; one that is not possible does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from dougong.fieldtypes import TYPES
from tests.storage.pairs.fields import (
    NUMBERS,
    OPTIONS,
    PLAIN,
    condition,
    free_name,
    new_column,
    new_part,
    plain_settings,
    size,
    sortable,
)
from tests.storage.pairs.parts import Definition, Grant, Listing, Part, Rule, Whole

Change = Callable[[Random, Definition], None]
_MENDED = frozenset(name for name in PLAIN if "default" in TYPES[name].allows)
"""Types of which a definition may say what becomes of values that do not fit."""


# ------------------------------------------------------------------ entities
def add_entity(random: Random, definition: Definition) -> None:
    """A new entity, to which nothing is linked yet."""
    name = free_name(random, {each.name for each in definition.entities} | definition.taken)
    if name is not None:
        entity = Whole(definition.next_number(), name, is_new=True)
        definition.entities.append(entity)
        add_part(random, definition, entity, frozenset())


def remove_entity(random: Random, definition: Definition) -> None:
    """An entity goes with the links to it."""
    entity = random.choice(definition.entities)
    if len(definition.entities) < 2 or entity.is_fixed or entity.is_new:
        return
    definition.entities.remove(entity)
    for _, parts in definition.holders():
        parts[:] = [each for each in parts if not _points_to(each, entity.number)]
        if not parts:
            parts.append(Part(definition.next_number(), "rest", {"type": "text"}, is_new=True))


def _points_to(part: Part, entity: int) -> bool:
    to = part.settings.get("to")
    return to == entity or (isinstance(to, list) and entity in to)


def rename_entity(random: Random, definition: Definition) -> None:
    """An entity keeps its records under another name."""
    entity = random.choice(definition.entities)
    name = free_name(random, {each.name for each in definition.entities} | definition.taken)
    if name is not None and not (entity.is_new or entity.was or entity.is_fixed):
        entity.was, entity.name = entity.name, name


def stand_apart(random: Random, definition: Definition) -> None:
    """A sub-table becomes an entity of its own."""
    found = [
        (entity, part)
        for entity in definition.entities
        for part in entity.fields
        if part.type == "table" and part.is_settled and not (entity.was or entity.is_new or entity.is_fixed)
    ]
    name = free_name(random, {each.name for each in definition.entities} | definition.taken)
    if not found or name is None:
        return
    owner, table = random.choice(found)
    owner.fields.remove(table)
    owner.is_fixed = True
    link = {"type": "link", "to": owner.number, "required": True, "on_delete": "cascade"}
    columns = [Part(definition.next_number(), "holder", link, was="parent"), *table.rows]
    made = Whole(definition.next_number(), name, columns, is_new=True, is_fixed=True)
    made.was_table = f"{owner.name}.{table.name}"
    definition.entities.append(made)
    if not owner.fields:
        owner.fields.append(Part(definition.next_number(), "rest", {"type": "text"}, is_new=True))


def embed(random: Random, definition: Definition) -> None:
    """The records of an entity that belong to those of another become rows of them."""
    for entity in definition.entities:
        link = entity.fields[0]
        if not (link.settings.get("required") and link.type == "link") or entity.is_new or entity.is_fixed:
            continue
        if len(entity.fields) < 2 or any(each.type == "table" for each in entity.fields):
            continue
        owner = definition.entity(link.settings["to"])
        others = [part for _, parts in definition.holders() for part in parts]
        name = free_name(random, {each.name for each in owner.fields} | definition.taken)
        if owner.is_fixed or name is None or any(_points_to(each, entity.number) for each in others):
            continue
        definition.entities.remove(entity)
        owner.is_fixed = True
        was = {"type": "table", "was_entity": f"{entity.name}.{link.name}"}
        owner.fields.append(Part(definition.next_number(), name, was, is_new=True, rows=entity.fields[1:]))
        return


# ------------------------------------------------------------------ fields
def add_part(random: Random, definition: Definition, entity: Whole, taken: frozenset[str]) -> None:
    """A new field; a text may be filled from what the records held before, a number may begin with a default."""
    part = new_part(random, definition, entity, taken)
    if part is None:
        return
    part.is_new = True
    if part.type == "integer" and not part.uses and random.random() < 0.6:
        part.settings |= {"default": 3, "required": random.random() < 0.5}
    entity.fields.append(part)


def add(random: Random, definition: Definition) -> None:
    """A new field of an entity, or a new column of a sub-table."""
    entity, parts = random.choice(list(definition.holders()))
    if parts is entity.fields:
        add_part(random, definition, entity, definition.taken)
    elif name := free_name(random, {each.name for each in parts} | definition.taken):
        column = new_column(random, definition, name)
        column.is_new = True
        parts.append(column)


def remove(random: Random, definition: Definition) -> None:
    """A field goes; its values stay out of sight."""
    entity, parts = random.choice(list(definition.holders()))
    used = {number for each in parts for number in each.uses}
    free = [each for each in parts if each.is_settled and each.number not in used and not _holds(each)]
    if len(parts) > 1 and free and not (entity.is_fixed and parts is entity.fields):
        parts.remove(random.choice(free))


def _holds(part: Part) -> bool:
    return bool(part.settings.get("required")) and part.type == "link"


def rename(random: Random, definition: Definition) -> None:
    """A field keeps its values under another name."""
    _, parts = random.choice(list(definition.holders()))
    free = [each for each in parts if each.is_settled and not isinstance(each.settings.get("to"), list)]
    name = free_name(random, {each.name for each in parts} | definition.taken)
    if free and name is not None:
        chosen = random.choice(free)
        chosen.was, chosen.name = chosen.name, name


def swap(random: Random, definition: Definition) -> None:
    """Two fields of a type exchange their names."""
    _, parts = random.choice(list(definition.holders()))
    free = [each for each in parts if each.is_settled and each.type in PLAIN]
    if len(free) > 1:
        one, two = random.sample(free, 2)
        one.name, two.name = two.name, one.name
        one.was, two.was = two.name, one.name


def _plain(random: Random, definition: Definition, types: frozenset[str]) -> Part | None:
    """A field or column that stood before and whose value people write."""
    found = [
        each
        for _, parts in definition.holders()
        for each in parts
        if each.type in types and not each.is_new and not each.uses
    ]
    return random.choice(found) if found else None


def retype(random: Random, definition: Definition) -> None:
    """Another type; values that it does not take stand against it or are mended."""
    part = _plain(random, definition, frozenset(PLAIN))
    used = {number for _, parts in definition.holders() for each in parts for number in each.uses}
    if part is None or part.number in used:
        return
    settings: dict[str, Any] = {"type": random.choice(PLAIN)}
    plain_settings(random, settings)
    if settings["type"] in _MENDED and random.random() < 0.35:
        settings["unfit"] = "aside"
    elif settings["type"] == "integer" and random.random() < 0.5:
        settings |= {"unfit": "default", "default": 9}
    part.settings, part.is_changed = settings, True


def widen_link(random: Random, definition: Definition) -> None:
    """A link becomes links, or the other way round."""
    found = [
        each
        for entity in definition.entities
        for each in entity.fields
        if each.type in {"link", "links"} and each.is_settled and not isinstance(each.settings["to"], list)
    ]
    found = [each for each in found if not each.settings.get("required")]
    if found:
        chosen = random.choice(found)
        chosen.settings["type"] = "links" if chosen.type == "link" else "link"
        chosen.is_changed = True


def split(random: Random, definition: Definition) -> None:
    """A text becomes two; the whole may go."""
    for entity, texts in _texts(random, definition, 1):
        _add_computed(random, definition, entity, f"LEFT({texts[0].name}, 2)")
        _add_computed(random, definition, entity, f"MID({texts[0].name}, 3, 100)")


def merge(random: Random, definition: Definition) -> None:
    """Two texts become one."""
    for entity, texts in _texts(random, definition, 2):
        _add_computed(random, definition, entity, f"{texts[0].name} & ' ' & {texts[1].name}")


def _texts(random: Random, definition: Definition, count: int) -> Iterator[tuple[Whole, list[Part]]]:
    """An entity with so many texts as the version before has them under these names."""
    for entity in random.sample(definition.entities, len(definition.entities)):
        texts = [each for each in entity.fields if each.type == "text" and each.is_settled]
        if len(texts) >= count and not entity.is_new:
            yield entity, random.sample(texts, count)
            return


def _add_computed(random: Random, definition: Definition, entity: Whole, expression: str) -> None:
    name = free_name(random, {each.name for each in entity.fields} | definition.taken)
    if name is not None:
        settings = {"type": "text", "backfill": expression}
        entity.fields.append(Part(definition.next_number(), name, settings, is_new=True))


# ------------------------------------------------------------------ settings
def decimals(random: Random, definition: Definition) -> None:
    """More decimals, or fewer."""
    part = _plain(random, definition, frozenset({"decimal", "money"}))
    if part is not None:
        size(random, part.settings)


def require(random: Random, definition: Definition) -> None:
    """A field that must be filled, or need not be any more."""
    part = _plain(random, definition, frozenset({"text", "integer", "decimal"}))
    if part is not None:
        part.settings["required"] = not part.settings.get("required", False)
        if random.random() < 0.7:
            part.settings["default"] = "'new'" if part.type == "text" else 5
            part.settings["unfit"] = "default"
        else:
            part.settings.pop("unfit", None)


def tighten(random: Random, definition: Definition) -> None:
    """Bounds, lengths and patterns that some of the values that stand there may break."""
    part = _plain(random, definition, NUMBERS | {"text", "long_text"})
    if part is None:
        return
    settings = part.settings
    if part.type in NUMBERS:
        bound = random.choice((-5, 0, 10, 40, 500))
        if {"min", "max"}.isdisjoint(settings) and "default" not in settings:
            settings[random.choice(("min", "max"))] = bound
    else:
        settings["max_length"] = random.choice((3, 5, 12))
        if part.type == "text" and random.random() < 0.4:
            settings["pattern"] = random.choice((r"[0-9]+", r"[^@]*"))
    if random.random() < 0.4 and not settings.get("required"):
        settings["unfit"] = "aside"


def make_unique(random: Random, definition: Definition) -> None:
    """A field whose values no two records share, or may share again."""
    found = [
        each
        for entity in definition.entities
        for each in entity.fields
        if each.type in {"text", "integer"} and not each.is_new and not each.uses
    ]
    if found:
        part = random.choice(found)
        part.settings["unique"] = not part.settings.get("unique", False)
        if random.random() < 0.4 and not part.settings.get("required"):
            part.settings["unfit"] = "aside"


def add_rule(random: Random, definition: Definition) -> None:
    """Fields that are unique together, perhaps only among some records; or the rules of an entity go."""
    entity = random.choice(definition.entities)
    fields = sortable(random, entity, random.randint(1, 2))
    if entity.unique and random.random() < 0.4:
        entity.unique = []
    elif fields:
        folded = any(type_ == "text" for _, type_ in fields) and random.random() < 0.5
        entity.unique.append(
            Rule(fields, condition(random, entity) if random.random() < 0.7 else None, folded)
        )


def options(random: Random, definition: Definition) -> None:
    """Options come or go."""
    part = _plain(random, definition, frozenset({"choice", "choices"}))
    if part is not None:
        part.settings["options"] = list(OPTIONS[random.randint(0, 1) : random.randint(2, 4)])
        if random.random() < 0.4:
            part.settings["unfit"] = "aside"


def search(random: Random, definition: Definition) -> None:
    """Texts that are searched, or no longer."""
    entity = random.choice(definition.entities)
    texts = tuple(
        each.number for each in entity.fields if each.type == "text" and each.settings.get("stored", True)
    )
    entity.search = () if entity.search else texts


def store(random: Random, definition: Definition) -> None:
    """What a formula gives is stored from now on, or worked out when it is read."""
    found = [
        each
        for entity in definition.entities
        for each in entity.fields
        if each.uses and not each.is_new and each.number not in entity.search
    ]
    if found:
        settings = random.choice(found).settings
        settings["stored"] = not settings.get("stored", True)


def list_again(random: Random, definition: Definition) -> None:
    """Other views, which ask for other indexes."""
    entity = random.choice(definition.entities)
    entity.views = [
        Listing(condition(random, entity), next(iter(sortable(random, entity)), None))
        for _ in range(random.randint(0, 2))
    ]


def grant_again(random: Random, definition: Definition) -> None:
    """Other rights."""
    for role in ("clerk", "boss"):
        definition.roles[role] = {each.number: _granted(random, each) for each in definition.entities}


def _granted(random: Random, entity: Whole) -> dict[str, Grant]:
    actions = random.sample(["read", "create", "update", "delete"], random.randint(1, 4))
    kept = tuple(each.number for each in random.sample(entity.fields, 1)) if random.random() < 0.4 else ()
    found = {}
    for action in actions:
        rows = condition(random, entity) if random.random() < 0.5 else None
        found[action] = Grant(rows, kept)
    return found


CHANGES: tuple[Change, ...] = (
    add_entity, remove_entity, rename_entity, stand_apart, embed, add, add, remove, rename, swap, retype, retype, retype,
    widen_link, split, merge, decimals, require, tighten, tighten, make_unique, add_rule, add_rule, options, search,
    store,
    list_again, grant_again,
)  # fmt: skip
