"""Which records were shared with whoever asks, as a condition of the database; a share that is over counts no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    any_,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from dougong.policy.row_sets import TO_EDIT
from dougong.records.call import Call
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, SHARE, TEAM, TEAM_MEMBER
from dougong.storage.types import Instant

PERSON, DEPARTMENT_AND_BELOW, TEAM_OF, ROLE = "person", "department", "team", "role"
KINDS: tuple[str, ...] = (PERSON, DEPARTMENT_AND_BELOW, TEAM_OF, ROLE)
"""Whom a record can be shared with."""


def is_lent(call: Call, key: str, table: FromClause, level: str) -> ColumnElement[bool]:
    """Whether a record of `table` was shared with the actor, at least to `level`.

    The records are found first, as they are few: then both databases can look them up beside what other rules give.
    """
    shared = select(SHARE.c.record_id).where(SHARE.c.entity == key, is_running(call.dialect), reaches(call))
    if level == TO_EDIT:
        shared = shared.where(SHARE.c.level == TO_EDIT)
    own = table.c["id"]
    if call.dialect == "sqlite":
        return own.in_(shared)
    found = func.array(shared.scalar_subquery(), type_=ARRAY(BigInteger))
    return own == any_(found)


def is_running(dialect: str) -> ColumnElement[bool]:
    """Whether a share still counts, by the clock of the database: so statements can be kept, and no job has to end it."""
    return or_(SHARE.c.until.is_(None), SHARE.c.until > _now(dialect))


def _now(dialect: str) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return literal_column("(CAST(strftime('%s', 'now') AS INTEGER) * 1000000)", Instant())
    return func.now()


def reaches(call: Call) -> ColumnElement[bool]:
    """Whether a share is meant for the actor: in person, by a department or one above it, by a team, or by a role."""
    actor = call.actor
    roles = [f"{app}.{role}" for app, role in sorted(actor.roles)]
    return or_(
        and_(SHARE.c.kind == PERSON, SHARE.c.subject_id == actor.id),
        and_(SHARE.c.kind == DEPARTMENT_AND_BELOW, SHARE.c.subject_id.in_(_departments(actor.id))),
        and_(SHARE.c.kind == TEAM_OF, SHARE.c.subject_id.in_(_teams(actor.id))),
        and_(SHARE.c.kind == ROLE, SHARE.c.role.in_(roles)),
    )


def _departments(user_id: int) -> Select[Any]:
    """The departments that a person belongs to, and all above them."""
    own = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id).join(
        MEMBERSHIP, MEMBERSHIP.c.department_id == DEPARTMENT.c.id
    )
    up = own.where(MEMBERSHIP.c.user_id == user_id, DEPARTMENT.c.removed_at.is_(None)).cte(recursive=True)
    above = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id).join(up, up.c.parent_id == DEPARTMENT.c.id)
    return select(up.union(above.where(DEPARTMENT.c.removed_at.is_(None))).c.id)


def _teams(user_id: int) -> Select[Any]:
    """The teams that a person leads or is in."""
    inside = select(TEAM_MEMBER.c.team_id).where(TEAM_MEMBER.c.user_id == user_id)
    return select(TEAM.c.id).where(
        TEAM.c.removed_at.is_(None), or_(TEAM.c.lead_id == user_id, TEAM.c.id.in_(inside))
    )
