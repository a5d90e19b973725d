"""Records written one by one, many at once and from a batch are the same: rows, links, search index and history."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create, create_many
from dougong.records.update import update
from dougong.storage.system import HISTORY
from tests.installed import AT
from tests.records.conftest import Shop

Values = dict[str, Any]
Write = Callable[[Call, Sequence[Values]], object]
WORDS = (
    "产线改造",
    "Ünïcode",
    "ﬁligree",
    "😀 emoji",
    "שלום",
    "O'Neil; --",
    "1234567890",
    "a" * 70,
    "O-202601-001",
)


def customers(chance: random.Random, count: int) -> list[Values]:
    """Customers of all sorts: each field is there or not."""
    offered: dict[str, Callable[[int], Any]] = {
        "grade": lambda _: chance.choice(("silver", "bronze", None)),
        "email": lambda number: f"mail{number}@example.com",
        "phone": lambda _: f"+86 138 {chance.randint(1000, 9999)} {chance.randint(1000, 9999)}",
        "credit": lambda _: str(Decimal(chance.randint(-(10**15), 10**15)) / 100),
        "secret": lambda _: "  ".join(chance.choices(WORDS, k=2)),
        "active": lambda _: chance.random() < 0.5,
        "since": lambda _: f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        "seen_at": lambda _: (AT - timedelta(microseconds=chance.randint(0, 10**12))).isoformat(),
        "visits": lambda _: chance.randint(0, 999),
        "tags": lambda _: chance.sample(["a", "b", "c"], chance.randint(0, 3)),
        "notes": lambda _: "\n".join(chance.choices(WORDS, k=20)),
    }
    return [
        {
            "name": f"{chance.choice(WORDS)} {number}",
            **{name: draw(number) for name, draw in offered.items() if chance.random() < 0.6},
        }
        for number in range(count)
    ]


def orders(
    chance: random.Random, count: int, customers_: Sequence[int], products: Sequence[int]
) -> list[Values]:
    """Orders with rows and links, some many, some none."""
    return [
        {
            "customer": chance.choice(customers_),
            "reference": f"r{number}",
            "discount": chance.choice(("0.05", None, "0.1")),
            "related": chance.sample(products, chance.randint(0, len(products))),
            "lines": [
                {"product": chance.choice(products), "quantity": str(chance.randint(1, 99)), "price": price}
                for price in chance.choices(("9.99", "0.01", None), k=chance.choice((0, 1, 3, 30)))
            ],
        }
        for number in range(count)
    ]


def one_by_one(call: Call, key: str, records: Sequence[Values]) -> None:
    for values in records:
        create(call, key, values)


def as_batch(call: Call, key: str, records: Sequence[Values]) -> None:
    batch(call, key, [Operation("create", values=values) for values in records])


def written(call: Call, key: str, records: Sequence[Values], write: Any) -> dict[str, list[Any]]:
    """What stands in the tables after writing, with ids counted from the first; everything is taken back."""
    release = call.release
    tables = [
        table for name, table in release.tables.every() if re.fullmatch(f"{re.escape(key)}([#/].*)?", name)
    ]
    before = {
        table.name: set(call.connection.execute(select(*table.primary_key.columns)).all()) for table in tables
    }
    transaction = call.connection.begin_nested()
    write(call, key, records)
    ids = sorted(call.connection.execute(select(release.table(key).c.id)).scalars())
    new = [each for each in ids if (each,) not in before[release.table(key).name]]
    places = {identifier: place for place, identifier in enumerate(new)}
    found: dict[str, list[Any]] = {}
    for table in tables:
        rows = call.connection.execute(select(table).order_by(*table.primary_key.columns)).all()
        own = table.primary_key.columns.keys()
        records_there = (dict(zip(table.c.keys(), row, strict=True)) for row in rows)
        fresh = [row for row in records_there if tuple(row[each] for each in own) not in before[table.name]]
        starts = {"id": min((row["id"] for row in fresh), default=0)} if "id" in table.c else {}
        for row in fresh:
            row.update({name: row[name] - start for name, start in starts.items()})
            row.update({name: places[row[name]] for name in ("parent_id", "source_id") if name in row})
        found[table.name] = fresh
    wanted = (
        select(HISTORY).where(HISTORY.c.entity == key, HISTORY.c.record_id.in_(new)).order_by(HISTORY.c.id)
    )
    found["history"] = [
        {**row, "id": None, "batch": None, "record_id": places[row["record_id"]]}
        for row in call.connection.execute(wanted).mappings()
    ]
    transaction.rollback()
    return found


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), count=st.sampled_from((1, 19, 20, 30)))
def test_customers_are_the_same_however_they_are_written(shop: Shop, seed: int, count: int) -> None:
    records = customers(random.Random(seed), count)
    with shop.writing() as call:
        expected = written(call, "shop.customer", records, one_by_one)
        assert len(expected["history"]) == count
        assert written(call, "shop.customer", records, create_many) == expected
        assert written(call, "shop.customer", records, as_batch) == expected


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), count=st.sampled_from((1, 5, 24)))
def test_orders_with_rows_and_links_are_the_same(shop: Shop, seed: int, count: int) -> None:
    chance = random.Random(seed)
    with shop.writing() as call:
        transaction = call.connection.begin_nested()
        ids = create_many(call, "shop.customer", [{"name": f"c{number}"} for number in range(5)])
        products = [{"code": f"p{number}", "name": "P", "price": "3.33"} for number in range(6)]
        records = orders(chance, count, ids, create_many(call, "shop.product", products))
        expected = written(call, "shop.order", records, one_by_one)
        assert written(call, "shop.order", records, create_many) == expected
        assert written(call, "shop.order", records, as_batch) == expected
        transaction.rollback()


def test_updates_are_the_same_one_by_one_and_in_a_batch(shop: Shop) -> None:
    chance = random.Random(7)
    with shop.writing() as call:
        ids = create_many(call, "shop.customer", customers(chance, 30))
        changes = customers(chance, 30)

        def singly(call: Call, key: str, records: Sequence[Values]) -> None:
            for identifier, values in zip(ids, records, strict=True):
                update(call, key, identifier, values)

        def together(call: Call, key: str, records: Sequence[Values]) -> None:
            pairs = zip(ids, records, strict=True)
            batch(call, key, [Operation("update", identifier, values) for identifier, values in pairs])

        def after(write: Any) -> list[Any]:
            transaction = call.connection.begin_nested()
            write(call, "shop.customer", changes)
            index = call.release.tables.search("shop.customer")
            tables = [each for each in (call.release.table("shop.customer"), index) if each is not None]
            found = [call.connection.execute(select(each).order_by(each.c.id)).all() for each in tables]
            entries = select(HISTORY.c.record_id, HISTORY.c.version, HISTORY.c.changes, HISTORY.c.at)
            history = call.connection.execute(entries.order_by(HISTORY.c.record_id, HISTORY.c.version)).all()
            transaction.rollback()
            return [*found, history]

        assert after(singly) == after(together)


@pytest.mark.parametrize("write", [create_many, as_batch])
def test_one_bad_record_of_many_refuses_all_and_leaves_nothing(shop: Shop, write: Any) -> None:
    records = customers(random.Random(3), 40)
    records[33]["visits"] = 1000
    with shop.writing() as call:
        before = call.connection.execute(select(HISTORY.c.id)).all()
        with pytest.raises(Refusal) as caught, call.connection.begin_nested():
            write(call, "shop.customer", records)
        assert [found.path for found in caught.value.problems] == ["33/visits"]
        assert call.connection.execute(select(call.release.table("shop.customer").c.id)).all() == []
        assert call.connection.execute(select(HISTORY.c.id)).all() == before


def statements_of(shop: Shop, work: Callable[[Call], object]) -> list[str]:
    """The statements that some work sends, without those of transactions."""
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        heard.append(" ".join(text.split()))

    with shop.writing() as call:
        event.listen(shop.database.engine, "before_cursor_execute", hear)
        try:
            work(call)
        finally:
            event.remove(shop.database.engine, "before_cursor_execute", hear)
    return heard


def test_the_number_of_statements_does_not_depend_on_the_number_of_records(shop: Shop) -> None:
    chance = random.Random(11)
    shop.customer(name="opens the counters")
    few, many = (
        statements_of(shop, lambda call, rows=rows: create_many(call, "shop.customer", rows))  # type: ignore[misc]
        for rows in (customers(chance, 25), [{**each, "email": None} for each in customers(chance, 400)])
    )
    assert len(many) <= len(few) <= 8


def test_a_single_write_takes_few_statements(shop: Shop) -> None:
    """A guard against a return of statements that one write can do without."""
    identifier = shop.customer(name="first", email="a@example.com")
    created = statements_of(
        shop, lambda call: create(call, "shop.customer", {"name": "n", "email": "b@example.com"})
    )
    changed = statements_of(shop, lambda call: update(call, "shop.customer", identifier, {"name": "other"}))
    assert len(created) <= 9, created
    assert len(changed) <= 9, changed


def test_on_postgresql_a_record_gets_its_number_and_its_id_in_one_statement(shop: Shop) -> None:
    shop.customer(name="opens the counter")
    counting = re.compile("dg_sequence|nextval")
    one, many = (
        [text for text in statements_of(shop, work) if counting.search(text)]
        for work in (
            lambda call: create(call, "shop.customer", {"name": "alone"}),
            lambda call: create_many(call, "shop.customer", [{"name": "first"}, {"name": "second"}]),
        )
    )
    assert (len(one), len(many)) == ((1 if shop.database.dialect == "postgresql" else 2), 2)
    with shop.reading() as call:
        table = call.release.table("shop.customer")
        rows = call.connection.execute(select(table.c.id, table.c.name).order_by(table.c.id)).all()
        entries = (
            select(HISTORY.c.record_id).where(HISTORY.c.entity == "shop.customer").order_by(HISTORY.c.id)
        )
        assert [row.name for row in rows] == ["opens the counter", "alone", "first", "second"]
        assert list(call.connection.execute(entries).scalars()) == [row.id for row in rows]
