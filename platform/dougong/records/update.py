"""Changes records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.denied import denial_of
from dougong.records.doors import action_word, open_door
from dougong.records.draft import Draft, Values
from dougong.records.given import taker_for
from dougong.records.load import Standing, drafts_of, load_standing
from dougong.records.locks import record_locked
from dougong.records.messages import refuse
from dougong.records.pipeline import complete, left_empty, problems_in, write
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.staleness import is_stale


def update(
    call: Call,
    key: str,
    identifier: int,
    changes: Mapping[str, Value],
    if_version: int | None = None,
    named: bool = True,
) -> Record:
    """Change some fields of one record and return it; `if_version` refuses when somebody else was faster; `named` as `read` says.

    Of a sub-table all rows are given: those with an id are kept and changed, those without are new, the others are removed.
    """
    shape = open_door(call, key, "update")
    draft = changed_draft(call, shape, identifier, changes, if_version)
    complete(call, shape, [draft])
    found = problems_in([draft])
    if found:
        raise Refusal("invalid", found)
    write(call, shape, [draft])
    return read(call, key, identifier, named=named, empty=left_empty(call, shape, draft))


def changed_draft(
    call: Call,
    shape: Shape,
    identifier: int,
    changes: Mapping[str, Value],
    if_version: int | None,
    path: str = "",
) -> Draft:
    """The draft of an update with the given changes in it; refuses what may not be changed or has changed meanwhile."""
    given = frozenset(changes) if isinstance(changes, Mapping) else frozenset()
    standing = _standing(call, shape, identifier, "update", tables_needed(shape, given))
    values = standing.values[identifier]
    if is_stale(call, shape, values, if_version):
        refuse("stale", call.language, "stale", path.rstrip("/"))
    [draft] = drafts_of(call, shape, [values], standing.rows, [path], standing.rows)
    taker_for(call, shape, "update").take(draft, changes)
    return draft


def tables_needed(shape: Shape, given: frozenset[str]) -> list[str]:
    """The sub-tables of which an update needs the rows: those it writes and those that formulas or rules read."""
    return [name for name in shape.tables if name in given or name in shape.row_readers]


def writable(call: Call, shape: Shape, identifier: int, action: str) -> Values:
    """The record as it stands, kept from other writers; refuses when it may not be seen, not be changed or is locked."""
    return _standing(call, shape, identifier, action).values[identifier]


def _standing(call: Call, shape: Shape, identifier: int, action: str, tables: Sequence[str] = ()) -> Standing:
    standing = load_standing(call, shape, [identifier], action, tables)
    if identifier not in standing.values:
        refuse_unwritable(call, shape, identifier, action)
    if standing.locked:
        raise Refusal("conflict", [record_locked(call)])
    return standing


def writable_many(call: Call, shape: Shape, identifiers: Sequence[int], action: str) -> dict[int, Values]:
    """Those of the records that the actor may change or delete, as they stand, by id."""
    return load_standing(call, shape, identifiers, action).values


def refuse_unwritable(call: Call, shape: Shape, identifier: int, action: str) -> None:
    """Refuse as forbidden when the record may at least be seen, otherwise as if it did not exist."""
    if Selection(call, shape).among([identifier]).count():
        denial = denial_of(call, shape, identifier, action)
        if denial is not None:
            refuse("forbidden", call.language, "denied", reason=denial.reason.get(call.language))
        refuse("forbidden", call.language, "forbidden_row", action=action_word(action, call.language))
    refuse_absent(call, shape.key, identifier)
