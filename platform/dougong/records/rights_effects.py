"""Counts what a plan does to the rights of people: who could do more or less than before, and with how many records."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    false,
    func,
    select,
    true,
)

from dougong.expressions.support import surroundings
from dougong.model.role import Role
from dougong.people.actor import Actor
from dougong.people.everybody import everybody
from dougong.policy.difference import (
    NO_ROWS,
    Difference,
    FieldChange,
    Versions,
    changed_roles,
    concerned,
    differences,
)
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.permitted import conditions_of
from dougong.records.visible import readable, sql_context
from dougong.storage.effects import NAMED, Effect
from dougong.storage.foreseen import foreseen
from dougong.storage.plan import Plan

Way = TypeVar("Way")
SECONDS = 3.0
"""How long is counted; what is not counted by then is said to be at least what was."""
MOST_IDS = 100_000
"""How many records are told apart for one person; beyond, the figures are the least there are."""


@dataclass(slots=True)
class _Found:
    """The people that one effect is about, and the records that it is about for them."""

    people: list[tuple[Actor, int | None]]
    ids: set[int]
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """People for whom a difference is the same one, as far as the rules do not ask who they are."""

    difference: Difference
    people: tuple[Actor, ...]


def with_effects(call: Call, plan: Plan, seconds: float = SECONDS) -> Plan:
    """The plan with its effects on the rights of everybody who is not an administrator."""
    return replace(plan, effects=effects_of(call, plan, seconds))


def effects_of(call: Call, plan: Plan, seconds: float = SECONDS) -> tuple[Effect, ...]:
    """What the plan does to people's rights, counted over the data as they are now for no longer than some seconds."""
    roles = changed_roles(plan.recorded, plan.app)
    if plan.recorded is None or not roles or plan.app.id not in call.release.apps:
        return ()
    versions = Versions(call.release, foreseen(call.release, plan, call.connection), plan.app.id, plan.former)
    holders = [
        each
        for each in everybody(call.connection)
        if not each.is_admin and any(app == plan.app.id and role in roles for app, role in each.roles)
    ]
    counting = _Counting(call, versions, roles, time.monotonic() + seconds)
    return (*counting.of_records(holders), *counting.of_places(holders))


class _Counting:
    """One count, until a moment."""

    def __init__(self, call: Call, versions: Versions, roles: frozenset[str], until: float) -> None:
        self.call = call
        self.versions = versions
        self.roles = roles
        self.until = until

    # -- actions and fields -----------------------------------------------------------------------------------------

    def of_records(self, holders: Iterable[Actor]) -> Iterator[Effect]:
        """The effects on actions, records and fields of each entity."""
        cells: dict[tuple[str, str], list[_Case]] = {}
        keys = concerned(self.versions, self.roles)
        for same in _by_roles(holders).values():
            for each in differences(self.versions, same[0].roles, keys):
                cells.setdefault((each.key, each.action), []).extend(_cases(each, same))
        for key in keys:
            for (entity, _), cases in cells.items():
                if entity == key:
                    yield from self._of_cell(cases)

    def _of_cell(self, cases: list[_Case]) -> Iterator[Effect]:
        found: dict[str, _Found] = {}
        found_fields: dict[tuple[str, str], _Found] = {}
        fields: dict[tuple[str, str], list[Actor]] = {}
        for case in cases:
            each = case.difference
            if each.was_allowed != each.is_allowed or each.has_other_rows:
                self._count(case, found)
            for field in each.fields:
                self._count_field(case, field, found_fields)
            for way, names in zip(("written", "unwritten"), each.written, strict=True):
                for name in sorted(names):
                    fields.setdefault((way, name), []).extend(case.people)
        about = cases[0].difference
        for way, one in found.items():
            yield self._effect(way, one, about)
        for (way, name), one in found_fields.items():
            yield self._effect(way, one, about, name)
        for (way, name), people in fields.items():
            yield self._effect(way, _Found([(each, None) for each in people], set()), about, name)

    def _count(self, case: _Case, found: dict[str, _Found]) -> None:
        """Put the people of a case with what they gain or lose."""
        each = case.difference
        if each.action in NO_ROWS:
            if each.was_allowed != each.is_allowed:
                self._note(found, "granted" if each.is_allowed else "revoked", case.people, None, False)
            elif each.has_other_rows:
                self._note(found, "changed", case.people, None, False)
            return
        gains = "more" if each.was_allowed else "granted"
        loses = "fewer" if each.is_allowed else "revoked"
        if each.is_allowed:
            self._note_rows(found, gains, case, gained=True)
        if each.was_allowed:
            self._note_rows(found, loses, case, gained=False)

    def _note_rows(self, found: dict[str, _Found], way: str, case: _Case, gained: bool) -> None:
        always = way in ("granted", "revoked")
        if time.monotonic() > self.until:
            if always:
                self._note(found, way, case.people, set(), True)
            elif way in found:
                found[way].is_bounded = True
            else:
                found[way] = _Found([], set(), True)
            return
        try:
            statement = self._rows(case, gained)
        except KeyError:
            if gained or not case.difference.is_allowed:
                self._note(found, way if always else "changed", case.people, None, False)
            return
        ids: set[int] = set()
        if statement is not None:
            ids = {row[0] for row in self.call.connection.execute(statement.limit(MOST_IDS + 1))}
        if ids or always:
            self._note(found, way, case.people, ids, len(ids) > MOST_IDS)

    def _count_field(self, case: _Case, field: FieldChange, found: dict[tuple[str, str], _Found]) -> None:
        """Put the people of a case with the records, of those that they could and can read, in which they see a field or not."""
        opens, closes = field.before is None, field.after is None
        for gained in (True, False):
            way = ("seen" if gained else "unseen", field.name)
            always = opens if gained else closes
            if not gained and opens or gained and closes:
                continue
            if time.monotonic() > self.until:
                self._note(found, way, case.people if always else (), set(), True)
                continue
            try:
                statement = self._field_rows(case, field, gained)
            except KeyError:
                self._note(found, way, case.people, None, False)
                continue
            ids = {row[0] for row in self.call.connection.execute(statement.limit(MOST_IDS + 1))}
            if ids or always:
                self._note(found, way, case.people, ids, len(ids) > MOST_IDS)

    def _field_rows(self, case: _Case, field: FieldChange, gained: bool) -> Select[Any]:
        """The records that may be read before and after, in which a field comes into sight or goes out of it."""
        person, each = case.people[0], case.difference
        before, after = (
            self.versions.before.table(each.former).alias("earlier"),
            self.versions.after.table(each.key),
        )
        was = self._usable(person, each.former, "read", before, False)
        now = self._usable(person, each.key, "read", after, True)
        earlier = self._in(person, each.former, before, field.before, False)
        later = self._in(person, each.key, after, field.after, True)
        known = [one for one in (was, now) if one is not None]
        seen, unseen = (later, earlier) if gained else (earlier, later)
        return (
            select(after.c.id)
            .join_from(after, before, before.c.id == after.c.id)
            .where(*known, seen, ~unseen)
        )

    def _in(
        self, person: Actor, key: str, table: FromClause, rows: RowSet | None, later: bool
    ) -> ColumnElement[bool]:
        """Whether a record is among some; never empty, so that it can be turned around."""
        if rows is None:
            return false()
        call = self._call_of(person, later)
        contexts = partial(sql_context, call, as_definition=True)
        met = and_(true(), *conditions_of(call, key, table, rows, contexts))
        return func.coalesce(met, false())

    @staticmethod
    def _note(
        found: dict[Way, _Found], way: Way, people: tuple[Actor, ...], ids: set[int] | None, bounded: bool
    ) -> None:
        one = found.setdefault(way, _Found([], set()))
        one.people += [(each, None if ids is None else len(ids)) for each in people]
        one.ids |= ids or set()
        one.is_bounded |= bounded

    def _rows(self, case: _Case, gained: bool) -> Select[Any] | None:
        """The records that the people of a case gain or lose; nothing where there can be none."""
        person, each = case.people[0], case.difference
        before = self.versions.before.table(each.former).alias("earlier") if each.former else None
        after = self.versions.after.table(each.key)
        was = None if before is None else self._usable(person, each.former, each.action, before, False)
        now = self._usable(person, each.key, each.action, after, True)
        if gained:
            return _but(after, now, before, was)
        return None if before is None else _but(before, was, after, now)

    def _usable(
        self, person: Actor, key: str, action: str, table: FromClause, later: bool
    ) -> ColumnElement[bool] | None:
        """The records of a table that a person may use in one of the versions; nothing where there are none."""
        rule = readable(self._call_of(person, later), key, table, action)
        return None if rule.nothing else and_(table.c.deleted_at.is_(None), *rule.conditions)

    def _call_of(self, person: Actor, later: bool) -> Call:
        release = self.versions.after if later else self.versions.before
        return replace(self.call, release=release, actor=person, timezone=person.timezone)

    # -- reports, dashboards, design --------------------------------------------------------------------------------

    def of_places(self, holders: Iterable[Actor]) -> Iterator[Effect]:
        """The effects on what else of the app is offered: reports, dashboards, the design."""
        found: dict[tuple[str, str], list[Actor]] = {}
        for same in _by_roles(holders).values():
            was, now = self._places(same[0], False), self._places(same[0], True)
            for way, places in (("offered", now - was), ("withdrawn", was - now)):
                for place in sorted(places):
                    found.setdefault((way, place), []).extend(same)
        for (way, place), people in found.items():
            one = _Found([(each, None) for each in people], set())
            yield replace(self._effect(way, one, None), subject=place)

    def _places(self, person: Actor, later: bool) -> frozenset[str]:
        app = (self.versions.after if later else self.versions.before).apps[self.versions.app]
        held = [app.roles[name] for name in _held(person, self.versions.app) if name in app.roles]
        names = {f"report:{each}" for each in app.reports} | {f"dashboard:{each}" for each in app.dashboards}
        open_to = {each for each in names if any(_opens(role, each.partition(":")[2]) for role in held)}
        known = self.versions.before.apps[self.versions.app]
        standing = {f"report:{each}" for each in known.reports} | {
            f"dashboard:{each}" for each in known.dashboards
        }
        return frozenset(open_to & standing) | (
            {"design"} if any(role.can_design for role in held) else set()
        )

    # -- what came out ----------------------------------------------------------------------------------------------

    def _effect(self, way: str, found: _Found, about: Difference | None, field: str = "") -> Effect:
        counts = [rows for _, rows in found.people if rows is not None]
        ranked = sorted(found.people, key=lambda each: -(each[1] or 0))
        is_counted = bool(counts) or (found.is_bounded and not found.people)
        return Effect(
            way,
            len(found.people),
            about.key if about is not None else "",
            about.action if about is not None else "",
            field,
            rows=len(found.ids) if is_counted else None,
            is_bounded=found.is_bounded,
            roles=self._roles_of(each for each, _ in found.people),
            persons=tuple((each.name, rows) for each, rows in ranked[:NAMED]),
        )

    def _roles_of(self, people: Iterable[Actor]) -> tuple[tuple[str, int], ...]:
        counted = Counter(
            name for each in people for name in _held(each, self.versions.app) if name in self.roles
        )
        return tuple(sorted(counted.items()))


def _held(person: Actor, app: str) -> list[str]:
    return sorted(role for role_app, role in person.roles if role_app == app)


def _opens(role: Role, place: str) -> bool:
    return role.reports is None or place in role.reports


def _by_roles(people: Iterable[Actor]) -> dict[Hashable, list[Actor]]:
    groups: dict[Hashable, list[Actor]] = {}
    for each in people:
        groups.setdefault(each.roles, []).append(each)
    return groups


def _cases(difference: Difference, people: list[Actor]) -> Iterator[_Case]:
    """The people together where no rule asks who they are, else each alone; days differ by zone."""
    sets = [each.row_set for each in (*difference.wanted, *difference.read)]
    sets += [rows for field in difference.fields for rows in (field.before, field.after) if rows is not None]
    asked = frozenset().union(*map(_asked, sets))
    if "actor" in asked:
        yield from (_Case(difference, (each,)) for each in people)
    elif asked & {"today", "now", "calendar"}:
        zones: dict[str, list[Actor]] = {}
        for each in people:
            zones.setdefault(each.timezone, []).append(each)
        yield from (_Case(difference, tuple(each)) for each in zones.values())
    else:
        yield _Case(difference, tuple(people))


def _asked(rows: RowSet) -> frozenset[str]:
    asked = frozenset().union(*(surroundings(rule.tree) for rule in rows.expressions))
    return asked | {"actor"} if rows.shared else asked


def _but(
    wanted: FromClause,
    condition: ColumnElement[bool] | None,
    other: FromClause | None,
    excluded: ColumnElement[bool] | None,
) -> Select[Any] | None:
    """The ids of the records of one table that are not among those of the other."""
    if condition is None:
        return None
    found = select(wanted.c.id).where(condition)
    if other is None or excluded is None:
        return found
    return found.where(~exists(select(other.c.id).where(other.c.id == wanted.c.id, excluded)))
