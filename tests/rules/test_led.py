"""A record that a rule points elsewhere is computed from what stands there when it is written, whoever changes that meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from dougong.records import store
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.draft import Draft
from dougong.records.read import read
from dougong.records.shape import Shape
from dougong.records.update import update
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases

SOURCES = {
    "app.yaml": "id: shop\nversion: 1.0.0\nlabel: Shop\ncurrency: CNY\n",
    "entities/product.yaml": """
label: Product
title: "{name}"
fields:
  name: {type: text}
  price: {type: money, decimals: 2}
  successor: {type: link, to: product}
""",
    "entities/order.yaml": """
label: Order
title: "{name}"
fields:
  name: {type: text}
  urgent: {type: boolean}
  usual: {type: link, to: product}
  product: {type: link, to: product}
  cost: {type: money, decimals: 2, formula: product.price}
rules:
  - {when: urgent, set: {product: usual.successor}}
""",
}


@pytest.fixture(params=DIALECTS)
def shop(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Installed]:
    url = databases.fresh(request.param)
    database = open_database(url)
    publish(database, SOURCES)
    yield Installed(database)
    database.dispose()
    databases.drop(url)


def test_a_record_that_a_rule_points_to_is_held(shop: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other change comes when the order is worked out, and not yet written."""
    with shop.writing() as call:
        product = create(call, "shop.product", {"name": "Pipe", "price": "10.00"}).id
        former = create(call, "shop.product", {"name": "Tube", "successor": product}).id

    def change() -> None:
        with shop.writing() as call:
            update(call, "shop.product", product, {"price": "12.00"})

    other = threading.Thread(target=change)
    take_ids = store.take_ids

    def take_ids_late(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
        monkeypatch.undo()
        other.start()
        other.join(0.5)
        take_ids(call, shape, drafts)

    with shop.writing() as call:
        monkeypatch.setattr(store, "take_ids", take_ids_late)
        order = create(call, "shop.order", {"name": "1", "urgent": True, "usual": former}).id
    other.join()
    with shop.reading() as call:
        assert read(call, "shop.order", order).values["cost"] == Decimal("12.00")
