"""Puts the values of records back to what the history says stood there, through the pipeline like any other change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong.diagnostics import Refusal
from dougong.fieldtypes.base import Invalid
from dougong.records.call import Call, without_asking
from dougong.records.draft import Draft, Rows, Values
from dougong.records.files import release_files
from dougong.records.load import drafts_of
from dougong.records.pipeline import complete, problems_in, write
from dougong.records.shape import Shape


def put_back(call: Call, shape: Shape, records: Sequence[tuple[Values, Mapping[str, Any]]]) -> None:
    """Give every record, which the caller has locked, the values from before its changes; all or none."""
    touched = {name for _, changes in records for name in changes}
    tables = [name for name in shape.tables if name in touched or name in shape.row_readers]
    drafts = drafts_of(call, shape, [values for values, _ in records], tables, [""] * len(records))
    for draft, (_, changes) in zip(drafts, records, strict=True):
        for name, change in changes.items():
            if name in shape.tables:
                draft.rows[name] = _rows_before(call, shape.tables[name], draft.rows[name], change)
            else:
                _put(call, shape, draft, name, change[0])
        # a link that is put back brings nothing along: what stood beside it then is put back by itself
        draft.written.update(shape.entity.fields)
    complete(without_asking(call), shape, drafts)
    problems = problems_in(drafts)
    if problems:
        raise Refusal("conflict", problems)
    write(call, shape, drafts)


def _rows_before(call: Call, shape: Shape, rows: Rows, change: Mapping[str, Any]) -> Rows:
    added = {each["id"] for each in change.get("added", ())}
    kept = [row for row in rows.drafts if row.id not in added]
    before = {each["id"]: each["changes"] for each in change.get("changed", ())}
    for row in kept:
        for name, pair in before.get(row.id, {}).items():
            _put(call, shape, row, name, pair[0])
        row.written.update(shape.entity.fields)
    for each in sorted(change.get("removed", ()), key=lambda each: each.get("position", len(kept))):
        row = Draft("", {})
        for name, value in each["values"].items():
            _put(call, shape, row, name, value)
        row.written.update(shape.entity.fields)
        kept.insert(min(each.get("position", len(kept)), len(kept)), row)
    removed = [row.before for row in rows.drafts if row.id in added and row.before is not None]
    return Rows(kept, removed)


def _put(call: Call, shape: Shape, draft: Draft, name: str, value: Any) -> None:
    """Set one field to a value of the history; what the field does not take any more is a problem, a field that is gone none."""
    field = shape.entity.fields.get(name)
    if field is None or field.is_computed:
        return
    if field.type == "file" and value:
        release_files(call, [each["id"] for each in value])
    try:
        draft.values[name] = shape.types[name].coerce(value, field)
    except Invalid as error:
        draft.problems.append(error.problem.diagnostic(draft.path + name, call.language))
