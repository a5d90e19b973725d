"""Rows of a sub-table in a real browser: copied, moved, removed and pasted, with what could not be filled said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fieldtypes.page_forms import inputs_of
from tests.fieldtypes.test_browser import sign_in
from tests.servers.databases import Databases
from tests.web_server import Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")
SOURCES = {
    "app.yaml": "{id: shop, version: 1.0.0, label: {en: Shop, zh: 店}, languages: [zh, en]}",
    "entities/product.yaml": """
label: {en: Product, zh: 产品}
title: "{name}"
fields: {name: {type: text, required: true, label: {en: Name, zh: 名称}}}
""",
    "entities/sale.yaml": """
label: {en: Sale, zh: 单}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  lines:
    type: table
    frozen: 1
    label: {en: Lines, zh: 明细}
    fields:
      product: {type: link, to: product, label: {en: Product, zh: 产品}}
      count: {type: integer, label: {en: Count, zh: 数量}}
      size: {type: choice, options: {s: {en: Small, zh: 小}, l: {en: Large, zh: 大}}, label: {en: Size, zh: 尺寸}}
      note: {type: text, placeholder: {en: What to know, zh: 备注}, scan: true, grid_width: wide, label: {en: Note, zh: 备注}}
      badge: {type: text, mask: {first: 1, last: 1}, label: {en: Badge, zh: 牌}}
""",
}


@pytest.fixture
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    """A shop behind a server, on SQLite, with Ada in it."""
    folder = tmp_path_factory.mktemp("files")
    with serving_app(databases, "sqlite", SOURCES, folder) as server, listening(server) as address:
        yield address, server


def paste(page: Page, name: str, text: str) -> None:
    page.eval_on_selector(
        f"[name='{name}']",
        """(input, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data});
          input.closest("td").dispatchEvent(event);
        }""",
        text,
    )


def press(page: Page, name: str) -> None:
    """Press a button of a row, which shows when one comes near the bin at its end."""
    row = page.locator("[data-line]").filter(has=page.get_by_role("button", name=name))
    row.locator("[data-remove]").hover()
    row.get_by_role("button", name=name).click()


def test_rows_are_copied_moved_removed_and_pasted(page: Page, shop: tuple[str, Server]) -> None:
    address, server = shop
    api = server.api("ada")
    lamp, chair = api.made("/shop/product", name="Lamp"), api.made("/shop/product", name="Chair")
    first = {"product": lamp["id"], "count": 1, "size": "s", "note": "one", "badge": "AB12"}
    made = api.made("/shop/sale", name="Sale", lines=[first, {"count": 2, "note": "two"}])
    sign_in(page, address)
    page.goto(f"{address}/shop/sale/{made['id']}/edit")
    press(page, "Copy row 1")
    expect(page.locator("[data-line]")).to_have_count(3)
    press(page, "Move row 3 up")
    expect(page.get_by_role("button", name="Move row 1 up")).to_be_disabled()
    page.get_by_role("button", name="Remove row 1").click()
    expect(page.locator("[data-line]")).to_have_count(2)
    paste(page, "lines-1-product", 'Chair\t5\tLarge\t"a\nb"\nSofa\t6\thuge\tc\nLamp\t7\tSmall\td\n')
    expect(page.locator("[data-line]")).to_have_count(3)
    expect(page.locator("[data-pasted]")).to_have_text(
        ["Product: there is no “Sofa”", "Size: there is no “huge”"]
    )
    page.locator("[name='lines-2-size']").select_option(label="Large")
    expect(page.locator("[data-pasted]")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: "/edit" not in url)
    lines = api("GET", f"/shop/sale/{made['id']}").json["lines"]
    shown = [(each["product"], each["count"], each["size"], each["note"]) for each in lines]
    assert shown == [
        (chair["id"], 5, "l", "a b"),
        (lamp["id"], 6, "l", "c"),
        (lamp["id"], 7, "s", "d"),
    ]
    assert [each["badge"] for each in lines] == [None, None, None]


def test_the_buttons_of_rows_work_without_scripts(shop: tuple[str, Server]) -> None:
    _, server = shop
    browser = server.browser("ada")
    path = "/shop/sale/new"
    entered = {
        "name": "x", "lines-sent": "1", "lines-0-id": "", "lines-0-note": "one", "lines-0-badge": "A**2", "lines-1-id": "",
        "lines-1-note": "two",
    }  # fmt: skip

    def notes(button: str, index: str) -> list[str]:
        sent = inputs_of(browser.post(path, {**entered, f"lines-{button}": index}, page=path).text)
        rows = sorted(key for key in sent if key.startswith("lines-") and key.endswith("-note"))
        return [sent[key][0] for key in rows]

    assert notes("copy", "0") == ["one", "one", "two"]
    assert notes("up", "1") == ["two", "one"]
    assert notes("down", "0") == ["two", "one"]
    assert notes("up", "0") == notes("down", "1") == notes("copy", "7") == ["one", "two"]
    assert notes("remove", "0") == ["two"]


CAMERA = """
window.BarcodeDetector = class { async detect() { return [{rawValue: "6901234567892"}]; } };
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 10, 10);
  return canvas.captureStream();
};
"""


def test_a_field_is_filled_by_the_camera_where_the_browser_can(page: Page, shop: tuple[str, Server]) -> None:
    address, _ = shop
    sign_in(page, address)
    page.goto(f"{address}/shop/sale/new")
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator("[name='lines-0-note']")).to_have_attribute("placeholder", "What to know")
    page.add_init_script(CAMERA)
    page.reload()
    page.get_by_role("button", name="Add a row").click()
    page.get_by_role("button", name="Scan Note").click()
    expect(page.locator("[name='lines-0-note']")).to_have_value("6901234567892")
    expect(page.locator("dialog.dg-scan")).to_have_count(0)
