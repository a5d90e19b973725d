"""Lists: filter, search, order, pages, counts, on both engines alike."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.aggregate import aggregate, totals
from dougong.records.create import create_many
from dougong.records.query import Query, list_records
from dougong.records.record import MEMBER
from dougong.records.related import related, related_lists
from tests.records.conftest import Shop


def names(shop: Shop, query: Query, login: str = "root") -> list[str]:
    with shop.reading(login) as call:
        return [record.values["name"] for record in list_records(call, "shop.customer", query).rows]


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """Customers with gaps in every column, made by different people."""
    generator = random.Random(5)
    rows: list[dict[str, Any]] = []
    for number in range(40):
        row: dict[str, Any] = {"name": f"N{number:02d}"}
        if number % 3:
            row["credit"] = f"{generator.randrange(-5, 5)}.{generator.randrange(100):02d}"
        if number % 4:
            row["grade"] = generator.choice(["silver", "bronze"])
        if number % 5:
            row["since"] = f"2026-0{generator.randrange(1, 9)}-15"
        if number % 2:
            row["tags"] = generator.sample(["a", "b", "c"], 2)
        rows.append(row)
    with shop.writing("mia") as call:
        create_many(call, "shop.customer", rows[:20])
    with shop.writing("ann") as call:
        create_many(
            call, "shop.customer", [{k: v for k, v in row.items() if k != "credit"} for row in rows[20:]]
        )
    return shop


SORTS = [
    "name",
    "-name",
    "credit",
    "-credit,name",
    "grade,-since",
    "-grade,since,name",
    "since",
    "owner,-name",
    "-updated_at",
    "id",
]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_by_cursor_give_every_record_once_in_order(filled: Shop, sort: str) -> None:
    with filled.reading() as call:
        whole = list_records(call, "shop.customer", Query(sort=sort, limit=1000))
        assert whole.next_cursor is None
        pages: list[int] = []
        cursor = None
        while True:
            page = list_records(call, "shop.customer", Query(sort=sort, limit=7, cursor=cursor))
            pages += [record.id for record in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        offsets = [
            record.id
            for start in range(0, 40, 7)
            for record in list_records(call, "shop.customer", Query(sort=sort, limit=7, offset=start)).rows
        ]
    assert pages == offsets == [record.id for record in whole.rows]
    assert len(set(pages)) == 40


def test_empty_values_stand_last_in_both_directions(filled: Shop) -> None:
    for sort, reverse in (("credit", False), ("-credit", True)):
        with filled.reading() as call:
            found = [
                record.values["credit"]
                for record in list_records(call, "shop.customer", Query(sort=sort)).rows
            ]
        known = [value for value in found if value is not None]
        assert known == sorted(known, reverse=reverse)
        assert found == known + [None] * (40 - len(known))


def test_choices_are_ordered_as_their_options(shop: Shop) -> None:
    for name, grade in (("A", "bronze"), ("B", "silver"), ("C", None)):
        shop.customer(name=name, grade=grade)
    shop.customer(name="D", grade="gold", since="2026-01-01")
    assert names(shop, Query(sort="grade")) == ["D", "B", "A", "C"]
    assert names(shop, Query(sort="-grade")) == ["A", "B", "D", "C"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 'Alpha'", ["Alpha"]),
        ("credit > 10", ["Beta"]),
        ("credit IS EMPTY", ["Gamma"]),
        ("credit >= 9.999 AND active", ["Alpha", "Beta"]),
        ("grade IN ('silver', 'bronze')", ["Alpha", "Beta"]),
        ("since BETWEEN '2026-01-01' AND '2026-02-01'", ["Alpha"]),
        ("'a' IN tags", ["Alpha", "Beta"]),
        ("COUNT(tags) = 2", ["Beta"]),
        ("owner = ME()", ["Alpha", "Beta", "Gamma"]),
        ("referrer.name = 'Alpha'", ["Beta"]),
        ("referrer.referrer.credit > 10", ["Gamma"]),
        ("name LIKE '%A'", ["Alpha", "Beta", "Gamma"]),
        ("NOT active", []),
        ("seen_at > '2026-01-01T00:00:00+00:00'", ["Alpha"]),
    ],
)
def test_filters(shop: Shop, text: str, expected: list[str]) -> None:
    alpha = shop.customer(
        name="Alpha",
        credit="10",
        grade="silver",
        since="2026-01-15",
        tags=["a"],
        seen_at="2026-02-01T00:00:00Z",
    )
    beta = shop.customer(name="Beta", credit="10.01", grade="bronze", referrer=alpha, tags=["a", "c"])
    shop.customer(name="Gamma", referrer=beta)
    if "referrer.referrer" in text:
        text = text.replace("> 10", "< 11")
    assert names(shop, Query(filter=text, sort="name")) == expected


def test_search_finds_any_two_characters_and_all_words(shop: Shop) -> None:
    shop.customer(name="上海量子计算有限公司", phone="13800005678")
    shop.customer(name="北京角色科技")
    shop.customer(name="Quantum Works")
    assert names(shop, Query(q="量子")) == ["上海量子计算有限公司"]
    assert names(shop, Query(q="科技 北京")) == ["北京角色科技"]
    assert names(shop, Query(q="quant")) == ["Quantum Works"]
    assert names(shop, Query(q="5678")) == ["上海量子计算有限公司"]
    assert names(shop, Query(q="C-0002")) == ["北京角色科技"]
    assert names(shop, Query(q="nothing")) == []
    assert names(shop, Query(q="% _ '\" OR")) == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (Query(filter="nam = 'x'"), "filter"),
        (Query(filter="name = "), "filter"),
        (Query(filter="name"), "filter"),
        (Query(sort="nam"), "sort"),
        (Query(sort="tags"), "sort"),
        (Query(sort="id,name,grade,credit,since,owner"), "sort"),
        (Query(fields=["nam"]), "fields"),
        (Query(expand=["name"]), "expand"),
        (Query(limit=0), "limit"),
        (Query(limit=1001), "limit"),
        (Query(offset=-1), "offset"),
        (Query(count="some"), "count"),
        (Query(cursor="x"), "cursor"),
        (Query(cursor="W10"), "cursor"),
        (Query(cursor="é"), "cursor"),
        (Query(q="x" * 300), "q"),
        (Query(q="a\0b"), "q"),
        (Query(q="\ud800"), "q"),
        (Query(filter="name = '\ud800'"), "filter"),
        (Query(filter="name = 'a\0b'"), "filter"),
    ],
)
def test_bad_questions_are_refused_where_they_are_wrong(shop: Shop, query: Query, path: str) -> None:
    with pytest.raises(Refusal) as refusal, shop.reading() as call:
        list_records(call, "shop.customer", query)
    assert refusal.value.kind == "invalid"
    assert [each.path for each in refusal.value.problems] == [path]


def test_a_cursor_is_good_for_its_own_list_only(filled: Shop) -> None:
    with filled.reading() as call:
        cursor = list_records(call, "shop.customer", Query(limit=3)).next_cursor
        with pytest.raises(Refusal):
            list_records(call, "shop.customer", Query(limit=3, sort="name", cursor=cursor))
        with pytest.raises(Refusal):
            list_records(call, "shop.customer", Query(limit=3, filter="active", cursor=cursor))


def test_counts_totals_and_figures_agree(filled: Shop) -> None:
    with filled.reading() as call:
        page = list_records(
            call, "shop.customer", Query(limit=1000, count="exact", filter="credit IS NOT EMPTY")
        )
        assert page.count == len(page.rows)
        expected = sum((record.values["credit"] for record in page.rows), Decimal(0))
        assert totals(call, "shop.customer", Query(), ["credit"]) == {"credit": expected}
        figures = aggregate(
            call,
            "shop.customer",
            ["grade"],
            {"n": "COUNT()", "sum": "SUM(credit)", "big": "COUNT(credit > 0)"},
            having="n > 0",
        )
    assert [row[0] for row in figures.rows] == ["silver", "bronze", None]
    assert sum(row[1] for row in figures.rows) == 40
    assert sum((row[2] for row in figures.rows), Decimal(0)) == expected
    assert sum(row[3] for row in figures.rows) == sum(record.values["credit"] > 0 for record in page.rows)


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_periods_are_the_same_for_days_and_moments(shop: Shop, grain: str) -> None:
    days = ["2025-12-29", "2026-01-04", "2026-01-05", "2026-03-31", "2026-04-01", "2026-12-31", "2027-01-01"]
    for day in days:
        shop.customer(since=day, seen_at=f"{day}T00:30:00+08:00")
    shop.customer()
    with shop.reading() as call:
        by_day = aggregate(call, "shop.customer", [f"{grain}:since"])
        by_moment = aggregate(call, "shop.customer", [f"{grain}:seen_at"])
    assert by_day.rows == by_moment.rows
    starts = {
        "day": days,
        "month": sorted({day[:8] + "01" for day in days}),
        "year": ["2025-01-01", "2026-01-01", "2027-01-01"],
    }
    if grain in starts:
        assert [str(row[0]) for row in by_day.rows[:-1]] == starts[grain]
    if grain == "week":
        assert [str(row[0]) for row in by_day.rows[:2]] == ["2025-12-29", "2026-01-05"]
    if grain == "quarter":
        assert [str(row[0]) for row in by_day.rows[:3]] == ["2025-10-01", "2026-01-01", "2026-04-01"]
    assert by_day.rows[-1] == (None, Decimal(1))


@pytest.mark.parametrize(
    "given",
    [
        {"group": ["nope"]},
        {"group": ["month:name"]},
        {"group": ["tags"]},
        {"measures": {"n": "credit"}},
        {"measures": {"n": "SUM(name)"}},
        {"having": "x > 1"},
        {"sort": "nope"},
        {"filter": "SUM(credit)"},
    ],
)
def test_bad_figures_are_refused(shop: Shop, given: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal, shop.reading() as call:
        aggregate(call, "shop.customer", **given)
    assert refusal.value.kind == "invalid"


def test_links_show_titles_of_what_they_point_to(shop: Shop) -> None:
    customer = shop.customer(name="Acme")
    shop.order(customer)
    with shop.reading() as call:
        [order] = list_records(call, "shop.order", Query(expand=["customer"])).rows
    assert order.title_of("shop.customer", customer) == "Acme"
    assert order.title_of(MEMBER, shop.people["root"].id) == "Root"


def test_related_lists_follow_links_backwards(shop: Shop) -> None:
    customer, other = shop.customer(), shop.customer(name="Other")
    product = shop.product("x")
    orders = [shop.order(customer, related=[product]), shop.order(customer)]
    shop.order(other)
    with shop.reading() as call:
        page = related(call, "shop.customer", customer, "orders", Query(sort="id", count="exact"))
        assert [record.id for record in page.rows] == orders
        assert page.count == 2
        [found] = related(call, "shop.product", product, "related_orders", Query()).rows
        assert found.id == orders[0]
        assert {end.id for end in related_lists(call, "shop.customer")} == {
            "referred",
            "orders",
            "notes_about",
        }
        with pytest.raises(Refusal) as refusal:
            related(call, "shop.customer", customer, "order", Query())
        assert refusal.value.kind == "missing"


def test_deep_offsets_give_the_same_rows(shop: Shop) -> None:
    with shop.writing() as call:
        ids = create_many(call, "shop.product", [{"code": f"p{n:04d}", "name": "x"} for n in range(700)])
    with shop.reading() as call:
        page = list_records(call, "shop.product", Query(sort="code", limit=5, offset=650))
    assert [record.id for record in page.rows] == ids[650:655]
