"""Which stored formulas a new version of an app asks to be computed again, for every record of their entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.compiler.dependencies import Source, sources_of
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.storage.operations import (
    AddColumn,
    ChangeType,
    CopyFromLinks,
    CopyToLinks,
    FillValues,
    Operation,
    RestoreColumn,
)

_CHANGING_VALUES = (AddColumn, RestoreColumn, ChangeType, FillValues, CopyToLinks, CopyFromLinks)


def former_entity(recorded: App | None, key: str, former: Mapping[str, str]) -> Entity | None:
    """What an entity was in the recorded version, whatever it was called and whichever side it stood on; nothing when it is new."""
    known = former.get(key)
    return recorded.entities.get(known.partition(".")[2]) if recorded is not None and known else None


def changed_values(operations: Sequence[Operation]) -> set[tuple[str, str]]:
    """The entity and the field of all values that operations change; those of rows by the entity that the rows belong to."""
    return {
        (each.table.entity, each.table.field if isinstance(each, CopyToLinks) else each.column.field)
        for each in operations
        if isinstance(each, _CHANGING_VALUES)
    }


def outdated_formulas(
    recorded: App | None, new: App, former: Mapping[str, str], operations: Sequence[Operation] = ()
) -> list[str]:
    """The keys of the entities of which a formula (of the record or of its rows) or what it stands on was added or changed.

    `former` tells the key that each entity had before. A formula also stands on the values that `operations` change.
    """
    changed = changed_values(operations)
    found: list[str] = []
    for entity in new.entities.values():
        old = former_entity(recorded, entity.key, former)
        if old is None:
            continue
        formulas, before = _texts(entity), _texts(old)
        scales = any(
            entity.fields[name].decimals != old.fields[name].decimals
            for name in formulas
            if name in old.fields
        )
        sources = _sources(entity)
        stages = any(
            _is_restaged(recorded, new, each, former) for each in (entity.key, *(s.entity for s in sources))
        )
        owner = entity.parent or entity.key
        if (
            any(before.get(name) != each for name, each in formulas.items())
            or scales
            or (formulas and stages)
            or not changed.isdisjoint((owner, each) for each in _read(entity))
            or not changed.isdisjoint((source.entity.partition("/")[0], source.field) for source in sources)
        ):
            found.append(owner)
    return list(dict.fromkeys(found))


def _texts(entity: Entity) -> dict[str, tuple[str, ...]]:
    """What is written of the stored formulas of an entity, and of the virtual fields that they read."""
    formulas = {name: field.stored_formula for name, field in entity.fields.items()}
    return {name: (each.text, *each.inlined) for name, each in formulas.items() if each is not None}


def _read(entity: Entity) -> set[str]:
    """The names that the formulas of an entity read, wherever they stand on the road to a value."""
    formulas = (each.stored_formula for each in entity.fields.values() if each.stored_formula is not None)
    return {name for formula in formulas for path in formula.reads for name in path}


def _sources(entity: Entity) -> list[Source]:
    """What the formulas of an entity are computed from, in other records too."""
    formulas = (each.stored_formula for each in entity.fields.values() if each.stored_formula is not None)
    return [source for formula in formulas for source in sources_of(entity.key, formula)]


def _is_restaged(recorded: App | None, new: App, key: str, former: Mapping[str, str]) -> bool:
    """Whether the stages of an entity are others than before, or have other properties."""
    entity = new.entities.get(key.removeprefix(f"{new.id}."))
    before = former_entity(recorded, key, former)
    return entity is not None and before is not None and entity.pipelines != before.pipelines
