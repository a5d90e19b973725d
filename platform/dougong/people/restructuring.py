"""What administrators do about the organisation: departments, positions and teams, every change written down."""

from __future__ import annotations

from collections.abc import Iterable

from dougong.people import organisation, positions, teams
from dougong.people.directory import SEPARATOR
from dougong.people.doing import Doing, check_admin, noted
from dougong.people.messages import refuse
from dougong.people.organisation import Department
from dougong.people.positions import Position
from dougong.people.teams import Team


class Unsaid:
    """Stands for what nothing is said about, where None means that there is none."""


UNSAID = Unsaid()


def add_department(doing: Doing, name: str, parent_id: int | None = None, head_id: int | None = None) -> int:
    """Add a department behind its siblings; its name is there once among them."""
    check_admin(doing)
    siblings = _siblings(doing, parent_id)
    _check_name_free(name, siblings)
    if parent_id is not None:
        organisation.department(doing.connection, parent_id)
    position = max((each.position for each in siblings), default=-1) + 1
    found = organisation.add_department(doing.connection, name, parent_id=parent_id, position=position)
    if head_id is not None:
        organisation.set_head(doing.connection, found, head_id)
    noted(doing, "department.add", f"department:{found}", name=name.strip(), parent=parent_id, head=head_id)
    return found


def change_department(
    doing: Doing,
    department_id: int,
    *,
    name: str | Unsaid = UNSAID,
    parent_id: int | Unsaid | None = UNSAID,
    head_id: int | Unsaid | None = UNSAID,
    before_id: int | Unsaid | None = UNSAID,
) -> None:
    """Rename a department, put it elsewhere in the tree or before a sibling (None: behind all), or name its head."""
    check_admin(doing)
    connection = doing.connection
    known = organisation.department(connection, department_id)
    wanted = known.parent_id if isinstance(parent_id, Unsaid) else parent_id
    called = known.name if isinstance(name, Unsaid) else name.strip()
    if (wanted, called) != (known.parent_id, known.name):
        _check_name_free(called, [each for each in _siblings(doing, wanted) if each.id != department_id])
    if called != known.name:
        organisation.rename_department(connection, department_id, called)
    if wanted != known.parent_id:
        organisation.move_department(connection, department_id, wanted)
        organisation.place_department(connection, department_id, None)
    if not isinstance(head_id, Unsaid):
        organisation.set_head(connection, department_id, head_id)
    if not isinstance(before_id, Unsaid):
        organisation.place_department(connection, department_id, before_id)
    now = organisation.department(connection, department_id)
    if now != known:
        noted(
            doing,
            "department.change",
            f"department:{department_id}",
            before=_department(known),
            after=_department(now),
        )


def remove_department(doing: Doing, department_id: int) -> None:
    """Remove a department in which nobody is, and nothing below it."""
    check_admin(doing)
    known = organisation.department(doing.connection, department_id)
    organisation.remove_department(doing.connection, department_id)
    noted(doing, "department.remove", f"department:{department_id}", **_department(known))


def add_position(doing: Doing, name: str) -> int:
    """Add a position behind the others."""
    check_admin(doing)
    found = positions.add_position(doing.connection, name)
    noted(doing, "position.add", f"position:{found}", name=name.strip())
    return found


def change_position(doing: Doing, position_id: int, name: str) -> None:
    """Give a position another name."""
    check_admin(doing)
    known: Position = positions.get_position(doing.connection, position_id)
    positions.change_position(doing.connection, position_id, name)
    if name.strip() != known.name:
        noted(doing, "position.change", f"position:{position_id}", before=known.name, after=name.strip())


def remove_position(doing: Doing, position_id: int) -> None:
    """Remove a position that nobody has."""
    check_admin(doing)
    known = positions.get_position(doing.connection, position_id)
    positions.remove_position(doing.connection, position_id)
    noted(doing, "position.remove", f"position:{position_id}", name=known.name)


def add_team(doing: Doing, name: str, lead_id: int | None = None, members: Iterable[int] = ()) -> int:
    """Add a team."""
    check_admin(doing)
    wanted = sorted(set(members))
    found = teams.add_team(doing.connection, name, lead_id=lead_id, members=wanted)
    noted(doing, "team.add", f"team:{found}", name=name.strip(), lead=lead_id, members=wanted)
    return found


def change_team(
    doing: Doing,
    team_id: int,
    *,
    name: str | Unsaid = UNSAID,
    lead_id: int | Unsaid | None = UNSAID,
    members: Iterable[int] | Unsaid = UNSAID,
) -> None:
    """Rename a team, name its lead, or say who belongs to it."""
    check_admin(doing)
    connection = doing.connection
    before = _team(teams.get_team(connection, team_id), teams.members_of(connection, team_id))
    if not isinstance(name, Unsaid):
        teams.rename_team(connection, team_id, name)
    if not isinstance(lead_id, Unsaid):
        teams.set_lead(connection, team_id, lead_id)
    if not isinstance(members, Unsaid):
        teams.set_members(connection, team_id, members)
    after = _team(teams.get_team(connection, team_id), teams.members_of(connection, team_id))
    if after != before:
        noted(doing, "team.change", f"team:{team_id}", before=before, after=after)


def remove_team(doing: Doing, team_id: int) -> None:
    """Dissolve a team."""
    check_admin(doing)
    known = _team(teams.get_team(doing.connection, team_id), teams.members_of(doing.connection, team_id))
    teams.remove_team(doing.connection, team_id)
    noted(doing, "team.remove", f"team:{team_id}", **known)


def _siblings(doing: Doing, parent_id: int | None) -> list[Department]:
    return [each for each in organisation.departments(doing.connection) if each.parent_id == parent_id]


def _check_name_free(name: str, siblings: Iterable[Department]) -> None:
    if SEPARATOR in name:
        raise refuse("invalid", "department_slash", "name")
    if name.strip() in {each.name for each in siblings}:
        raise refuse("conflict", "department_name_taken", "name", name=name.strip())


def _department(each: Department) -> dict[str, object]:
    return {"name": each.name, "parent": each.parent_id, "head": each.head_id, "position": each.position}


def _team(each: Team, members: tuple[int, ...]) -> dict[str, object]:
    return {"name": each.name, "lead": each.lead_id, "members": list(members)}
