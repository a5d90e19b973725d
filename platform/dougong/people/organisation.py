"""The organisation: a tree of departments with heads, who belongs where, and who is above or below whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from dougong.people.audit import noted
from dougong.people.messages import refuse
from dougong.people.naming import checked_name
from dougong.people.standing import organisation_changed
from dougong.storage.system import DEPARTMENT, MEMBERSHIP, USER

_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody belongs to a department, as what, and whether it is the main one."""

    department_id: int
    position_id: int | None = None
    is_main: bool = False


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
    name = checked_name(name)
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
    organisation_changed(connection)
    return identifier


def rename_department(connection: Connection, department_id: int, name: str) -> None:
    """Give a department another name."""
    _department(connection, department_id)
    connection.execute(
        update(DEPARTMENT).where(DEPARTMENT.c.id == department_id).values(name=checked_name(name))
    )


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
    organisation_changed(connection)


def place_department(connection: Connection, department_id: int, before_id: int | None) -> None:
    """Put a department before one of its siblings, or behind all of them."""
    parent_id = _department(connection, department_id).parent_id
    siblings = [each.id for each in departments(connection) if each.parent_id == parent_id]
    siblings.remove(department_id)
    place = siblings.index(before_id) if before_id in siblings else len(siblings)
    siblings.insert(place, department_id)
    for position, each in enumerate(siblings):
        connection.execute(update(DEPARTMENT).where(DEPARTMENT.c.id == each).values(position=position))


def set_head(connection: Connection, department_id: int, head_id: int | None) -> None:
    """Name the head of a department, or none."""
    _department(connection, department_id)
    if (
        head_id is not None
        and connection.execute(select(USER.c.id).where(USER.c.id == head_id)).first() is None
    ):
        raise refuse("missing", "no_account", "head_id")
    connection.execute(update(DEPARTMENT).where(DEPARTMENT.c.id == department_id).values(head_id=head_id))
    organisation_changed(connection)


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
    organisation_changed(connection)


def department(connection: Connection, department_id: int) -> Department:
    """Return one department; refused (missing) when there is none."""
    return _department(connection, department_id)


def departments(connection: Connection) -> list[Department]:
    """Return all departments in the order in which a tree shows siblings."""
    query = select(DEPARTMENT).where(DEPARTMENT.c.removed_at.is_(None))
    rows = connection.execute(query.order_by(DEPARTMENT.c.position, DEPARTMENT.c.id))
    return [Department(row.id, row.name, row.parent_id, row.head_id, row.position) for row in rows]


def set_departments(
    connection: Connection, user_id: int, main: int | None, others: tuple[int, ...] = ()
) -> None:
    """Say where a person belongs: the main department, which decides who is their superior, and others; positions are kept."""
    positions = {each.department_id: each.position_id for each in memberships_of(connection, user_id)}
    wanted = dict.fromkeys(([] if main is None else [main]) + list(others))
    set_memberships(
        connection, user_id, [Membership(each, positions.get(each), each == main) for each in wanted]
    )


def set_memberships(connection: Connection, user_id: int, wanted: Sequence[Membership]) -> None:
    """Say where a person belongs, and as what; at most one department is the main one."""
    for each in wanted:
        _department(connection, each.department_id)
    if len({each.department_id for each in wanted}) < len(wanted) or sum(each.is_main for each in wanted) > 1:
        raise refuse("invalid", "departments_twice", "departments")
    connection.execute(delete(MEMBERSHIP).where(MEMBERSHIP.c.user_id == user_id))
    rows = [
        {
            "user_id": user_id,
            "department_id": each.department_id,
            "position_id": each.position_id,
            "is_main": each.is_main,
        }
        for each in wanted
    ]
    if rows:
        connection.execute(insert(MEMBERSHIP), rows)
    organisation_changed(connection)
    main = next((each.department_id for each in wanted if each.is_main), None)
    departments = [each.department_id for each in wanted]
    noted(connection, "account.departments", f"user:{user_id}", main=main, departments=departments)


def memberships_of(connection: Connection, user_id: int) -> tuple[Membership, ...]:
    """Return the departments of a person, the main one first."""
    return memberships_among(connection, [user_id]).get(user_id, ())


def memberships_among(connection: Connection, user_ids: Sequence[int]) -> dict[int, tuple[Membership, ...]]:
    """Return the departments of each of some people, the main one first."""
    query = select(MEMBERSHIP).where(MEMBERSHIP.c.user_id.in_(user_ids))
    found: dict[int, tuple[Membership, ...]] = {}
    order = (MEMBERSHIP.c.user_id, MEMBERSHIP.c.is_main.desc(), MEMBERSHIP.c.department_id)
    for row in connection.execute(query.order_by(*order)):
        each = Membership(row.department_id, row.position_id, row.is_main)
        found[row.user_id] = (*found.get(row.user_id, ()), each)
    return found


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
    """Return the person `level` steps above: who was named as the superior, else the head of the main department, then of the
    one above it, and so on.

    Departments that the person heads are passed over first, so nobody is their own superior. None where there is no such
    department, or it has no active head: what then happens is for the workflow to say.
    """
    if level < 1:
        return None
    named = _named_superior(connection, user_id)
    if named is not None:
        return named if level == 1 else superior(connection, named, level - 1)
    chain = _chain(connection, user_id)
    while chain and chain[0][1] == user_id:
        chain.pop(0)
    if level > len(chain):
        return None
    head = chain[level - 1][1]
    return head if head != user_id else None


def _named_superior(connection: Connection, user_id: int) -> int | None:
    above = USER.alias("above")
    query = select(above.c.id).join(USER, USER.c.superior_id == above.c.id)
    return connection.execute(
        query.where(USER.c.id == user_id, above.c.disabled_at.is_(None))
    ).scalar_one_or_none()


def set_superior(connection: Connection, user_id: int, superior_id: int | None) -> None:
    """Name the superior of a person, or leave it to the heads of departments; refused when that makes a circle."""
    above = superior_id
    for _ in range(_DEEPEST):
        if above is None:
            break
        if above == user_id:
            raise refuse("conflict", "superior_circle", "superior_id")
        row = connection.execute(select(USER.c.superior_id).where(USER.c.id == above)).one_or_none()
        if row is None:
            raise refuse("missing", "no_account", "superior_id")
        above = row.superior_id
    else:
        raise refuse("conflict", "superior_circle", "superior_id")
    connection.execute(update(USER).where(USER.c.id == user_id).values(superior_id=superior_id))
    organisation_changed(connection)


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
