"""Departments, heads, superiors and subordinates."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from dougong.diagnostics import Refusal
from dougong.people import accounts, organisation
from dougong.people.actor import load_actor
from dougong.storage.database import Database


@dataclass(frozen=True, slots=True)
class Company:
    """Company (boss) → sales (lead) → south (none) and north (rep is head); finance (clerk heads)."""

    boss: int
    lead: int
    rep: int
    junior: int
    clerk: int
    company: int
    sales: int
    south: int
    north: int
    finance: int


def company(connection: Connection) -> Company:
    people = {name: accounts.add(connection, name) for name in ("boss", "lead", "rep", "junior", "clerk")}
    top = organisation.add_department(connection, "公司", head_id=people["boss"])
    sales = organisation.add_department(connection, "销售", parent_id=top, head_id=people["lead"])
    south = organisation.add_department(connection, "华南", parent_id=sales)
    north = organisation.add_department(connection, "华北", parent_id=sales, head_id=people["rep"])
    finance = organisation.add_department(
        connection, "财务", parent_id=top, head_id=people["clerk"], position=1
    )
    for name, department in (
        ("boss", top),
        ("lead", sales),
        ("rep", north),
        ("junior", north),
        ("clerk", finance),
    ):
        organisation.set_departments(connection, people[name], department)
    return Company(**people, company=top, sales=sales, south=south, north=north, finance=finance)


def test_superiors(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        above = [organisation.superior(connection, it.junior, level) for level in (1, 2, 3, 4)]
        assert above == [it.rep, it.lead, it.boss, None]
        assert [organisation.superior(connection, it.rep, level) for level in (1, 2, 3)] == [
            it.lead,
            it.boss,
            None,
        ]
        assert organisation.superior(connection, it.boss) is None
        assert organisation.superior(connection, it.clerk) == it.boss
        assert organisation.superior(connection, it.junior, 0) is None
        assert organisation.superior(connection, 999) is None
        assert organisation.head_of(connection, it.rep) == it.rep
        assert organisation.head_of(connection, it.junior, 3) == it.boss


def test_a_department_without_a_head_has_no_superior_at_its_level(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        organisation.set_departments(connection, it.junior, it.south, (it.north,))
        assert [organisation.superior(connection, it.junior, level) for level in (1, 2, 3)] == [
            None,
            it.lead,
            it.boss,
        ]
        accounts.disable(connection, it.lead)
        assert organisation.superior(connection, it.junior, 2) is None


def test_subordinates_and_departments_of_an_actor(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        assert load_actor(connection, it.boss).subordinate_ids == {it.lead, it.rep, it.junior, it.clerk}
        assert load_actor(connection, it.lead).subordinate_ids == {it.rep, it.junior}
        assert load_actor(connection, it.rep).subordinate_ids == {it.junior}
        assert load_actor(connection, it.junior).subordinate_ids == frozenset()
        organisation.set_departments(connection, it.junior, it.south, (it.finance,))
        assert load_actor(connection, it.junior).department_ids == {it.south, it.finance}
        assert load_actor(connection, it.rep).subordinate_ids == frozenset()
        assert load_actor(connection, it.clerk).subordinate_ids == {it.junior}


def test_a_head_who_is_no_member_is_a_subordinate_of_those_above(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        outsider = accounts.add(connection, "outsider")
        organisation.set_head(connection, it.south, outsider)
        assert outsider in load_actor(connection, it.lead).subordinate_ids


def test_a_circle_is_refused_and_could_do_no_harm(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        for below in (it.company, it.sales, it.south):
            with pytest.raises(Refusal) as refused:
                organisation.move_department(connection, it.company, below)
            assert refused.value.problems[0].code == "department_circle"
        organisation.move_department(connection, it.finance, it.sales)
        assert load_actor(connection, it.lead).subordinate_ids == {it.rep, it.junior, it.clerk}


def test_only_empty_departments_are_removed(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        with pytest.raises(Refusal) as refused:
            organisation.remove_department(connection, it.sales)
        assert dict(refused.value.problems[0].parameters) == {"members": "1", "children": "2"}
        organisation.remove_department(connection, it.south)
        assert it.south not in [each.id for each in organisation.departments(connection)]
        with pytest.raises(Refusal):
            organisation.set_departments(connection, it.junior, it.south)
        with pytest.raises(Refusal):
            organisation.add_department(connection, "x", parent_id=it.south)


def test_the_tree_and_its_people(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        organisation.rename_department(connection, it.south, " 深圳 ")
        tree = {each.id: each for each in organisation.departments(connection)}
        assert tree[it.south].name == "深圳"
        assert tree[it.north].parent_id == it.sales
        assert organisation.members(connection, it.north) == (it.rep, it.junior)
        for wrong in ("", "  ", "x" * 101, "a\nb", "\0"):
            with pytest.raises(Refusal):
                organisation.add_department(connection, wrong)
        with pytest.raises(Refusal):
            organisation.set_head(connection, it.north, 999)


def test_at_most_one_main_department(database: Database) -> None:
    with database.writing() as connection:
        it = company(connection)
        organisation.set_departments(connection, it.junior, it.south, (it.south, it.north, it.north))
        assert load_actor(connection, it.junior).department_ids == {it.south, it.north}
        assert load_actor(connection, it.junior).main_department_id == it.south
        organisation.set_departments(connection, it.junior, None, (it.north,))
        assert load_actor(connection, it.junior).main_department_id is None
        assert load_actor(connection, it.junior).department_ids == {it.north}
        assert organisation.superior(connection, it.junior) is None
