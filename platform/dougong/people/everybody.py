"""Everybody with an open account as actors, read in a few statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from dougong.people.actor import ACCOUNT_COLUMNS, Actor, company_of
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, TEAM, TEAM_MEMBER, USER, USER_ROLE


def everybody(connection: Connection) -> list[Actor]:
    """Return the actor of every account that is not disabled, exactly as `load_actor` does, by name."""
    roles = _roles(connection)
    places = _Places(connection)
    accounts = select(*ACCOUNT_COLUMNS).where(USER.c.disabled_at.is_(None)).order_by(USER.c.name, USER.c.id)
    return [
        Actor(
            id=row.user_id,
            login=row.login,
            name=row.name,
            language=row.language,
            timezone=row.timezone,
            is_admin=row.is_admin,
            roles=roles.get(row.user_id, frozenset()),
            department_ids=frozenset(places.departments.get(row.user_id, ())),
            subordinate_ids=places.below(row.user_id),
            main_department_id=places.main.get(row.user_id),
            department_tree_ids=places.tree(row.user_id),
            teammate_ids=places.teammates(row.user_id),
            kind=row.person_kind,
            company=company_of(row.company),
        )
        for row in connection.execute(accounts)
    ]


def _roles(connection: Connection) -> Mapping[int, frozenset[tuple[str, str]]]:
    """The roles of each account; the same set of roles is the same object, as rights are worked out for sets of them."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in connection.execute(select(USER_ROLE.c.user_id, USER_ROLE.c.app, USER_ROLE.c.role)):
        found[row.user_id].add((row.app, row.role))
    known: dict[frozenset[tuple[str, str]], frozenset[tuple[str, str]]] = {}
    kept = {user: frozenset(roles) for user, roles in found.items()}
    return {user: known.setdefault(roles, roles) for user, roles in kept.items()}


class _Places:
    """Who stands where in the organisation, put-away departments and teams left out."""

    def __init__(self, connection: Connection) -> None:
        self.departments: dict[int, set[int]] = defaultdict(set)
        self.main: dict[int, int] = {}
        self._staff: dict[int, set[int]] = defaultdict(set)
        self._children: dict[int, list[int]] = defaultdict(list)
        self._headed: dict[int, list[int]] = defaultdict(list)
        self._heads: dict[int, int] = {}
        self._reports: dict[int, list[int]] = defaultdict(list)
        self._people: dict[int, frozenset[int]] = {}
        self._mates: dict[int, set[int]] = defaultdict(set)
        self._read_departments(connection)
        self._read_teams(connection)
        reporting = select(USER.c.id, USER.c.superior_id).where(USER.c.superior_id.is_not(None))
        for row in connection.execute(reporting):
            self._reports[row.superior_id].append(row.id)

    def _read_departments(self, connection: Connection) -> None:
        standing = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id, DEPARTMENT.c.head_id)
        known = set()
        for row in connection.execute(standing.where(DEPARTMENT.c.removed_at.is_(None))):
            known.add(row.id)
            if row.parent_id is not None:
                self._children[row.parent_id].append(row.id)
            if row.head_id is not None:
                self._headed[row.head_id].append(row.id)
                self._heads[row.id] = row.head_id
        members = select(MEMBERSHIP.c.user_id, MEMBERSHIP.c.department_id, MEMBERSHIP.c.is_main)
        for row in connection.execute(members):
            self._staff[row.department_id].add(row.user_id)
            if row.department_id in known:
                self.departments[row.user_id].add(row.department_id)
                if row.is_main:
                    self.main[row.user_id] = row.department_id

    def _read_teams(self, connection: Connection) -> None:
        teams: dict[int, set[int]] = {}
        standing = select(TEAM.c.id, TEAM.c.lead_id).where(TEAM.c.removed_at.is_(None))
        for row in connection.execute(standing):
            teams[row.id] = set() if row.lead_id is None else {row.lead_id}
        for row in connection.execute(select(TEAM_MEMBER.c.team_id, TEAM_MEMBER.c.user_id)):
            if row.team_id in teams:
                teams[row.team_id].add(row.user_id)
        for people in teams.values():
            for each in people:
                self._mates[each] |= people

    def teammates(self, user_id: int) -> frozenset[int]:
        """The people of somebody's teams."""
        return frozenset(self._mates.get(user_id, ()))

    def tree(self, user_id: int) -> frozenset[int]:
        """The departments of somebody, those that the person heads, and all below them."""
        begin = (*self.departments.get(user_id, ()), *self._headed.get(user_id, ()))
        return frozenset(_reached(begin, self._children)) if begin else frozenset()

    def below(self, user_id: int) -> frozenset[int]:
        """Everybody who reports to somebody, and everybody in the subtrees of the departments that they or that person head."""
        reporting = _reached(self._reports.get(user_id, ()), self._reports)
        headed = [each for who in {user_id, *reporting} for each in self._headed.get(who, ())]
        if not headed:
            return frozenset(reporting) - {user_id}
        staff = (self._within(each) for each in _reached(headed, self._children))
        return frozenset(reporting).union(*staff) - {user_id}

    def _within(self, department: int) -> frozenset[int]:
        found = self._people.get(department)
        if found is None:
            head = self._heads.get(department)
            found = frozenset({*self._staff.get(department, ()), *(() if head is None else (head,))})
            self._people[department] = found
        return found


def _reached(begin: Iterable[int], following: Mapping[int, list[int]]) -> set[int]:
    """Some nodes and all that can be reached from them."""
    found: set[int] = set()
    waiting = list(begin)
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += following.get(each, ())
    return found
