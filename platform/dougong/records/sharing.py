"""Lends single records for a time: to a person, a department with those below it, a team or a role, to read or to edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, insert, select, update

from dougong.people import teams
from dougong.policy.row_sets import TO_EDIT, TO_READ
from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.lent import DEPARTMENT_AND_BELOW, KINDS, PERSON, ROLE, TEAM_OF, is_running
from dougong.records.messages import refuse
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.selection import is_storable, stands
from dougong.records.shape import Shape
from dougong.records.titles import Titles, find_titles
from dougong.records.trail import SHARED, UNSHARED, write_history
from dougong.records.update import refuse_unwritable
from dougong.storage.system import DEPARTMENT as DEPARTMENT_TABLE
from dougong.storage.system import MEMBERSHIP, NOTIFICATION, SHARE, TEAM, TEAM_MEMBER, USER, USER_ROLE

LEVELS: tuple[str, ...] = (TO_READ, TO_EDIT)
MOST = 200
_LONGEST_NOTE = 500
_MOST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """With whom a record is to be shared: `kind` as in `lent.KINDS`, `subject` an id, or `app.role`; `until` None = until taken back."""

    kind: str
    subject: str
    level: str = TO_READ
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One share of a record that still counts, with the names of who has it and who gave it."""

    id: int
    kind: str
    subject: str
    name: str
    level: str
    until: datetime | None
    created_at: datetime
    created_by: int | None
    giver: str
    note: str


def shares(call: Call, key: str, identifier: int) -> list[Share]:
    """With whom a record is shared now, for who may share it; oldest first."""
    _sharable(call, key, identifier)
    return _standing(call, key, identifier)


def share(call: Call, key: str, identifier: int, wanted: Wanted) -> Share:
    """Share a record, or change the share that the same people have of it already, and tell them.

    Nobody can lend what they may not do: to edit is lent only by who may change the record.
    """
    shape = _sharable(call, key, identifier)
    subject_id, role = _subject(call, wanted)
    _check(call, shape, identifier, wanted)
    found = {
        "entity": key,
        "record_id": identifier,
        "kind": wanted.kind,
        "subject_id": subject_id,
        "role": role,
    }
    given = {"level": wanted.level, "until": wanted.until, "note": wanted.note.strip()}
    same = [SHARE.c[name] == value for name, value in found.items()]
    by = {"created_at": call.at, "created_by": call.actor.id or None}
    if not call.connection.execute(update(SHARE).where(*same).values(**given, **by)).rowcount:
        if len(_standing(call, key, identifier)) >= MOST:
            refuse("too_large", call.language, "too_many", limit=MOST)
        call.connection.execute(insert(SHARE).values(**found, **given, **by))
    made = call.connection.execute(select(SHARE.c.id).where(*same)).scalar_one()
    _note(call, shape, identifier, SHARED, wanted.kind, wanted.subject, wanted.level)
    _tell(call, key, identifier, wanted.kind, subject_id, role)
    return next(each for each in _standing(call, key, identifier) if each.id == made)


def unshare(call: Call, key: str, identifier: int, share_id: int) -> None:
    """Take a share back: by whoever gave it while they may read the record, or by who may share the record."""
    shape = open_door(call, key, "read")
    if not stands(call, shape, identifier):
        refuse_absent(call, key, identifier)
    ours = (SHARE.c.id == share_id, SHARE.c.entity == key, SHARE.c.record_id == identifier)
    row = call.connection.execute(select(SHARE).where(*ours)).mappings().first()
    if row is None or row["created_by"] != call.actor.id:
        _sharable(call, key, identifier)
    if row is None:
        refuse("missing", call.language, "not_shared")
    call.connection.execute(delete(SHARE).where(*ours))
    _note(
        call,
        shape,
        identifier,
        UNSHARED,
        row["kind"],
        _named(row["kind"], row["subject_id"], row["role"]),
        row["level"],
    )


def _sharable(call: Call, key: str, identifier: int) -> Shape:
    shape = open_door(call, key, "share")
    if not stands(call, shape, identifier, "share"):
        refuse_unwritable(call, shape, identifier, "share")
    return shape


def _check(call: Call, shape: Shape, identifier: int, wanted: Wanted) -> None:
    if wanted.level not in LEVELS:
        refuse("invalid", call.language, "share_level", "level", known=", ".join(LEVELS))
    if wanted.until is not None and wanted.until <= call.at:
        refuse("invalid", call.language, "share_over", "until")
    if len(wanted.note) > _LONGEST_NOTE or not is_storable(wanted.note):
        refuse("invalid", call.language, "share_note", "note", limit=_LONGEST_NOTE)
    if wanted.level == TO_EDIT:
        open_door(call, shape.key, "update")
        if not stands(call, shape, identifier, "update"):
            refuse_unwritable(call, shape, identifier, "update")


def _subject(call: Call, wanted: Wanted) -> tuple[int, str]:
    """The id of whom it is shared with, and the role; nobody and nothing that is not there."""
    if wanted.kind not in KINDS:
        refuse("invalid", call.language, "share_kind", "kind", known=", ".join(KINDS))
    if wanted.kind == ROLE:
        app, _, role = wanted.subject.partition(".")
        if app not in call.release.apps or role not in call.release.apps[app].roles:
            refuse("invalid", call.language, "share_subject", "subject", name=wanted.subject[:80])
        return 0, f"{app}.{role}"
    number = (
        int(wanted.subject)
        if wanted.subject.isascii() and wanted.subject.isdigit() and len(wanted.subject) < 19
        else 0
    )
    is_self = wanted.kind == PERSON and number == call.actor.id
    if is_self or call.connection.execute(_living(wanted.kind, number)).first() is None:
        refuse("invalid", call.language, "share_subject", "subject", name=wanted.subject[:80])
    return number, ""


def _living(kind: str, identifier: int) -> Select[Any]:
    """The person, department or team with that id, unless they are gone."""
    table = {PERSON: USER, DEPARTMENT_AND_BELOW: DEPARTMENT_TABLE, TEAM_OF: TEAM}[kind]
    gone = table.c.disabled_at if kind == PERSON else table.c.removed_at
    return select(table.c.id).where(table.c.id == identifier, gone.is_(None))


def _named(kind: str, subject_id: int, role: str) -> str:
    return role if kind == ROLE else str(subject_id)


def _standing(call: Call, key: str, identifier: int) -> list[Share]:
    own = (SHARE.c.entity == key, SHARE.c.record_id == identifier, is_running(call.dialect))
    rows = list(call.connection.execute(select(SHARE).where(*own).order_by(SHARE.c.id)).mappings())
    titles = find_titles(
        call,
        {
            MEMBER: {
                *(row["subject_id"] for row in rows if row["kind"] == PERSON),
                *(row["created_by"] for row in rows if row["created_by"]),
            },
            DEPARTMENT: {row["subject_id"] for row in rows if row["kind"] == DEPARTMENT_AND_BELOW},
        },
    )
    named = {each.id: each.name for each in teams.teams(call.connection)}
    return [
        Share(
            subject=_named(row["kind"], row["subject_id"], row["role"]),
            name=_name_of(call, row, titles, named),
            giver=titles.get((MEMBER, row["created_by"]), "") if row["created_by"] else "",
            **{
                each: row[each]
                for each in ("id", "kind", "level", "until", "created_at", "created_by", "note")
            },
        )
        for row in rows
    ]


def _name_of(call: Call, row: RowMapping, titles: Titles, named: Mapping[int, str]) -> str:
    """What people call those whom a record is shared with."""
    if row["kind"] == ROLE:
        return _role_name(call, row["role"])
    if row["kind"] == TEAM_OF:
        return named.get(row["subject_id"], "")
    key = MEMBER if row["kind"] == PERSON else DEPARTMENT
    return titles.get((key, row["subject_id"]), "")


def _role_name(call: Call, written: str) -> str:
    app, _, role = written.partition(".")
    known = call.release.apps.get(app)
    return known.roles[role].label.get(call.language) if known and role in known.roles else written


def _note(
    call: Call, shape: Shape, identifier: int, action: str, kind: str, subject: str, level: str
) -> None:
    version = call.connection.execute(
        select(shape.table.c.version).where(shape.table.c.id == identifier)
    ).scalar_one()
    told = {f"${action}": {"kind": kind, "subject": subject, "level": level}}
    write_history(call, shape, [(action, identifier, version, told)])


def _tell(call: Call, key: str, identifier: int, kind: str, subject_id: int, role: str) -> None:
    """Notify the people who have a share now, as far as they have one in person or by what they belong to themselves."""
    people = call.connection.execute(_reached(kind, subject_id, role).limit(_MOST_TOLD)).scalars().all()
    rows = [
        {
            "user_id": person,
            "at": call.at,
            "kind": "share",
            "entity": key,
            "record_id": identifier,
            "data": {"by": call.actor.id},
        }
        for person in people
        if person != call.actor.id
    ]
    if rows:
        call.connection.execute(insert(NOTIFICATION), rows)


def _reached(kind: str, subject_id: int, role: str) -> Select[Any]:
    wanted = select(USER.c.id).where(USER.c.disabled_at.is_(None)).order_by(USER.c.id)
    if kind == PERSON:
        return wanted.where(USER.c.id == subject_id)
    if kind == DEPARTMENT_AND_BELOW:
        inside = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.department_id == subject_id)
    elif kind == TEAM_OF:
        inside = select(TEAM_MEMBER.c.user_id).where(TEAM_MEMBER.c.team_id == subject_id)
    else:
        app, _, name = role.partition(".")
        inside = select(USER_ROLE.c.user_id).where(USER_ROLE.c.app == app, USER_ROLE.c.role == name)
    return wanted.where(USER.c.id.in_(inside))
