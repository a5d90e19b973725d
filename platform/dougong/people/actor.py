"""Who acts: everything about a person that rights and expressions ask for, read at once and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    bindparam,
    case,
    cast,
    literal,
    null,
    select,
    true,
    union,
    union_all,
)

from dougong.people.messages import refuse
from dougong.storage.statements import Rows, Statement
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER, USER_ROLE
from dougong.storage.types import Characters

SCOPES = ("read", "write", "admin")
"""What a token may be for; each includes those before it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the platform itself. `scopes` is None for a person at the screen, else what the token is for.

    `department_ids` are the departments the person belongs to, `subordinate_ids` everybody in the subtrees of the departments
    that the person heads, without the person.
    """

    id: int
    login: str
    name: str
    language: str = "zh"
    timezone: str = "UTC"
    is_admin: bool = False
    roles: frozenset[tuple[str, str]] = frozenset()
    department_ids: frozenset[int] = frozenset()
    subordinate_ids: frozenset[int] = frozenset()
    main_department_id: int | None = None
    scopes: frozenset[str] | None = None
    apps: frozenset[str] | None = None
    """The apps that a token is limited to; None where nothing limits it."""
    lifted: bool = False
    """Whether the definition itself acts through this person: rights do not limit it, but the person's roles stay what they are."""

    def has_scope(self, scope: str) -> bool:
        """Say whether the actor may do what needs a scope: always, unless a token limits them."""
        return self.scopes is None or scope in self.scopes

    def may_enter(self, app: str) -> bool:
        """Say whether the actor may have to do with an app at all: always, unless a token is limited to others."""
        return self.apps is None or app in self.apps


SYSTEM = Actor(id=0, login="system", name="dougong", is_admin=True)
"""The platform itself: jobs, timers and set-up act as it. It has no account."""

_ROLE, _DEPARTMENT, _SUBORDINATE, _MAIN = 1, 2, 3, 4
"""What a row of the answer tells: the main department is one of the departments, too."""


def load_actor(connection: Connection, user_id: int, scopes: Iterable[str] | None = None) -> Actor:
    """Return the actor of an active account; refused (unauthorised) when there is none or it is disabled."""
    rows = account_statement("by id", connection.dialect.name, _ACCOUNT).rows(
        connection, {"user_id": user_id}
    )
    if not rows:
        raise refuse("unauthorised", "no_account")
    return actor_of(rows, scopes)


def actor_of(rows: Rows, scopes: Iterable[str] | None = None, apps: Iterable[str] | None = None) -> Actor:
    """Return the actor of what an account statement answered, which has at least one row."""
    roles: set[tuple[str, str]] = set()
    ids: dict[int, set[int]] = {_DEPARTMENT: set(), _SUBORDINATE: set(), _MAIN: set()}
    for *_, kind, app, role, other in rows:
        if kind == _ROLE:
            roles.add((app, role))
        elif kind is not None:
            ids[kind].add(other)
    user_id, login, name, language, timezone, is_admin = rows[0][:_ACCOUNT_WIDTH]
    return Actor(
        id=user_id,
        login=login,
        name=name,
        language=language,
        timezone=timezone,
        is_admin=is_admin,
        roles=frozenset(roles),
        department_ids=frozenset(ids[_DEPARTMENT] | ids[_MAIN]),
        subordinate_ids=frozenset(ids[_SUBORDINATE]),
        main_department_id=next(iter(ids[_MAIN]), None),
        scopes=None if scopes is None else widened(scopes),
        apps=None if apps is None else frozenset(apps),
    )


def widened(scopes: Iterable[str]) -> frozenset[str]:
    """Return the scopes with those they include: admin includes write, write includes read."""
    highest = max((SCOPES.index(scope) for scope in scopes), default=-1)
    return frozenset(SCOPES[: highest + 1])


def as_person(actor: Actor, scopes: Iterable[str]) -> Actor:
    """Return the actor limited to scopes."""
    return replace(actor, scopes=widened(scopes))


ACCOUNT_COLUMNS = (
    USER.c.id.label("user_id"),
    USER.c.login,
    USER.c.name,
    USER.c.language,
    USER.c.timezone,
    USER.c.is_admin,
)
_ACCOUNT_WIDTH = len(ACCOUNT_COLUMNS)
_ACCOUNT = select(*ACCOUNT_COLUMNS).where(
    USER.c.id == bindparam("user_id", type_=BigInteger), USER.c.disabled_at.is_(None)
)


@cache
def account_statement(name: str, dialect: str, account: Select[Any]) -> Statement:
    """One statement for an account, its roles, departments and subordinates, as every request asks for all of them.

    `account` gives at most one row that begins with the account's columns; it stands in every row of the answer.
    """
    found = account.cte(f"account {name}")
    belongs = _belongs(select(found.c.user_id).scalar_subquery())
    return Statement(select(*found.c, *belongs.c).select_from(found.outerjoin(belongs, true())), dialect)


def _belongs(user_id: ColumnElement[int]) -> Subquery:
    no_text, no_id = cast(null(), Characters), cast(null(), BigInteger)
    headed = select(DEPARTMENT.c.id).where(DEPARTMENT.c.head_id == user_id, DEPARTMENT.c.removed_at.is_(None))
    tree = headed.cte("headed", recursive=True)
    below = select(DEPARTMENT.c.id).join(tree, DEPARTMENT.c.parent_id == tree.c.id)
    tree = tree.union(below.where(DEPARTMENT.c.removed_at.is_(None)))
    staff = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.department_id.in_(select(tree.c.id)))
    heads = select(DEPARTMENT.c.head_id).where(
        DEPARTMENT.c.id.in_(select(tree.c.id)), DEPARTMENT.c.head_id.is_not(None)
    )
    people = union(staff, heads).subquery("people")
    departments = select(MEMBERSHIP.c.department_id, MEMBERSHIP.c.is_main).join(
        DEPARTMENT, DEPARTMENT.c.id == MEMBERSHIP.c.department_id
    )
    own = departments.where(MEMBERSHIP.c.user_id == user_id, DEPARTMENT.c.removed_at.is_(None)).subquery(
        "own"
    )
    return union_all(
        select(literal(_ROLE).label("kind"), USER_ROLE.c.app, USER_ROLE.c.role, no_id.label("other")).where(
            USER_ROLE.c.user_id == user_id
        ),
        select(
            case((own.c.is_main, literal(_MAIN)), else_=literal(_DEPARTMENT)),
            no_text,
            no_text,
            own.c.department_id,
        ),
        select(literal(_SUBORDINATE), no_text, no_text, people.c.user_id).where(people.c.user_id != user_id),
    ).subquery("found")
