"""Forms compute as one types, in a real browser, without a request; what is saved is what was shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live.keystrokes import EVERY_ROW, ONE_ROW, milliseconds, open_long_form
from tests.live.workshop import SOURCES, sign_in
from tests.servers.databases import Databases
from tests.web_server import Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    folder = tmp_path_factory.mktemp("files")
    with serving_app(databases, "sqlite", SOURCES, folder) as server, listening(server) as address:
        yield address, server


def computed(page: Page, name: str) -> Locator:
    return page.locator(f'[data-computed="{name}"] .val')


def cell(page: Page, index: int, name: str) -> Locator:
    return page.locator(f"#f-lines-{index}-{name}")


def press(page: Page, index: int, what: str) -> None:
    """A button of a row; a mouse finds it only while it is over the row."""
    page.locator(f'tr[data-line="{index}"] [data-{what}]').evaluate("button => button.click()")


def test_a_new_record_computes_as_one_types(page: Page, shop: tuple[str, Server]) -> None:
    address, server = shop
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, address)
    page.goto(f"{address}/shop/order/new")
    page.wait_for_load_state("networkidle")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    expect(computed(page, "many")).to_have_text("0")
    expect(computed(page, "net")).to_have_text("0.00 CNY")
    page.fill("#f-name", "öl 公司")
    page.select_option("#f-kind", "rush")
    expect(page.locator("#f-tax_rate")).to_have_value("10")
    page.fill("#f-ordered", "2026-01-31")
    expect(page.locator("#f-due")).to_have_value("2026-03-02")
    expect(computed(page, "days")).to_have_text("30")
    expect(computed(page, "words")).to_have_text("ÖL 公司 rush 2026年1月31日")
    page.fill("#f-due", "2026-02-01")
    page.fill("#f-ordered", "2026-01-30")
    expect(page.locator("#f-due")).to_have_value("2026-02-01")
    expect(computed(page, "days")).to_have_text("2")
    expect(computed(page, "worked")).to_have_text("1")
    page.fill("#f-met", "2026-01-31 09:30")
    expect(computed(page, "later")).to_have_text("Feb 28, 2026 09:30")
    expect(computed(page, "status")).to_have_text("Open")
    page.check("#f-paid")
    expect(computed(page, "status")).to_have_text("Done")
    page.fill("#f-discount", "10")
    page.click("[data-add]")
    expect(cell(page, 0, "rate")).to_have_value("10")
    cell(page, 0, "quantity").fill("3")
    cell(page, 0, "price").fill("1,234.50")
    expect(computed(page, "lines-0-subtotal")).to_have_text("3,333.15")
    expect(computed(page, "total")).to_have_text("3,666.47 CNY")
    expect(computed(page, "big")).to_have_text("Yes")
    page.click("[data-add]")
    cell(page, 1, "price").fill("１.５万")
    expect(computed(page, "net")).to_have_text("16,833.15 CNY")
    expect(computed(page, "many")).to_have_text("2")
    press(page, 0, "copy")
    expect(computed(page, "net")).to_have_text("20,166.30 CNY")
    press(page, 1, "remove")
    expect(computed(page, "net")).to_have_text("6,666.30 CNY")
    expect(computed(page, "total")).to_have_text("7,332.93 CNY")
    assert requests == []
    page.click("[data-save]")
    page.wait_for_url(lambda url: url.rstrip("/").split("/")[-1].split("?")[0].isdigit())
    saved = server.api("ada")("GET", f"/shop/order/{page.url.split('/')[-1].split('?')[0]}").json
    assert (saved["net"], saved["total"], saved["days"]) == ("6666.30", "7332.93", 2)
    assert saved["words"] == "ÖL 公司 rush 2026年1月30日"
    assert (saved["status"], saved["big"], saved["many"]) == ("done", True, 2)
    assert problems == []


def test_a_record_that_stands_there_is_computed_from_what_stands_there(
    page: Page, shop: tuple[str, Server]
) -> None:
    address, server = shop
    lines = [{"item": f"n{at}", "quantity": str(at), "price": "2.50"} for at in range(1, 201)]
    made = server.api("ada").made(
        "/shop/order", name="Long", tax_rate="0.1", met="2026-03-01T01:30:12Z", lines=lines
    )
    assert made["net"] == "50250.00"
    sign_in(page, address)
    page.goto(f"{address}/shop/order/{made['id']}/edit")
    expect(computed(page, "many")).to_have_text("200")
    expect(computed(page, "total")).to_have_text("55,275.00 CNY")
    cell(page, 0, "price").fill("3.50")
    expect(computed(page, "net")).to_have_text("50,251.00 CNY")
    cell(page, 0, "price").fill("")
    expect(computed(page, "net")).to_have_text("50,247.50 CNY")
    page.fill("#f-tax_rate", "20")
    expect(computed(page, "lines-1-share")).to_have_text("2,500%")
    page.locator("[data-gap] button").evaluate(
        "button => button.click()"
    )  # it moves while rows are drawn above it
    expect(cell(page, 199, "price")).to_be_attached()
    expect(computed(page, "lines-199-share")).to_have_text("250,000%")
    press(page, 199, "remove")
    expect(computed(page, "net")).to_have_text("49,747.50 CNY")


def test_a_phone_computes_too(browser: Browser, shop: tuple[str, Server]) -> None:
    """Where dates are typed into the system's own inputs."""
    address, _ = shop
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/shop/order/new")
    expect(page.locator("#f-ordered")).to_have_attribute("type", "date")
    expect(computed(page, "many")).to_have_text("0")
    page.fill("#f-ordered", "2026-02-01")
    expect(page.locator("#f-due")).to_have_value("2026-03-03")
    expect(computed(page, "days")).to_have_text("30")
    page.fill("#f-met", "2026-01-31T23:30")
    expect(computed(page, "later")).to_have_text("Feb 28, 2026 23:30")
    page.click("[data-add]")
    cell(page, 0, "price").fill("2")
    expect(computed(page, "net")).to_have_text("2.00 CNY")
    context.close()


def test_what_cannot_be_read_counts_as_nothing_and_comes_back(page: Page, shop: tuple[str, Server]) -> None:
    address, _ = shop
    sign_in(page, address)
    page.goto(f"{address}/shop/order/new")
    page.click("[data-add]")
    expect(computed(page, "many")).to_have_text("1")
    for written, shown in (
        ("12", "12.00"),
        ("1,234", "1,234.00"),
        ("12,34", "0.00"),
        ("abc", "0.00"),
        ("1.005", "1.01"),
        ("-3", "-3.00"),
        ("(3)", "-3.00"),
        ("1e400", "0.00"),
        ("99999999999999999999", "–"),
        ("<b>1</b>", "0.00"),
        ("", "0.00"),
        ("7", "7.00"),
    ):
        cell(page, 0, "price").fill(written)
        expect(computed(page, "lines-0-subtotal")).to_have_text(shown)
    page.fill("#f-ordered", "2026-02-30")
    expect(computed(page, "days")).to_have_text("–")
    page.fill("#f-ordered", "2026年2月1日")
    page.fill("#f-due", "2026/2/3")
    expect(computed(page, "days")).to_have_text("2")


def test_what_stands_behind_a_link_is_asked_for_when_it_is_chosen(
    page: Page, shop: tuple[str, Server]
) -> None:
    address, server = shop
    api = server.api("ada")
    lamp = api.made("/shop/product", name="Lamp", rate="12.50")
    api.made("/shop/product", name="Desk", rate="100")
    made = api.made(
        "/shop/order", name="Linked", gift=lamp["id"], lines=[{"product": lamp["id"], "quantity": "2"}]
    )
    assert made["catalogue"] == "50.00"
    sign_in(page, address)
    page.goto(f"{address}/shop/order/{made['id']}/edit")
    expect(computed(page, "catalogue")).to_have_text("50.00 CNY")
    cell(page, 0, "quantity").fill("4")
    expect(computed(page, "lines-0-listed")).to_have_text("50.00")
    expect(computed(page, "catalogue")).to_have_text("75.00 CNY")
    gift = page.get_by_role("combobox", name="Gift")
    gift.fill("Desk")
    page.get_by_role("option", name="Desk").first.click()
    expect(computed(page, "worth")).to_have_text("200.00 CNY")
    expect(computed(page, "catalogue")).to_have_text("250.00 CNY")
    server_gone = f"{address}/shop/order/live/**"
    page.route(server_gone, lambda route: route.abort())
    api.made("/shop/product", name="Chair", rate="1")
    gift.fill("Chair")
    page.get_by_role("option", name="Chair").first.click()
    expect(computed(page, "catalogue")).to_have_text("Given on saving")
    page.click("[data-save]")
    page.wait_for_url(lambda url: "/edit" not in url)
    assert api("GET", f"/shop/order/{made['id']}").json["catalogue"] == "52.00"


def test_a_keystroke_among_many_rows_is_computed_at_once(page: Page, shop: tuple[str, Server]) -> None:
    """Generously bounded, as others use the machine; `make bench` measures it."""
    open_long_form(page, *shop)
    assert milliseconds(page, ONE_ROW) <= 20
    # What every row reads is computed and shown for each of them.
    assert milliseconds(page, EVERY_ROW) <= 100
