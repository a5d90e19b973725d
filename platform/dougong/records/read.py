"""Reads one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam

from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.chunks import possible_ids
from dougong.records.doors import open_door
from dougong.records.kept import kept
from dougong.records.load import RelatedQuestions
from dougong.records.messages import refuse
from dougong.records.record import Record
from dougong.records.rows import Wanted, fetch_records, wanted_fields, wanted_related
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.storage.statements import Statement, together


def read(
    call: Call,
    key: str,
    identifier: int,
    expand: Sequence[str] = (),
    deleted: bool = False,
    named: bool = True,
    last: bool = False,
    empty: frozenset[str] = frozenset(),
) -> Record:
    """The record with everything in it that the actor may see, rows of sub-tables included; one not theirs does not exist.

    Without `named` it comes without its title, and only the links to `expand` with theirs. `last` says that nothing more will be
    asked in this reading transaction, which may then end with the question for the record; where it was merged to is not told then.
    `empty` are lists of links and sub-tables of which whoever has just written the record knows that nothing stands in them.
    """
    shape = open_door(call, key, "read")
    plan = kept(
        call,
        ("read", key, tuple(expand), deleted, named),
        lambda: _plan(call, shape, expand, deleted, named),
        shape.worked_out,
    )
    if not possible_ids([identifier]):
        refuse("missing", call.language, "not_found")
    questions = plan.questions.besides(empty)
    steps = [(plan.statement, {"id": identifier}), *questions.steps([identifier])]
    rows, *answers = together(call.connection, steps, ends=last and plan.is_all)
    if not rows and not last:
        refuse_absent(call, key, identifier)
    if not rows:
        refuse("missing", call.language, "not_found")
    return fetch_records(call, shape, plan.wanted, rows, questions.related(call, answers))[0]


@dataclass(frozen=True, slots=True)
class _Plan:
    wanted: Wanted
    statement: Statement
    questions: RelatedQuestions
    is_all: bool
    """Whether the record needs nothing that is only asked when its rows are known."""


def _plan(call: Call, shape: Shape, expand: Sequence[str], deleted: bool, named: bool) -> _Plan:
    selection = Selection(call, shape, deleted=deleted)
    selection.where(shape.table.c.id == bindparam("id", type_=BigInteger))
    wanted = wanted_fields(call, shape, selection.hidden, None, expand, tables=True, named=named)
    statement = Statement(selection.select(*wanted.columns), call.dialect)
    questions = wanted_related(call, shape, wanted)
    is_all = (
        not wanted.linked and not named and not any(shape.tables[name].lists for name, _ in questions.tables)
    )
    return _Plan(wanted, statement, questions, is_all)
