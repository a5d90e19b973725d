"""How somebody who publishes wants values mended, beside what the definition says: by field, as the findings name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from dougong.diagnostics import Diagnostic, nearest
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.storage.problems import problem

Way = Literal["backfill", "default", "aside"]
WAYS: tuple[Way, ...] = ("backfill", "default", "aside")


@dataclass(frozen=True, slots=True)
class Wish:
    """One way to mend the values of a field; `expression` is the text of a backfill."""

    way: Way
    expression: str = ""


Wishes = Mapping[str, Wish]
"""`app.entity.field` (rows of a sub-table: `app.entity/rows.field`) → what is wished for it."""
NONE: Wishes = MappingProxyType({})


def with_wishes(app: App, wishes: Wishes) -> App | list[Diagnostic]:
    """The app as if its definition said so; findings for what names no field whose values could be mended."""
    problems: list[Diagnostic] = []
    entities = dict(app.entities)
    for path, wish in wishes.items():
        key, _, field_id = path.rpartition(".")
        entity = entities.get(key.partition(".")[2]) if key.partition(".")[0] == app.id else None
        known = entity.fields.get(field_id) if entity else None
        if entity is None or known is None or known.is_computed:
            problems.append(_unknown(app, path))
            continue
        entities[entity.id] = _mended(entity, field_id, wish)
    return problems or replace(app, entities=entities)


def _mended(entity: Entity, field_id: str, wish: Wish) -> Entity:
    known = entity.fields[field_id]
    expression = wish.expression if wish.way == "backfill" else ""
    mended = replace(known, backfill=expression, unfit="" if wish.way == "backfill" else wish.way)
    return replace(entity, fields={**entity.fields, field_id: mended})


def _unknown(app: App, path: str) -> Diagnostic:
    known = [
        f"{entity.key}.{field.id}"
        for entity in app.entities.values()
        for field in entity.fields.values()
        if not field.is_computed
    ]
    return problem("P137", path, name=path, nearest=nearest(path, known) or f"{app.id}.…")
