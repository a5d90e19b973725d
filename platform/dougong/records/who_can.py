"""Who can see a record, and what else each of them may do with it: found for everybody at once, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dougong.expressions import EvaluationContext
from dougong.expressions.evaluate import Evaluator
from dougong.expressions.support import surroundings
from dougong.model.expression import Call as Operation
from dougong.model.expression import Expression, Node
from dougong.people.actor import SYSTEM, Actor
from dougong.people.everybody import everybody
from dougong.policy.access import Access, access
from dougong.policy.explain import Cause, Trial, explain
from dougong.policy.row_sets import TO_EDIT, TO_READ, RowSet
from dougong.records.absent import refuse_absent
from dougong.records.call import Call, as_actor
from dougong.records.doors import open_door
from dougong.records.gathering import Gathering
from dougong.records.lent import DEPARTMENT_AND_BELOW, PERSON, ROLE, is_running
from dougong.records.messages import refuse
from dougong.records.selection import stands
from dougong.records.shape import shape_of
from dougong.storage.system import DEPARTMENT, SHARE, TEAM, TEAM_MEMBER

RANKED: tuple[str, ...] = ("read", "update", "delete")
"""What somebody may do with a record, the least first."""


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who can see a record: `best` is the most of RANKED that they may do with it."""

    person: Actor
    best: str


def who_can(call: Call, key: str, identifier: int) -> Seeing:
    """Finds everybody who can see a record; for administrators, and for who may share the record."""
    shape = open_door(call, key, "read")
    if not stands(call, shape, identifier):
        refuse_absent(call, key, identifier)
    if not may_ask_who(call, key, identifier):
        refuse("forbidden", call.language, "who_can")
    return Seeing(call, key, identifier)


def may_ask_who(call: Call, key: str, identifier: int) -> bool:
    """Whether the actor may know who sees a record that they can read."""
    if call.actor.is_admin:
        return access(call.release, call.actor, key, "read").allowed
    shared = access(call.release, call.actor, key, "share")
    return shared.allowed and stands(call, shape_of(call.release, key), identifier, "share")


class Seeing:
    """One record, tried for one person after the other: what does not depend on the person is worked out once."""

    def __init__(self, call: Call, key: str, identifier: int) -> None:
        self.call, self.key = call, key
        self._gathering = Gathering(as_actor(call, SYSTEM))
        self._values = {**self._gathering.record(key, identifier), "id": identifier}
        self._lent = _lent(call, key, identifier)
        self._days: dict[str, date] = {}
        self._known: dict[tuple[int, str], bool] = {}
        self._asked: dict[int, frozenset[str]] = {}
        self._person: tuple[int, Evaluator] | None = None

    def people(self) -> list[Seer]:
        """Everybody who can see the record, by name."""
        found = ((person, self.best(person)) for person in everybody(self.call.connection))
        return [Seer(person, best) for person, best in found if best is not None]

    def causes(self, person: Actor, action: str) -> tuple[Cause, ...]:
        """What gives somebody an action on the record."""
        trial = Trial(partial(self._holds, person), partial(self._lent, person))
        found = explain(self.call.release, person, self.key, action, trial=trial)
        return tuple(each for each in found.causes if each.speaks and each.action == action)

    def true_parts(self, person: Actor, rule: Expression) -> tuple[Node, ...]:
        """Of the alternatives that a rule gives, those that are true for the record and somebody."""
        evaluator = self._evaluator(person)
        return tuple(
            each
            for each in _alternatives(rule.tree)
            if evaluator.value(Expression("", each, each.type), self._values) is True
        )

    def best(self, person: Actor) -> str | None:
        """The most that somebody may do with the record; nothing for who cannot see it."""
        found: str | None = None
        for action in RANKED:
            if not self._may(person, access(self.call.release, person, self.key, action)):
                if found is None:
                    return None
                continue
            found = action
        return found

    def _may(self, person: Actor, wanted: Access) -> bool:
        return wanted.allowed and self._meets(person, wanted.row_set)

    def _meets(self, person: Actor, rows: RowSet) -> bool:
        if rows.is_every:
            return True
        if any(self._holds(person, rule) for rule in rows.none_of):
            return False
        if rows.any_of is None or any(self._holds(person, rule) for rule in rows.any_of):
            return True
        return bool(rows.shared) and self._lent(person, rows.shared)

    def _holds(self, person: Actor, rule: Expression) -> bool:
        asked = self._asked.get(id(rule))
        if asked is None:
            asked = self._asked[id(rule)] = surroundings(rule.tree)
        if "actor" in asked:
            return self._value(person, rule)
        known = (id(rule), person.timezone)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = self._value(person, rule)
        return found

    def _value(self, person: Actor, rule: Expression) -> bool:
        return self._evaluator(person).value(rule, self._values) is True

    def _evaluator(self, person: Actor) -> Evaluator:
        if self._person is None or self._person[0] != person.id:
            call = self.call
            context = EvaluationContext(
                {},
                person,
                self._today(person.timezone),
                call.at,
                person.timezone,
                self._gathering.record,
                self._gathering.listed,
                call.release.calendar,
            )
            self._person = (person.id, Evaluator(context))
        return self._person[1]

    def _today(self, zone: str) -> date:
        found = self._days.get(zone)
        if found is None:
            found = self._days[zone] = self.call.at.astimezone(ZoneInfo(zone)).date()
        return found


def _alternatives(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation) and node.name == "OR":
        for each in node.arguments:
            yield from _alternatives(each)
    else:
        yield node


def _lent(call: Call, key: str, identifier: int) -> Callable[[Actor, str], bool]:
    """Whether the record is shared with somebody, to read or to edit."""
    found = select(SHARE.c.kind, SHARE.c.subject_id, SHARE.c.role, SHARE.c.level).where(
        SHARE.c.entity == key, SHARE.c.record_id == identifier, is_running(call.dialect)
    )
    shares = list(call.connection.execute(found))
    people: dict[str, set[int]] = {TO_READ: set(), TO_EDIT: set()}
    departments: dict[str, set[int]] = {TO_READ: set(), TO_EDIT: set()}
    roles: dict[str, set[str]] = {TO_READ: set(), TO_EDIT: set()}
    below = _below(call) if any(row.kind == DEPARTMENT_AND_BELOW for row in shares) else {}
    for row in shares:
        for level in (TO_READ, TO_EDIT) if row.level == TO_EDIT else (TO_READ,):
            if row.kind == PERSON:
                people[level].add(row.subject_id)
            elif row.kind == ROLE:
                roles[level].add(row.role)
            elif row.kind == DEPARTMENT_AND_BELOW:
                departments[level].update(_tree(below, row.subject_id))
            else:
                people[level].update(_team(call, row.subject_id))

    def lent(person: Actor, level: str) -> bool:
        return (
            person.id in people[level]
            or not departments[level].isdisjoint(person.department_ids)
            or any(f"{app}.{role}" in roles[level] for app, role in person.roles)
        )

    return lent


def _below(call: Call) -> Mapping[int, list[int]]:
    """The departments right below each that stands."""
    standing = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id).where(DEPARTMENT.c.removed_at.is_(None))
    rows = list(call.connection.execute(standing))
    found: dict[int, list[int]] = {row.id: [] for row in rows}
    for row in rows:
        if row.parent_id in found:
            found[row.parent_id].append(row.id)
    return found


def _tree(below: Mapping[int, list[int]], department: int) -> Iterator[int]:
    waiting, seen = [department] if department in below else [], set()
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            yield each
            waiting += below[each]


def _team(call: Call, team: int) -> Iterator[int]:
    """The people of a team and its lead."""
    standing = select(TEAM.c.lead_id).where(TEAM.c.id == team, TEAM.c.removed_at.is_(None))
    row = call.connection.execute(standing).first()
    if row is None:
        return
    if row.lead_id is not None:
        yield row.lead_id
    yield from call.connection.execute(
        select(TEAM_MEMBER.c.user_id).where(TEAM_MEMBER.c.team_id == team)
    ).scalars()
