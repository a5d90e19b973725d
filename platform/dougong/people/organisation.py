"""The organisation: a tree of departments with heads, who belongs where, and who is above or below whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from dougong.people.audit import noted
from dougong.people.messages import refuse
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER

_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Department:
    """One department; `parent_id` is None at the top, `head_id` None where there is no head."""

    id: int
    name: str
    parent_id: int | None
    head_id: int | None
    position: int = 0


def add_department(
    connection: Connection,
    name: str,
    *,
    parent_id: int | None = None,
    head_id: int | None = None,
    position: int = 0,
) -> int:
    """Add a department and return its id."""
    name = _checked_name(name)
    if parent_id is not None:
        _department(connection, parent_id)
    row = {
        "name": name,
        "parent_id": parent_id,
        "head_id": head_id,
        "position": position,
        "created_at": datetime.now(UTC),
    }
    identifier: int = connection.execute(
        insert(DEPARTMENT).values(row).returning(DEPARTMENT.c.id)
    ).scalar_one()
    noted(connection, "department.add", f"department:{identifier}", name=name, parent=parent_id, head=head_id)
    return identifier


def rename_department(connection: Connection, department_id: int, name: str) -> None:
    """Give a department another name."""
    _department(connection, department_id)
    connection.execute(
        update(DEPARTMENT).where(DEPARTMENT.c.id == department_id).values(name=_checked_name(name))
    )
    noted(connection, "department.change", f"department:{department_id}", name=name)


def move_department(connection: Connection, department_id: int, parent_id: int | None) -> None:
    """Put a department below another one, or at the top; refused when that makes a circle."""
    _department(connection, department_id)
    above = parent_id
    for _ in range(_DEEPEST):
        if above is None:
            break
        if above == department_id:
            raise refuse("conflict", "department_circle", "parent_id")
        above = _department(connection, above).parent_id
    else:
        raise refuse("conflict", "department_circle", "parent_id")
    connection.execute(update(DEPARTMENT).where(DEPARTMENT.c.id == department_id).values(parent_id=parent_id))
    noted(connection, "department.change", f"department:{department_id}", parent=parent_id)


def set_head(connection: Connection, department_id: int, head_id: int | None) -> None:
    """Name the head of a department, or none."""
    _department(connection, department_id)
    if (
        head_id is not None
        and connection.execute(select(USER.c.id).where(USER.c.id == head_id)).first() is None
    ):
        raise refuse("missing", "no_account", "head_id")
    connection.execute(update(DEPARTMENT).where(DEPARTMENT.c.id == department_id).values(head_id=head_id))
    noted(connection, "department.change", f"department:{department_id}", head=head_id)


def remove_department(connection: Connection, department_id: int) -> None:
    """Remove a department that is empty; refused while people or departments are in it."""
    _department(connection, department_id)
    members = connection.execute(
        select(func.count()).select_from(MEMBERSHIP).where(MEMBERSHIP.c.department_id == department_id)
    ).scalar_one()
    children = connection.execute(
        select(func.count())
        .select_from(DEPARTMENT)
        .where(DEPARTMENT.c.parent_id == department_id, DEPARTMENT.c.removed_at.is_(None))
    ).scalar_one()
    if members or children:
        raise refuse("conflict", "department_in_use", members=members, children=children)
    connection.execute(
        update(DEPARTMENT)
        .where(DEPARTMENT.c.id == department_id)
        .values(removed_at=datetime.now(UTC), head_id=None)
    )
    noted(connection, "department.remove", f"department:{department_id}")


def departments(connection: Connection) -> list[Department]:
    """Return all departments in the order in which a tree shows siblings."""
    query = select(DEPARTMENT).where(DEPARTMENT.c.removed_at.is_(None))
    rows = connection.execute(query.order_by(DEPARTMENT.c.position, DEPARTMENT.c.id))
    return [Department(row.id, row.name, row.parent_id, row.head_id, row.position) for row in rows]


def set_departments(
    connection: Connection, user_id: int, main: int | None, others: tuple[int, ...] = ()
) -> None:
    """Say where a person belongs: the main department, which decides who is their superior, and others."""
    wanted = dict.fromkeys(([] if main is None else [main]) + list(others))
    for department_id in wanted:
        _department(connection, department_id)
    connection.execute(delete(MEMBERSHIP).where(MEMBERSHIP.c.user_id == user_id))
    rows = [{"user_id": user_id, "department_id": each, "is_main": each == main} for each in wanted]
    if rows:
        connection.execute(insert(MEMBERSHIP), rows)
    noted(connection, "account.departments", f"user:{user_id}", main=main, departments=list(wanted))


def members(connection: Connection, department_id: int) -> tuple[int, ...]:
    """Return the active people of a department itself, without those below it."""
    query = select(MEMBERSHIP.c.user_id).join(USER, USER.c.id == MEMBERSHIP.c.user_id)
    query = query.where(MEMBERSHIP.c.department_id == department_id, USER.c.disabled_at.is_(None))
    return tuple(connection.execute(query.order_by(MEMBERSHIP.c.user_id)).scalars())


def memberships(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Return the departments of everybody who belongs to one, the main department first."""
    query = select(MEMBERSHIP.c.user_id, MEMBERSHIP.c.department_id).order_by(
        MEMBERSHIP.c.user_id, MEMBERSHIP.c.is_main.desc(), MEMBERSHIP.c.department_id
    )
    found: dict[int, tuple[int, ...]] = {}
    for user_id, department_id in connection.execute(query):
        found[user_id] = (*found.get(user_id, ()), department_id)
    return found


def superior(connection: Connection, user_id: int, level: int = 1) -> int | None:
    """Return the person `level` steps above: 1 is the head of the main department, 2 the head of the one above it, and so on.

    Departments that the person heads are passed over first, so nobody is their own superior. None where there is no such
    department, or it has no active head: what then happens is for the workflow to say.
    """
    chain = _chain(connection, user_id)
    while chain and chain[0][1] == user_id:
        chain.pop(0)
    if not 1 <= level <= len(chain):
        return None
    head = chain[level - 1][1]
    return head if head != user_id else None


def head_of(connection: Connection, user_id: int, level: int = 1) -> int | None:
    """Return the active head of the person's main department (level 1), which may be the person, or of one above it."""
    chain = _chain(connection, user_id)
    return chain[level - 1][1] if 1 <= level <= len(chain) else None


def _chain(connection: Connection, user_id: int) -> list[tuple[int, int | None]]:
    """The departments from the person's main one to the top, each with its active head."""
    start = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id, DEPARTMENT.c.head_id).join(
        MEMBERSHIP, MEMBERSHIP.c.department_id == DEPARTMENT.c.id
    )
    row = connection.execute(start.where(MEMBERSHIP.c.user_id == user_id, MEMBERSHIP.c.is_main)).first()
    chain: list[tuple[int, int | None]] = []
    seen: set[int] = set()
    while row is not None and row.id not in seen and len(chain) < _DEEPEST:
        seen.add(row.id)
        chain.append((row.id, _active(connection, row.head_id)))
        above = select(DEPARTMENT.c.id, DEPARTMENT.c.parent_id, DEPARTMENT.c.head_id)
        row = (
            connection.execute(above.where(DEPARTMENT.c.id == row.parent_id)).first()
            if row.parent_id
            else None
        )
    return chain


def _active(connection: Connection, user_id: int | None) -> int | None:
    if user_id is None:
        return None
    query = select(USER.c.id).where(USER.c.id == user_id, USER.c.disabled_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def _department(connection: Connection, department_id: int) -> Department:
    query = select(DEPARTMENT).where(DEPARTMENT.c.id == department_id, DEPARTMENT.c.removed_at.is_(None))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise refuse("missing", "no_department", id=department_id)
    return Department(row.id, row.name, row.parent_id, row.head_id, row.position)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise refuse("invalid", "name_form", "name")
    return name
