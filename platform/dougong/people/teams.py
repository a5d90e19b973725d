"""Teams: people who work together across departments, one of them the lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from dougong.people.messages import refuse
from dougong.people.naming import checked_name
from dougong.people.standing import organisation_changed
from dougong.storage.system import TEAM, TEAM_MEMBER, USER


@dataclass(frozen=True, slots=True)
class Team:
    """One team, its lead, and how many belong to it."""

    id: int
    name: str
    lead_id: int | None
    members: int = 0


def add_team(
    connection: Connection, name: str, *, lead_id: int | None = None, members: Iterable[int] = ()
) -> int:
    """Add a team and return its id; a name is there once."""
    name = checked_name(name)
    _check_free(connection, name)
    _check_people(connection, [lead_id] if lead_id is not None else [], "lead_id")
    row = {"name": name, "lead_id": lead_id, "created_at": datetime.now(UTC)}
    team_id: int = connection.execute(insert(TEAM).values(row).returning(TEAM.c.id)).scalar_one()
    set_members(connection, team_id, members)
    return team_id


def rename_team(connection: Connection, team_id: int, name: str) -> None:
    """Give a team another name."""
    known, name = get_team(connection, team_id), checked_name(name)
    if name != known.name:
        _check_free(connection, name)
    connection.execute(update(TEAM).where(TEAM.c.id == team_id).values(name=name))


def set_lead(connection: Connection, team_id: int, lead_id: int | None) -> None:
    """Name the lead of a team, or none."""
    get_team(connection, team_id)
    _check_people(connection, [lead_id] if lead_id is not None else [], "lead_id")
    connection.execute(update(TEAM).where(TEAM.c.id == team_id).values(lead_id=lead_id))
    organisation_changed(connection)


def set_members(connection: Connection, team_id: int, members: Iterable[int]) -> None:
    """Say who belongs to a team: exactly these people."""
    get_team(connection, team_id)
    wanted = sorted(set(members))
    _check_people(connection, wanted, "members")
    connection.execute(delete(TEAM_MEMBER).where(TEAM_MEMBER.c.team_id == team_id))
    if wanted:
        connection.execute(insert(TEAM_MEMBER), [{"team_id": team_id, "user_id": each} for each in wanted])
    organisation_changed(connection)


def remove_team(connection: Connection, team_id: int) -> None:
    """Dissolve a team: nobody belongs to it any more, and its name is free."""
    get_team(connection, team_id)
    connection.execute(delete(TEAM_MEMBER).where(TEAM_MEMBER.c.team_id == team_id))
    values = {"removed_at": datetime.now(UTC), "lead_id": None}
    connection.execute(update(TEAM).where(TEAM.c.id == team_id).values(**values))
    organisation_changed(connection)


def teams(connection: Connection) -> list[Team]:
    """Return all teams by name, each with how many belong to it."""
    sizes = (
        select(TEAM_MEMBER.c.team_id, func.count().label("number")).group_by(TEAM_MEMBER.c.team_id).subquery()
    )
    query = (
        select(TEAM.c.id, TEAM.c.name, TEAM.c.lead_id, func.coalesce(sizes.c.number, 0))
        .outerjoin(sizes, sizes.c.team_id == TEAM.c.id)
        .where(TEAM.c.removed_at.is_(None))
    )
    return [Team(*row) for row in connection.execute(query.order_by(TEAM.c.name, TEAM.c.id))]


def get_team(connection: Connection, team_id: int) -> Team:
    """Return one team; refused (missing) when there is none."""
    size = select(func.count()).select_from(TEAM_MEMBER).where(TEAM_MEMBER.c.team_id == team_id)
    query = select(TEAM.c.id, TEAM.c.name, TEAM.c.lead_id, size.scalar_subquery())
    row = connection.execute(query.where(TEAM.c.id == team_id, TEAM.c.removed_at.is_(None))).one_or_none()
    if row is None:
        raise refuse("missing", "no_team", id=team_id)
    return Team(*row)


def members_of(connection: Connection, team_id: int) -> tuple[int, ...]:
    """Return who belongs to a team, in the order of their ids."""
    query = select(TEAM_MEMBER.c.user_id).where(TEAM_MEMBER.c.team_id == team_id)
    return tuple(connection.execute(query.order_by(TEAM_MEMBER.c.user_id)).scalars())


def named_members(connection: Connection, team_id: int) -> list[tuple[int, str, str]]:
    """Return who belongs to a team by name: id, name and login."""
    query = select(USER.c.id, USER.c.name, USER.c.login).join(TEAM_MEMBER, TEAM_MEMBER.c.user_id == USER.c.id)
    rows = connection.execute(query.where(TEAM_MEMBER.c.team_id == team_id).order_by(USER.c.name, USER.c.id))
    return [(row.id, row.name, row.login) for row in rows]


def teams_of(connection: Connection, user_id: int) -> tuple[Team, ...]:
    """Return the teams that a person belongs to or leads, by name."""
    mine = set(
        connection.execute(select(TEAM_MEMBER.c.team_id).where(TEAM_MEMBER.c.user_id == user_id)).scalars()
    )
    return tuple(each for each in teams(connection) if each.id in mine or each.lead_id == user_id)


def _check_people(connection: Connection, ids: Sequence[int], path: str) -> None:
    known = set(connection.execute(select(USER.c.id).where(USER.c.id.in_(ids))).scalars()) if ids else set()
    if len(known) < len(set(ids)):
        raise refuse("missing", "no_account", path)


def _check_free(connection: Connection, name: str) -> None:
    taken = select(TEAM.c.id).where(TEAM.c.name == name, TEAM.c.removed_at.is_(None))
    if connection.execute(taken).first() is not None:
        raise refuse("conflict", "name_taken", "name", name=name)
