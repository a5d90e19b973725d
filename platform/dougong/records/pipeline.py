"""The one way by which records are written: whoever writes, through whatever door, passes these steps in this order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from dougong.diagnostics import Diagnostic, Refusal
from dougong.records import store
from dougong.records.call import Call
from dougong.records.checks import check
from dougong.records.choosable import check_choosable
from dougong.records.computed import compute
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.events import Event, announce, anybody_listens
from dougong.records.field_rights import bars_fields, check_rights
from dougong.records.files import claim
from dougong.records.filling import begin_values
from dougong.records.form_rules import note_given, settle_values
from dougong.records.given import every_draft
from dougong.records.guards import guard, guarded
from dougong.records.holding import hold_sources
from dougong.records.messages import problem
from dougong.records.searching import index_drafts, prepare_index
from dougong.records.serials import number, pass_given, replace_taken
from dougong.records.shape import Shape
from dougong.records.spreading import spread_written
from dougong.records.targets import check_targets
from dougong.records.trail import changes_of, differing, write_history
from dougong.records.unique import check_unique, has_unique
from dougong.storage.statements import savepoint


def complete(call: Call, shape: Shape, drafts: Sequence[Draft]) -> list[Draft]:
    """Work out whole records from what was given and collect everything that is wrong; returns the drafts without a problem."""
    evaluation = Evaluation(call)
    _work_out(evaluation, shape, drafts, held=True)
    _compare(evaluation, shape, drafts)
    return _numbered(evaluation, shape, [draft for draft in drafts if not has_problems(draft)])


def work_out(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """The part of `complete` that writes nothing, for new records, so that it can be done before the transaction begins.

    What others write meanwhile is found by `settle` or, where a value must be unique, by the database.
    """
    evaluation = Evaluation(call)
    _work_out(evaluation, shape, drafts, held=False)
    _compare(evaluation, shape, drafts)
    prepare_index(call, shape, [draft for draft in drafts if not has_problems(draft)])


def settle(call: Call, shape: Shape, drafts: Sequence[Draft]) -> list[Draft]:
    """The rest of `complete` for drafts that were worked out before: what they point to must still be there, and as it was."""
    evaluation = Evaluation(call)
    good = [draft for draft in drafts if not has_problems(draft)]
    _check_targets(call, shape, good)
    if shape.computes_from_others or guarded(call, shape):
        guard(call, shape)
        evaluation = _settle_held(evaluation, shape, good)
        check(evaluation, shape, good)
        check_choosable(evaluation, shape, good)
    return _numbered(evaluation, shape, [draft for draft in good if not has_problems(draft)])


def _work_out(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft], *, held: bool) -> None:
    """Every value of the drafts, and what is wrong with them; `held` keeps what they read from being changed meanwhile."""
    note_given(shape, drafts, bars_fields(evaluation.call, shape))
    _prepare(evaluation, shape, drafts)
    if held:
        guard(evaluation.call, shape)
        evaluation = _settle_held(evaluation, shape, drafts)
    else:
        settle_values(evaluation, shape, drafts)
    check(evaluation, shape, drafts)
    check_choosable(evaluation, shape, drafts)


def _settle_held(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> Evaluation:
    """Settle the values over records that nobody changes meanwhile; returns what knows these records as they are.

    Where a rule points a draft elsewhere, that one is held only now, and may have changed since it was read: it is read again.
    """
    hold_sources(evaluation.call, shape, drafts)
    settle_values(evaluation, shape, drafts)
    led = [draft for draft in drafts if _is_led(shape, draft)]
    if not led or evaluation.call.dialect == "sqlite":
        return evaluation
    hold_sources(evaluation.call, shape, led)
    anew = Evaluation(evaluation.call)
    settle_values(anew, shape, led)
    return anew


def _is_led(shape: Shape, draft: Draft) -> bool:
    """Whether rules point the draft, or one of its rows, to other records."""
    return any(field.id in draft.assigned for field in (*shape.links, *shape.lists)) or any(
        _is_led(shape.tables[name], row) for name, rows in draft.rows.items() for row in rows.drafts
    )


def _compare(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Compare the drafts with what others hold, and with what the actor may create."""
    if has_unique(shape):
        check_unique(evaluation.call, shape, drafts)
    check_rights(evaluation, shape, drafts)


def _check_targets(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Check what the drafts and their rows point to."""
    check_targets(call, shape, drafts)
    for name, rows_shape in shape.tables.items():
        rows = [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]
        if rows:
            _check_targets(call, rows_shape, rows)


def _numbered(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with their serial numbers, and with what is computed from these; without those that got none."""
    pass_given(evaluation, shape, drafts)
    numbered = number(evaluation, shape, drafts)
    if numbered and shape.computes_from_numbers:
        compute(evaluation, shape, numbered, keeps=True)
    return [draft for draft in drafts if not has_problems(draft)]


def _prepare(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    begin_values(evaluation, shape, drafts)
    check_targets(evaluation.call, shape, drafts)
    for name, rows_shape in shape.tables.items():
        owners = [draft for draft in drafts if name in draft.rows]
        rows = [row for draft in owners for row in draft.rows[name].drafts]
        for draft in owners:
            for row in draft.rows[name].drafts:
                row.values["parent"] = draft.values
        _prepare(evaluation, rows_shape, rows)


def write(call: Call, shape: Shape, drafts: Sequence[Draft], dry_run: bool = False) -> None:
    """Write drafts that are complete and free of problems; a race lost against another writer refuses like a check.

    With `dry_run` only what would change is found out.
    """
    new = [draft for draft in drafts if draft.is_new]
    standing = [draft for draft in drafts if not draft.is_new]
    for draft in standing:
        _find_changes(shape, draft)
    if dry_run:
        return
    try:
        _store(call, shape, new, standing)
    except IntegrityError as error:
        if not _with_other_numbers(call, shape, new, standing):
            raise Refusal("conflict", _lost_race(call, shape, drafts)) from error
    changed = [draft for draft in standing if draft.changed]
    _claim_files(call, shape, [*new, *changed])
    told = [
        draft
        for kind, drafts_of_kind in (("create", new), ("update", changed))
        if drafts_of_kind and anybody_listens(call, shape.key, kind)
        for draft in drafts_of_kind
    ]
    events = [_event(shape, draft) for draft in told]
    announce(call, [*events, *spread_written(call, shape, [*new, *changed])])


def _store(call: Call, shape: Shape, new: Sequence[Draft], standing: Sequence[Draft]) -> None:
    """Put everything that was worked out into the tables, all of it or nothing; for a few rows in one round trip."""
    store.take_ids(call, shape, [*new, *standing])
    written = [*new, *(draft for draft in standing if draft.changed)]
    with savepoint(call.connection, in_one_trip=store.are_few(written)):
        store.insert_new(call, shape, new)
        store.update_changed(call, shape, standing)
        index_drafts(call, shape, written)
        entries = (
            ("create", draft.id, 1, None)
            if draft.is_new
            else ("update", draft.id, draft.values["version"], changes_of(shape, draft))
            for draft in written
        )
        stamps = {draft.id: draft.stamp for draft in written if draft.stamp is not None}
        write_history(call, shape, entries, stamps)


def _with_other_numbers(call: Call, shape: Shape, new: Sequence[Draft], standing: Sequence[Draft]) -> bool:
    """Write once more where nothing but serial numbers was in the way; tells whether that worked."""
    evaluation = Evaluation(call)
    numbered = replace_taken(evaluation, shape, new)
    if not numbered:
        return False
    compute(evaluation, shape, numbered, keeps=True)
    try:
        _store(call, shape, new, standing)
    except IntegrityError:
        return False
    return True


def _find_changes(shape: Shape, draft: Draft) -> None:
    for name, rows in draft.rows.items():
        for row in rows.drafts:
            if row.before is not None:
                row.changed = differing(shape.tables[name], row)
    draft.changed = differing(shape, draft)


def _claim_files(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    for field in shape.files:
        claim(
            call,
            shape,
            field,
            [(each.id, each.values[field.id]) for each in drafts if each.values.get(field.id)],
        )
    for name, rows_shape in shape.tables.items():
        if rows_shape.files:
            _claim_files(
                call,
                rows_shape,
                [row for each in drafts if name in each.rows for row in each.rows[name].drafts],
            )


def _lost_race(call: Call, shape: Shape, drafts: Sequence[Draft]) -> list[Diagnostic]:
    """Look again at what is there now, so that the loser is told the same as if it had come later."""
    check_unique(call, shape, drafts)
    check_targets(call, shape, drafts)
    found = problems_in(drafts)
    return found or [problem(call.language, "stale")]


def _event(shape: Shape, draft: Draft) -> Event:
    changed = frozenset(draft.written | draft.assigned if draft.is_new else draft.changed)
    kind = "create" if draft.is_new else "update"
    return Event(kind, shape.key, draft.id, draft.values["version"], changed, draft.before, draft.values)


def left_empty(call: Call, shape: Shape, draft: Draft) -> frozenset[str]:
    """The lists of links and the sub-tables of a record just written in which nothing stands; none where others may have followed up."""
    if anybody_listens(call, shape.key, "create" if draft.is_new else "update"):
        return frozenset()
    lists = [field.id for field in shape.lists if not draft.values.get(field.id)]
    tables = [
        name
        for name in shape.tables
        if (draft.is_new if name not in draft.rows else not draft.rows[name].drafts)
    ]
    return frozenset((*lists, *tables))


def has_problems(draft: Draft) -> bool:
    """Whether the draft or one of its rows has a problem."""
    if draft.problems:
        return True
    return bool(draft.rows) and any(row.problems for rows in draft.rows.values() for row in rows.drafts)


def warnings_in(drafts: Sequence[Draft]) -> list[Diagnostic]:
    """What rules warn of in the drafts and their rows, and nobody had to confirm."""
    return [found for draft in every_draft(drafts) for found in draft.warnings]


def problems_in(drafts: Sequence[Draft]) -> list[Diagnostic]:
    """Every problem of the drafts and their rows, in order."""
    return [found for draft in every_draft(drafts) for found in draft.problems]
