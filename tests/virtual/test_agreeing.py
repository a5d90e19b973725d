"""What the database works out is what the same formulas give in memory, number by number and row by row; and it is asked once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from dougong.records.call import Call
from dougong.records.create import create_many
from dougong.records.evaluation import Evaluation
from dougong.records.load import drafts_of, load
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.shape import shape_of
from dougong.records.virtual import work_out
from tests.virtual.conftest import Club

CARD = "club.member_card"
VISIT = "club.visit"
RATES = (None, "0", "0.05", "-0.05", "0.15", "-1.5", "0.9007", "0.9008", "-0.9008", "99999999999999.9999")
DAYS = (None, "2026-11-22", "2024-02-29", "9999-12-31", "1900-01-01")


def entered(club: Club, seed: int) -> None:
    """Cards of every odd kind, and visits to some of them."""
    random = Random(seed)
    with club.writing() as call:
        cards = create_many(
            call,
            CARD,
            [
                {
                    "name": f"{random.choice(['甲', 'Ö', 'x'])}{place}",
                    "rate": rate,
                    "valid_to": random.choice(DAYS),
                    "seen_at": random.choice([None, "2026-11-21T16:30:00Z", "2026-03-29T01:30:00Z"]),
                    "level": random.choice([None, "gold", "plain"]),
                    "keeper": random.choice([None, call.actor.id]),
                }
                for place, rate in enumerate((*RATES, *random.choices(RATES, k=10)))
            ],
        )
        ids = [None, *cards]
        create_many(call, VISIT, [_visit(random, ids, place) for place in range(25)])


def _visit(random: Random, cards: Sequence[int | None], place: int) -> dict[str, Any]:
    items = [
        {
            "price": random.choice([None, "0.005"[:4], "19.99", "-3"]),
            "quantity": random.choice([None, 0, 7, -2]),
        }
        for _ in range(random.randint(0, 3))
    ]
    return {"number": f"V{place}", "card": random.choice(cards), "day": random.choice(DAYS), "items": items}


def in_memory(call: Call, key: str) -> dict[int, dict[str, Any]]:
    shape = shape_of(call.release, key)
    ids = [row.id for row in list_records(call, key, Query(limit=1000)).rows]
    records = list(load(call, shape, ids).values())
    drafts = drafts_of(call, shape, records, list(shape.tables), [""] * len(records))
    work_out(Evaluation(call), shape, drafts)
    return {draft.id: draft.values for draft in drafts}


@pytest.mark.parametrize("seed", [1, 2])
def test_both_give_the_same(club: Club, seed: int) -> None:
    entered(club, seed)
    compared = 0
    with club.reading() as call:
        for key in (CARD, VISIT):
            shape = shape_of(call.release, key)
            for identifier, expected in in_memory(call, key).items():
                values = read(call, key, identifier).values
                assert {each: values[each] for each in shape.virtual} == {
                    each: expected[each] for each in shape.virtual
                }
                for name, inner in shape.tables.items():
                    for row, other in zip(values[name], expected[name], strict=True):
                        assert {each: row[each] for each in inner.virtual} == {
                            each: other[each] for each in inner.virtual
                        }
                compared += len(shape.virtual)
    assert compared > 300


def test_they_hold_what_their_fields_hold(club: Club) -> None:
    entered(club, 3)
    with club.reading() as call:
        rows = list_records(call, CARD, Query(sort="id", limit=len(RATES))).rows
    assert [row.values["half"] for row in rows[:6]] == [
        None if each is None else Decimal(each) for each in ("0.0", "0.0", "0.0", "0.0", "0.1", "-0.8")
    ]
    assert [row.values["wide"] for row in rows[6:10]] == [9007000000000000, None, None, None]
    with club.reading() as call:
        found = list_records(call, CARD, Query(filter="wide IS EMPTY AND rate > 0", sort="id", limit=2)).rows
    assert [row.values["rate"] for row in found] == [Decimal("0.9008"), Decimal("99999999999999.9999")]


@pytest.mark.parametrize("club", ["sqlite"], indirect=True)
def test_a_list_asks_once(club: Club) -> None:
    """However many records it shows, and whatever they add up; SQLite tells what it is asked."""
    entered(club, 4)
    asked: list[str] = []
    with club.reading() as call:
        query = Query(fields=("name", "spent", "large", "days_left"), sort="-spent", limit=20, named=False)
        driver: Any = call.connection.connection.driver_connection
        driver.set_trace_callback(asked.append)
        rows = list_records(call, CARD, query).rows
        driver.set_trace_callback(None)
    assert len(rows) == 20
    assert len([each for each in asked if each.lstrip().upper().startswith("SELECT")]) == 1
