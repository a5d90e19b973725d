"""Does a run of a batch: operations of one kind on different records of one entity, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.policy.access import access
from dougong.records.absent import absent
from dougong.records.call import Call
from dougong.records.delete import delete_records, restore
from dougong.records.denied import denial_of
from dougong.records.doors import action_word
from dougong.records.draft import Draft, Stamp, Values
from dougong.records.given import taker_for
from dougong.records.load import drafts_of
from dougong.records.locks import locked_ids
from dougong.records.messages import problem
from dougong.records.pipeline import complete, has_problems, problems_in, write
from dougong.records.selection import stands
from dougong.records.shape import Shape
from dougong.records.staleness import is_stale
from dougong.records.update import tables_needed, writable_many

KINDS: tuple[str, ...] = ("create", "update", "delete", "restore")
_RIGHTS: dict[str, str] = {"restore": "delete"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do: `kind` create, update, delete or restore; `values` for the first two, `id` for the last three."""

    kind: str
    id: int | str | None = None
    """The record, or `$3` for that of operation 3 of the same batch."""
    values: Mapping[str, Any] | None = None
    if_version: int | None = None
    stamp: Stamp | None = None
    """When and by whom it is said to have been done: for records that the platform makes itself, through the door `demo`."""
    key: str = ""
    """The entity, where it is not that of the batch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation: the record's id, or `refused` (the kind of the refusal) with its problems."""

    id: int | None
    refused: str = ""
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """An operation with its position in the batch."""

    position: int
    operation: Operation

    @property
    def id(self) -> int:
        """The record that it concerns; 0, which is nobody's id, when it names none."""
        return self.operation.id if isinstance(self.operation.id, int) else 0


def placed(problems: Sequence[Diagnostic], position: int) -> tuple[Diagnostic, ...]:
    """Problems with the position of their operation before the path."""
    return tuple(replace(found, path=f"{position}/{found.path}".rstrip("/")) for found in problems)


def do_run(call: Call, shape: Shape, run: Sequence[Numbered]) -> list[Outcome]:
    """The outcomes of a run in its order; a refusal is about the run as a whole."""
    kind = run[0].operation.kind
    if not access(call.release, call.actor, shape.key, _RIGHTS.get(kind, kind)).allowed:
        words = {"action": action_word(_RIGHTS.get(kind, kind), call.language)}
        found = problem(call.language, "forbidden", label=shape.entity.label.get(call.language), **words)
        return [Outcome(each.id or None, "forbidden", placed([found], each.position)) for each in run]
    if kind == "create":
        return _create(call, shape, run)
    if kind == "restore":
        return [Outcome(restore(call, shape.key, each.id).id) for each in run]
    return _change(call, shape, run)


def _create(call: Call, shape: Shape, run: Sequence[Numbered]) -> list[Outcome]:
    taker = taker_for(call, shape, "create")
    drafts = []
    for each in run:
        stamp = each.operation.stamp or Stamp(call.at, call.actor.id)
        given = {"created_at": stamp.at, "created_by": stamp.by}
        draft = Draft(f"{each.position}/", given, stamp=each.operation.stamp)
        taker.take(draft, each.operation.values)
        drafts.append(draft)
    complete(call, shape, drafts)
    return _written(call, shape, drafts)


def _written(call: Call, shape: Shape, drafts: Sequence[Draft]) -> list[Outcome]:
    write(call, shape, [draft for draft in drafts if not has_problems(draft)])
    return [
        Outcome(draft.id or None, "invalid", tuple(problems_in([draft])))
        if has_problems(draft)
        else Outcome(draft.id)
        for draft in drafts
    ]


def _change(call: Call, shape: Shape, run: Sequence[Numbered]) -> list[Outcome]:
    """Update or delete what can be; the others are refused each for its own reason."""
    kind, identifiers = run[0].operation.kind, [each.id for each in run]
    standing = writable_many(call, shape, identifiers, kind)
    locked = locked_ids(call, shape.key, identifiers)
    outcomes: dict[int, Outcome] = {}
    able: list[Numbered] = []
    for each in run:
        refused = _refused(call, shape, each, standing, locked)
        if refused is not None:
            outcomes[each.position] = refused
        else:
            able.append(each)
    if able and kind == "delete":
        delete_records(call, shape, {each.id: standing[each.id] for each in able})
        outcomes.update((each.position, Outcome(each.id)) for each in able)
    elif able:
        done = _update(call, shape, able, standing)
        outcomes.update((each.position, outcome) for each, outcome in zip(able, done, strict=True))
    return [outcomes[each.position] for each in run]


def _update(
    call: Call, shape: Shape, run: Sequence[Numbered], standing: Mapping[int, Values]
) -> list[Outcome]:
    given = frozenset(name for each in run for name in each.operation.values or ())
    records = [standing[each.id] for each in run]
    drafts = drafts_of(
        call, shape, records, tables_needed(shape, given), [f"{each.position}/" for each in run]
    )
    taker = taker_for(call, shape, "update")
    for draft, each in zip(drafts, run, strict=True):
        draft.stamp = each.operation.stamp
        taker.take(draft, each.operation.values)
    complete(call, shape, drafts)
    return _written(call, shape, drafts)


def _refused(
    call: Call, shape: Shape, each: Numbered, standing: Mapping[int, Values], locked: frozenset[int]
) -> Outcome | None:
    path, language, kind = str(each.position), call.language, each.operation.kind
    values, version = standing.get(each.id), each.operation.if_version
    if values is None:
        if each.id and stands(call, shape, each.id):
            denial = denial_of(call, shape, each.id, kind)
            if denial is not None:
                told = problem(language, "denied", path, reason=denial.reason.get(language))
                return Outcome(each.id, "forbidden", (told,))
            found = problem(language, "forbidden_row", path, action=action_word(kind, language))
            return Outcome(each.id, "forbidden", (found,))
        return Outcome(each.id or None, "missing", (absent(call, shape.key, each.id, path),))
    if each.id in locked:
        return Outcome(each.id, "conflict", (problem(language, "record_locked", path),))
    if is_stale(call, shape, values, version):
        return Outcome(each.id, "stale", (problem(language, "stale", path),))
    return None
