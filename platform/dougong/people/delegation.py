"""Delegation for a period: somebody decides for somebody else, in everything or in one app or workflow; it ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people.doing import Doing, noted
from dougong.people.messages import finding, refuse
from dougong.storage.release import Release
from dougong.storage.system import DELEGATION, INSTANCE, TASK, USER

LONGEST = timedelta(days=366)
LONGEST_REASON = 200
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Delegation:
    """That `delegate_id` decides for `user_id`; `scope` is empty for everything, else `app` or `app.workflow`."""

    id: int
    user_id: int
    delegate_id: int
    user: str
    delegate: str
    starts_at: datetime
    ends_at: datetime
    scope: str = ""
    reason: str = ""
    ended_at: datetime | None = None

    def state(self, at: datetime) -> str:
        """Whether it is still to come, holds or is over at a moment: coming, running or over."""
        if self.ended_at is not None or at >= self.ends_at:
            return "over"
        return "running" if at >= self.starts_at else "coming"

    def covers(self, app: str, workflow: str) -> bool:
        """Whether it holds for a workflow."""
        return self.scope in ("", app, f"{app}.{workflow}")


def delegates_of(connection: Connection, user_id: int, at: datetime) -> tuple[Delegation, ...]:
    """Return who decides for a person at a moment, with the scope in which each does."""
    return _found(connection, DELEGATION.c.user_id == user_id, *_running(at))


def delegators_of(connection: Connection, delegate_id: int, at: datetime) -> tuple[Delegation, ...]:
    """Return for whom a person decides at a moment, with the scopes."""
    return _found(connection, DELEGATION.c.delegate_id == delegate_id, *_running(at))


def decides_for() -> ColumnElement[bool]:
    """The condition that a task (joined with its instance) is one that `actor` decides at `at` for somebody else.

    Nobody decides about what they have started themselves, and a delegation is not passed on.
    """
    actor, at = bindparam("actor", type_=BigInteger), bindparam("at", type_=DELEGATION.c.starts_at.type)
    within = or_(
        DELEGATION.c.scope == "",
        DELEGATION.c.scope == INSTANCE.c.app,
        DELEGATION.c.scope == INSTANCE.c.app + "." + INSTANCE.c.workflow,
    )
    holds = exists().where(
        DELEGATION.c.delegate_id == actor,
        DELEGATION.c.user_id == TASK.c.user_id,
        DELEGATION.c.ended_at.is_(None),
        DELEGATION.c.starts_at <= at,
        DELEGATION.c.ends_at > at,
        within,
    )
    is_own = or_(INSTANCE.c.initiator_id.is_(None), INSTANCE.c.initiator_id != actor)
    return holds & is_own


def delegators() -> Select[tuple[int]]:
    """Those for whom `actor` decides at `at`, whatever the scope: by them tasks are found."""
    actor, at = bindparam("actor", type_=BigInteger), bindparam("at", type_=DELEGATION.c.starts_at.type)
    return select(DELEGATION.c.user_id).where(
        DELEGATION.c.delegate_id == actor,
        DELEGATION.c.ended_at.is_(None),
        DELEGATION.c.starts_at <= at,
        DELEGATION.c.ends_at > at,
    )


def delegations(connection: Connection, user_id: int | None = None) -> tuple[Delegation, ...]:
    """Return the delegations of a person, given or taken, or everybody's; the latest to end first."""
    if user_id is None:
        return _found(connection)
    return _found(connection, or_(DELEGATION.c.user_id == user_id, DELEGATION.c.delegate_id == user_id))


def delegate(
    doing: Doing,
    user_id: int,
    delegate_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    scope: str = "",
    reason: str = "",
) -> int:
    """Let somebody decide for a person; one's own is anybody's to give, another's an administrator's. All problems at once."""
    _check_whose(doing, user_id)
    problems = _problems(doing, user_id, delegate_id, starts_at, ends_at, scope, reason)
    if problems:
        raise Refusal("invalid", problems)
    row = {
        "user_id": user_id,
        "delegate_id": delegate_id,
        "starts_at": starts_at.astimezone(UTC),
        "ends_at": ends_at.astimezone(UTC),
        "scope": scope,
        "reason": reason.strip(),
        "created_at": doing.at,
        "created_by": doing.actor.id or None,
    }
    made: int = doing.connection.execute(
        insert(DELEGATION).values(row).returning(DELEGATION.c.id)
    ).scalar_one()
    noted(
        doing,
        "delegation.add",
        f"user:{user_id}",
        delegation=made,
        delegate=delegate_id,
        starts_at=row["starts_at"].isoformat(),  # type: ignore[attr-defined]
        ends_at=row["ends_at"].isoformat(),  # type: ignore[attr-defined]
        scope=scope,
    )
    return made


def end_delegation(doing: Doing, delegation_id: int) -> None:
    """End a delegation now; one that is over already is not there any more."""
    row = doing.connection.execute(
        select(DELEGATION).where(DELEGATION.c.id == delegation_id, DELEGATION.c.ended_at.is_(None))
    ).one_or_none()
    is_theirs = row is not None and (doing.actor.is_admin or row.user_id == doing.actor.id)
    if row is None or not is_theirs or row.ends_at <= doing.at:
        raise refuse("missing", "no_delegation")
    _check_whose(doing, row.user_id)
    ended = update(DELEGATION).where(DELEGATION.c.id == delegation_id).values(ended_at=doing.at)
    doing.connection.execute(ended)
    noted(doing, "delegation.end", f"user:{row.user_id}", delegation=delegation_id)


def known_scopes(release: Release, language: str) -> list[tuple[str, str]]:
    """Return what a delegation may be limited to: the apps with workflows, and these, each with what it is called."""
    found: list[tuple[str, str]] = []
    for app in sorted(release.apps.values(), key=lambda each: each.label.get(language)):
        if app.workflows:
            found.append((app.id, app.label.get(language)))
            found += [
                (f"{app.id}.{each.id}", f"{app.label.get(language)} · {each.label.get(language)}")
                for each in app.workflows.values()
            ]
    return found


def _check_whose(doing: Doing, user_id: int) -> None:
    is_own = doing.actor.id == user_id and doing.actor.has_scope("write")
    if not is_own and not (doing.actor.is_admin and doing.actor.has_scope("admin")):
        raise refuse("forbidden", "admins_only")


def _problems(
    doing: Doing,
    user_id: int,
    delegate_id: int,
    starts_at: datetime,
    ends_at: datetime,
    scope: str,
    reason: str,
) -> list[Diagnostic]:
    problems = []
    if not _is_active(doing, user_id):
        problems.append(finding("no_account", "user"))
    if delegate_id == user_id:
        problems.append(finding("delegate_self", "delegate"))
    elif not _is_active(doing, delegate_id):
        problems.append(finding("delegate_inactive", "delegate"))
    if ends_at <= starts_at:
        problems.append(finding("delegation_order", "ends_at"))
    elif ends_at <= doing.at:
        problems.append(finding("delegation_past", "ends_at"))
    elif ends_at - starts_at > LONGEST:
        problems.append(finding("delegation_long", "ends_at", days=LONGEST.days))
    if scope and scope not in dict(known_scopes(doing.release, "en")):
        problems.append(finding("delegation_scope", "scope", name=scope[:100]))
    if len(reason.strip()) > LONGEST_REASON or not (reason.isprintable() or not reason):
        problems.append(finding("text_long", "reason", limit=LONGEST_REASON))
    if not problems and _overlaps(doing, user_id, starts_at, ends_at, scope):
        problems.append(finding("delegation_overlap", "starts_at"))
    return problems


def _is_active(doing: Doing, user_id: int) -> bool:
    query = select(USER.c.id).where(
        USER.c.id == user_id, USER.c.disabled_at.is_(None), USER.c.kind == "member"
    )
    return doing.connection.execute(query).first() is not None


def _overlaps(doing: Doing, user_id: int, starts_at: datetime, ends_at: datetime, scope: str) -> bool:
    query = select(DELEGATION.c.id).where(
        DELEGATION.c.user_id == user_id,
        DELEGATION.c.scope == scope,
        DELEGATION.c.ended_at.is_(None),
        DELEGATION.c.starts_at < ends_at,
        DELEGATION.c.ends_at > starts_at,
    )
    return doing.connection.execute(query).first() is not None


def _running(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (DELEGATION.c.ended_at.is_(None), DELEGATION.c.starts_at <= at, DELEGATION.c.ends_at > at)


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Delegation, ...]:
    who, by = USER.alias("who"), USER.alias("by")
    query = (
        select(DELEGATION, who.c.name.label("user"), by.c.name.label("delegate"))
        .join(who, who.c.id == DELEGATION.c.user_id)
        .join(by, by.c.id == DELEGATION.c.delegate_id)
        .where(*conditions)
        .order_by(DELEGATION.c.ends_at.desc(), DELEGATION.c.id.desc())
        .limit(SHOWN)
    )
    return tuple(_delegation(row) for row in connection.execute(query))


def _delegation(row: Row[Any]) -> Delegation:
    return Delegation(
        row.id,
        row.user_id,
        row.delegate_id,
        row.user,
        row.delegate,
        row.starts_at,
        row.ends_at,
        row.scope,
        row.reason,
        row.ended_at,
    )
