"""Which fields of which entities a road passes: whoever may not see one of them learns nothing from its end."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.model.expression import Road


def passed(entity_key: str, road: Road) -> Iterator[tuple[str, str]]:
    """The keys of entities with the fields that are read of them; a field without a name stands for the records themselves."""
    here = entity_key
    for step in road.steps:
        if step.kind in ("link", "links", "rows"):
            yield here, step.field
        elif step.kind != "parent":
            yield step.entity, step.field
        here = step.entity
    yield here, road.field
