"""Formulas that are added or changed are computed for the records that stand there already."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dougong.assembly import after_apply
from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.people.actor import SYSTEM
from dougong.records.call import call_for
from dougong.records.delete import delete
from dougong.records.history import history
from dougong.records.read import read
from dougong.records.recompute import recompute
from dougong.storage.apply import apply
from dougong.storage.formulas import outdated_formulas
from dougong.storage.plan import plan
from dougong.storage.release import release_of, releases_of
from tests.records.conftest import Shop
from tests.records.shop import SOURCES


def changed_app() -> App:
    order = SOURCES["entities/order.yaml"]
    order = order.replace('"ROUND(quantity * price, 2)"', '"ROUND(quantity * price * 2, 2)"')
    order = order.replace(
        "  related: {type: links",
        '  doubled: {type: money, decimals: 2, formula: "total * 2"}\n  related: {type: links',
    )
    app = check_sources({**SOURCES, "entities/order.yaml": order}, {})
    assert isinstance(app, App), app
    return app


def test_outdated_formulas_reach_records_and_rows_without_touching_versions(shop: Shop) -> None:
    product = shop.product("p", "10.00")
    orders = [shop.order(shop.customer(), lines=[{"product": product, "quantity": "2"}]) for _ in range(3)]
    with shop.writing() as call:
        delete(call, "shop.order", orders[2])
    new = changed_app()
    old = shop.release.app("shop")
    same = {
        key: key for key in ("shop.order", "shop.order/lines", "shop.product", "shop.customer", "shop.note")
    }
    assert outdated_formulas(old, new, same) == ["shop.order"]
    assert outdated_formulas(old, old, same) == []
    assert outdated_formulas(None, new, {}) == []
    with shop.database.reading() as connection:
        made = plan(releases_of(shop.database).recorded(connection, "shop"), new, connection)
    release = release_of({"shop": new})

    def afterwards(connection: object, _: object) -> None:
        call = call_for(release, connection, SYSTEM, "cli")  # type: ignore[arg-type]
        assert [recompute(call, key) for key in made.recomputed] == [3]
        assert recompute(call, "shop.order") == 0
        assert recompute(call, "shop.note") == 0

    apply(made, shop.database, afterwards=afterwards)
    with shop.reading() as call:
        call = replace(call, release=release)
        order = read(call, "shop.order", orders[0])
        assert order.values["lines"][0]["subtotal"] == Decimal("40.00")
        assert (order.values["total"], order.values["doubled"]) == (Decimal("40.00"), Decimal("80.00"))
        assert (order.version, len(history(call, "shop.order", orders[0]).entries)) == (1, 1)
        assert read(call, "shop.order", orders[2], deleted=True).values["doubled"] == Decimal("80.00")


def test_a_deleted_record_disappears_from_lists_of_links(shop: Shop) -> None:
    first, second = shop.product("a"), shop.product("b")
    order = shop.order(shop.customer(), related=[first, second])
    with shop.writing() as call:
        delete(call, "shop.product", first)
        assert read(call, "shop.order", order).values["related"] == (second,)


def test_applying_a_version_computes_its_formulas(shop: Shop) -> None:
    product = shop.product("p", "10.00")
    order = shop.order(shop.customer(), lines=[{"product": product, "quantity": "2"}])
    new = changed_app()
    with shop.database.reading() as connection:
        made = plan(releases_of(shop.database).recorded(connection, "shop"), new, connection)
    apply(made, shop.database, afterwards=after_apply)
    with shop.reading() as call:
        call = replace(call, release=releases_of(shop.database).current())
        assert read(call, "shop.order", order).values["doubled"] == Decimal("80.00")
