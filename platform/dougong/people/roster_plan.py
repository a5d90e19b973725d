"""Bringing the organisation in line with a table: what would change, found out without changing anything, and doing it whole or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import select

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, administration, positions, restructuring
from dougong.people.accounts import Account, parse_role
from dougong.people.directory import paths_of
from dougong.people.doing import Doing, check_admin, noted
from dougong.people.messages import finding
from dougong.people.organisation import Membership
from dougong.people.person_values import PersonValues
from dougong.people.roster import LineProblem, Roster, RosterLine
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER

Path = tuple[str, ...]


@dataclass(slots=True)
class RosterOutcome:
    """What a table does: whom it adds and changes (with what), who stays, what is made; and what is wrong with which line."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged: int = 0
    disabled: list[str] = field(default_factory=list)
    enabled: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    heads: list[tuple[str, str]] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not any(
            (
                self.added,
                self.changed,
                self.disabled,
                self.enabled,
                self.departments,
                self.positions,
                self.heads,
            )
        )


class _Undone(Exception):
    """Ends a trial: whatever it did is taken back."""


def try_roster(doing: Doing, roster: Roster) -> RosterOutcome:
    """Find out what a table would do by doing it and taking it back: nothing is left, not even in the log."""
    check_admin(doing)
    outcome = RosterOutcome(problems=list(roster.problems))
    try:
        with doing.connection.begin_nested():
            if not outcome.problems:
                _bring(doing, roster, outcome)
            raise _Undone
    except _Undone:
        return outcome


def bring_roster(doing: Doing, roster: Roster) -> RosterOutcome:
    """Do what a table says, all of it or nothing; what it does not name stays as it is, a second time nothing changes."""
    check_admin(doing)
    outcome = RosterOutcome(problems=list(roster.problems))
    if not outcome.problems:
        with doing.connection.begin_nested() as part:
            _bring(doing, roster, outcome)
            if outcome.problems:
                part.rollback()
    if outcome.problems:
        first = outcome.problems[:20]
        raise Refusal("invalid", [_at_line(each) for each in first])
    if not outcome.is_empty:
        noted(
            doing,
            "organisation.import",
            "organisation",
            added=len(outcome.added),
            changed=len(outcome.changed),
            disabled=len(outcome.disabled),
            enabled=len(outcome.enabled),
            departments=len(outcome.departments),
        )
    return outcome


def _at_line(each: LineProblem) -> Diagnostic:
    return replace(each.problem, path=f"lines/{each.line}/{each.column}" if each.line else each.column)


def _bring(doing: Doing, roster: Roster, outcome: RosterOutcome) -> None:
    """Everything in the order in which things need each other: departments, people, who is above whom, heads."""
    wanted = _Wanted(doing, outcome)
    for line in roster.lines:
        wanted.person(line)
    for line in roster.lines:
        wanted.superior(line)
    if "head" in roster.columns:
        wanted.heads(roster)
    for line in roster.lines:
        wanted.state(line)


class _Wanted:
    """The organisation while it is brought in line: what is there is read once, what changes is written at once."""

    def __init__(self, doing: Doing, outcome: RosterOutcome) -> None:
        self.doing, self.outcome = doing, outcome
        connection = doing.connection
        rows = accounts.accounts_of(connection, select(USER))
        self.known: dict[str, Account] = {each.login: each for each in rows}
        self.ids = {each.login: each.id for each in rows}
        self.names = {each.id: each.login for each in rows}
        self.belongs: dict[int, tuple[Membership, ...]] = {}
        for row in connection.execute(
            select(MEMBERSHIP).order_by(MEMBERSHIP.c.is_main.desc(), MEMBERSHIP.c.department_id)
        ):
            each = Membership(row.department_id, row.position_id, row.is_main)
            self.belongs[row.user_id] = (*self.belongs.get(row.user_id, ()), each)
        self.paths: dict[Path, int] = {
            tuple(path.split("/")): identifier for identifier, path in paths_of(connection).items()
        }
        self._added: set[str] = set()
        self.positions = {each.name: each.id for each in positions.positions(connection)}

    # -- people ---------------------------------------------------------------------------------------------------------

    def person(self, line: RosterLine) -> None:
        """Add somebody or change what is different; who is above comes later, when everybody is there."""
        try:
            values = self._values(line)
            known = self.known.get(line.login)
            if known is None:
                self.ids[line.login] = administration.add_person(self.doing, line.login, values)
                self.names[self.ids[line.login]] = line.login
                self.outcome.added.append(line.login)
                self._added.add(line.login)
                return
            changed = self._differences(known, values)
            if changed:
                administration.change_person(
                    self.doing,
                    known.id,
                    cast(PersonValues, {name: values[name] for name in changed}),  # type: ignore[literal-required]
                )
                self.outcome.changed[line.login] = changed
            else:
                self.outcome.unchanged += 1
        except Refusal as refusal:
            self._refused(line, refusal)

    def _values(self, line: RosterLine) -> PersonValues:
        values: dict[str, Any] = {
            name: value for name, value in line.values.items() if value or name != "name"
        }
        if line.roles is not None:
            values["roles"] = tuple(sorted(parse_role(each) for each in line.roles))
        if line.kind is not None:
            values["kind"] = line.kind
        if line.company is not None:
            values["company"] = line.company or None
        if line.departments is not None:
            values["memberships"] = tuple(
                Membership(self._department(path), self._position(name), place == 0)
                for place, (path, name) in enumerate(line.departments)
            )
        return cast(PersonValues, values)

    def _differences(self, known: Account, values: PersonValues) -> tuple[str, ...]:
        now: Mapping[str, Any] = {
            "name": known.name,
            "email": known.email,
            "phone": known.phone,
            "roles": known.roles,
            "kind": known.kind,
            "company": known.company,
            "memberships": set(self.belongs.get(known.id, ())),
        }
        given: dict[str, Any] = {**values}
        if "memberships" in given:
            given["memberships"] = set(given["memberships"])
        return tuple(name for name, value in given.items() if now[name] != value)

    def _department(self, path: Path) -> int:
        """The department at a path; what is missing of it is made."""
        if path in self.paths:
            return self.paths[path]
        parent = self._department(path[:-1]) if len(path) > 1 else None
        made = restructuring.add_department(self.doing, path[-1], parent)
        self.paths[path] = made
        self.outcome.departments.append("/".join(path))
        return made

    def _position(self, name: str) -> int | None:
        if not name:
            return None
        if name not in self.positions:
            self.positions[name] = restructuring.add_position(self.doing, name)
            self.outcome.positions.append(name)
        return self.positions[name]

    # -- who is above whom ------------------------------------------------------------------------------------------------

    def superior(self, line: RosterLine) -> None:
        """Name who is above somebody, by login; nobody where the cell is empty."""
        if line.superior is None or line.login not in self.ids:
            return
        wanted = self.ids.get(line.superior) if line.superior else None
        if line.superior and wanted is None:
            problem = finding("roster_superior", "superior", login=line.superior[:60])
            self.outcome.problems.append(LineProblem(line.number, "superior", problem))
            return
        known = self.known.get(line.login)
        if wanted == (known.superior_id if known else None):
            return
        try:
            administration.change_person(self.doing, self.ids[line.login], {"superior_id": wanted})
            self._also(line.login, "superior_id")
        except Refusal as refusal:
            self._refused(line, refusal)

    def heads(self, roster: Roster) -> None:
        """Who is said to be a head heads the main department; a head who is said to be none is none any more."""
        connection = self.doing.connection
        now = {
            row.id: row.head_id for row in connection.execute(select(DEPARTMENT.c.id, DEPARTMENT.c.head_id))
        }
        said: dict[int, tuple[int, int | None]] = {}
        for line in roster.lines:
            user_id = self.ids.get(line.login)
            if user_id is None or line.is_head is None:
                continue
            main = self._main(line, user_id)
            if line.is_head and main is None:
                self._problem(line, "head", "roster_head_nowhere")
            elif line.is_head and main is not None:
                if main in said and said[main][1] is not None:
                    path = next("/".join(each) for each, known in self.paths.items() if known == main)
                    self._problem(line, "head", "roster_heads", where=path, first=said[main][0])
                    continue
                said[main] = (line.number, user_id)
            elif main is not None and now.get(main) == user_id:
                said.setdefault(main, (line.number, None))
        for department, (_, head) in said.items():
            if now.get(department) != head:
                restructuring.change_department(self.doing, department, head_id=head)
                path = next("/".join(each) for each, known in self.paths.items() if known == department)
                self.outcome.heads.append((path, self.names.get(head or 0, "")))

    def _main(self, line: RosterLine, user_id: int) -> int | None:
        if line.departments is not None:
            return self.paths.get(line.departments[0][0]) if line.departments else None
        mains = [each.department_id for each in self.belongs.get(user_id, ()) if each.is_main]
        return mains[0] if mains else None

    # -- open and closed ------------------------------------------------------------------------------------------------

    def state(self, line: RosterLine) -> None:
        """Close or open an account, last of all: the last administrator stays."""
        if line.is_active is None or line.login not in self.ids:
            return
        known = self.known.get(line.login)
        is_active = not known.is_disabled if known else True
        if is_active == line.is_active:
            return
        try:
            if line.is_active:
                administration.enable_person(self.doing, self.ids[line.login])
                self.outcome.enabled.append(line.login)
            else:
                administration.disable_person(self.doing, self.ids[line.login])
                self.outcome.disabled.append(line.login)
        except Refusal as refusal:
            self._refused(line, refusal)

    # -- problems -------------------------------------------------------------------------------------------------------

    def _also(self, login: str, name: str) -> None:
        """Count somebody as changed, once."""
        if login in self._added:
            return
        if login not in self.outcome.changed:
            self.outcome.unchanged -= 1
        self.outcome.changed[login] = (*self.outcome.changed.get(login, ()), name)

    def _problem(self, line: RosterLine, column: str, code: str, **words: object) -> None:
        self.outcome.problems.append(LineProblem(line.number, column, finding(code, column, **words)))

    def _refused(self, line: RosterLine, refusal: Refusal) -> None:
        """Keep what was wrong with a line, and go on with the others, so that everything is told at once."""
        for each in refusal.problems:
            column = _COLUMNS.get(each.path.partition("/")[0], each.path.partition("/")[0])
            self.outcome.problems.append(LineProblem(line.number, column, each))


_COLUMNS = {"departments": "department", "superior_id": "superior", "is_admin": "kind"}
