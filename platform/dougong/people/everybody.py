"""Everybody with an open account as actors, read in a few statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from sqlalchemy import Connection, select

from dougong.people.actor import ACCOUNT_COLUMNS, Actor
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER, USER_ROLE


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
    """Who stands where in the organisation, put-away departments left out."""

    def __init__(self, connection: Connection) -> None:
        self.departments: dict[int, set[int]] = defaultdict(set)
        self.main: dict[int, int] = {}
        self._staff: dict[int, set[int]] = defaultdict(set)
        self._children: dict[int, list[int]] = defaultdict(list)
        self._headed: dict[int, list[int]] = defaultdict(list)
        self._heads: dict[int, int] = {}
        self._within: dict[int, Set[int]] = {}
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

    def below(self, user_id: int) -> frozenset[int]:
        """Everybody in the subtrees of the departments that somebody heads, without that person."""
        headed = self._headed.get(user_id)
        if not headed:
            return frozenset()
        return frozenset(person for each in self._tree(headed) for person in self._people(each)) - {user_id}

    def _tree(self, departments: Iterable[int]) -> set[int]:
        found: set[int] = set()
        waiting = list(departments)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self._children.get(each, ())
        return found

    def _people(self, department: int) -> Set[int]:
        found = self._within.get(department)
        if found is None:
            head = self._heads.get(department)
            staff = self._staff.get(department, set())
            found = self._within[department] = staff | {head} if head is not None else staff
        return found
