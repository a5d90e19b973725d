"""A link whose records stand below each other is chosen level by level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fieldtypes.test_browser import sign_in
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, listening, serving_app

SOURCES = {
    "app.yaml": "{id: shop, version: 1.0.0, label: {en: Shop, zh: 店}, languages: [zh, en]}\n",
    "entities/category.yaml": """label: {en: Category, zh: 分类}
title: "{name}"
fields:
  name: {type: text, label: {en: Name, zh: 名称}}
  above: {type: link, to: category, label: {en: Parent, zh: 上级}}
""",
    "entities/product.yaml": """label: {en: Product, zh: 产品}
title: "{name}"
fields:
  name: {type: text, label: {en: Name, zh: 名称}}
  category: {type: link, to: category, tree: above, label: {en: Category, zh: 分类}}
  owner: {type: member, label: {en: Owner, zh: 负责人}}
""",
    "roles/reader.yaml": "label: {en: Reader, zh: 读者}\ngrants: {product: {read: true, create: true}}\n",
}


@pytest.fixture(params=DIALECTS)
def shop(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Goods with Lamps and Chairs, Lamps with Desk lamps; Ada may do everything, Rob may not read categories."""
    people = {"rob": "reader"}
    with serving_app(databases, request.param, SOURCES, tmp_path_factory.mktemp("files"), people) as server:
        yield server


def planted(shop: Server) -> dict[str, str]:
    api, ids = shop.api("ada"), dict[str, str]()
    for name, above in (
        ("Goods", None),
        ("Services", None),
        ("Lamps", "Goods"),
        ("Chairs", "Goods"),
        ("Desk lamps", "Lamps"),
    ):
        ids[name] = api.made("/shop/category", name=name, above=above and ids[above])["id"]
    return ids


def level(shop: Server, below: str, person: str = "ada") -> Any:
    answer = shop.browser(person).client.get(f"/shop/product/choose/category?q=&below={below}")
    return (
        [(each["label"], each["inside"]) for each in answer.json["results"]]
        if answer.json and "results" in answer.json
        else answer.status_code
    )


def test_each_level_tells_what_stands_below(shop: Server) -> None:
    ids = planted(shop)
    assert sorted(level(shop, "")) == [("Goods", True), ("Services", False)]
    assert sorted(level(shop, ids["Goods"])) == [("Chairs", False), ("Lamps", True)]
    assert level(shop, ids["Lamps"]) == [("Desk lamps", False)]
    assert level(shop, ids["Services"]) == []
    assert level(shop, "999999") == []
    assert level(shop, "x") == 404
    assert level(shop, "", "rob") == []
    answer = shop.browser("ada").client.get("/shop/product/choose/owner?q=&below=")
    assert answer.status_code == 404


def test_a_search_shows_the_way_from_the_top_even_in_a_circle(shop: Server) -> None:
    ids = planted(shop)
    browser = shop.browser("ada").client
    found = browser.get("/shop/product/choose/category?q=desk").json
    assert found is not None
    assert [(each["label"], each["note"]) for each in found["results"]] == [("Desk lamps", "Goods / Lamps")]
    shop.api("ada")("PATCH", f"/shop/category/{ids['Goods']}", {"above": ids["Desk lamps"]})
    circle = browser.get("/shop/product/choose/category?q=desk").json
    assert circle is not None
    assert circle["results"][0]["note"] == "Goods / Lamps"


@pytest.mark.usefixtures("assets")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_person_walks_down_with_mouse_and_keys(page: Page, shop: Server) -> None:
    ids = planted(shop)
    with listening(shop) as address:
        sign_in(page, address)
        page.goto(f"{address}/shop/product/new")
        box = page.get_by_role("combobox", name="Category")
        box.click()
        page.get_by_role("option", name="Goods").locator("[data-inside]").click()
        expect(page.locator(".pick-list .back")).to_have_text("Goods")
        expect(page.get_by_role("option")).to_have_count(2)
        page.locator(".pick-list .back").click()
        expect(page.get_by_role("option", name="Services")).to_be_visible()
        box.press("ArrowRight")
        expect(page.get_by_role("option", name="Lamps")).to_be_visible()
        if "Lamps" not in (page.locator("[role=option][aria-selected=true]").text_content() or ""):
            box.press("ArrowDown")
        box.press("ArrowRight")
        expect(page.get_by_role("option", name="Desk lamps")).to_be_visible()
        box.press("Enter")
        expect(box).to_have_value("Desk lamps")
        expect(page.locator("[name=category]")).to_have_value(ids["Desk lamps"])
