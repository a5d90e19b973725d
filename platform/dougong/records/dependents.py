"""Which records have formulas that are computed from others: the roads of formulas turned around, once for a release."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select

from dougong.compiler.dependencies import Formula, Source, formulas_of, levels_of
from dougong.model.expression import Step
from dougong.records.call import Call
from dougong.records.chunks import possible_ids
from dougong.storage.release import Release
from dougong.storage.statements import Statement, among_many

_EVERY = 1886545257
"""The first half of the names of locks on whole entities."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """The records of an entity that are computed from a source, by formulas of one level, and the steps that lead to it.

    The steps begin at `start`: the entity itself or the rows of one of its sub-tables.
    """

    key: str
    level: int
    start: str
    source: Source

    @property
    def last(self) -> Step:
        """The step that leads to the source."""
        return self.source.steps[-1]


@dataclass(frozen=True, slots=True)
class Dependents:
    """All of them, by the entity and the field of their source, and the levels of formulas by the records they belong to."""

    by_source: Mapping[str, Mapping[str, tuple[Dependent, ...]]]
    levels: Mapping[str, Mapping[Formula, int]]
    owners: Mapping[str, str]
    """The entity whose records the rows of a sub-table belong to; each other entity is its own."""

    def next_to(self, key: str) -> frozenset[str]:
        """The entities whose formulas read records, or rows of records, of an entity."""
        sources = [self.by_source.get(each, {}) for each, owner in self.owners.items() if owner == key]
        return frozenset(each.key for known in sources for some in known.values() for each in some)

    def reached_from(self, key: str) -> frozenset[str]:
        """The entities of which records may be written because one of an entity was."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            new = self.next_to(waiting.pop()) - found
            found |= new
            waiting += new
        return frozenset(found)

    def levels_at(self, key: str) -> frozenset[int]:
        """The levels at which formulas of an entity are computed."""
        return frozenset(self.levels.get(key, {}).values())

    def of(self, key: str, fields: Iterable[str] | None) -> list[Dependent]:
        """Those of some fields of an entity; None stands for all, as when a record comes or goes."""
        known = self.by_source.get(key)
        if not known:
            return []
        names = known if fields is None else [name for name in fields if name in known]
        return list(dict.fromkeys(each for name in names for each in known[name]))

    def skipped(self, key: str, level: int) -> frozenset[Formula]:
        """The formulas of an entity that a level has not reached yet."""
        return frozenset(formula for formula, at in self.levels.get(key, {}).items() if at > level)

    def next_level(self, key: str, level: int) -> int | None:
        """The next level at which formulas of an entity are computed."""
        return min((at for at in self.levels_at(key) if at > level), default=None)


def dependents_of(release: Release) -> Dependents:
    """The turned-around roads of all formulas, kept with the release."""
    found = release.cache.get("dependents")
    if not isinstance(found, Dependents):
        found = release.cache["dependents"] = _build(release)
    return found


def _build(release: Release) -> Dependents:
    entities = [entity for app in release.apps.values() for entity in app.entities.values()]
    owners = {entity.key: entity.parent or entity.key for entity in entities}
    formulas = formulas_of(entities)
    levels: dict[str, dict[Formula, int]] = {}
    by_source: dict[str, dict[str, dict[Dependent, None]]] = {}
    for formula, level in levels_of(formulas, owners).items():
        key = owners[formula[0]]
        levels.setdefault(key, {})[formula] = level
        for source in formulas[formula]:
            if source.is_elsewhere:
                known = by_source.setdefault(source.entity, {}).setdefault(source.field, {})
                known[Dependent(key, level, formula[0], source)] = None
    return Dependents(
        {key: {name: tuple(each) for name, each in found.items()} for key, found in by_source.items()},
        levels,
        owners,
    )


def find_dependents(
    call: Call, dependent: Dependent, identifiers: Iterable[int], steps: int
) -> Collection[int]:
    """The living records from which the first `steps` steps lead to one of those that are given; an `all` among them: to any.

    Where a road fans out on its way, the records at which it does are locked: somebody may just be making another one that points
    to them, which cannot be seen yet.
    """
    walked = dependent.source.steps[:steps]
    fork = dependent.source.fans_out
    if call.dialect == "postgresql":
        if any(step.kind == "all" for step in dependent.source.steps):
            hold_every(call, dependent.source.entity)
        if 0 < fork <= steps and not any(step.kind == "all" for step in walked):
            identifiers = _found(
                call, dependent.source.steps[fork - 1].entity, walked[fork:], identifiers, True
            )
            walked = walked[:fork]
    if dependent.start != dependent.key:
        walked = (Step("rows", "", dependent.start), *walked)
    return _found(call, dependent.key, walked, identifiers) if walked else set(identifiers)


def hold_every(call: Call, key: str, shared: bool = False) -> None:
    """Keep other transactions from making or reading records of a whole entity; those that only read it can share that."""
    function = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
    call.connection.execute(select(function(_EVERY, func.hashtext(key))))


def _found(
    call: Call, key: str, steps: tuple[Step, ...], identifiers: Iterable[int], locked: bool = False
) -> list[int]:
    kept = ("dependents", key, steps, locked, call.dialect)
    statement = call.release.cache.get(kept)
    if not isinstance(statement, Statement):
        found = _records(call, key, steps)
        found = found.with_for_update(key_share=True) if locked else found
        statement = call.release.cache[kept] = Statement(found, call.dialect)
    rows = statement.rows(call.connection, {"ids": sorted(possible_ids(identifiers))})
    return [row[0] for row in rows]


Inner = Select[Any] | None
"""The records that a part of a road leads to; nothing where that is what is given, or any at all."""


def _records(call: Call, key: str, steps: tuple[Step, ...]) -> Select[Any]:
    """The living records of an entity from which steps lead to given ones; those that lead to all of an entity lead to any."""
    origins = [key, *(step.entity for step in steps)]
    everywhere = max((index for index, step in enumerate(steps) if step.kind == "all"), default=-1)
    inner: Inner = None
    is_any = everywhere >= 0
    for index in reversed(range(everywhere if is_any else len(steps))):
        inner = _before(call, origins[index], steps[index], inner, is_any)
        is_any = False
    table = call.release.table(key).alias()
    wanted = select(table.c.id).where(_among(call, table.c.id, inner, is_any)).order_by(table.c.id)
    return wanted if "deleted_at" not in table.c else wanted.where(table.c.deleted_at.is_(None))


def _before(call: Call, origin: str, step: Step, inner: Inner, is_any: bool) -> Select[Any]:
    """The records of `origin` from which a step leads to one of the inner ones."""
    source: FromClause
    tables = call.release.tables
    if step.kind in ("links", "inverse_links"):
        forwards = step.kind == "links"
        source = tables.links(origin if forwards else step.entity, step.field).alias()
        ends = source.c.source_id, source.c.target_id
        given, wanted = (ends[1], ends[0]) if forwards else ends
    elif step.kind in ("link", "parent"):
        source = tables.of(origin).alias()
        given = source.c[step.field if step.kind == "link" else "parent_id"]
        wanted = source.c.id
    else:
        source = tables.of(step.entity).alias()
        given, wanted = source.c.id, source.c[step.field if step.kind == "inverse" else "parent_id"]
    return select(wanted).select_from(source).where(_among(call, given, inner, is_any))


def _among(call: Call, column: ColumnElement[Any], inner: Inner, is_any: bool) -> ColumnElement[bool]:
    if is_any:
        return column.is_not(None)
    return among_many(column, "ids", call.dialect) if inner is None else column.in_(inner)
