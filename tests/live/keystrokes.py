"""How long a keystroke takes in a form of two hundred rows, with everything that follows from it shown."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.live.workshop import sign_in
from tests.web_server import Server

ROWS = 200
ONE_ROW, EVERY_ROW = "#f-lines-150-price", "#f-tax_rate"
"""A cell on which its own row and the totals depend, and an input that every row reads."""

KEYSTROKES = """(input) => {
    const times = [];
    for (let at = 0; at < 300; at++) {
        input.value = String(1 + at / 100);
        const begin = performance.now();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        times.push(performance.now() - begin);
    }
    return times.sort((left, right) => left - right)[150];
}"""


def open_long_form(page: Page, address: str, server: Server) -> None:
    """An order of two hundred rows, all of them drawn."""
    lines = [{"item": f"n{at}", "quantity": str(at), "price": "2.50"} for at in range(1, ROWS + 1)]
    made = server.api("ada").made("/shop/order", name="Long", tax_rate="0.1", lines=lines)
    sign_in(page, address)
    page.goto(f"{address}/shop/order/{made['id']}/edit")
    page.wait_for_function(
        "rows => document.querySelector('[data-computed=many] .val')?.textContent === rows", arg=str(ROWS)
    )
    # It moves while rows are drawn above it.
    page.locator("[data-gap] button").evaluate("button => button.click()")
    page.wait_for_selector(f"#f-lines-{ROWS - 1}-price", state="attached")


def milliseconds(page: Page, name: str) -> float:
    """The milliseconds that the middle one of many keystrokes takes."""
    found: float = page.locator(name).evaluate(KEYSTROKES)
    return found
