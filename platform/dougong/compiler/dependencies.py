"""What formulas are computed from in other records, in which order they are computed across records, and circles among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dougong.compiler import graph
from dougong.expressions.matching import matches
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, ListOf, Node, Path, Step

Formula = tuple[str, str]
"""A computed field: the key of its entity (or of the rows of a sub-table) and its id."""
Find = Callable[[str], Entity | None]

WITHIN = frozenset({"rows", "parent"})
"""The steps that stay between a record and the rows of its sub-tables, which are computed and written together."""
MANY = frozenset({"inverse", "inverse_links", "rows", "all"})
"""The steps that lead to records which themselves say that they belong there."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a formula is computed from: a field of the entity behind the steps; without a field, which records are there."""

    entity: str
    field: str
    steps: tuple[Step, ...]

    @property
    def is_elsewhere(self) -> bool:
        """Whether it stands in another record, of which the change must be followed."""
        return any(step.kind not in WITHIN for step in self.steps)

    @property
    def begins_at(self) -> str:
        """The field of its own by which the formula reads it, or comes to it; none where others point to the record."""
        first = self.steps[0] if self.steps else None
        if first is None:
            return self.field
        return first.field if first.kind in ("link", "links", "rows") else ""

    @property
    def fans_out(self) -> int:
        """After how many steps the road has left its record and comes to records that say themselves where they belong; 0: never."""
        has_left = False
        for index, step in enumerate(self.steps):
            if step.kind in MANY and has_left:
                return index
            has_left = has_left or step.kind not in WITHIN
            if step.kind in MANY and has_left:
                return 0
        return 0


def sources_of(entity: str, formula: Expression) -> tuple[Source, ...]:
    """Everything that a formula of an entity is computed from: the fields, and the links that lead to them."""
    found: dict[Source, None] = {}
    narrowed = _narrowed(entity, formula.tree)
    for road in formula.roads:
        here = entity
        steps = (*narrowed.get(road.steps[0], road.steps[:1]), *road.steps[1:]) if road.steps else ()
        for index, step in enumerate(steps):
            before, after = steps[:index], steps[: index + 1]
            if step.kind in ("link", "links"):
                found[Source(here, step.field, before)] = None
            if step.kind in ("inverse", "inverse_links"):
                found[Source(step.entity, step.field, after)] = None
            elif step.kind not in ("link", "parent"):
                found[Source(step.entity, "", after)] = None
            here = step.entity
        if road.field:
            found[Source(here, road.field, steps)] = None
    return tuple(found)


def _narrowed(entity: str, tree: Node) -> dict[Step, tuple[Step, ...]]:
    """The steps to all records of an entity of which only those matter that point to the same record as a link of its own.

    `ALL(stock_move).quantity WHERE product = this.product` is a road over the product: whoever moves one product does not concern
    what is computed for the others.
    """
    found: dict[Step, set[tuple[str, str, str]]] = {}
    for call in _aggregates(tree):
        listed = call.arguments[0]
        if isinstance(listed, Path) and listed.steps and listed.steps[0].kind == "all":
            shared = _shared_links(call) if len(listed.steps) == 1 else set()
            step = listed.steps[0]
            found[step] = found[step] & shared if step in found else shared
    return {step: _over(entity, step, *min(links)) for step, links in found.items() if links}


def _aggregates(tree: Node) -> Iterator[Call]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            waiting += node.arguments
            if node.name.endswith("@rows"):
                yield node
        elif isinstance(node, ListOf):
            waiting += node.items


def _shared_links(call: Call) -> set[tuple[str, str, str]]:
    """The links of a row that must be equal to one of the record at hand: that one, the target of both, and the row's."""
    return {
        (value.names[0], value.type.entity, match.field)
        for match in matches(call)
        if isinstance(value := match.value, Path)
        and value.type.kind == "record"
        and not value.type.many
        and len(value.names) == 1
        and value.names[0] != "parent"
    }


def _over(entity: str, step: Step, own: str, target: str, theirs: str) -> tuple[Step, ...]:
    return Step("link", own, target, own, entity), Step("inverse", step.name, step.entity, theirs, target)


def formulas_of(entities: Iterable[Entity], virtual: bool = False) -> dict[Formula, tuple[Source, ...]]:
    """Every stored formula of the entities, with what it is computed from; or also those worked out when they are read."""
    return {
        (entity.key, field.id): sources_of(entity.key, field.formula)
        for entity in entities
        for field in entity.fields.values()
        if field.formula is not None and (field.stored or virtual)
    }


def circles_of(formulas: Mapping[Formula, tuple[Source, ...]]) -> list[list[Formula]]:
    """The circles that go over other records; those within one record are found where its formulas are put in order."""
    found = graph.order({_name(each): list(map(_named, sources)) for each, sources in formulas.items()})[1]
    circles = [[_formula(name) for name in circle] for circle in found]
    return [circle for circle in circles if _goes_elsewhere(circle, formulas)]


def levels_of(
    formulas: Mapping[Formula, tuple[Source, ...]], owners: Mapping[str, str]
) -> dict[Formula, int]:
    """How many times a change must go on to other records before it has reached a formula.

    The formulas of a record have one level as far as possible, so that it is written once; those have another to which it comes
    back from others by way of other records. `owners` tells the entity to which rows belong.
    """
    groups = {formula: f"{owners[formula[0]]} {rank}" for formula, rank in _ranks(formulas, owners).items()}
    while circles := graph.order(_edges(formulas, groups))[1]:
        joined = {name for circle in circles for name in circle}
        groups = {each: _name(each) if name in joined else name for each, name in groups.items()}
    longer = {
        (groups[formula], groups.get((source.entity, source.field), ""))
        for formula, sources in formulas.items()
        for source in sources
        if source.is_elsewhere
    }
    edges = _edges(formulas, groups)
    levels: dict[str, int] = {}
    for name in graph.order(edges)[0]:
        reached = [levels.get(needed, 0) + ((name, needed) in longer) for needed in edges[name]]
        levels[name] = max(reached, default=0)
    return {formula: levels[name] for formula, name in groups.items()}


def _edges(
    formulas: Mapping[Formula, tuple[Source, ...]], groups: Mapping[Formula, str]
) -> dict[str, list[str]]:
    """What the groups need of each other."""
    edges: dict[str, list[str]] = {name: [] for name in groups.values()}
    for formula, sources in formulas.items():
        needed = {groups.get((source.entity, source.field), "") for source in sources}
        edges[groups[formula]] += sorted(needed - {"", groups[formula]})
    return edges


def _ranks(formulas: Mapping[Formula, tuple[Source, ...]], owners: Mapping[str, str]) -> dict[Formula, int]:
    """How often the values that a formula is computed from have left records of its entity and come back to them."""
    ordered, _ = graph.order({_name(each): list(map(_named, sources)) for each, sources in formulas.items()})
    ranks: dict[Formula, int] = {}
    returning: dict[Formula, dict[str, int]] = {}
    for formula in map(_formula, ordered):
        here = returning[formula] = {}
        own = 0
        for source in formulas[formula]:
            needed = source.entity, source.field
            if needed not in ranks:
                continue
            for entity, rank in returning[needed].items():
                here[entity] = max(rank, here.get(entity, 0))
            if source.is_elsewhere:
                entity = owners[needed[0]]
                here[entity] = max(ranks[needed] + 1, here.get(entity, 0))
            else:
                own = max(own, ranks[needed])
        ranks[formula] = max(own, here.get(owners[formula[0]], 0))
    return ranks


def _goes_elsewhere(circle: list[Formula], formulas: Mapping[Formula, tuple[Source, ...]]) -> bool:
    following = [*circle[1:], circle[0]]
    return any(
        source.is_elsewhere and (source.entity, source.field) == needed
        for formula, needed in zip(circle, following, strict=True)
        for source in formulas[formula]
    )


def _name(formula: Formula) -> str:
    return " ".join(formula)


def _named(source: Source) -> str:
    return _name((source.entity, source.field))


def _formula(name: str) -> Formula:
    entity, _, field = name.partition(" ")
    return entity, field
