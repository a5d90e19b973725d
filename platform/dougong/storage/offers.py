"""Which ways there are to mend the rows that stand against a step."""

from __future__ import annotations

from dougong.storage.mends import Way
from dougong.storage.operations import (
    AddColumn,
    AddIndex,
    ChangeType,
    FillValues,
    Operation,
    RemoveOptions,
    SetRequired,
    TightenField,
)


def mended_field(operation: Operation) -> str:
    """The field whose values would be mended, by its key; empty where there is none."""
    if isinstance(operation, AddIndex):
        fields = operation.index.reads if operation.index.unique else ()
        return f"{operation.table.key}.{fields[0]}" if len(fields) == 1 else ""
    if isinstance(
        operation, AddColumn | ChangeType | FillValues | RemoveOptions | SetRequired | TightenField
    ):
        return f"{operation.table.key}.{operation.column.field}"
    return ""


def offers_for(operation: Operation) -> tuple[Way, ...]:
    """The ways that can help: what must be filled cannot be emptied, and one default cannot keep rows apart."""
    if not mended_field(operation):
        return ()
    if isinstance(operation, AddIndex):
        return ("backfill", "aside") if not _is_required(operation) else ("backfill",)
    if isinstance(operation, AddColumn | SetRequired) or _is_required(operation):
        return ("backfill", "default")
    return ("backfill", "default", "aside")


def _is_required(operation: Operation) -> bool:
    field_id = mended_field(operation).rpartition(".")[2]
    column = operation.table.column(field_id)
    return column is not None and column.required
