"""Runs many operations on the records of one entity: all or none, or each for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.delete import delete, restore
from dougong.records.doors import action_word, open_door
from dougong.records.draft import Draft, Stamp
from dougong.records.given import taker_for
from dougong.records.load import drafts_of
from dougong.records.locks import locked_ids
from dougong.records.messages import problem, refuse
from dougong.records.pipeline import complete, has_problems, problems_in, write
from dougong.records.selection import stands
from dougong.records.shape import Shape
from dougong.records.update import tables_needed, writable_many

MOST = 10_000
KINDS: tuple[str, ...] = ("create", "update", "delete", "restore")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do: `kind` create, update, delete or restore; `values` for the first two, `id` for the last three."""

    kind: str
    id: int | None = None
    values: Mapping[str, Any] | None = None
    if_version: int | None = None
    stamp: Stamp | None = None
    """When and by whom it is said to have been done: for records that the platform makes itself, through the door `demo`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation: the record's id, or `refused` (the kind of the refusal) with its problems."""

    id: int | None
    refused: str = ""
    problems: tuple[Diagnostic, ...] = ()


def batch(call: Call, key: str, operations: Sequence[Operation], atomic: bool = True) -> list[Outcome]:
    """Do the operations in their order. Atomic: any problem refuses all, paths begin with the operation's position;
    otherwise what can be done is done, and the outcome of each operation says what became of it."""
    if len(operations) > MOST:
        refuse("too_large", call.language, "too_many", limit=MOST)
    if call.door != "demo" and any(operation.stamp for operation in operations):
        raise ValueError("only the door demo may write what happened at another time")
    shape = open_door(call, key, "read")
    outcomes: list[Outcome] = []
    for run in _runs(operations):
        outcomes += _run(call, shape, run, len(outcomes))
    if atomic:
        refused = [outcome for outcome in outcomes if outcome.refused]
        if refused:
            raise Refusal(refused[0].refused, [found for outcome in refused for found in outcome.problems])
    return outcomes


def _runs(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Neighbours of the same kind that can be done together: none of them concerns the same record twice."""
    for kind, group in groupby(operations, key=lambda operation: operation.kind):
        run: list[Operation] = []
        seen: set[int | None] = set()
        for operation in group:
            if kind != "create" and operation.id in seen:
                yield run
                run, seen = [], set()
            run.append(operation)
            seen.add(operation.id)
        yield run


def _run(call: Call, shape: Shape, run: Sequence[Operation], start: int) -> list[Outcome]:
    kind = run[0].kind
    if kind not in KINDS:
        found = problem(call.language, "bad_operation", str(start), nearest(str(kind), KINDS))
        return [Outcome(None, "invalid", (replace(found, path=str(start + at)),)) for at in range(len(run))]
    if kind in ("delete", "restore"):
        return [_one(call, shape, operation, start + at) for at, operation in enumerate(run)]
    if not access(call.release, call.actor, shape.key, kind).allowed:
        words = {"action": action_word(kind, call.language), "label": shape.entity.label.get(call.language)}
        return [
            Outcome(None, "forbidden", (problem(call.language, "forbidden", str(start + at), **words),))
            for at in range(len(run))
        ]
    return _create(call, shape, run, start) if kind == "create" else _update(call, shape, run, start)


def _one(call: Call, shape: Shape, operation: Operation, position: int) -> Outcome:
    """An operation in a savepoint of its own."""
    identifier = operation.id if operation.id is not None else 0
    try:
        with call.connection.begin_nested():
            if operation.kind == "delete":
                delete(call, shape.key, identifier, operation.if_version)
            else:
                restore(call, shape.key, identifier)
    except Refusal as refusal:
        return Outcome(operation.id, refusal.kind, _placed(refusal.problems, position))
    return Outcome(identifier)


def _placed(problems: Sequence[Diagnostic], position: int) -> tuple[Diagnostic, ...]:
    return tuple(replace(found, path=f"{position}/{found.path}".rstrip("/")) for found in problems)


def _create(call: Call, shape: Shape, run: Sequence[Operation], start: int) -> list[Outcome]:
    taker = taker_for(call, shape, "create")
    drafts = []
    for at, operation in enumerate(run):
        stamp = operation.stamp or Stamp(call.at, call.actor.id)
        draft = Draft(
            f"{start + at}/", {"created_at": stamp.at, "created_by": stamp.by}, stamp=operation.stamp
        )
        taker.take(draft, operation.values)
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


def _update(call: Call, shape: Shape, run: Sequence[Operation], start: int) -> list[Outcome]:
    identifiers = [operation.id for operation in run if operation.id is not None]
    standing = writable_many(call, shape, identifiers, "update")
    locked = locked_ids(call, shape.key, identifiers)
    outcomes: dict[int, Outcome] = {}
    able: list[tuple[int, Operation]] = []
    for at, operation in enumerate(run):
        refused = _refused(call, shape, operation, standing, locked, start + at)
        if refused is not None:
            outcomes[at] = refused
        else:
            able.append((at, operation))
    given = frozenset(name for _, operation in able for name in operation.values or ())
    records = [standing[operation.id] for _, operation in able if operation.id is not None]
    drafts = drafts_of(
        call, shape, records, tables_needed(shape, given), [f"{start + at}/" for at, _ in able]
    )
    taker = taker_for(call, shape, "update")
    for draft, (_, operation) in zip(drafts, able, strict=True):
        draft.stamp = operation.stamp
        taker.take(draft, operation.values)
    complete(call, shape, drafts)
    for (at, _), outcome in zip(able, _written(call, shape, drafts), strict=True):
        outcomes[at] = outcome
    return [outcomes[at] for at in range(len(run))]


def _refused(
    call: Call,
    shape: Shape,
    operation: Operation,
    standing: Mapping[int, Mapping[str, Any]],
    locked: frozenset[int],
    position: int,
) -> Outcome | None:
    path, language = str(position), call.language
    values = standing.get(operation.id) if operation.id is not None else None
    if values is None or operation.id is None:
        if operation.id is not None and stands(call, shape, operation.id):
            word = action_word("update", language)
            return Outcome(
                operation.id, "forbidden", (problem(language, "forbidden_row", path, action=word),)
            )
        return Outcome(operation.id, "missing", (problem(language, "not_found", path),))
    if operation.id in locked:
        return Outcome(operation.id, "conflict", (problem(language, "record_locked", path),))
    if operation.if_version is not None and values["version"] != operation.if_version:
        return Outcome(operation.id, "stale", (problem(language, "stale", path),))
    return None
