"""Saved views that would tell somebody what a hidden field holds are not offered to them."""

from __future__ import annotations

from dataclasses import replace

from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.people.actor import SYSTEM, Actor
from dougong.policy.offers import offered_views
from dougong.storage.release import Release, release_of

SOURCES = {
    "app.yaml": "id: shop\nversion: 1.0.0\nlabel: Shop\n",
    "entities/product.yaml": "title: '{name}'\nfields: {name: {type: text}, cost: {type: money}}\n",
    "entities/order.yaml": """
title: "{name}"
fields:
  name: {type: text}
  margin: {type: percent}
  kind: {type: choice, options: {a: {label: A}, b: {label: B}}}
  secret_kind: {type: choice, options: {a: {label: A}}}
  product: {type: link, to: product}
  lines: {type: table, fields: {cost: {type: money}, price: {type: money}}}
""",
    "views/order.yaml": """
views:
  all: {columns: [name]}
  by_filter: {filter: "margin > 0.1", columns: [name]}
  by_order: {columns: [name], sort: [margin]}
  by_group: {type: kanban, group: secret_kind, columns: [name]}
  by_link: {filter: "product.cost > 5", columns: [name]}
  by_rows: {filter: "MAX(lines.cost) > 5", columns: [name]}
  harmless: {filter: "kind = 'a' AND product.name IS NOT EMPTY AND MAX(lines.price) > 1", columns: [name], sort: [name]}
""",
    "roles/seller.yaml": """
grants:
  order: {read: {hide: [margin, secret_kind, lines.cost]}}
  product: {read: {hide: [cost]}}
""",
}


def shop() -> Release:
    app = check_sources(SOURCES, {})
    assert isinstance(app, App), app
    return release_of({"shop": app})


def offered(actor: Actor) -> list[str]:
    release = shop()
    return [view.id for view in offered_views(release, actor, release.entity("shop.order"))]


def test_views_by_hidden_fields_are_left_out() -> None:
    seller = replace(SYSTEM, id=7, is_admin=False, roles=frozenset({("shop", "seller")}))
    assert offered(seller) == ["all", "harmless"]


def test_who_may_see_everything_is_offered_every_view() -> None:
    assert offered(SYSTEM) == ["all", "by_filter", "by_order", "by_group", "by_link", "by_rows", "harmless"]
