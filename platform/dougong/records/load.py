"""Fetches whole records as they stand, for changing them: columns, links and, where needed, rows of sub-tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from dougong.model.expression import Value
from dougong.model.field import Field, LinkTarget
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.draft import Draft, Values
from dougong.records.draft import Rows as DraftRows
from dougong.records.kept import kept
from dougong.records.locks import locked_of, running_among
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.visible import Columns
from dougong.storage.statements import Rows, Statement, Step, among, among_many, together


def load(
    call: Call,
    shape: Shape,
    identifiers: Sequence[int],
    conditions: Sequence[ColumnElement[bool]] = (),
    lock: bool = False,
) -> dict[int, Values]:
    """The records with these ids that meet the conditions, by id, with all columns and links; `lock` keeps other writers away."""
    found: dict[int, Values] = {}
    for chunk in chunks(sorted(set(possible_ids(identifiers)))):
        statement = (
            select(shape.table).where(shape.table.c.id.in_(chunk), *conditions).order_by(shape.table.c.id)
        )
        if lock:
            statement = statement.with_for_update(of=shape.table)
        found.update(
            (row["id"], shape.tidy(dict(row))) for row in call.connection.execute(statement).mappings()
        )
    return _with_lists(call, shape, found)


def load_held(
    call: Call, shape: Shape, identifiers: Sequence[int], deleted: bool = False
) -> dict[int, Values]:
    """Any number of records by one statement, kept from other writers in the order of their ids; living ones, or `deleted` too.

    Others may still point to them meanwhile: who adds two orders of one customer at a time waits, and does not deadlock.
    """
    statement = kept(call, ("load held", shape.key, deleted), lambda: _held(call, shape, deleted))
    names = shape.table.c.keys()
    rows = statement.rows(call.connection, {"ids": possible_ids(identifiers)})
    found = {row[0]: shape.tidy(dict(zip(names, row, strict=True))) for row in rows}
    return _with_lists(call, shape, found)


def _held(call: Call, shape: Shape, deleted: bool) -> Statement:
    table = shape.table
    wanted = select(table).where(among_many(table.c.id, "ids", call.dialect)).order_by(table.c.id)
    if not deleted:
        wanted = wanted.where(table.c.deleted_at.is_(None))
    return Statement(wanted.with_for_update(key_share=True, of=table), call.dialect)


RowsOf = dict[int, list[Values]]
"""The rows of a sub-table, in order, by the record they belong to."""


@dataclass(frozen=True, slots=True)
class Related:
    """What stands in other tables for some records: targets by field of type links, rows by sub-table, both by record."""

    targets: Mapping[str, dict[int, tuple[int, ...]]]
    rows: Mapping[str, RowsOf]


@dataclass(frozen=True, slots=True)
class RelatedQuestions:
    """The statements that find it, for records given by `ids`; they can share a round trip with the one for the records."""

    shape: Shape
    lists: tuple[tuple[str, Statement], ...]
    tables: tuple[tuple[str, Statement], ...]
    empty: frozenset[str] = frozenset()
    """Lists and sub-tables in which nothing stands, so that they need not be asked for."""

    def besides(self, empty: frozenset[str]) -> RelatedQuestions:
        """The questions without those about lists and sub-tables that are known to be empty."""
        if not empty:
            return self
        return RelatedQuestions(
            self.shape,
            tuple(each for each in self.lists if each[0] not in empty),
            tuple(each for each in self.tables if each[0] not in empty),
            frozenset(name for name, _ in (*self.lists, *self.tables) if name in empty),
        )

    def steps(self, ids: Sequence[int]) -> list[Step]:
        """The statements with their parameters."""
        return [(statement, {"ids": ids}) for _, statement in (*self.lists, *self.tables)]

    def related(self, call: Call, answers: Sequence[Rows]) -> Related:
        """What the statements found."""
        lists = zip(self.lists, answers[: len(self.lists)], strict=True)
        tables = zip(self.tables, answers[len(self.lists) :], strict=True)
        nothing = {name: RowsOf() for name in self.empty if name in self.shape.tables}
        return Related(
            {name: _targets(answer) for (name, _), answer in lists},
            nothing
            | {name: _by_parent(call, self.shape.tables[name], answer) for (name, _), answer in tables},
        )


def related_questions(
    call: Call, shape: Shape, lists: Iterable[str], tables: Iterable[str], virtual: bool = False
) -> RelatedQuestions:
    """The questions for the targets of some fields and the rows of some sub-tables, with their `virtual` fields for who reads."""
    fields = [(field, field.target) for field in map(shape.field, lists)]
    return RelatedQuestions(
        shape,
        tuple((field.id, _links_of(call, shape, field, target)) for field, target in fields if target),
        tuple((name, _rows_of(call, shape.tables[name], virtual)) for name in tables),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Records as they stand: their values by id, the rows of some of their sub-tables by table and record, and who is locked."""

    values: dict[int, Values]
    rows: Mapping[str, RowsOf]
    locked: frozenset[int]


def load_standing(
    call: Call, shape: Shape, identifiers: Sequence[int], action: str, tables: Sequence[str] = ()
) -> Standing:
    """Those of the living records that the actor may use for the action, kept from other writers, in one round trip."""
    ids = sorted(set(possible_ids(identifiers)))
    usable, names, questions = kept(
        call,
        ("load", shape.key, action, tuple(tables)),
        lambda: (
            _usable(call, shape, action),
            shape.table.c.keys(),
            related_questions(call, shape, [field.id for field in shape.lists], tables),
        ),
    )
    found, running, *answers = together(
        call.connection,
        [
            (usable, {"ids": ids}),
            (running_among(call.dialect), {"key": shape.key, "ids": ids}),
            *questions.steps(ids),
        ],
    )
    related = questions.related(call, answers)
    values = {row[0]: shape.tidy(dict(zip(names, row, strict=True))) for row in found}
    for name, targets in related.targets.items():
        for identifier, each in values.items():
            each[name] = targets.get(identifier)
    return Standing(values, related.rows, locked_of(call, running))


def _usable(call: Call, shape: Shape, action: str) -> Statement:
    table = shape.table
    selection = Selection(call, shape, action).where(among(table.c.id, "ids", call.dialect))
    wanted = selection.select(*table.c).order_by(table.c.id).with_for_update(of=table)
    return Statement(wanted, call.dialect)


def _with_lists(call: Call, shape: Shape, found: dict[int, Values]) -> dict[int, Values]:
    for field in shape.lists:
        lists = linked_ids(call, shape, field, list(found))
        for identifier, values in found.items():
            values[field.id] = lists.get(identifier)
    return found


def linked_ids(call: Call, shape: Shape, field: Field, sources: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The living targets of a field of type links, in order, for those of the records that have any."""
    if field.target is None or not sources:
        return {}
    statement = _links_of(call, shape, field, field.target)
    return _targets(statement.rows(call.connection, {"ids": sources}))


def _links_of(call: Call, shape: Shape, field: Field, target: LinkTarget) -> Statement:
    return kept(call, ("links", shape.key, field.id), lambda: _linked(call, shape, field, target))


def _targets(rows: Iterable[Sequence[int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for source, each in rows:
        found.setdefault(source, []).append(each)
    return {source: tuple(targets) for source, targets in found.items()}


def _linked(call: Call, shape: Shape, field: Field, link: LinkTarget) -> Statement:
    table = call.release.tables.links(shape.key, field.id)
    target = call.release.table(link.key).alias()
    return Statement(
        select(table.c.source_id, table.c.target_id)
        .join(target, target.c.id == table.c.target_id)
        .where(among(table.c.source_id, "ids", call.dialect), target.c.deleted_at.is_(None))
        .order_by(table.c.source_id, table.c.position),
        call.dialect,
    )


def load_rows(call: Call, shape: Shape, parents: Sequence[int]) -> RowsOf:
    """The rows of a sub-table of the given records, in order, by record."""
    rows = _rows_of(call, shape).rows(call.connection, {"ids": parents}) if parents else []
    return _by_parent(call, shape, rows)


def _rows_of(call: Call, shape: Shape, virtual: bool = False) -> Statement:
    formulas = shape.virtual.values() if virtual else ()
    return kept(call, ("rows", shape.key, virtual), lambda: _rows(call, shape, virtual), formulas)


def _rows(call: Call, shape: Shape, virtual: bool) -> Statement:
    table, own = shape.table, Columns(call, shape.key, shape.table)
    wanted = select(*table.c, *(own.own(name) for name in shape.virtual if virtual)).where(
        among(table.c.parent_id, "ids", call.dialect)
    )
    return Statement(wanted.order_by(table.c.parent_id, table.c.position), call.dialect)


def _by_parent(call: Call, shape: Shape, rows: Iterable[Sequence[Value]]) -> RowsOf:
    """The rows of a sub-table with their own links, by record."""
    names = (*shape.table.c.keys(), *shape.virtual)
    everything = [shape.tidy(dict(zip(names, row, strict=False))) for row in rows]
    _with_lists(call, shape, {values["id"]: values for values in everything})
    found: RowsOf = {}
    for values in everything:
        found.setdefault(values["parent_id"], []).append(values)
    return found


def drafts_of(
    call: Call,
    shape: Shape,
    records: Sequence[Values],
    tables: Iterable[str],
    paths: Sequence[str],
    loaded: Mapping[str, RowsOf] | None = None,
) -> list[Draft]:
    """Drafts that begin as what stands there, with the rows of those sub-tables that will be read or written.

    `loaded` are rows that were read already.
    """
    drafts = [
        Draft(path, dict(values), before=values, id=values["id"])
        for values, path in zip(records, paths, strict=True)
    ]
    for name in tables:
        rows = (loaded or {}).get(name)
        if rows is None:
            rows = load_rows(call, shape.tables[name], [draft.id for draft in drafts])
        for draft in drafts:
            standing = rows.get(draft.id, [])
            each = [
                Draft(f"{draft.path}{name}/{position}/", dict(values), before=values, id=values["id"])
                for position, values in enumerate(standing)
            ]
            draft.rows[name] = DraftRows(each, written=False)
            draft.values[name] = [row.values for row in each]
    return drafts
