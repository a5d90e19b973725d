"""Runs many operations on records: all or none, or each for itself; later ones can name what earlier ones made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.policy.access import access
from dougong.records.batch_references import NotMade, position_of, references_in, resolved
from dougong.records.batch_runs import KINDS, Numbered, Operation, Outcome, do_run, placed
from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.doors import action_word, open_door
from dougong.records.messages import problem, refuse
from dougong.records.selection import Selection, stands
from dougong.records.shape import Shape

__all__ = ["KINDS", "MOST", "Operation", "Outcome", "batch"]

MOST = 10_000
MOST_PROBLEMS = 1000
"""How many problems a refusal of the whole tells."""

_MANY = ("update", "delete")
"""The kinds of operations for which doing them to many records in one act is a right of its own."""

AT_ONCE = 1000
"""How many operations are held in memory as records at the same time."""


def batch(call: Call, key: str, operations: Sequence[Operation], atomic: bool = True) -> list[Outcome]:
    """Do the operations in their order. Atomic: any problem refuses all, paths begin with the operation's position;
    otherwise what can be done is done, and the outcome of each operation says what became of it.

    An operation without an entity of its own is about the one of `key`. `$3`, as an id or as the value of a link, is the record
    of operation 3. Everything is done under one batch, which can be undone as a whole.
    """
    if len(operations) > MOST:
        refuse("too_large", call.language, "too_many", limit=MOST)
    if call.door != "demo" and any(operation.stamp for operation in operations):
        raise ValueError("only the door demo may write what happened at another time")
    open_door(call, key, "read")
    work = _Batch(in_batch(call, "batch"), key, operations, atomic)
    for run in work.runs():
        work.outcomes += work.do(run)
    refused = [outcome for outcome in work.outcomes if outcome.refused]
    if atomic and refused:
        problems = [found for outcome in refused for found in outcome.problems]
        raise Refusal(refused[0].refused, problems[:MOST_PROBLEMS])
    return work.outcomes


class _Batch:
    """One batch under way."""

    def __init__(self, call: Call, key: str, operations: Sequence[Operation], atomic: bool) -> None:
        self.call, self.key, self.atomic = call, key, atomic
        self.operations = operations
        self.outcomes: list[Outcome] = []
        self._shapes: dict[str, Shape | Refusal] = {}
        self._counts = Counter((each.kind, each.key or key) for each in operations)

    def runs(self) -> Iterator[list[Numbered]]:
        """Neighbours of the same kind that can be done together: none concerns the record of another."""
        run: list[Numbered] = []
        seen: set[int | str | None] = set()
        for position, operation in enumerate(self.operations):
            if run and (
                self._differs(run[0].operation, operation)
                or (operation.kind != "create" and operation.id in seen)
                or len(run) == AT_ONCE
                or self._names_any_of(operation, run[0].position)
            ):
                yield run
                run, seen = [], set()
            run.append(Numbered(position, operation))
            seen.add(operation.id)
        if run:
            yield run

    def _differs(self, first: Operation, other: Operation) -> bool:
        return (first.kind, first.key or self.key) != (other.kind, other.key or self.key)

    def _names_any_of(self, operation: Operation, start: int) -> bool:
        """Whether an operation names one from `start` on, so that it can only be done after it."""
        named = {position_of(operation.id)}
        shape = self._shape(operation)
        if isinstance(shape, Shape):
            named |= references_in(shape, operation.values)
        return any(position is not None and position >= start for position in named)

    def _shape(self, operation: Operation) -> Shape | Refusal:
        key = operation.key or self.key
        if key not in self._shapes:
            try:
                self._shapes[key] = open_door(self.call, key, "read")
            except Refusal as refusal:
                self._shapes[key] = refusal
        return self._shapes[key]

    def do(self, run: Sequence[Numbered]) -> list[Outcome]:
        """The outcomes of a run in its order."""
        shape = self._shape(run[0].operation)
        if isinstance(shape, Refusal):
            return [_refused(each, shape.kind, shape.problems) for each in run]
        if run[0].operation.kind not in KINDS:
            hint = nearest(str(run[0].operation.kind), KINDS)
            found = problem(self.call.language, "bad_operation", "", hint)
            return [_refused(each, "invalid", [found]) for each in run]
        outcomes: dict[int, Outcome] = {}
        able: list[Numbered] = []
        for each in run:
            try:
                able.append(Numbered(each.position, self._resolved(shape, each)))
            except NotMade as error:
                found = problem(self.call.language, "bad_reference", error.path, value=error.name)
                outcomes[each.position] = _refused(each, "invalid", [found])
        kept = self._kept(shape, able)
        outcomes.update((position, outcome) for position, outcome in kept.items())
        able = [each for each in able if each.position not in kept]
        done = self._safely(shape, able) if able else []
        outcomes.update((each.position, outcome) for each, outcome in zip(able, done, strict=True))
        return [outcomes[each.position] for each in run]

    def _kept(self, shape: Shape, run: Sequence[Numbered]) -> dict[int, Outcome]:
        """The operations that may be done to one record, but not to many in one act, with their refusals."""
        kind = run[0].operation.kind if run else ""
        if kind not in _MANY or self._counts[kind, shape.key] < 2:
            return {}
        answer = access(self.call.release, self.call.actor, shape.key, "batch")
        if answer.allowed and answer.row_set.is_every:
            return {}
        usable: set[int] = set()
        if answer.allowed:
            selection = Selection(self.call, shape, "batch").among([each.id for each in run])
            usable.update(self.call.connection.execute(selection.select(shape.table.c.id)).scalars())
        words = {"action": action_word("batch", self.call.language)}
        return {
            each.position: _refused(
                each, "forbidden", [problem(self.call.language, "forbidden_row", **words)]
            )
            for each in run
            if each.id not in usable and stands(self.call, shape, each.id)
        }

    def _resolved(self, shape: Shape, each: Numbered) -> Operation:
        """The operation with the ids of the records that it names."""
        operation = each.operation
        if not isinstance(operation.id, str) and not references_in(shape, operation.values):
            return operation
        made: Mapping[int, int | None] = {
            position: None if outcome.refused else outcome.id
            for position, outcome in enumerate(self.outcomes)
        }
        if isinstance(operation.id, str):
            position = position_of(operation.id)
            identifier = made.get(position) if position is not None else None
            if identifier is None:
                raise NotMade("id", operation.id)
            operation = replace(operation, id=identifier)
        return replace(operation, values=resolved(shape, operation.values, made))

    def _safely(self, shape: Shape, run: Sequence[Numbered]) -> list[Outcome]:
        """Do a run together; where something refuses it as a whole, each by itself, so that the refused one is known."""
        try:
            with self.call.connection.begin_nested():
                return do_run(self.call, shape, run)
        except Refusal as refusal:
            if len(run) == 1:
                return [_refused(run[0], refusal.kind, refusal.problems)]
        return [outcome for each in run for outcome in self._safely(shape, [each])]


def _refused(each: Numbered, kind: str, problems: Sequence[Diagnostic]) -> Outcome:
    identifier = each.operation.id if isinstance(each.operation.id, int) else None
    return Outcome(identifier, kind, placed(problems, each.position))
