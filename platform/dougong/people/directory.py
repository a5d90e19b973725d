"""Finding people: a page of accounts with where they belong, never everybody at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from dougong.people.accounts import Account, accounts_of
from dougong.people.organisation import Department, Membership, departments, memberships_among
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, TEAM_MEMBER, USER, USER_ROLE

STATES = ("active", "disabled", "all")
LARGEST_PAGE = 200
SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Which people: whose login, name, e-mail or phone holds `q`, of a department and all below it, and so on."""

    q: str = ""
    department_id: int | None = None
    team_id: int | None = None
    position_id: int | None = None
    superior_id: int | None = None
    role: tuple[str, str] | None = None
    state: str = "active"
    kind: str = ""
    company: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """An account with where it belongs; departments the main one first."""

    account: Account
    memberships: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the people that were asked for, and how many there are of them."""

    people: tuple[Person, ...]
    count: int
    names: Mapping[int, str] = field(default_factory=dict)
    """What the superiors of these people are called."""
    logins: Mapping[int, str] = field(default_factory=dict)


def find_people(connection: Connection, wanted: PeopleQuery) -> PeoplePage:
    """Return a page of people in the order of their logins."""
    conditions = _conditions(connection, wanted)
    counted = select(func.count()).select_from(USER).where(*conditions)
    count: int = connection.execute(counted).scalar_one()
    query = select(USER).where(*conditions).order_by(USER.c.login)
    limit = min(max(wanted.limit, 1), LARGEST_PAGE)
    found = accounts_of(connection, query.limit(limit).offset(max(wanted.offset, 0)))
    belongs = memberships_among(connection, [each.id for each in found])
    people = tuple(Person(each, belongs.get(each.id, ())) for each in found)
    superiors = {each.superior_id for each in found if each.superior_id is not None}
    return PeoplePage(people, count, names_of(connection, superiors), logins_of(connection, superiors))


def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return what some people are called."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = connection.execute(select(USER.c.id, USER.c.name).where(USER.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def logins_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the logins of some people."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = connection.execute(select(USER.c.id, USER.c.login).where(USER.c.id.in_(wanted)))
    return {row.id: row.login for row in rows}


def paths_of(connection: Connection) -> dict[int, str]:
    """Return every department's path from the top, such as `Company/Sales/North`, in the order of the tree."""
    return {each.id: SEPARATOR.join(path) for path, each in tree_of(departments(connection))}


def tree_of(every: Sequence[Department]) -> list[tuple[tuple[str, ...], Department]]:
    """Return departments with the names from the top down to each, those below one right behind it."""
    known = {each.id for each in every}
    below: dict[int | None, list[Department]] = {}
    for each in every:
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    found: list[tuple[tuple[str, ...], Department]] = []
    waiting: list[tuple[tuple[str, ...], Department]] = [((), each) for each in reversed(below.get(None, []))]
    while waiting:
        above, each = waiting.pop()
        path = (*above, each.name)
        found.append((path, each))
        waiting += [(path, child) for child in reversed(below.pop(each.id, []))]
    return found


def sizes_of(connection: Connection) -> dict[int, int]:
    """Return how many active people belong to each department itself."""
    query = (
        select(MEMBERSHIP.c.department_id, func.count())
        .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
        .where(USER.c.disabled_at.is_(None))
        .group_by(MEMBERSHIP.c.department_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _conditions(connection: Connection, wanted: PeopleQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.q.strip():
        part = wanted.q.strip().casefold()
        texts = (USER.c.login, func.lower(USER.c.name), func.lower(USER.c.email), USER.c.phone)
        conditions.append(or_(*(each.contains(part, autoescape=True) for each in texts)))
    if wanted.department_id is not None:
        conditions.append(USER.c.id.in_(_within(wanted.department_id)))
    if wanted.team_id is not None:
        members = select(TEAM_MEMBER.c.user_id).where(TEAM_MEMBER.c.team_id == wanted.team_id)
        conditions.append(USER.c.id.in_(members))
    if wanted.position_id is not None:
        holding = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.position_id == wanted.position_id)
        conditions.append(USER.c.id.in_(holding))
    if wanted.superior_id is not None:
        conditions.append(USER.c.superior_id == wanted.superior_id)
    if wanted.role is not None:
        app, role = wanted.role
        holding = select(USER_ROLE.c.user_id).where(USER_ROLE.c.app == app, USER_ROLE.c.role == role)
        conditions.append(USER.c.id.in_(holding))
    if wanted.state != "all":
        is_active = USER.c.disabled_at.is_(None)
        conditions.append(is_active if wanted.state == "active" else USER.c.disabled_at.is_not(None))
    if wanted.kind:
        conditions.append(USER.c.kind == wanted.kind)
    if wanted.company:
        conditions.append(USER.c.company == wanted.company)
    return conditions


def _within(department_id: int) -> Select[tuple[int]]:
    """The people of a department and of all below it."""
    tree = select(DEPARTMENT.c.id).where(DEPARTMENT.c.id == department_id).cte("within", recursive=True)
    below = select(DEPARTMENT.c.id).join(tree, DEPARTMENT.c.parent_id == tree.c.id)
    tree = tree.union(below.where(DEPARTMENT.c.removed_at.is_(None)))
    return select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.department_id.in_(select(tree.c.id)))
