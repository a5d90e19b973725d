"""What an expression may name: the fields of a record, of the records it links to, the roles of the app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from dougong.model.entity import Entity, Pipeline
from dougong.model.expression import Property, Step, Type
from dougong.model.field import Field

TypeOf = Callable[[Field], Type]
"""The type of a field's value in expressions, as its field type says (`FieldType.expression_type`)."""

WHOLE = Type("number", decimals=0)
RECORD_COLUMNS: Mapping[str, Type] = {
    "id": WHOLE,
    "created_at": Type("datetime"),
    "created_by": Type("member"),
    "updated_at": Type("datetime"),
    "updated_by": Type("member"),
    "version": WHOLE,
}
ROW_COLUMNS: Mapping[str, Type] = {"id": WHOLE, "position": WHOLE}


def _nothing(entity_key: str) -> Mapping[str, Type]:
    return {}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use and their types.

    `resolve` gives the names of a linked record or of the rows of a sub-table by the key of their entity (`crm.account`,
    `crm.quote/lines`); an empty mapping means that nothing of it may be read. `aggregate` marks measures: fields stand only
    inside SUM, COUNT, AVERAGE, MIN, MAX. `roles` are the ids that HAS_ROLE accepts (None: any). `entity` is the key of the
    entity of the record at hand. With `at`, the name of a link, bare names mean the record behind it, and `this.x` the record
    at hand.
    """

    names: Mapping[str, Type]
    resolve: Callable[[str], Mapping[str, Type]] = _nothing
    app: str = ""
    roles: frozenset[str] | None = None
    aggregate: bool = False
    entity: str = ""
    at: str = ""


Readable = Callable[[str, str], bool]
"""Whether a name of the entity with that key may be read."""


def _everything(entity_key: str, name: str) -> bool:
    return True


def names_of(entity: Entity, type_of: TypeOf, *, readable: Readable = _everything) -> dict[str, Type]:
    """The names of one entity: its readable fields and system columns, the lists of records that link to it, `parent` on rows."""
    columns = ROW_COLUMNS if entity.parent else RECORD_COLUMNS
    names = {name: kind for name, kind in columns.items() if readable(entity.key, name)}
    if entity.parent:
        names["parent"] = Type(
            "record", entity=entity.parent, step=Step("parent", "parent", entity.parent, "", entity.key)
        )
    for identifier, inverse in entity.inverses.items():
        if readable(inverse.key, inverse.field):
            way = "inverse_links" if inverse.many else "inverse"
            step = Step(way, identifier, inverse.key, inverse.field, entity.key)
            names[identifier] = Type("record", many=True, entity=inverse.key, step=step)
    for identifier, field in entity.fields.items():
        if readable(entity.key, identifier):
            names[identifier] = _field_type(entity, field, type_of)
    return names


def every_record(app: str, entity: str) -> Type:
    """The list of all records of an entity of the app."""
    key = f"{app}.{entity}"
    return Type("record", many=True, entity=key, step=Step("all", f"ALL({entity})", key))


def entity_of_all(name: str) -> str:
    """The id of the entity of which a name stands for every record; empty for any other name."""
    return name[4:-1] if name.startswith("ALL(") else ""


def _field_type(entity: Entity, field: Field, type_of: TypeOf) -> Type:
    kind = type_of(field)
    pipeline = entity.pipelines.get(field.pipeline) if field.pipeline else None
    if pipeline is not None:
        kind = stage_type(pipeline)
    if kind.kind == "record":
        way = _STEPS.get(field.type, "link")
        kind = replace(kind, step=Step(way, field.id, kind.entity, field.id, entity.key))
    computed = field.formula is not None
    return kind if kind.computed == computed else replace(kind, computed=computed)


_STEPS = {"table": "rows", "links": "links"}


def step_of(kind: Type, name: str) -> Step:
    """How a name of kind record leads to its records."""
    return kind.step or Step("links" if kind.many else "link", name, kind.entity, name)


def stage_type(pipeline: Pipeline) -> Type:
    """The type of a stage field: a choice of the stages, each with probability, outcome and position (from 1)."""
    stages = pipeline.stages
    probability = tuple((stage.id, Decimal(stage.probability)) for stage in stages)
    outcome = tuple((stage.id, stage.outcome or None) for stage in stages)
    position = tuple((stage.id, Decimal(number)) for number, stage in enumerate(stages, start=1))
    decimals = max((-int(value.as_tuple().exponent) for _, value in probability), default=0)
    return Type(
        "choice",
        options=tuple(stage.id for stage in stages),
        properties=(
            Property("probability", Type("number", decimals=max(0, decimals), computed=True), probability),
            Property("outcome", Type("text", options=("won", "lost")), outcome),
            Property("position", Type("number", decimals=0, computed=True), position),
        ),
    )


def entity_scope(
    entity: Entity,
    entities: Callable[[str], Entity | None],
    type_of: TypeOf,
    *,
    roles: frozenset[str] | None = None,
    aggregate: bool = False,
    readable: Readable = _everything,
) -> Scope:
    """The scope of expressions over one entity; `entities` finds others by key, `readable(entity key, name)` hides names."""

    def resolve(entity_key: str) -> Mapping[str, Type]:
        found = entities(entity_key)
        return names_of(found, type_of, readable=readable) if found else {}

    names = names_of(entity, type_of, readable=readable)
    return Scope(names, resolve, entity.app, roles, aggregate, entity.key)
