"""The indexes of one table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from dougong.storage import names
from dougong.storage.comparison import Comparison
from dougong.storage.operations import AddColumn, AddIndex, ChangeType, DropIndex, FillValues
from dougong.storage.operations.coming import Giving
from dougong.storage.schema import IndexSpec, TableSpec


def with_index_names(app: str, table: TableSpec) -> TableSpec:
    """The table with its indexes named by the identities of what they cover."""
    uids = {each.field: each.uid for each in table.columns}
    indexes = tuple(replace(each, name=_index_name(app, table, each, uids)) for each in table.indexes)
    return replace(table, indexes=indexes)


def _index_name(app: str, table: TableSpec, index: IndexSpec, uids: Mapping[str, str]) -> str:
    kind = ("u" if index.unique else "i") + ("l" if index.live else "x")
    covered = [uids.get(each, each) for each in index.fields]
    if index.descending:
        covered += ["down", *(uids.get(each, each) for each in index.descending)]
    if index.where or index.folded:
        where = [(uids.get(field, field), operator, values) for field, operator, values in index.where]
        folded = [uids.get(each, each) for each in index.folded]
        covered.append(hashlib.sha256(repr((where, folded)).encode()).hexdigest()[:8])
    return names.identity_name(app, kind, table.uid, *covered)


def match_indexes(work: Comparison, after: TableSpec, before: TableSpec) -> None:
    """Drop the indexes that nothing needs or whose columns are replaced, and add those that are missing."""
    app = work.app
    changed = {
        each.column.uid
        for each in work.operations
        if isinstance(each, ChangeType) and each.table.uid == after.uid
    }
    stays = {
        each.name
        for each in after.indexes
        if not changed.intersection(_uids(after, each))
        and any(old.name == each.name for old in before.indexes)
    }
    for index in before.indexes:
        if index.name not in stays:
            work.add(DropIndex(app=app, table=before, before=before, index=index))
    for index in after.indexes:
        if index.name not in stays:
            former = _former_index(after, before, index)
            steps = _steps(work, after, index) if index.unique else ()
            work.add(AddIndex(app=app, table=after, before=before, index=index, former=former, steps=steps))


def _steps(work: Comparison, table: TableSpec, index: IndexSpec) -> tuple[Giving, ...]:
    """The steps that give values to the columns that an index reads."""
    return tuple(
        each
        for each in work.operations
        if isinstance(each, AddColumn | ChangeType | FillValues)
        and each.table.key == table.key
        and each.column.field in index.reads
    )


def _uids(table: TableSpec, index: IndexSpec) -> set[str]:
    return {each.uid for each in table.columns if each.field in index.reads}


def _former_index(after: TableSpec, before: TableSpec, index: IndexSpec) -> IndexSpec | None:
    """The index over the columns as they were recorded; None when one of them is new and therefore holds no value twice."""
    old = {each.uid: each.field for each in before.columns}
    own = {each.field: each.uid for each in after.columns}
    found = {each: old.get(own[each]) if each in own else each for each in index.reads}
    known = {name: former for name, former in found.items() if former}
    if len(known) != len(found):
        return None
    return replace(
        index,
        fields=tuple(known[each] for each in index.fields),
        where=tuple((known[field], operator, values) for field, operator, values in index.where),
        folded=tuple(known[each] for each in index.folded),
        descending=tuple(known[each] for each in index.descending),
    )
