"""The order in which operations run."""

from __future__ import annotations

from dataclasses import replace

from dougong.storage import names
from dougong.storage.operations import (
    AddColumn,
    AddIndex,
    AddReferences,
    AttachReferences,
    ChangeReference,
    ChangeType,
    CheckBounds,
    CheckRule,
    CopyFromLinks,
    CopyToLinks,
    CreateTable,
    DropIndex,
    DropTable,
    EmbedRecords,
    FillValues,
    MakeRecords,
    Operation,
    RebuildSearch,
    RemoveColumn,
    RemoveOptions,
    RemoveTable,
    RenameColumn,
    RenameTable,
    RequireOthers,
    RestoreColumn,
    RestoreTable,
    SetRequired,
    TightenField,
)

_ORDER: tuple[type[Operation], ...] = (
    DropIndex,
    DropTable,
    RemoveTable,
    RenameTable,
    RestoreTable,
    MakeRecords,
    EmbedRecords,
    RemoveColumn,
    RenameColumn,
    CreateTable,
    AddReferences,
    AttachReferences,
    RestoreColumn,
    AddColumn,
    ChangeType,
    ChangeReference,
    CopyToLinks,
    CopyFromLinks,
    FillValues,
    RemoveOptions,
    TightenField,
    SetRequired,
    CheckRule,
    CheckBounds,
    RequireOthers,
    AddIndex,
    RebuildSearch,
)


def ordered(operations: list[Operation]) -> list[Operation]:
    """Names are freed before they are taken, tables stand before what points to them, data move before indexes are made."""
    by_kind = sorted(operations, key=lambda each: _ORDER.index(type(each)))
    renames = [each for each in by_kind if isinstance(each, RenameTable)]
    columns = [each for each in by_kind if isinstance(each, RenameColumn)]
    moved: dict[str, list[Operation]] = {
        "tables": [*_untangled_tables(renames)],
        "columns": [*_untangled_columns(columns)],
    }
    result: list[Operation] = []
    for each in by_kind:
        if isinstance(each, RenameTable):
            result += moved.pop("tables", [])
        elif isinstance(each, RenameColumn):
            result += moved.pop("columns", [])
        else:
            result.append(each)
    return result


def _untangled_tables(renames: list[RenameTable]) -> list[RenameTable]:
    """Renames in an order in which every new name is free; a circle goes over a name of its own."""
    pending, done = list(renames), []
    while pending:
        taken = {each.old for each in pending}
        free = next((each for each in pending if each.new not in taken), None)
        if free is None:
            first = pending[0]
            aside = names.tombstone_table(first.app, f"aside_{first.table.uid}")
            done.append(replace(first, new=aside))
            pending[0] = replace(first, old=aside)
            continue
        pending.remove(free)
        done.append(free)
    return done


def _untangled_columns(renames: list[RenameColumn]) -> list[RenameColumn]:
    pending, done = list(renames), []
    while pending:
        taken = {(each.table.uid, each.old) for each in pending}
        free = next((each for each in pending if (each.table.uid, each.new) not in taken), None)
        if free is None:
            first = pending[0]
            aside = names.tombstone_column(f"aside_{first.column.uid}", first.former)
            done.append(replace(first, new=aside))
            pending[0] = replace(first, old=aside)
            continue
        pending.remove(free)
        done.append(free)
    return done
