"""Links that change their number: found once everything else is matched, so that no pair of records is taken for lost."""

from __future__ import annotations

from dataclasses import replace

from dougong.storage.comparison import Comparison
from dougong.storage.operations import (
    AddColumn,
    CopyFromLinks,
    CopyToLinks,
    CreateTable,
    RemoveColumn,
    RemoveTable,
)
from dougong.storage.schema import TableSpec


def match_links(work: Comparison) -> None:
    """Let a removed link fill the new table of links of the same name, and a removed table of links the new link.

    A rollback has no need of it, as it brings back what was there.
    """
    if work.former is not None:
        return
    for created in [each for each in work.operations if isinstance(each, CreateTable)]:
        if created.table.kind == "links":
            _widen(work, created.table)
    for added in [each for each in work.operations if isinstance(each, AddColumn)]:
        if added.column.references and added.before is not None:
            _narrow(work, added, added.before)


def _is_same_target(work: Comparison, old: str, new: str) -> bool:
    return work.same_entity.get(old, old) == new


def _widen(work: Comparison, pairs: TableSpec) -> None:
    owner = next(each for each in work.tables if each.key == pairs.entity)
    for place, removed in enumerate(work.operations):
        if (
            isinstance(removed, RemoveColumn)
            and removed.before is not None
            and removed.before.uid == owner.uid
            and removed.column.field in {pairs.field, pairs.was}
            and removed.column.references
            and _is_same_target(work, removed.column.references, pairs.target)
        ):
            work.operations[place] = replace(removed, is_moved=True)
            work.add(
                CopyToLinks(
                    app=work.app,
                    table=pairs,
                    before=removed.before,
                    owner=removed.before,
                    former=removed.column,
                    owner_name=owner.name,
                    kept_name=removed.tombstone.name,
                )
            )
            return


def _narrow(work: Comparison, added: AddColumn, before: TableSpec) -> None:
    for place, removed in enumerate(work.operations):
        if (
            isinstance(removed, RemoveTable)
            and removed.table.kind == "links"
            and removed.table.entity == before.key
            and removed.table.field in {added.column.field, added.column.was}
            and _is_same_target(work, removed.table.target, added.column.references)
        ):
            work.operations[place] = replace(removed, is_moved=True)
            work.add(
                CopyFromLinks(
                    app=work.app,
                    table=added.table,
                    before=before,
                    column=added.column,
                    pairs=removed.table,
                    kept_name=removed.tombstone.name,
                )
            )
            return
