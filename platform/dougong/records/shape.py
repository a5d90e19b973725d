"""What the verbs need to know about an entity again and again, worked out once for a release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Table

from dougong.compiler.dependencies import Source, sources_of
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import FieldType
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE
from dougong.model.entity import Entity, Rule
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.model.unique import Unique
from dougong.storage.release import Release

Paths = frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """An entity sorted by what its fields mean to the verbs.

    `columns` are the fields that stand in the entity's own table; `lists` are links to many; `tables` the sub-tables with
    the shape of their rows; `people` the fields that hold people or departments; `computed` the formulas in the
    order in which they must run.
    """

    entity: Entity
    table: Table
    columns: tuple[Field, ...]
    lists: tuple[Field, ...]
    tables: Mapping[str, Shape]
    links: tuple[Field, ...]
    people: tuple[Field, ...]
    files: tuple[Field, ...]
    serials: tuple[Field, ...]
    stages: tuple[Field, ...]
    computed: tuple[str, ...]
    virtual: Mapping[str, Expression]
    """The formulas of fields that are worked out when they are read."""
    worked_out: tuple[Expression, ...]
    """Those formulas, and the same of the rows of sub-tables: what is asked of the database depends on what they ask."""
    unique: tuple[Unique, ...]
    types: Mapping[str, FieldType]
    fills: Mapping[str, tuple[tuple[str, Expression], ...]]
    """Fields that links fill when a record is chosen → the links, with what they give."""
    limits: tuple[Expression, ...]
    """What must be true of the records that links hold."""
    listed: tuple[str, ...]
    """Fields whose value is a list that one column holds."""
    searched: Paths
    """Fields whose text is searched."""
    row_readers: Paths
    """Sub-tables that formulas or rules of the record read, and those whose rows follow rules over the record."""
    hideable: Paths
    """Fields that a rule may hide."""
    is_ruled: bool
    """Whether rules do something to fields of the record or of its rows, besides what they ask."""
    computes_from_numbers: bool
    """Whether a formula of the record or of its rows reads a serial number, which is drawn after everything was checked."""
    computes_from_others: bool
    """Whether a formula of the record or of its rows reads other records."""
    needs: Mapping[str, Paths]
    """Formulas that read other records → the fields of the record itself that they read, or that lead to those."""
    reads_its_like: bool
    """Whether it reads other records of the same entity, or their rows."""

    @property
    def key(self) -> str:
        """The key of the entity."""
        return self.entity.key

    def field(self, identifier: str) -> Field:
        """The field with that id; KeyError when there is none."""
        return self.entity.fields[identifier]

    def tidy(self, values: dict[str, Value]) -> dict[str, Value]:
        """Values as a query gives them, in the form they have in memory: lists are tuples, and an empty one is empty."""
        for name in self.listed:
            value = values.get(name)
            if value is not None:
                values[name] = tuple(value) or None
        for name in self.virtual:
            if name in values:
                values[name] = self.as_read(name, values[name])
        return values

    def as_read(self, name: str, value: Value) -> Value:
        """What a formula gave as the value of a virtual field: numbers show the decimals of the field."""
        if type(value) is Decimal or type(value) is int:
            return self.types[name].assign(value, self.field(name))
        return None if value == "" else value


def shape_of(release: Release, key: str) -> Shape:
    """The shape of an entity, kept with the release."""
    found = release.cache.get(("shape", key))
    if not isinstance(found, Shape):
        found = release.cache[("shape", key)] = _build(release, release.entity(key))
    return found


def _build(release: Release, entity: Entity) -> Shape:
    fields = tuple(entity.fields.values())
    table = release.table(entity.key)
    tables = {field.id: shape_of(release, field.table) for field in fields if field.type == "table"}
    virtual = {field.id: field.formula for field in fields if field.formula and field.is_virtual}
    others = _sources_elsewhere([entity, *(rows.entity for rows in tables.values())])
    return Shape(
        entity=entity,
        table=table,
        columns=tuple(field for field in fields if field.id in table.c),
        lists=tuple(field for field in fields if field.type == "links"),
        tables=tables,
        links=_of_type(fields, "link"),
        people=tuple(field for field in fields if field.type in PEOPLE | DEPARTMENTS),
        files=tuple(field for field in fields if field.type in FILES),
        serials=_of_type(fields, "serial"),
        stages=_of_type(fields, "stage"),
        computed=entity.computed,
        virtual=virtual,
        worked_out=(*virtual.values(), *(each for rows in tables.values() for each in rows.worked_out)),
        unique=_unique(entity),
        types={field.id: TYPES[field.type] for field in fields},
        fills=_fills(fields),
        limits=tuple(field.target.filter for field in fields if field.target and field.target.filter),
        listed=tuple(field.id for field in fields if TYPES[field.type].many and field.id in table.c),
        searched=frozenset(entity.search),
        row_readers=_read_tables(entity, frozenset(tables)) | _ruled_tables(entity, tables),
        hideable=entity.hideable,
        is_ruled=any(_acts(rule) for rule in entity.rules) or any(rows.is_ruled for rows in tables.values()),
        computes_from_numbers=_computes_from_numbers(fields, tables),
        computes_from_others=bool(others),
        needs=_needs(entity),
        reads_its_like=any(source.entity.partition("/")[0] == entity.key for source in others),
    )


def _fills(fields: tuple[Field, ...]) -> dict[str, tuple[tuple[str, Expression], ...]]:
    found: dict[str, tuple[tuple[str, Expression], ...]] = {}
    for field in fields:
        for own, expression in field.target.fill if field.target is not None else ():
            found[own] = (*found.get(own, ()), (field.id, expression))
    return found


def _needs(entity: Entity) -> dict[str, Paths]:
    found: dict[str, Paths] = {}
    for field in entity.fields.values():
        sources = sources_of(entity.key, field.stored_formula) if field.stored_formula is not None else ()
        if any(source.is_elsewhere for source in sources):
            own = [source.begins_at for source in sources]
            found[field.id] = frozenset(name for name in own if name in entity.fields)
    return found


def _sources_elsewhere(entities: Iterable[Entity]) -> list[Source]:
    return [
        source
        for entity in entities
        for field in entity.fields.values()
        if field.stored_formula is not None
        for source in sources_of(entity.key, field.stored_formula)
        if source.is_elsewhere
    ]


def _of_type(fields: tuple[Field, ...], type_id: str) -> tuple[Field, ...]:
    return tuple(field for field in fields if field.type == type_id)


def _unique(entity: Entity) -> tuple[Unique, ...]:
    single = tuple(Unique((field.id,)) for field in entity.fields.values() if field.unique)
    return tuple(dict.fromkeys((*single, *entity.unique)))


def _computes_from_numbers(fields: tuple[Field, ...], tables: Mapping[str, Shape]) -> bool:
    own = {(field.id,) for field in fields if field.type == "serial"}
    inner = {(name, field.id) for name, rows in tables.items() for field in rows.serials}
    if any(_reads(field, own | inner) for field in fields):
        return True
    upwards = {("parent", *road) for road in own}
    return any(
        _reads(field, upwards | {(each.id,) for each in rows.serials})
        for rows in tables.values()
        for field in rows.entity.fields.values()
    )


def _reads(field: Field, roads: set[tuple[str, ...]]) -> bool:
    return field.stored_formula is not None and any(road in roads for road in field.stored_formula.reads)


def _read_tables(entity: Entity, tables: Paths) -> Paths:
    expressions: list[Expression | None] = []
    for field in entity.fields.values():
        expressions += [field.stored_formula, field.default]
        expressions += [bound for bound in (field.minimum, field.maximum) if isinstance(bound, Expression)]
    expressions += [field.target.filter for field in entity.fields.values() if field.target is not None]
    for rule in entity.rules:
        expressions += [rule.when, rule.check, *(value for _, value in (*rule.assign, *rule.figures))]
    return frozenset(
        path[0] for expression in expressions if expression for path in expression.reads if path[0] in tables
    )


def _acts(rule: Rule) -> bool:
    """Whether a rule does something to fields, or depends on which of them are hidden or were given."""
    return bool(rule.show or rule.hide or rule.readonly or rule.assign or rule.options or rule.locks)


def _ruled_tables(entity: Entity, tables: Mapping[str, Shape]) -> Paths:
    """Sub-tables that are emptied when they are hidden, and those with rules that read the record around the rows."""
    emptied = {
        name for name in entity.hideable if name in tables and entity.fields[name].hidden_value != "keep"
    }
    reading = {
        name
        for name, rows in tables.items()
        if any(_reads_parent(each) for each in rows.entity.rules)
        or any(path[0] == "parent" for each in rows.limits for path in each.reads)
    }
    return frozenset(emptied | reading)


def _reads_parent(rule: Rule) -> bool:
    expressions = (rule.when, rule.check, *(value for _, value in rule.assign))
    return any(path[0] == "parent" for each in expressions if each is not None for path in each.reads)
