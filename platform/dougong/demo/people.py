"""Makes the departments and the members of a demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from dougong.demo.description import Description, Member
from dougong.demo.world import Person
from dougong.people import accounts, organisation
from dougong.people.actor import load_actor


@dataclass(frozen=True, slots=True)
class Login:
    """An account that a visitor of the demonstration may use."""

    login: str
    name: str
    roles: tuple[str, ...]
    is_admin: bool


def add_people(
    connection: Connection, description: Description, app_id: str, password: str | None
) -> dict[str, Person]:
    """Make the accounts and the organisation; an account whose login exists already stays as it is."""
    ids = {
        member.login: _account(connection, description, member, app_id, password)
        for member in description.members
    }
    units: dict[str, int] = {}
    for place, unit in enumerate(description.units):
        parent, head = units.get(unit.above), ids.get(unit.head)
        units[unit.id] = organisation.add_department(
            connection, unit.name, parent_id=parent, head_id=head, position=place
        )
    for member in description.members:
        if member.department:
            organisation.set_departments(connection, ids[member.login], units[member.department])
    return {member.login: _person(connection, member, ids[member.login]) for member in description.members}


def logins(description: Description) -> list[Login]:
    """The accounts to show to a visitor."""
    return [
        Login(member.login, member.name, tuple(member.roles), member.is_admin)
        for member in description.members
        if member.is_shown
    ]


def _account(
    connection: Connection, description: Description, member: Member, app_id: str, password: str | None
) -> int:
    found = accounts.find(connection, member.login)
    if found is not None:
        return found.id
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


def by_id(people: Mapping[str, Person]) -> dict[int, Person]:
    """The people by the ids of their accounts."""
    return {person.id: person for person in people.values()}
