"""Importing and exporting the organisation: all or nothing, every problem at its line, a second time nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, select

from dougong.diagnostics import Refusal
from dougong.people import accounts, organisation
from dougong.people.actor import SYSTEM, Actor
from dougong.people.directory import paths_of
from dougong.people.roster import Roster, read_roster
from dougong.people.roster_export import roster_sheet
from dougong.people.roster_plan import RosterOutcome, bring_roster, try_roster
from dougong.storage.database import Database
from dougong.storage.release import Release, release_of
from dougong.storage.system import AUDIT, DEPARTMENT, USER

HEADER = ("登录名", "姓名", "邮箱", "电话", "部门", "职位", "部门负责人", "直属上级", "角色")
LINES = (
    ("boss", "王总", "boss@example.com", "1", "总部", "总监", "是", "", ""),
    ("wei", "张伟", "wei@example.com", "2", "总部/销售部/华东; 总部/市场部", "经理; ", "是", "boss", ""),
    ("li", "李娜", "", "", "总部/销售部/华东", "", "", "", ""),
    ("zhao", "赵磊", "", "", "总部/市场部", "经理", "", "wei", ""),
)


@dataclass(frozen=True)
class Doing:
    connection: Connection
    release: Release
    actor: Actor = SYSTEM
    door: str = "cli"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@contextmanager
def doing(database: Database) -> Iterator[Doing]:
    with database.writing() as connection:
        yield Doing(connection, release_of({}))


def roster(*lines: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Roster:
    return read_roster(header, list(enumerate(lines, start=2)))


def told(outcome: RosterOutcome | Roster) -> set[tuple[int, str, str]]:
    return {(each.line, each.column, each.problem.code) for each in outcome.problems}


def counts(database: Database) -> tuple[int, int, int]:
    with database.reading() as connection:
        found = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (USER, DEPARTMENT, AUDIT)
        ]
    return found[0], found[1], found[2]


def test_an_organisation_comes_in_whole(database: Database) -> None:
    with doing(database) as it:
        tried = try_roster(it, roster(*LINES))
    assert counts(database) == (0, 0, 0), "a trial leaves nothing"
    with doing(database) as it:
        done = bring_roster(it, roster(*LINES))
    assert tried == done
    assert done.added == ["boss", "wei", "li", "zhao"]
    assert done.departments == ["总部", "总部/销售部", "总部/销售部/华东", "总部/市场部"]
    assert done.positions == ["总监", "经理"]
    assert dict(done.heads) == {"总部": "boss", "总部/销售部/华东": "wei"}
    with database.reading() as connection:
        ids = {each.login: each.id for each in accounts.list_accounts(connection)}
        assert organisation.superior(connection, ids["wei"]) == ids["boss"]
        assert organisation.superior(connection, ids["li"]) == ids["wei"]
        assert organisation.superior(connection, ids["zhao"]) == ids["wei"]
        assert list(paths_of(connection).values()) == [
            "总部",
            "总部/销售部",
            "总部/销售部/华东",
            "总部/市场部",
        ]


def test_a_second_time_nothing_changes(database: Database) -> None:
    with doing(database) as it:
        bring_roster(it, roster(*LINES))
    before = counts(database)
    with doing(database) as it:
        again = bring_roster(it, roster(*LINES))
    assert again.is_empty
    assert again.unchanged == len(LINES)
    assert counts(database) == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_export_is_taken_back(database: Database, language: str) -> None:
    with doing(database) as it:
        bring_roster(it, roster(*LINES))
        accounts.disable(it.connection, accounts.list_accounts(it.connection, q="li")[0].id)
    with doing(database) as it:
        sheet = roster_sheet(it.connection, language)
        lines = [tuple(str(cell) for cell in row) for row in sheet.rows]
        back = bring_roster(it, roster(*lines, header=tuple(each.label for each in sheet.headings)))
    assert back.is_empty, back
    assert back.unchanged == len(LINES)


def test_what_differs_is_changed_and_nothing_else(database: Database) -> None:
    with doing(database) as it:
        bring_roster(it, roster(*LINES))
    header = ("login", "name", "department", "state")
    lines = (
        ("wei", "张大伟", "总部/销售部/华东; 总部/市场部", "active"),
        ("li", "李娜", "总部/研发部", "active"),
        ("zhao", "赵磊", "总部/市场部", "disabled"),
    )
    with doing(database) as it:
        done = bring_roster(it, roster(*lines, header=header))
    assert done.departments == ["总部/研发部"]
    assert done.disabled == ["zhao"]
    assert done.changed["li"] == ("memberships",)
    with database.reading() as connection:
        wei = accounts.find(connection, "wei")
        assert wei is not None
        assert (wei.name, wei.email) == ("张大伟", "wei@example.com")
        assert wei.superior_id is not None, "a column that is not there says nothing"


def test_every_problem_is_told_at_its_line_and_nothing_is_written(database: Database) -> None:
    lines = (
        ("boss", "王总", "boss@example.com", "1", "总部", "总监", "是", "", ""),
        ("x", "", "", "", "", "", "", "", ""),
        ("wei", "张伟", "nowhere", "", "总部", "", "是", "", ""),
        ("li", "李娜", "", "", "", "", "yes", "nobody", "crm.chief"),
        ("boss", "王总", "", "", "", "", "maybe", "", ""),
        ("", "无名", "", "", "总部//华东", "", "", "", ""),
        ("qian", "钱", "", "", "总部", "甲; 乙", "", "", ""),
    )
    read = roster(*lines)
    assert told(read) == {
        (6, "login", "roster_twice"),
        (6, "head", "roster_word"),
        (7, "login", "roster_login_missing"),
        (7, "department", "roster_path"),
        (8, "position", "roster_positions"),
    }
    good = roster(*lines[:4])
    with doing(database) as it:
        tried = try_roster(it, good)
    assert told(tried) == {
        (3, "login", "login_form"),
        (4, "email", "email_form"),
        (5, "roles", "no_role"),
    }
    for each in (read, good):
        with pytest.raises(Refusal), doing(database) as it:
            bring_roster(it, each)
    assert counts(database) == (0, 0, 0)


def test_circles_and_heads_are_told(database: Database) -> None:
    header = ("login", "department", "head", "superior")
    with doing(database) as it:
        circle = (("first", "", "", "second"), ("second", "", "", "first"))
        assert told(try_roster(it, roster(*circle, header=header))) == {(3, "superior", "superior_circle")}
        heads = (("first", "Top", "yes", ""), ("second", "Top", "yes", ""), ("third", "", "yes", ""))
        assert told(try_roster(it, roster(*heads, header=header))) == {
            (3, "head", "roster_heads"),
            (4, "head", "roster_head_nowhere"),
        }
        gone = (("first", "", "", "nobody"),)
        assert told(try_roster(it, roster(*gone, header=header))) == {(2, "superior", "roster_superior")}


def test_a_head_moves_on(database: Database) -> None:
    header = ("login", "department", "head")
    with doing(database) as it:
        bring_roster(it, roster(("one", "Top", "yes"), ("two", "Top", ""), header=header))
        done = bring_roster(it, roster(("one", "Top", ""), ("two", "Top", "yes"), header=header))
        assert done.heads == [("Top", "two")]
        [top] = organisation.departments(it.connection)
        assert top.head_id == accounts.list_accounts(it.connection, q="two")[0].id
        none = bring_roster(it, roster(("two", "Top", "no"), header=header))
        assert none.heads == [("Top", "")]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (("name",), "roster_no_login"),
        (("login", "nam"), "roster_column"),
        (("login", "登录名"), "roster_column_twice"),
    ],
)
def test_a_table_of_something_else_is_refused(header: tuple[str, ...], code: str) -> None:
    assert code in {each.problem.code for each in read_roster(header, [(2, ("a", "b"))]).problems}


def test_only_administrators_may(database: Database) -> None:
    with database.writing() as connection:
        user = accounts.add(connection, "somebody")
        it = Doing(connection, release_of({}), Actor(user, "somebody", "Somebody"))
        for verb in (try_roster, bring_roster):
            with pytest.raises(Refusal) as refused:
                verb(it, roster(*LINES))
            assert refused.value.kind == "forbidden"
