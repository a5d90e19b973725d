"""Fields that are not stored follow what one types in a form, in a real browser, and are what is read after saving."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live.workshop import sign_in
from tests.servers.databases import Databases
from tests.web_server import Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")
SOURCES = {
    "app.yaml": "{id: shop, version: 1.0.0, label: {en: Shop, zh: 店}, languages: [zh, en]}",
    "entities/order.yaml": """
label: {en: Order, zh: 订单}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  due: {type: date, label: {en: Due, zh: 到期}}
  days: {type: integer, stored: false, label: {en: Days, zh: 天数}, formula: "DAYS(due, DATE(2026, 1, 1))"}
  late: {type: boolean, stored: false, label: {en: Late, zh: 逾期}, formula: "due < TODAY()"}
  net: {type: money, decimals: 2, stored: false, label: {en: Net, zh: 净额}, formula: "SUM(lines.part)"}
  gross: {type: money, decimals: 2, label: {en: Gross, zh: 总额}, formula: "net * 1.13"}
  lines:
    type: table
    label: {en: Lines, zh: 明细}
    fields:
      quantity: {type: integer, label: {en: Quantity, zh: 数量}}
      price: {type: money, decimals: 2, label: {en: Price, zh: 单价}}
      part: {type: money, decimals: 2, stored: false, label: {en: Part, zh: 小计}, formula: "quantity * price / 3"}
rules:
  - {when: "net > 100", require: [due]}
""",
}


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    folder = tmp_path_factory.mktemp("files")
    with serving_app(databases, "sqlite", SOURCES, folder) as server, listening(server) as address:
        yield address, server


def computed(page: Page, name: str) -> Locator:
    return page.locator(f'[data-computed="{name}"] .val')


def test_a_form_computes_them(page: Page, shop: tuple[str, Server]) -> None:
    address, server = shop
    sign_in(page, address)
    page.goto(f"{address}/shop/order/new")
    page.wait_for_load_state("networkidle")
    page.fill("#f-name", "A")
    page.fill("#f-due", "2026-01-31")
    expect(computed(page, "days")).to_have_text("30")
    expect(computed(page, "late")).to_have_text("Yes")
    page.click("[data-add]")
    page.fill("#f-lines-0-quantity", "7")
    page.fill("#f-lines-0-price", "50")
    expect(computed(page, "net")).to_have_text("116.67 CNY")
    expect(computed(page, "gross")).to_have_text("131.84 CNY")
    page.fill("#f-due", "")
    expect(page.locator("#f-due")).to_have_attribute("aria-required", "true")
    page.fill("#f-due", "2026-02-01")
    expect(computed(page, "days")).to_have_text("31")
    page.locator("form#form button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/shop/order/\d+"))
    [order] = server.api("ada")("GET", "/shop/order").json["data"]
    assert (order["days"], order["net"], order["gross"]) == (31, "116.67", "131.84")
    [line] = server.api("ada")("GET", f"/shop/order/{order['id']}").json["lines"]
    assert line["part"] == "116.67"
