"""Everybody who can see a record is exactly everybody in whose list it stands, whatever the roles are."""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import insert

from dougong.diagnostics import Refusal
from dougong.people import accounts, organisation, teams
from dougong.people.actor import load_actor
from dougong.people.everybody import everybody
from dougong.records.call import as_actor
from dougong.records.selection import stands
from dougong.records.shape import shape_of
from dougong.records.sharing import Wanted, share
from dougong.records.who_can import RANKED, who_can
from dougong.storage.apply import apply
from dougong.storage.plan import plan
from dougong.storage.release import releases_of
from dougong.storage.system import MEMBERSHIP, USER, USER_ROLE
from tests.installed import compiled
from tests.records.conftest import Shop
from tests.records.test_rights_effects import ENTITIES, drawn, filled


def lent(shop: Shop) -> None:
    """Shares of every kind."""
    with shop.writing() as call:
        north = organisation.add_department(call.connection, "North")
        sales = organisation.departments(call.connection)[0].id
        team = teams.add_team(
            call.connection, "Tigers", lead_id=shop.id_of("eve"), members=[shop.id_of("rob")]
        )
        organisation.move_department(call.connection, sales, north)
        for kind, subject, level, record in (
            ("department", str(north), "read", 1),
            ("team", str(team), "edit", 2),
            ("role", "shop.reader", "read", 4),
            ("person", str(shop.id_of("eve")), "edit", 5),
        ):
            share(call, "shop.customer", record, Wanted(kind, subject, level))


@pytest.mark.parametrize("seed", [5, 6])
def test_who_can_see_a_record_is_who_finds_it(shop: Shop, seed: int) -> None:
    filled(shop)
    lent(shop)
    draw = random.Random(seed)
    for _ in range(3):
        with shop.reading() as call:
            made = plan(shop.release.recorded["shop"], compiled(drawn(draw)), call.connection)
        apply(made, shop.database)
        shop.release = releases_of(shop.database).current()
        with shop.reading() as call:
            people = [load_actor(call.connection, each.id) for each in everybody(call.connection)]
            for key in (f"shop.{entity}" for entity in ENTITIES):
                shape = shape_of(shop.release, key)
                for record in range(1, 6):
                    if not stands(call, shape, record):
                        continue
                    wanted = {}
                    for person in people:
                        asked = as_actor(call, person)
                        open_to = [each for each in RANKED if stands(asked, shape, record, each)]
                        if "read" in open_to:
                            wanted[person.login] = open_to[-1]
                    found = who_can(call, key, record)
                    seers = found.people()
                    assert {each.person.login: each.best for each in seers} == wanted, (key, record)
                    assert all(found.causes(each.person, each.best) for each in seers)


def test_only_administrators_and_sharers_may_ask(shop: Shop) -> None:
    record = shop.customer(owner=shop.id_of("ann"))
    for login, kind in (("ann", "forbidden"), ("rob", "missing"), ("eve", "missing")):
        with shop.reading(login) as call, pytest.raises(Refusal) as refusal:
            who_can(call, "shop.customer", record)
        assert refusal.value.kind == kind
    with shop.reading() as call, pytest.raises(Refusal) as refusal:
        who_can(call, "shop.customer", record + 1)
    assert refusal.value.kind == "missing"


PEOPLE = 10_000


def crowded(shop: Shop) -> None:
    """Ten thousand people in departments on six levels, each with some of the roles."""
    with shop.database.writing() as connection:
        first = accounts.add(connection, "first")
        row = {
            "language": "zh",
            "timezone": "Asia/Shanghai",
            "is_admin": False,
            "must_change_password": False,
        }
        moment = connection.execute(USER.select().where(USER.c.id == first)).one().created_at
        ids = range(first + 1, first + 1 + PEOPLE)
        people = [
            {
                **row,
                "id": each,
                "login": f"p{each}",
                "name": f"P{each}",
                "created_at": moment,
                "updated_at": moment,
            }
            for each in ids
        ]
        connection.execute(insert(USER), people)
        roles = ("seller", "reader", "manager")
        connection.execute(
            insert(USER_ROLE),
            [{"user_id": each, "app": "shop", "role": roles[each % 7 % 3]} for each in ids],
        )
        above: list[int] = []
        for level in range(6):
            here = []
            for number in range(4**level):
                parent = above[number // 4] if above else None
                head = ids[(level * 997 + number * 7) % PEOPLE]
                here.append(
                    organisation.add_department(
                        connection, f"L{level}-{number}", parent_id=parent, head_id=head
                    )
                )
            above = here
        connection.execute(
            insert(MEMBERSHIP),
            [{"user_id": each, "department_id": above[each % len(above)], "is_main": True} for each in ids],
        )


@pytest.mark.nightly
def test_ten_thousand_people_are_found_in_two_seconds(shop: Shop) -> None:
    crowded(shop)
    with shop.database.reading() as connection:
        person = everybody(connection)[5000]
    record = shop.customer(owner=person.id, grade="silver")
    with shop.reading() as call:
        began = time.process_time()
        found = who_can(call, "shop.customer", record).people()
        took = time.process_time() - began
    assert len(found) > PEOPLE / 4
    assert took < 2.0, took
