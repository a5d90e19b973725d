"""Virtual fields are read, filtered, ordered and added up like stored ones, on both engines, and are never stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.aggregate import Group, aggregate, totals
from dougong.records.change_many import Change, change_many
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.trying import try_on
from dougong.records.update import update
from tests.installed import AT
from tests.virtual.conftest import Club

CARD = "club.member_card"
VISIT = "club.visit"


@pytest.fixture
def cards(club: Club) -> dict[str, int]:
    """Three cards, two of them with visits; one has nothing at all."""
    root = club.id_of("root")
    ann = club.make(
        "member_card",
        name="Ann",
        keeper=root,
        rate="1.5",
        valid_to="2026-12-02",
        seen_at="2026-11-12T08:00:00Z",
        level="gold",
    )
    bob = club.make("member_card", name="Bob", rate="0.3333", valid_to="2026-11-20", level="plain")
    nobody = club.make("member_card", name="Nobody")
    for card, number, price in ((ann, "V1", "10.005"), (ann, "V2", "55.55"), (bob, "V3", "7")):
        club.make(
            "visit",
            number=number,
            card=card,
            day=f"2026-10-0{number[1]}",
            items=[
                {"what": "a", "price": price[:5], "quantity": 2},
                {"what": "b", "price": "1", "quantity": 3},
            ],
        )
    return {"Ann": ann, "Bob": bob, "Nobody": nobody}


def of(club: Club, key: str, identifier: int, **options: Any) -> dict[str, Any]:
    with club.reading(**options) as call:
        return dict(read(call, key, identifier).values)


def named(club: Club, query: Query, login: str = "root", **options: Any) -> list[str]:
    with club.reading(login, **options) as call:
        return [row.values["name"] for row in list_records(call, CARD, query).rows]


def test_a_record_has_them(club: Club, cards: dict[str, int]) -> None:
    values = of(club, CARD, cards["Ann"])
    assert values["days_left"] == 10
    assert type(values["days_left"]) is int
    assert values["is_over"] is False
    assert values["idle_days"] == 10
    assert values["is_mine"] is True
    assert values["shown"] == "Ann/gold"
    assert values["spent"] == Decimal("137.10")
    assert values["large"] == 1
    assert values["last_on"] == date(2026, 10, 2)
    assert values["helper"] == club.id_of("root")
    assert values["share"] == Decimal("0.890")
    assert values["class"] == "gold"
    assert values["bonus"] == Decimal("13.71")
    nobody = of(club, CARD, cards["Nobody"])
    assert {name: nobody[name] for name in ("days_left", "idle_days", "last_on", "helper")} == dict.fromkeys(
        ("days_left", "idle_days", "last_on", "helper")
    )
    assert nobody["spent"] == 0
    assert nobody["large"] == 0


def test_rows_of_a_table_have_them(club: Club, cards: dict[str, int]) -> None:
    with club.reading() as call:
        visit = list_records(call, VISIT, Query(filter="number = 'V1'")).rows[0]
        values = read(call, VISIT, visit.id).values
    assert [row["amount"] for row in values["items"]] == [Decimal("20.00"), Decimal("3.00")]
    assert [row["rated"] for row in values["items"]] == [Decimal("30.000"), Decimal("4.500")]
    assert values["total"] == Decimal("23.00")
    assert values["left_then"] == 10
    assert values["card_class"] == "gold!"


def test_behind_a_link_that_leads_nowhere_they_are_empty(club: Club, cards: dict[str, int]) -> None:
    lone = club.make("visit", number="V9")
    values = of(club, VISIT, lone)
    assert values["left_then"] is None
    assert values["total"] == 0
    assert values["card_class"] == "!"
    assert values["card_total"] is None


def test_a_day_later_they_are_others(club: Club, cards: dict[str, int]) -> None:
    later = AT + timedelta(days=11)
    assert of(club, CARD, cards["Ann"], at=later)["days_left"] == -1
    assert named(club, Query(filter="is_over", sort="name")) == ["Bob"]
    assert named(club, Query(filter="is_over", sort="name"), at=later) == ["Ann", "Bob"]


def test_who_reads_is_asked_each_time(club: Club, cards: dict[str, int]) -> None:
    assert of(club, CARD, cards["Ann"], login="reader")["is_mine"] is False
    assert named(club, Query(filter="is_mine")) == ["Ann"]
    assert named(club, Query(filter="is_mine"), "reader") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("days_left > 5", ["Ann"]),
        ("days_left < 0 OR days_left IS EMPTY", ["Bob", "Nobody"]),
        ("is_over = FALSE", ["Ann"]),
        ("spent BETWEEN 10 AND 20", ["Bob"]),
        ("spent = 137.1", ["Ann"]),
        ("shown LIKE 'ann%'", ["Ann"]),
        ("last_on >= DATE(2026, 10, 3)", ["Bob"]),
        ("helper = ME()", ["Ann"]),
        ("class = 'gold'", ["Ann"]),
        ("class IN ('gold', 'plain')", ["Ann", "Bob", "Nobody"]),
        ("days_left + idle_days = 20", ["Ann"]),
        ("COUNT(visits WHERE left_then < 0) = 1", ["Bob"]),
        ("SUM(visits.total) > 100", ["Ann"]),
    ],
)
def test_a_filter_may_name_them(club: Club, cards: dict[str, int], text: str, expected: list[str]) -> None:
    assert named(club, Query(filter=text, sort="name")) == expected


def test_a_filter_may_name_them_over_a_link(club: Club, cards: dict[str, int]) -> None:
    """A visit without a card has no sum of a card either, not one of nothing."""
    club.make("visit", number="V4")
    for text, expected in (
        ("card.spent = 137.1", ["V1", "V2"]),
        ("card.spent = 0", []),
        ("card.spent IS EMPTY", ["V4"]),
        ("NOT (card.is_over)", ["V1", "V2"]),
        ("card.name & '!' = '!'", ["V4"]),
        ("COALESCE(card.rate, 0) = 0", ["V4"]),
        ("card.spent > 5 AND card.rate < 1", ["V3"]),
    ):
        with club.reading() as call:
            rows = list_records(call, VISIT, Query(filter=text, sort="number")).rows
        assert [row.values["number"] for row in rows] == expected, text


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("days_left", ["Bob", "Ann", "Nobody"]),
        ("-days_left", ["Ann", "Bob", "Nobody"]),
        ("-spent", ["Ann", "Bob", "Nobody"]),
        ("last_on,name", ["Ann", "Bob", "Nobody"]),
        ("helper,-name", ["Ann", "Nobody", "Bob"]),
        ("class,-spent", ["Ann", "Bob", "Nobody"]),
        ("is_over,name", ["Ann", "Bob", "Nobody"]),
    ],
)
def test_a_list_is_ordered_by_them_page_after_page(
    club: Club, cards: dict[str, int], sort: str, expected: list[str]
) -> None:
    assert named(club, Query(sort=sort)) == expected
    found: list[str] = []
    cursor = None
    with club.reading() as call:
        for _ in expected:
            page = list_records(call, CARD, Query(sort=sort, limit=1, cursor=cursor))
            found += [row.values["name"] for row in page.rows]
            cursor = page.next_cursor
    assert found == expected
    assert cursor is None


@pytest.mark.parametrize("name", ["is_reader", "is_known", "day", "one", "word", "moment"])
def test_what_asks_no_record_serves_too(club: Club, cards: dict[str, int], name: str) -> None:
    assert named(club, Query(sort=f"{name},name")) == ["Ann", "Bob", "Nobody"]
    with club.reading() as call:
        pages = list_records(call, CARD, Query(sort=f"-{name},name", limit=1))
        after = list_records(call, CARD, Query(sort=f"-{name},name", limit=2, cursor=pages.next_cursor))
        assert [row.values["name"] for row in after.rows] == ["Bob", "Nobody"]
        assert len(aggregate(call, CARD, [name], {"count": "COUNT()"}).rows) == 1
    assert named(club, Query(filter=f"{name} IS EMPTY")) == []


def test_figures_group_and_add_them(club: Club, cards: dict[str, int]) -> None:
    with club.reading() as call:
        found = aggregate(
            call,
            CARD,
            [Group("class")],
            {"count": "COUNT()", "sum": "SUM(spent)", "most": "MAX(days_left)", "mean": "AVERAGE(spent)"},
        )
        assert found.rows == (
            ("gold", Decimal(1), Decimal("137.10"), Decimal(10), Decimal("137.1000000000")),
            ("plain", Decimal(2), Decimal("17.00"), Decimal(-2), Decimal("8.5000000000")),
        )
        months = aggregate(call, CARD, ["month:last_on"], {"count": "COUNT()"})
        assert months.rows == ((date(2026, 10, 1), Decimal(2)), (None, Decimal(1)))
        assert totals(call, CARD, Query(), ["spent"]) == {"spent": Decimal("154.10")}
        assert aggregate(call, CARD, ["is_over"], {"count": "COUNT()"}).rows[-1] == (None, Decimal(1))


def test_stored_formulas_follow_what_virtual_ones_read(club: Club, cards: dict[str, int]) -> None:
    with club.writing() as call:
        visit = list_records(call, VISIT, Query(filter="number = 'V3'")).rows[0]
        rows = read(call, VISIT, visit.id).values["items"]
        update(call, VISIT, visit.id, {"items": [{"id": rows[0]["id"], "quantity": 20}]})
        assert read(call, VISIT, visit.id).values["weight"] == Decimal("20.000")
    assert of(club, CARD, cards["Bob"])["bonus"] == Decimal("14.00")


def test_rights_hold(club: Club, cards: dict[str, int]) -> None:
    values = of(club, CARD, cards["Ann"], login="reader")
    assert "spent" not in values
    assert values["class"] == "gold"
    assert values["days_left"] == 10
    for query in (Query(filter="spent > 1"), Query(sort="spent"), Query(fields=("spent",))):
        with pytest.raises(Refusal) as refused, club.reading("reader") as call:
            list_records(call, CARD, query)
        assert refused.value.kind == "invalid"
    with pytest.raises(Refusal), club.reading("reader") as call:
        aggregate(call, CARD, (), {"sum": "SUM(spent)"})
    with pytest.raises(Refusal), club.reading("reader") as call:
        aggregate(call, VISIT, ["card.spent"])


def test_row_rules_may_name_them(club: Club, cards: dict[str, int]) -> None:
    assert named(club, Query(), "guest") == ["Ann"]
    assert named(club, Query(), "guest", at=AT + timedelta(days=11)) == []
    with club.reading("guest") as call:
        assert [row.values["number"] for row in list_records(call, VISIT, Query(sort="number")).rows] == [
            "V1",
            "V2",
        ]


def test_nobody_writes_them(club: Club, cards: dict[str, int]) -> None:
    with pytest.raises(Refusal) as refused, club.writing() as call:
        update(call, CARD, cards["Ann"], {"days_left": 3})
    assert [each.path for each in refused.value.problems] == ["days_left"]


def test_a_moment_is_never_kept(club: Club, cards: dict[str, int]) -> None:
    at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert of(club, CARD, cards["Ann"], at=at)["days_left"] == -29
    assert of(club, CARD, cards["Ann"], at=at + timedelta(minutes=1))["days_left"] == -30


def test_changes_of_many_may_read_them(club: Club, cards: dict[str, int]) -> None:
    with club.writing() as call:
        change_many(
            call,
            CARD,
            list(cards.values()),
            Change("rate", "expression", expression="spent / 10 + days_left"),
        )
    rates = {name: of(club, CARD, each)["rate"] for name, each in cards.items()}
    assert rates == {"Ann": Decimal("23.7100"), "Bob": Decimal("-0.3000"), "Nobody": None}


def test_expressions_are_tried_with_them(club: Club, cards: dict[str, int]) -> None:
    with club.reading() as call:
        assert try_on(call, CARD, "days_left * 2", None, record=cards["Ann"]).text == "20"
        visit = list_records(call, VISIT, Query(filter="number = 'V1'")).rows[0]
        assert try_on(call, VISIT, "card.days_left + card.spent", None, record=visit.id).text == "147.10"


def test_a_filter_over_too_many_formulas_is_refused(club: Club, cards: dict[str, int]) -> None:
    text = " AND ".join(["spent > 1"] * 60)
    with pytest.raises(Refusal) as refused, club.reading() as call:
        list_records(call, CARD, Query(filter=text))
    assert refused.value.problems[0].path == "filter"
