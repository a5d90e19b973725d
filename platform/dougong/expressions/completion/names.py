"""What names are called: the labels of fields, of their options, of what every record has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dougong.expressions.scope import Scope
from dougong.model.entity import Entity
from dougong.model.text import EMPTY, Text

SYSTEM: Mapping[str, Text] = {
    "id": Text.of({"en": "Id", "zh": "编号"}),
    "created_at": Text.of({"en": "Created at", "zh": "创建时间"}),
    "created_by": Text.of({"en": "Created by", "zh": "创建人"}),
    "updated_at": Text.of({"en": "Updated at", "zh": "更新时间"}),
    "updated_by": Text.of({"en": "Updated by", "zh": "更新人"}),
    "version": Text.of({"en": "Version", "zh": "版本"}),
    "position": Text.of({"en": "Position", "zh": "序号"}),
    "parent": Text.of({"en": "The record of the row", "zh": "所属记录"}),
}
PROPERTIES: Mapping[str, Text] = {
    "probability": Text.of({"en": "Probability", "zh": "赢单概率"}),
    "outcome": Text.of({"en": "Outcome", "zh": "结果"}),
    "position": Text.of({"en": "Position in the pipeline", "zh": "阶段序号"}),
}
OUTCOMES: Mapping[str, Text] = {
    "won": Text.of({"en": "Won", "zh": "赢单"}),
    "lost": Text.of({"en": "Lost", "zh": "输单"}),
}


@dataclass(frozen=True, slots=True)
class Called:
    """What a name is called, its help, and the labels of its options by id."""

    label: Text
    help: Text = EMPTY
    options: Mapping[str, Text] | None = None


Find = Callable[[str], Entity | None]
"""The entity of a key, if there is one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression is typed against: the names there are, whose they are, what they are called, in which language.

    `sql` leaves out functions that the database cannot compute.
    """

    scope: Scope
    key: str
    find: Find
    language: str
    sql: bool = False
    entities: tuple[tuple[str, Text], ...] = ()
    """The entities that ALL may name, by id, with their labels."""


def called(find: Find, entity_key: str, name: str) -> Called:
    """What a field or column of an entity is called; its name itself where nothing else is known."""
    entity = find(entity_key)
    field = entity.fields.get(name) if entity is not None else None
    if entity is not None and field is None and name in entity.inverses:
        return Called(entity.inverses[name].label)
    if entity is None or field is None:
        return Called(SYSTEM.get(name, Text.of(name)))
    options = {option.id: option.label for option in field.options}
    pipeline = entity.pipelines.get(field.pipeline) if field.pipeline else None
    if pipeline is not None:
        options = {stage.id: stage.label for stage in pipeline.stages}
    return Called(field.label, field.help, options)
