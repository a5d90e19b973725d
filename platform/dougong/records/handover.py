"""Handing over what somebody leaves behind: what there is, whom it goes to, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from dougong.diagnostics import Refusal
from dougong.model.entity import Entity
from dougong.people import accounts, administration, organisation
from dougong.people.administration import subject_of
from dougong.people.delegation import LONGEST, delegate
from dougong.people.doing import check_admin, noted
from dougong.people.messages import refuse
from dougong.people.standing import organisation_changed
from dougong.records.call import Call, without_asking
from dougong.records.undo import undo_batch
from dougong.records.update import update as update_record
from dougong.storage.system import AUDIT, DELEGATION, DEPARTMENT, SAVED_VIEW, TASK, TEAM, TOKEN, USER

AT_ONCE = 200
"""Records that are handed over in one transaction."""
ACTION, UNDONE = "person.handover", "person.handover_undone"
PARTS = ("tasks", "departments", "subordinates", "teams", "views", "roles")
MOST_SKIPPED = 50
Opened = Callable[[], AbstractContextManager[Call]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Held:
    """Records that name somebody in a member field: `key` is that of the entity, `field` the field's id."""

    key: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Belongings:
    """What somebody leaves behind: records by field, and how many there are of everything else."""

    records: tuple[Held, ...]
    tasks: int = 0
    departments: int = 0
    subordinates: int = 0
    teams: int = 0
    views: int = 0
    roles: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be handed over to whom: records by `app.entity.field`, and which of the other parts."""

    to: int
    fields: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    disables: bool = False


@dataclass(slots=True)
class Handed:
    """What was handed over, and the records that could not be, with the reason."""

    batch: str
    records: int = 0
    skipped: list[tuple[str, int, str]] = field(default_factory=list)


def belongings(call: Call, user_id: int) -> Belongings:
    """Count what somebody holds; for administrators."""
    check_admin(call)
    accounts.get(call.connection, user_id)
    counted = (
        Held(key, name, call.connection.execute(query).scalar_one())
        for key, name, query in _counts(call, user_id)
    )
    return Belongings(
        records=tuple(each for each in counted if each.count),
        tasks=_count(call, TASK, TASK.c.user_id == user_id, TASK.c.state == "open"),
        departments=_count(
            call, DEPARTMENT, DEPARTMENT.c.head_id == user_id, DEPARTMENT.c.removed_at.is_(None)
        ),
        subordinates=_count(call, USER, USER.c.superior_id == user_id),
        teams=_count(call, TEAM, TEAM.c.lead_id == user_id, TEAM.c.removed_at.is_(None)),
        views=_count(call, SAVED_VIEW, SAVED_VIEW.c.user_id == user_id, SAVED_VIEW.c.shared != ""),
        roles=len(accounts.get(call.connection, user_id).roles),
        tokens=_count(call, TOKEN, TOKEN.c.user_id == user_id, TOKEN.c.revoked_at.is_(None)),
    )


def _count(call: Call, table: Any, *conditions: Any) -> int:
    found: int = call.connection.execute(
        select(func.count()).select_from(table).where(*conditions)
    ).scalar_one()
    return found


def _counts(call: Call, user_id: int) -> Iterator[tuple[str, str, Any]]:
    for entity, name in member_fields(call):
        table = call.release.table(entity.key)
        where = (table.c[name] == user_id, table.c.deleted_at.is_(None))
        yield entity.key, name, select(func.count()).select_from(table).where(*where)


def member_fields(call: Call) -> Iterator[tuple[Entity, str]]:
    """Every field of a record that holds one person and that people may fill in."""
    for app in sorted(call.release.apps.values(), key=lambda each: each.id):
        for entity in app.entities.values():
            if entity.parent:
                continue
            for each in entity.fields.values():
                if each.type == "member" and not each.is_computed:
                    yield entity, each.id


def check_wish(call: Call, user_id: int, wish: Wish) -> None:
    """Refuse a handover to nobody, to oneself, or of what is not there."""
    check_admin(call)
    if wish.to == user_id:
        raise refuse("invalid", "handover_self", "to")
    found = call.connection.execute(
        select(USER.c.id).where(USER.c.id == wish.to, USER.c.disabled_at.is_(None), USER.c.kind == "member")
    ).first()
    if found is None:
        raise refuse("invalid", "delegate_inactive", "to")
    known = {f"{entity.key}.{name}" for entity, name in member_fields(call)}
    unknown = [each for each in (*wish.fields, *wish.parts) if each not in known and each not in PARTS]
    if unknown:
        raise refuse("invalid", "handover_what", "fields", name=unknown[0][:100])


def hand_over(opened: Opened, user_id: int, wish: Wish, batch: str, progress: Progress) -> Handed:
    """Hand everything over, records some at a time so that nobody waits for them, the rest at the end in one transaction.

    A record that cannot be changed (it waits for an approval, a rule holds it) stays and is told with the reason; going on after
    a crash does what is left.
    """
    with opened() as call:
        check_wish(call, user_id, wish)
        total = sum(
            each.count
            for each in belongings(call, user_id).records
            if f"{each.key}.{each.field}" in wish.fields
        )
    handed = Handed(batch)
    for written in wish.fields:
        key, _, name = written.rpartition(".")
        after = 0
        while True:
            with opened() as call:
                after = _some(call, key, name, after, user_id, wish.to, handed)
            progress(handed.records + len(handed.skipped), total)
            if not after:
                break
    with opened() as call:
        _rest(call, user_id, wish, handed)
    return handed


def _some(call: Call, key: str, name: str, after: int, user_id: int, to: int, handed: Handed) -> int:
    """Hand some records over and return the last id, or 0 when there are no more."""
    table = call.release.table(key)
    query = select(table.c.id).where(
        table.c[name] == user_id, table.c.id > after, table.c.deleted_at.is_(None)
    )
    found = call.connection.execute(query.order_by(table.c.id).limit(AT_ONCE)).scalars().all()
    acting = replace(without_asking(call), batch=handed.batch)
    for identifier in found:
        try:
            with call.connection.begin_nested():
                update_record(acting, key, identifier, {name: to}, named=False)
            handed.records += 1
        except Refusal as refusal:
            reason = refusal.problems[0].message if refusal.problems else refusal.kind
            handed.skipped.append((key, identifier, reason))
    return found[-1] if len(found) == AT_ONCE else 0


def _rest(call: Call, user_id: int, wish: Wish, handed: Handed) -> None:
    """What is no record: all in one transaction, written down so that it can be taken back."""
    done: dict[str, Any] = {"to": wish.to, "batch": handed.batch, "records": handed.records}
    done |= {name: _PARTS[name](call, user_id, wish.to) for name in PARTS if name in wish.parts}
    was_disabled = accounts.get(call.connection, user_id).is_disabled
    noted(call, ACTION, subject_of(user_id), **done, disabled=wish.disables and not was_disabled)
    if wish.disables and not was_disabled:
        administration.disable_person(call, user_id)


def _tasks(call: Call, user_id: int, to: int) -> list[int]:
    """The open decisions go to the successor by a delegation: whose they were stays in the log."""
    now = call.at
    running = select(DELEGATION.c.id).where(
        DELEGATION.c.user_id == user_id,
        DELEGATION.c.scope == "",
        DELEGATION.c.ended_at.is_(None),
        DELEGATION.c.ends_at > now,
    )
    for each in call.connection.execute(running).scalars().all():
        call.connection.execute(update(DELEGATION).where(DELEGATION.c.id == each).values(ended_at=now))
    return [delegate(call, user_id, to, now, now + LONGEST - timedelta(minutes=1))]


def _departments(call: Call, user_id: int, to: int) -> list[int]:
    return _moved(call, DEPARTMENT, DEPARTMENT.c.head_id, user_id, to)


def _subordinates(call: Call, user_id: int, to: int) -> list[int]:
    """Those who report to the person report to the successor, who does not report to themselves."""
    found = select(USER.c.id).where(USER.c.superior_id == user_id, USER.c.id != to).order_by(USER.c.id)
    moved = []
    for each in call.connection.execute(found).scalars().all():
        try:
            organisation.set_superior(call.connection, each, to)
            moved.append(each)
        except Refusal:
            organisation.set_superior(call.connection, each, None)
    return moved


def _teams(call: Call, user_id: int, to: int) -> list[int]:
    return _moved(call, TEAM, TEAM.c.lead_id, user_id, to)


def _views(call: Call, user_id: int, to: int) -> list[int]:
    shared = SAVED_VIEW.c.shared != ""
    return _moved(call, SAVED_VIEW, SAVED_VIEW.c.user_id, user_id, to, shared)


def _roles(call: Call, user_id: int, to: int) -> list[str]:
    """The successor gets the roles besides their own."""
    own = set(accounts.get(call.connection, to).roles)
    added = sorted(set(accounts.get(call.connection, user_id).roles) - own)
    accounts.set_roles(call.connection, to, own | set(added))
    return [f"{app}.{role}" for app, role in added]


def _moved(call: Call, table: Any, column: Any, user_id: int, to: int, *conditions: Any) -> list[int]:
    found = select(table.c.id).where(column == user_id, *conditions).order_by(table.c.id)
    ids = list(call.connection.execute(found).scalars())
    if ids:
        call.connection.execute(update(table).where(table.c.id.in_(ids)).values({column.key: to}))
        organisation_changed(call.connection)
    return ids


_PARTS: Mapping[str, Callable[[Call, int, int], list[Any]]] = {
    "tasks": _tasks,
    "departments": _departments,
    "subordinates": _subordinates,
    "teams": _teams,
    "views": _views,
    "roles": _roles,
}


# -- taking it back -----------------------------------------------------------------------------------------------------


def last_handover(call: Call, user_id: int) -> Mapping[str, Any] | None:
    """What was handed over last and not taken back since; nothing where there is none."""
    query = (
        select(AUDIT.c.action, AUDIT.c.details)
        .where(AUDIT.c.subject == subject_of(user_id), AUDIT.c.action.in_((ACTION, UNDONE)))
        .order_by(AUDIT.c.id.desc())
        .limit(1)
    )
    row = call.connection.execute(query).one_or_none()
    return row.details if row is not None and row.action == ACTION else None


def take_back(call: Call, user_id: int) -> int:
    """Take the last handover back: records that nobody has changed since, and whatever is still with the successor.

    Returns how many records are back.
    """
    check_admin(call)
    details = last_handover(call, user_id)
    if details is None:
        raise refuse("missing", "no_handover")
    to, connection = details["to"], call.connection
    for name, table, column in (
        ("departments", DEPARTMENT, DEPARTMENT.c.head_id),
        ("subordinates", USER, USER.c.superior_id),
        ("teams", TEAM, TEAM.c.lead_id),
        ("views", SAVED_VIEW, SAVED_VIEW.c.user_id),
    ):
        ids = details.get(name) or []
        if ids:
            still = update(table).where(table.c.id.in_(ids), column == to)
            connection.execute(still.values({column.key: user_id}))
    organisation_changed(connection)
    if details.get("tasks"):
        ended = update(DELEGATION).where(DELEGATION.c.id.in_(details["tasks"]))
        connection.execute(ended.where(DELEGATION.c.ended_at.is_(None)).values(ended_at=call.at))
    if details.get("roles"):
        given = {accounts.parse_role(each) for each in details["roles"]}
        accounts.set_roles(connection, to, set(accounts.get(connection, to).roles) - given)
    if details.get("disabled") and accounts.get(connection, user_id).is_disabled:
        administration.enable_person(call, user_id)
    count = 0
    if details.get("records"):
        count = undo_batch(call, details["batch"], "skip").restored
    noted(call, UNDONE, subject_of(user_id), to=to, records=count)
    return count
