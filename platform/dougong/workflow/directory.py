"""Finds the people whom a step asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from dougong.model.expression import Value
from dougong.model.workflow import Assignee, Node
from dougong.people import organisation
from dougong.records.call import Call
from dougong.storage.system import USER, USER_ROLE


def people_of(
    call: Call, app: str, node: Node, record: Mapping[str, Value], initiator: int
) -> tuple[int, ...]:
    """The active people that a node asks about a record, each once, in the order in which the definition names them."""
    found: dict[int, None] = {}
    for assignee in node.assignees:
        for person in _people(call, app, assignee, record, initiator):
            found.setdefault(person)
    return active_people(call, found)


def administrators(call: Call) -> tuple[int, ...]:
    """Every active administrator."""
    query = select(USER.c.id).where(USER.c.is_admin, USER.c.disabled_at.is_(None)).order_by(USER.c.id)
    return tuple(call.connection.execute(query).scalars())


def names_of(call: Call, people: Iterable[int]) -> dict[int, str]:
    """What people are called, by id."""
    wanted = sorted(set(people))
    query = select(USER.c.id, USER.c.name, USER.c.login).where(USER.c.id.in_(wanted))
    return {row.id: row.name or row.login for row in call.connection.execute(query)}


def _people(
    call: Call, app: str, assignee: Assignee, record: Mapping[str, Value], initiator: int
) -> list[int]:
    if assignee.kind == "role":
        query = select(USER_ROLE.c.user_id).where(USER_ROLE.c.app == app, USER_ROLE.c.role == assignee.value)
        return list(call.connection.execute(query.order_by(USER_ROLE.c.user_id)).scalars())
    if assignee.kind == "user":
        return list(
            call.connection.execute(select(USER.c.id).where(USER.c.login == assignee.value)).scalars()
        )
    person = record.get(assignee.value) if assignee.value else initiator
    if person is None:
        return []
    if assignee.kind == "member":
        return list(person) if isinstance(person, tuple) else [person]
    above = organisation.superior if assignee.kind == "superior" else organisation.head_of
    head = above(call.connection, person, assignee.level)
    return [] if head is None else [head]


def active_people(call: Call, people: Iterable[int]) -> tuple[int, ...]:
    """Those of the people whose account is not disabled, in the same order."""
    wanted = tuple(people)
    if not wanted:
        return ()
    query = select(USER.c.id).where(USER.c.id.in_(wanted), USER.c.disabled_at.is_(None))
    active = set(call.connection.execute(query).scalars())
    return tuple(person for person in wanted if person in active)
