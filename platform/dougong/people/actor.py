"""Who acts: everything about a person that rights and expressions ask for, read at once and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
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
    or_,
    select,
    true,
    union,
    union_all,
)

from dougong.people.messages import refuse
from dougong.people.standing import Standing, asked_with, keep_standing, kept_standing
from dougong.storage.statements import Rows, Statement, Step, Values
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, STATE, TEAM, TEAM_MEMBER, USER, USER_ROLE
from dougong.storage.types import Characters

SCOPES = ("read", "write", "admin")
"""What a token may be for; each includes those before it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the platform itself. `scopes` is None for a person at the screen, else what the token is for.

    `department_ids` are the departments the person belongs to, `department_tree_ids` these and those the person heads, with all
    below them. `subordinate_ids` is everybody in the subtrees of the departments that are headed by the person or by somebody who
    reports to the person, and these themselves; without the person. `teammate_ids` are the people of the person's teams, the person
    included. `kind` is member, partner or portal; the last two have a `company`: the key of an entity and the id of a record.
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
    department_tree_ids: frozenset[int] = frozenset()
    teammate_ids: frozenset[int] = frozenset()
    kind: str = "member"
    company: tuple[str, int] | None = None
    scopes: frozenset[str] | None = None
    apps: frozenset[str] | None = None
    """The apps that a token is limited to; None where nothing limits it."""
    lifted: bool = False
    """Whether the definition itself acts through this person: rights do not limit it, but the person's roles stay what they are."""
    seen_by: int | None = None
    """The administrator who only looks as this person, and who has to answer for whatever is noted meanwhile."""

    def has_scope(self, scope: str) -> bool:
        """Say whether the actor may do what needs a scope: always, unless a token limits them."""
        return self.scopes is None or scope in self.scopes

    def may_enter(self, app: str) -> bool:
        """Say whether the actor may have to do with an app at all: always, unless a token is limited to others."""
        return self.apps is None or app in self.apps


SYSTEM = Actor(id=0, login="system", name="dougong", is_admin=True)
"""The platform itself: jobs, timers and set-up act as it. It has no account."""

_ROLE, _DEPARTMENT, _SUBORDINATE, _MAIN, _TREE, _TEAMMATE = 1, 2, 3, 4, 5, 6
"""What a row of the answer tells: the main department is one of the departments, too."""


def load_actor(connection: Connection, user_id: int, scopes: Iterable[str] | None = None) -> Actor:
    """Return the actor of an active account; refused (unauthorised) when there is none or it is disabled."""
    values = {"user_id": user_id, **asked_with(f"person {user_id}")}
    step = account_question("by id", connection.dialect.name, _ACCOUNT, values)
    rows = account_rows(connection, step)
    if not rows:
        raise refuse("unauthorised", "no_account")
    return actor_of(rows, scopes)


def actor_of(rows: Rows, scopes: Iterable[str] | None = None, apps: Iterable[str] | None = None) -> Actor:
    """Return the actor of what an account statement answered, which has at least one row."""
    user_id, login, name, language, timezone, is_admin, person, company, mark = rows[0][:_ACCOUNT_WIDTH]
    standing = _standing(rows, mark, user_id)
    return Actor(
        id=user_id,
        login=login,
        name=name,
        language=language,
        timezone=timezone,
        is_admin=is_admin,
        roles=frozenset((row[-3], row[-2]) for row in rows if row[-4] == _ROLE),
        department_ids=standing.department_ids,
        subordinate_ids=standing.subordinate_ids,
        main_department_id=standing.main_department_id,
        department_tree_ids=standing.department_tree_ids,
        teammate_ids=standing.teammate_ids,
        kind=person,
        company=company_of(company),
        scopes=None if scopes is None else widened(scopes),
        apps=None if apps is None else frozenset(apps),
    )


def _standing(rows: Rows, mark: str, user_id: int) -> Standing:
    """Where somebody stands: as it was kept where the mark was known, else from the rows."""
    known, credential = rows[0][-6], rows[0][-5]
    if mark and known == mark:
        return kept_standing(mark, user_id) or Standing()
    ids: dict[int, set[int]] = {each: set() for each in (_DEPARTMENT, _SUBORDINATE, _MAIN, _TREE, _TEAMMATE)}
    for *_, kind, _, _, other in rows:
        if kind in ids:
            ids[kind].add(other)
    found = Standing(
        department_ids=frozenset(ids[_DEPARTMENT] | ids[_MAIN]),
        main_department_id=next(iter(ids[_MAIN]), None),
        department_tree_ids=frozenset(ids[_TREE]),
        subordinate_ids=frozenset(ids[_SUBORDINATE]),
        teammate_ids=frozenset(ids[_TEAMMATE]),
    )
    keep_standing(credential, mark, user_id, found)
    return found


def company_of(written: str | None) -> tuple[str, int] | None:
    """Return the entity and the id that `app.entity:id` names."""
    key, colon, identifier = (written or "").rpartition(":")
    return (key, int(identifier)) if colon and identifier.isdecimal() else None


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
    USER.c.kind.label("person_kind"),
    USER.c.company,
    select(STATE.c.organisation).scalar_subquery().label("organisation"),
)
_ACCOUNT_WIDTH = len(ACCOUNT_COLUMNS)
_ACCOUNT = select(*ACCOUNT_COLUMNS).where(
    USER.c.id == bindparam("user_id", type_=BigInteger), USER.c.disabled_at.is_(None)
)


def account_question(name: str, dialect: str, account: Select[Any], values: Values) -> Step:
    """One statement for an account, its roles, departments and subordinates, as every request asks for all of them.

    `account` gives at most one row that begins with the account's columns; it stands in every row of the answer. `values` hold
    those of `asked_with`: what is known already is left out.
    """
    whole, known = _statements(name, dialect, account)
    return (known if values["known"] else whole), values


def account_rows(connection: Connection, step: Step) -> Rows:
    """The answer to the question for an account."""
    statement, values = step
    return renewed(connection, step, statement.rows(connection, values))


def renewed(connection: Connection, step: Step, rows: Rows) -> Rows:
    """The answer itself, or another one where the organisation has changed since what was left out of the question was read."""
    if not rows:
        return rows
    mark, known = rows[0][_ACCOUNT_WIDTH - 1], rows[0][-6]
    if not known or (mark == known and kept_standing(mark, rows[0][0]) is not None):
        return rows
    return _WHOLE[step[0]].rows(connection, {**step[1], "known": ""})


_WHOLE: dict[Statement, Statement] = {}
"""The statement that asks for everything, by the one that asks for the roles alone."""


@cache
def _statements(name: str, dialect: str, account: Select[Any]) -> tuple[Statement, Statement]:
    """The statement for all that belongs to an account, and the one for its roles alone, which costs a tenth."""
    found = account.cte(f"account {name}")
    given = [
        cast(bindparam(each, type_=Characters), Characters).label(each) for each in ("known", "credential")
    ]
    belongs = _belongs(select(found.c.user_id).scalar_subquery())
    whole = select(*found.c, *given, *belongs.c).select_from(found.outerjoin(belongs, true()))
    kind = case((USER_ROLE.c.app.is_not(None), literal(_ROLE)))
    roles = select(*found.c, *given, kind, USER_ROLE.c.app, USER_ROLE.c.role, _no_id())
    joined = found.outerjoin(USER_ROLE, USER_ROLE.c.user_id == found.c.user_id)
    both = Statement(whole, dialect), Statement(roles.select_from(joined), dialect)
    _WHOLE[both[1]] = both[0]
    return both


def _belongs(user_id: ColumnElement[int]) -> Subquery:
    """Whatever belongs to an account: rows of a kind, with a role or an id."""
    own = (
        select(MEMBERSHIP.c.department_id, MEMBERSHIP.c.is_main)
        .join(DEPARTMENT, DEPARTMENT.c.id == MEMBERSHIP.c.department_id)
        .where(MEMBERSHIP.c.user_id == user_id, DEPARTMENT.c.removed_at.is_(None))
        .subquery("own")
    )
    has_role = USER_ROLE.c.user_id == user_id
    return union_all(
        select(
            literal(_ROLE).label("kind"), USER_ROLE.c.app, USER_ROLE.c.role, _no_id().label("other")
        ).where(has_role),
        _ids_of(case((own.c.is_main, literal(_MAIN)), else_=literal(_DEPARTMENT)), own.c.department_id),
        *_below(user_id, own),
        _ids_of(literal(_TEAMMATE), _teammates(user_id).c.user_id),
    ).subquery("found")


def _no_id() -> ColumnElement[int]:
    return cast(null(), BigInteger)


def _ids_of(kind: ColumnElement[int], identifier: ColumnElement[int]) -> Select[Any]:
    no_text = cast(null(), Characters)
    return select(kind, no_text, no_text, identifier)


def _below(user_id: ColumnElement[int], own: Subquery) -> tuple[Select[Any], Select[Any]]:
    """The departments and the people below somebody. Who reports to whom is gone down first, departments from there on."""
    reporting = select(USER.c.id).where(USER.c.superior_id == user_id).cte("reporting", recursive=True)
    reporting = reporting.union(select(USER.c.id).join(reporting, USER.c.superior_id == reporting.c.id))
    above = union(select(user_id.label("id")), select(reporting.c.id)).cte("above")
    headed = _tree(
        select(DEPARTMENT.c.id).where(
            DEPARTMENT.c.head_id.in_(select(above.c.id)), DEPARTMENT.c.removed_at.is_(None)
        ),
        "headed",
    )
    heads = select(DEPARTMENT.c.head_id).where(
        DEPARTMENT.c.id.in_(select(headed.c.id)), DEPARTMENT.c.head_id.is_not(None)
    )
    staff = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.department_id.in_(select(headed.c.id)))
    people = union(staff, heads, select(reporting.c.id)).subquery("people")
    is_mine = or_(DEPARTMENT.c.id.in_(select(own.c.department_id)), DEPARTMENT.c.head_id == user_id)
    mine = select(DEPARTMENT.c.id).where(is_mine, DEPARTMENT.c.removed_at.is_(None))
    belonging = _tree(mine, "belonging")
    return (
        _ids_of(literal(_SUBORDINATE), people.c.user_id).where(people.c.user_id != user_id),
        _ids_of(literal(_TREE), belonging.c.id),
    )


def _tree(start: Select[Any], name: str) -> CTE:
    """Departments with all below them."""
    tree = start.cte(name, recursive=True)
    below = select(DEPARTMENT.c.id).join(tree, DEPARTMENT.c.parent_id == tree.c.id)
    return tree.union(below.where(DEPARTMENT.c.removed_at.is_(None)))


def _teammates(user_id: ColumnElement[int]) -> Subquery:
    mine = select(TEAM_MEMBER.c.team_id).where(TEAM_MEMBER.c.user_id == user_id)
    led = select(TEAM.c.id).where(TEAM.c.lead_id == user_id)
    teams = select(TEAM.c.id).where(TEAM.c.id.in_(union(mine, led)), TEAM.c.removed_at.is_(None)).cte("teams")
    people = select(TEAM_MEMBER.c.user_id).where(TEAM_MEMBER.c.team_id.in_(select(teams.c.id)))
    leads = select(TEAM.c.lead_id).where(TEAM.c.id.in_(select(teams.c.id)), TEAM.c.lead_id.is_not(None))
    return union(people, leads).subquery("teammates")
