"""Everybody read together is exactly who each one is when read alone, in organisations that were drawn at random."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Connection, select, update

from dougong.people import accounts, organisation, teams
from dougong.people.actor import load_actor
from dougong.people.everybody import everybody
from dougong.storage.database import Database
from dougong.storage.system import DEPARTMENT, TEAM, USER


def drawn(connection: Connection, draw: Random) -> None:
    """People with roles, departments in departments, heads, superiors and teams; some of all that put away."""
    people = [
        accounts.add(
            connection,
            f"p{number}",
            name=f"Person {draw.randrange(5)}",
            timezone=draw.choice(["UTC", "Asia/Shanghai"]),
            is_admin=number == 0,
            roles=draw.sample([("crm", "sales"), ("crm", "boss"), ("hr", "x")], draw.randrange(3)),
        )
        for number in range(14)
    ]
    departments: list[int] = []
    for number in range(9):
        parent = draw.choice([None, *departments])
        head = draw.choice([None, *people])
        departments.append(
            organisation.add_department(connection, f"D{number}", parent_id=parent, head_id=head)
        )
    for each in people:
        chosen = draw.sample(departments, draw.randrange(3))
        if chosen:
            organisation.set_departments(connection, each, chosen[0], tuple(chosen[1:]))
    for each in people[1:]:
        superior = draw.choice([None, *people[: people.index(each)]])
        connection.execute(update(USER).where(USER.c.id == each).values(superior_id=superior))
    for number in range(3):
        team = teams.add_team(connection, f"T{number}", lead_id=draw.choice([None, *people]))
        teams.set_members(connection, team, draw.sample(people, draw.randrange(5)))
    gone = DEPARTMENT.c.id == draw.choice(departments)
    stamp = select(USER.c.created_at).limit(1).scalar_subquery()
    connection.execute(update(DEPARTMENT).where(gone).values(removed_at=stamp))
    connection.execute(update(TEAM).where(TEAM.c.name == "T2").values(removed_at=stamp))
    accounts.disable(connection, draw.choice(people[1:]))


@pytest.mark.parametrize("seed", range(6))
def test_everybody_is_who_each_one_is(database: Database, seed: int) -> None:
    with database.writing() as connection:
        drawn(connection, Random(seed))
    with database.reading() as connection:
        together = everybody(connection)
        open_ones = select(USER.c.id).where(USER.c.disabled_at.is_(None))
        alone = {each: load_actor(connection, each) for each in connection.execute(open_ones).scalars()}
    assert {each.id: each for each in together} == alone
    assert [(each.name, each.id) for each in together] == sorted((each.name, each.id) for each in together)
    assert any(each.subordinate_ids for each in together)
