"""Makes the departments and the members of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from dougong.demo.description import Description, Member
from dougong.demo.world import Person
from dougong.people import accounts, organisation
from dougong.people.actor import load_actor

MakePassword = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Login:
    """An account that a visitor of the demonstration may use; without a password where it existed before."""

    login: str
    name: str
    password: str | None
    roles: tuple[str, ...]
    is_admin: bool


def add_people(
    connection: Connection, description: Description, app_id: str, password: MakePassword | None
) -> tuple[dict[str, Person], list[Login]]:
    """Make the accounts and the organisation, and say who may sign in; an account that exists already stays as it is."""
    ids: dict[str, int] = {}
    logins: list[Login] = []
    for member in description.members:
        found = accounts.find(connection, member.login)
        secret = password() if password and member.is_shown and found is None else None
        ids[member.login] = found.id if found else _add(connection, description, member, app_id, secret)
        if member.is_shown:
            logins.append(Login(member.login, member.name, secret, tuple(member.roles), member.is_admin))
    units: dict[str, int] = {}
    for place, unit in enumerate(description.units):
        parent, head = units.get(unit.above), ids.get(unit.head)
        units[unit.id] = organisation.add_department(
            connection, unit.name, parent_id=parent, head_id=head, position=place
        )
    for member in description.members:
        if member.department:
            organisation.set_departments(connection, ids[member.login], units[member.department])
    return {
        member.login: _person(connection, member, ids[member.login]) for member in description.members
    }, logins


def _add(
    connection: Connection, description: Description, member: Member, app_id: str, password: str | None
) -> int:
    return accounts.add(
        connection,
        member.login,
        name=member.name,
        password=password,
        language=member.language,
        timezone=description.timezone,
        is_admin=member.is_admin,
        roles=[(app_id, role) for role in member.roles],
    )


def _person(connection: Connection, member: Member, identifier: int) -> Person:
    """The member as an actor who writes rows: under the own name, with the rights of the demonstration itself."""
    actor = replace(load_actor(connection, identifier), is_admin=True)
    return Person(identifier, member.login, actor, frozenset(member.roles), member.department, member.weight)
