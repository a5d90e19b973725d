"""Rights through every door to data: what somebody may not see can change no answer they get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.records.aggregate import aggregate, totals
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.choose import choose
from dougong.records.comments import add_comment, list_comments
from dougong.records.copy_ import copy_values
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.export import export
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related, related_lists
from dougong.records.scope import BOOLEAN, compiled
from dougong.records.update import update
from dougong.records.why import why
from tests.installed import open_database, publish
from tests.records.conftest import Shop
from tests.records.shop import SOURCES
from tests.servers.databases import DIALECTS, Databases

C = "shop.customer"


def world(shop: Shop, secret: dict[str, Any], foreign: dict[str, Any]) -> dict[str, int]:
    """Ann's and Mia's customers; `secret` stands in fields hidden from Ann, `foreign` in records that are not hers."""
    ann, mia = shop.people["ann"].id, shop.people["mia"].id
    cheap = shop.product("screw", cost=secret["cost"])
    other = shop.customer(name=foreign["name"], owner=mia, phone=foreign["phone"], grade="silver")
    mine = shop.customer(
        name="Mine",
        owner=ann,
        secret=secret["secret"],
        credit=secret["credit"],
        grade="bronze",
        referrer=other,
        visits=1,
    )
    second = shop.customer(name="Second", owner=ann, visits=2)
    order = shop.order(mine, lines=[{"product": cheap, "quantity": "2"}], related=[cheap])
    shop.order(
        other, reference=foreign["reference"], lines=[{"product": cheap, "quantity": foreign["quantity"]}]
    )
    with shop.writing() as call:
        update(call, C, mine, {"secret": secret["secret"] + "!", "visits": 5})
        create(call, "shop.note", {"text": foreign["name"], "about": other})
    return {"mine": mine, "second": second, "other": other, "order": order, "product": cheap}


def answers(shop: Shop, ids: dict[str, int], login: str) -> list[Any]:
    """What somebody is answered through every door, refusals included."""
    attempts: list[Callable[[Call], Any]] = []
    queries = (
        Query(count="exact"),
        Query(sort="name", limit=1, count="exact"),
        Query(sort="referrer"),
        Query(sort="credit"),
        Query(sort="secret"),
        Query(filter="secret = 'X'"),
        Query(filter="credit > 1"),
        Query(filter="referrer.name = 'Foreign A'"),
        Query(filter="referrer.name IS EMPTY"),
        Query(filter="referrer IS NOT EMPTY"),
        Query(filter="hidden_link.cost > 1"),
        Query(q="AAA"),
        Query(q="BBB"),
        Query(q="Mine"),
        Query(q="Foreign"),
        Query(fields=["secret"]),
        Query(fields=["name"], expand=["referrer"]),
        Query(expand=["secret"]),
    )
    attempts += [partial(list_records, key=C, query=query) for query in queries]
    measured = ({"n": "COUNT()"}, {"s": "SUM(credit)"}, {"s": "SUM(visits)"}, {"n": "COUNTUNIQUE(secret)"})
    attempts += [partial(aggregate, key=C, measures=measures) for measures in measured]
    groups = ("secret", "referrer", "owner", "grade", "referrer.name", "referrer.grade")
    attempts += [partial(aggregate, key=C, group=[group]) for group in groups]
    attempts += [
        lambda call: totals(call, C, Query(), ["credit"]),
        lambda call: totals(call, C, Query(), ["visits"]),
        lambda call: read(call, C, ids["mine"]),
        lambda call: read(call, C, ids["other"]),
        lambda call: history(call, C, ids["mine"]),
        lambda call: history(call, C, ids["other"]),
        lambda call: copy_values(call, C, ids["mine"]),
        lambda call: list(export(call, C, Query()).rows),
        lambda call: list(export(call, C, Query()).records),
        lambda call: list(export(call, C, Query(), ["secret"]).rows),
        lambda call: list(export(call, "shop.product", Query()).rows),
        lambda call: list_records(call, "shop.order", Query(count="exact")),
        lambda call: list_records(call, "shop.order", Query(filter="customer.secret = 'X'")),
        lambda call: list_records(call, "shop.order", Query(filter="SUM(lines.product.cost) > 1")),
        lambda call: aggregate(call, "shop.order", ["customer"], {"t": "SUM(total)"}),
        lambda call: read(call, "shop.order", ids["order"], ["customer"]),
        lambda call: related(call, C, ids["mine"], "orders", Query(count="exact")),
        lambda call: related(call, C, ids["other"], "orders", Query()),
        lambda call: related(call, C, ids["other"], "referred", Query()),
        lambda call: related_lists(call, "shop.product"),
        lambda call: choose(call, C, "referrer", "Foreign"),
        lambda call: choose(call, C, "referrer", "Mine"),
        lambda call: choose(call, C, "secret", "x"),
        lambda call: choose(call, "shop.order", "lines.product", "screw"),
        lambda call: list_comments(call, C, ids["other"]),
        lambda call: update(call, C, ids["other"], {"name": "x"}),
        lambda call: update(call, C, ids["mine"], {"secret": "x"}),
        lambda call: update(call, C, ids["mine"], {"referrer": ids["other"] + 1000}),
        lambda call: create(call, C, {"name": "x", "referrer": ids["other"]}),
        lambda call: create(call, C, {"name": "x", "credit": "1"}),
        lambda call: delete(call, C, ids["other"]),
        lambda call: batch(call, C, [Operation("update", ids["other"], {"name": "y"})], atomic=False),
        lambda call: why(call, call.actor, C, "read", ids["mine"], "secret"),
    ]
    return [_answer(shop, login, attempt) for attempt in attempts]


def _answer(shop: Shop, login: str, attempt: Callable[[Call], Any]) -> Any:
    try:
        with shop.writing(login) as call:
            answer = repr(attempt(call))
            call.connection.rollback()
            return answer
    except Refusal as refusal:
        return (refusal.kind, [(each.code, each.path, each.message, each.hint) for each in refusal.problems])


def test_what_ann_may_not_see_changes_no_answer(
    shop: Shop, databases: Databases, shop_templates: dict[str, str]
) -> None:
    database = open_database(databases.copy_of(shop_templates[shop.database.dialect]))
    twin = Shop(database)
    first = world(
        shop,
        {"secret": "AAA", "credit": "5.00", "cost": "1.00"},
        {"name": "Foreign A", "phone": "13800000001", "reference": "RA", "quantity": "1"},
    )
    second = world(
        twin,
        {"secret": "BBB", "credit": "7.00", "cost": "9.00"},
        {"name": "Foreign B", "phone": "13800000002", "reference": "RB", "quantity": "7"},
    )
    assert first == second
    for mine, theirs in zip(answers(shop, first, "ann"), answers(twin, second, "ann"), strict=True):
        assert mine == theirs
    assert answers(shop, first, "eve") == answers(twin, second, "eve")
    different = [
        one != other
        for one, other in zip(answers(shop, first, "root"), answers(twin, second, "root"), strict=True)
    ]
    assert sum(different) > 20, "the worlds must differ for somebody who sees everything"
    database.dispose()


def test_rows_are_those_of_the_rules(shop: Shop) -> None:
    ann, bob, mia = (shop.people[login].id for login in ("ann", "bob", "mia"))
    for owner in (ann, bob, mia):
        shop.customer(name=f"of {owner}", owner=owner)
    seen = {}
    for login in ("ann", "bob", "mia", "root"):
        with shop.reading(login) as call:
            seen[login] = {record.values["owner"] for record in list_records(call, C, Query()).rows}
    assert seen == {"ann": {ann}, "bob": {ann, bob}, "mia": {ann, bob, mia}, "root": {ann, bob, mia}}


def test_who_may_see_nothing_of_an_entity_does_not_learn_that_it_exists(shop: Shop) -> None:
    for key in (C, "shop.nothing", "nothing.at_all", "shop.order/lines", "", "shop"):
        with pytest.raises(Refusal) as refusal, shop.reading("eve") as call:
            list_records(call, key, Query())
        assert refusal.value.kind == "missing"
        assert [each.code for each in refusal.value.problems] == ["unknown_entity"]
        assert not refusal.value.problems[0].hint


def test_seeing_is_not_changing(shop: Shop) -> None:
    customer = shop.customer(owner=shop.people["ann"].id)
    with pytest.raises(Refusal) as refusal, shop.writing("bob") as call:
        update(call, C, customer, {"name": "x"})
    assert refusal.value.kind == "forbidden"
    with pytest.raises(Refusal) as refusal, shop.writing("rob") as call:
        create(call, "shop.order", {"customer": customer})
    assert refusal.value.kind == "forbidden"
    with pytest.raises(Refusal) as refusal, shop.writing("ann") as call:
        update(call, C, customer, {"owner": shop.people["bob"].id, "secret": "x", "number": "1"})
    assert sorted((each.path, each.code) for each in refusal.value.problems) == [
        ("number", "computed_field"),
        ("owner", "locked_field"),
        ("secret", "unknown_field"),
    ]


def test_only_records_that_meet_the_rule_may_be_created(shop: Shop) -> None:
    mine = shop.customer(owner=shop.people["ann"].id)
    foreign = shop.customer(owner=shop.people["mia"].id)
    with shop.writing("ann") as call:
        create(call, "shop.order", {"customer": mine})
    with pytest.raises(Refusal) as refusal, shop.writing("ann") as call:
        create(call, "shop.order", {"customer": foreign})
    assert [each.code for each in refusal.value.problems] == ["unknown_target"]


def test_a_linked_record_that_is_not_theirs_has_no_title(shop: Shop) -> None:
    foreign = shop.customer(name="Foreign", owner=shop.people["mia"].id)
    customer = shop.customer(owner=shop.people["ann"].id, referrer=foreign)
    with shop.reading("ann") as call:
        record = read(call, C, customer, ["referrer"])
    assert record.values["referrer"] == foreign
    assert record.title_of(C, foreign) is None


def test_tokens_limit_what_their_owner_may_do(shop: Shop) -> None:
    shop.customer()
    reader = replace(shop.people["root"], scopes=frozenset({"read"}))
    nobody = replace(shop.people["root"], scopes=frozenset())
    with shop.writing() as call:
        limited = replace(call, actor=reader)
        assert len(list_records(limited, C, Query()).rows) == 1
        with pytest.raises(Refusal) as refusal:
            create(limited, C, {"name": "x"})
        assert refusal.value.kind == "forbidden"
        with pytest.raises(Refusal):
            list_records(replace(call, actor=nobody), C, Query())


def test_comments_follow_the_record_and_name_people(shop: Shop) -> None:
    customer = shop.customer(owner=shop.people["ann"].id)
    with shop.writing("ann") as call:
        made = add_comment(call, C, customer, "  @mia please look, @Bob。 me@eve.example @ann @nobody ")
        answer = add_comment(call, C, customer, "yes", made.id)
        assert made.mentions == (shop.people["mia"].id, shop.people["bob"].id, shop.people["ann"].id)
        assert [(each.author, each.text, each.answers) for each in list_comments(call, C, customer)][1] == (
            "Ann",
            "yes",
            made.id,
        )
        for text, to in (
            ("", None),
            ("  ", None),
            ("a\0b", None),
            ("x" * 10_001, None),
            ("x", answer.id + 50),
        ):
            with pytest.raises(Refusal):
                add_comment(call, C, customer, text, to)
    with pytest.raises(Refusal) as refusal, shop.writing("rob") as call:
        add_comment(call, C, customer, "x")
    assert refusal.value.kind == "missing"


def test_why_names_the_rule_its_file_and_line(shop: Shop) -> None:
    foreign = shop.customer(owner=shop.people["mia"].id)
    ann = shop.people["ann"]
    with shop.reading() as call:
        told = why(call, ann, C, "read", foreign, "secret")
        assert not told.allowed
        assert any(
            "does not meet owner = ME()" in line and "roles/seller.yaml:5" in line for line in told.lines
        )
        assert any("hides the field secret" in line for line in told.lines)
        assert not why(call, ann, "shop.product", "delete").allowed
        assert why(call, ann, C, "create").allowed
        assert why(call, shop.people["root"], C, "delete", foreign).allowed
        assert not why(call, shop.people["eve"], C, "read").allowed


def test_what_a_definition_asks_of_hidden_things_is_empty_for_who_may_not_see_them(shop: Shop) -> None:
    foreign = shop.customer(name="Foreign", owner=shop.people["mia"].id)
    shop.customer(owner=shop.people["ann"].id, secret="S", credit="5", referrer=foreign)
    expected = {
        "secret = 'S'": (1, 0),
        "secret IS EMPTY": (1, 1),
        "credit > 1": (1, 0),
        "referrer.name = 'Foreign'": (1, 0),
        "referrer IS NOT EMPTY": (1, 1),
    }
    for text, counts in expected.items():
        with shop.reading() as call:
            view = compiled(call, C, text, "filter", BOOLEAN)
            everything = list_records(call, C, Query(view=view, count="exact"))
        with shop.reading("ann") as call:
            seen = list_records(call, C, Query(view=view, count="exact"))
        assert (everything.count, seen.count) == counts, text
    with shop.reading() as call:
        measure = compiled(call, C, "SUM(credit)", "measure", aggregate=True)
    with shop.reading("ann") as call:
        assert aggregate(call, C, [], {"sum": measure}).rows == ((0,),)


def test_an_export_holds_the_rows_that_its_grant_covers(databases: Databases) -> None:
    """`export: {rows: ...}` narrows what may be read, whatever the list shows."""
    role = SOURCES["roles/reader.yaml"].replace(
        "  order: {read: true}", "  order: {read: true, export: {rows: \"reference = 'out'\"}}"
    )
    for dialect in DIALECTS:
        url = databases.fresh(dialect)
        database = open_database(url)
        publish(database, {**SOURCES, "roles/reader.yaml": role})
        with database.writing() as connection:
            accounts.add(connection, "rob", name="Rob", roles=[("shop", "reader")], language="en")
        shop = Shop(database)
        customer = shop.customer()
        for reference in ("out", "in"):
            shop.order(customer, reference=reference)
        with shop.reading("rob") as call:
            assert list_records(call, "shop.order", Query(count="exact")).count == 2
            assert [each["reference"] for each in export(call, "shop.order", Query()).records] == ["out"]
            assert list_records(call, "shop.order", Query(count="exact", action="export")).count == 1
        database.dispose()
        databases.drop(url)
