"""A random version of an app, and another one after it."""

from __future__ import annotations

import copy
from random import Random

from tests.storage.pairs.changes import CHANGES, add_part, add_rule, grant_again, list_again, search
from tests.storage.pairs.fields import NAMES, new_column
from tests.storage.pairs.parts import Definition, Part, Whole

_NOTHING = frozenset[str]()


def first_version(random: Random, app: str) -> Definition:
    """A few entities with fields of any type, links, sub-tables, rules, views and rights."""
    definition = Definition(app)
    for name in random.sample(NAMES, random.randint(1, 3)):
        definition.entities.append(Whole(definition.next_number(), name))
    for entity in definition.entities:
        for _ in range(random.randint(2, 4)):
            add_part(random, definition, entity, _NOTHING)
    if random.random() < 0.4:
        _add_belonging(random, definition)
    for _ in range(random.randint(0, 2)):
        random.choice((search, add_rule, list_again))(random, definition)
    grant_again(random, definition)
    return _settled(definition)


def _add_belonging(random: Random, definition: Definition) -> None:
    """An entity whose records belong to those of another, as rows of a sub-table would."""
    link = {"type": "link", "to": definition.entities[0].number, "required": True, "on_delete": "cascade"}
    parts = [Part(definition.next_number(), "holder", link), new_column(random, definition, "what")]
    definition.entities.append(Whole(definition.next_number(), "line", parts))


def next_version(random: Random, before: Definition) -> Definition:
    """Some things added, taken away, renamed, moved, of another type, with other rules, views and rights."""
    definition = _settled(copy.deepcopy(before))
    definition.version += 1
    definition.taken = frozenset(
        {each.name for each in definition.entities}
        | {each.name for _, parts in definition.holders() for each in parts}
    )
    for _ in range(random.randint(1, 6)):
        random.choice(CHANGES)(random, definition)
    return definition


def _settled(definition: Definition) -> Definition:
    """What is new or was renamed on the way to this version is nothing special any more."""
    for entity in definition.entities:
        entity.is_new = entity.is_fixed = False
        entity.was = entity.was_table = ""
    for _, parts in definition.holders():
        for part in parts:
            part.is_new = part.is_changed = False
            part.was = ""
            part.settings.pop("was_entity", None)
    return definition
