"""Unique rules over several fields, for some records only, and without case: the same refusal through every door and by the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dougong import assembly
from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.people import accounts
from dougong.people.actor import load_actor
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create, create_many
from dougong.records.delete import delete, restore
from dougong.records.update import update
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import install
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from tests.installed import AT, open_database

KEY = "desk.seat"
RULES = """
  - {fields: [room, name], where: "state <> 'gone'", message: {en: Somebody sits there, zh: 已有人}}
  - {fields: [code], ignore_case: true}
  - {fields: [room, rank], where: "main AND rank BETWEEN 1 AND 9 AND day >= '2026-01-01' AND price IN (1.5, 2)"}
  - [name, day]
"""


class Desk:
    """One database with seats in rooms; Ann sees only those that she made."""

    def __init__(self, database: Database) -> None:
        self.database = database
        install(database)
        with database.writing() as connection:
            ids = {
                "root": accounts.add(connection, "root", name="Root", is_admin=True, language="en"),
                "ann": accounts.add(connection, "ann", name="Ann", roles=[("desk", "own")], language="en"),
            }
        with database.reading() as connection:
            self.people = {login: load_actor(connection, each) for login, each in ids.items()}

    def sources(self, rules: str) -> dict[str, str]:
        return {
            "app.yaml": "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en, zh]\n",
            "entities/room.yaml": "label: Room\nfields:\n  name: {type: text}\n",
            "entities/seat.yaml": f"""
label: Seat
title: "{{name}}"
fields:
  room: {{type: link, to: room, label: {{en: Room, zh: 房间}}}}
  name: {{type: text, label: {{en: Name, zh: 名称}}}}
  code: {{type: text, label: Code}}
  state: {{type: choice, options: {{free: Free, gone: Gone}}}}
  main: {{type: boolean}}
  rank: {{type: integer}}
  day: {{type: date, label: Day}}
  price: {{type: decimal, decimals: 2}}
{"unique:" if rules else ""}{rules}
""",
            "roles/own.yaml": """
label: Own
grants:
  room: {read: true}
  seat: {read: {rows: "created_by = ME()"}, create: true, update: {rows: "created_by = ME()"}, delete: true}
""",
        }

    def plan(self, rules: str) -> Plan:
        made = check_sources(self.sources(rules))
        assert isinstance(made, App), "\n".join(str(each) for each in made)
        with self.database.reading() as connection:
            return plan(releases_of(self.database).recorded(connection, "desk"), made, connection)

    def publish(self, rules: str) -> None:
        apply(self.plan(rules), self.database, afterwards=assembly.after_apply)

    def call(self, connection: Any, login: str = "root", language: str = "en") -> Call:
        release = releases_of(self.database).current()
        return Call(release, connection, self.people[login], "api", AT, language, "Asia/Shanghai")

    def add(self, login: str = "root", language: str = "en", **values: Any) -> int:
        with self.database.writing() as connection:
            return create(self.call(connection, login, language), KEY, values).id

    def refused(self, login: str = "root", language: str = "en", **values: Any) -> Diagnostic:
        with pytest.raises(Refusal) as refusal:
            self.add(login, language, **values)
        assert refusal.value.kind == "invalid"
        [problem] = refusal.value.problems
        assert problem.code == "unique"
        return problem

    def verify(self) -> list[Diagnostic]:
        with self.database.reading() as connection:
            return verify(connection)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    database = open_database(database_url)
    made = Desk(database)
    made.publish(RULES)
    with database.writing() as connection:
        for name in ("A", "B"):
            create(made.call(connection), "desk.room", {"name": name})
    yield made
    assert made.verify() == []
    database.dispose()


def test_a_condition_limits_the_rule(desk: Desk) -> None:
    desk.add(room=1, name="x", state="free")
    found = desk.refused(room=1, name="x", state="free")
    assert (found.path, found.message, found.hint) == ("name", "Somebody sits there", "x (#1)")
    assert desk.refused(language="zh", room=1, name="x", state="free").message == "已有人"
    desk.add(room=2, name="x", state="free")
    desk.add(room=1, name="x", state="gone")
    desk.add(room=1, name="x", state="gone")
    desk.add(room=1, name="x")  # an empty state is not known to differ from 'gone', as in SQL
    desk.add(room=1, name="x")


def test_moving_into_the_condition_is_checked(desk: Desk) -> None:
    desk.add(room=1, name="x", state="free")
    other = desk.add(room=1, name="x", state="gone")
    with pytest.raises(Refusal) as refusal, desk.database.writing() as connection:
        update(desk.call(connection), KEY, other, {"state": "free"})
    assert [each.code for each in refusal.value.problems] == ["unique"]
    with desk.database.writing() as connection:
        update(desk.call(connection), KEY, other, {"rank": 3})


def test_case_is_ignored_where_it_says_so(desk: Desk) -> None:
    desk.add(code="Ab-É")
    found = desk.refused(code="aB-É")
    assert (found.path, found.message) == ("code", "another record has the same Code")
    assert dict(found.parameters) == {"label": "Code", "other": "1"}
    desk.add(code="ab-é")  # letters beyond A to Z are told apart by case, alike on both databases
    desk.add(code=None)
    desk.add(code=None)


def test_every_kind_of_constant_can_be_compared(desk: Desk) -> None:
    inside: dict[str, Any] = {"room": 1, "rank": 3, "main": True, "day": "2026-01-01", "price": "1.50"}
    desk.add(**inside)
    desk.refused(**inside)
    desk.refused(**inside | {"price": "2.00", "day": "2026-05-05"})
    for change in ({"rank": 10}, {"main": False}, {"day": "2025-12-31"}, {"price": "1.51"}, {"main": None}):
        desk.add(**inside | change)
        desk.add(**inside | change)


def test_records_of_one_change_are_told_apart_too(desk: Desk) -> None:
    with pytest.raises(Refusal) as refusal, desk.database.writing() as connection:
        create_many(desk.call(connection), KEY, [{"code": "a"}, {"code": "b"}, {"code": "A"}])
    assert [each.path for each in refusal.value.problems] == ["2/code"]
    with desk.database.writing() as connection:
        operations = [Operation("create", values={"code": code}) for code in ("a", "A", "b")]
        outcomes = batch(desk.call(connection), KEY, operations, atomic=False)
    assert [each.refused for each in outcomes] == ["", "invalid", ""]


def test_only_who_may_see_the_other_record_is_told_which_it_is(desk: Desk) -> None:
    desk.add(name="secret", day="2026-03-01")
    found = desk.refused("ann", name="secret", day="2026-03-01")
    assert (found.message, found.hint) == ("another record has the same Name, Day", "")
    assert dict(found.parameters) == {"label": "Name, Day"}
    assert desk.refused(name="secret", day="2026-03-01").hint == "secret (#1)"


def test_the_recycle_bin_is_left_out_and_restoring_is_refused_while_taken(desk: Desk) -> None:
    first = desk.add(code="a")
    with desk.database.writing() as connection:
        delete(desk.call(connection), KEY, first)
    second = desk.add(code="A")
    with pytest.raises(Refusal) as refusal, desk.database.writing() as connection:
        restore(desk.call(connection), KEY, first)
    assert [each.code for each in refusal.value.problems] == ["unique"]
    with desk.database.writing() as connection:
        delete(desk.call(connection), KEY, second)
        restore(desk.call(connection), KEY, first)


def test_the_database_itself_refuses(desk: Desk) -> None:
    """Whoever goes past the verbs meets the index."""
    desk.add(room=1, name="x", state="free", code="a", rank=2, main=True, day="2026-02-02", price="2")
    table = releases_of(desk.database).current().table(KEY)
    with desk.database.reading() as connection:
        row = dict(connection.execute(select(table)).mappings().one())
    others = {"name": "y", "code": "b", "rank": 3, "day": row["day"].replace(day=3)}
    with desk.database.writing() as connection:
        connection.execute(insert(table), [{**row, "id": 50, **others}])
    for place, shared in enumerate([["name"], ["code"], ["rank"], ["name", "day"]]):
        values = {
            **row,
            "id": 60 + place,
            **{each: other for each, other in others.items() if each not in shared},
        }
        values |= {"name": values["name"] + "z"} if "name" not in shared else {}
        values |= {"code": "c"} if "code" not in shared else {"code": "A"}
        values |= {"rank": 4} if "rank" not in shared else {}
        with pytest.raises(IntegrityError), desk.database.writing() as connection:
            connection.execute(insert(table), [values])
    with desk.database.writing() as connection:
        connection.execute(table.delete().where(table.c.id == 50))


def test_the_plan_counts_who_stands_against_a_rule(desk: Desk) -> None:
    desk.publish("")
    for state in ("free", "free", "gone", "gone"):
        desk.add(name="x", state=state, code="Q" if state == "free" else "q")
    assert desk.plan('\n  - {fields: [name], where: "state IS EMPTY"}').obstacles() == []
    planned = desk.plan(
        "\n  - {fields: [name], where: \"state = 'free'\"}\n  - {fields: [code], ignore_case: true}"
    )
    told = [str(each) for each in planned.obstacles()]
    assert len(told) == 2
    assert "name must be unique where state = free" in told[0]
    assert "2 rows stand against it (ids 1, 2)" in told[0]
    assert "4 rows stand against it (ids 1, 2, 3, 4)" in told[1]
    with pytest.raises(Refusal):
        apply(planned, desk.database)


def test_a_changed_condition_is_another_rule(desk: Desk) -> None:
    desk.publish('\n  - {fields: [name], where: "rank > 5"}')
    desk.add(name="x", rank=1)
    desk.add(name="x", rank=2)
    assert not desk.plan('\n  - {fields: [name], where: "rank > 1"}').is_empty
    desk.publish('\n  - {fields: [name], where: "rank > 1"}')
    desk.refused(name="x", rank=3)
    assert desk.plan('\n  - {fields: [name], where: "rank > 1"}').is_empty
    assert desk.plan('\n  - {fields: [name], where: "rank > 0"}').obstacles()


def test_lost_races_are_refused_in_the_same_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check finds nothing, as if the other record came right after it; the database then refuses."""
    desk.add(code="a")
    monkeypatch.setattr("dougong.records.pipeline.has_unique", lambda shape: False)
    with pytest.raises(Refusal) as refusal:
        desk.add(code="A")
    assert refusal.value.kind == "conflict"
    assert [(each.code, each.path, each.hint) for each in refusal.value.problems] == [
        ("unique", "code", "#1")
    ]
