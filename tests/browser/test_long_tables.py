"""Long sub-tables in a real browser: few rows are drawn at first, and all of them are sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from dougong.screens import shape
from tests.browser.gallery import POSTED, serving
from tests.renderers.html import samples

pytestmark = pytest.mark.usefixtures("assets")
ROWS = 150
DRAWN = 60


def long_form(language: str) -> shape.FormScreen:
    """The form of the samples with a sub-table of many rows, each with a quantity of its own."""
    field = samples.sub_table(language)
    table = field.table
    assert table is not None
    model = table.rows[0]
    rows = tuple(
        replace(
            model,
            index=str(at),
            id=str(1000 + at),
            fields=tuple(
                replace(each, raw=f"{at}.00") if each.id == "quantity" else each for each in model.fields
            ),
        )
        for at in range(ROWS)
    )
    form = samples.form(language)
    lines = shape.FormSection("lines", "", (replace(field, table=replace(table, rows=rows)),), 3)
    problem = shape.Problem("too many", "lines-140-quantity", "Quantity")
    return replace(form, sections=(form.sections[0], lines), problems=(problem,))


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setitem(samples.SAMPLES, "form_long", (long_form, ""))
    POSTED.clear()
    with serving() as found:
        yield f"{found}/form_long/zh/light"


@pytest.fixture
def form(page: Page, address: str) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.wait_for_selector("html.scripted", state="attached")
    return page


def sent(name: str) -> list[str]:
    """What was posted under a name, in the order in which it came."""
    assert len(POSTED) == 1
    parts = POSTED[0][1].split(f'name="{name}"\r\n\r\n')[1:]
    return [part.split("\r\n", 1)[0] for part in parts]


def test_rows_that_are_not_drawn_are_sent_all_the_same(form: Page) -> None:
    lines = form.locator('[data-rows="lines"] tr[data-line]')
    expect(lines).to_have_count(DRAWN)
    expect(form.locator("[data-left]")).to_have_text(f"还有 {ROWS - DRAWN} 行")
    form.locator("#f-lines-3-quantity").fill("77")
    form.locator("[data-save]").click()
    form.wait_for_selector("text=Sent")
    assert [sent(f"lines-{at}-id") for at in range(ROWS)] == [[str(1000 + at)] for at in range(ROWS)]
    assert [sent(f"lines-{at}-quantity") for at in (3, 59, 60, 149)] == [
        ["77"],
        ["59.00"],
        ["60.00"],
        ["149.00"],
    ]
    names = Counter(part.split('"', 1)[0] for part in POSTED[0][1].split('name="lines-')[1:])
    assert set(names.values()) == {1}
    assert sent("lines-sent") == ["1"]


def test_rows_are_drawn_as_one_comes_near(form: Page) -> None:
    lines = form.locator('[data-rows="lines"] tr[data-line]')
    form.locator("[data-gap]").scroll_into_view_if_needed()
    expect(form.locator("#f-lines-109-quantity")).to_be_attached()
    form.locator("[data-add]").scroll_into_view_if_needed()
    expect(lines).to_have_count(ROWS)
    expect(form.locator("[data-gap]")).to_have_count(0)
    expect(lines.nth(149).locator("[data-number]")).to_have_text("150")
    form.locator("[data-save]").click()
    form.wait_for_selector("text=Sent")
    assert [sent(f"lines-{at}-quantity") for at in range(ROWS)] == [[f"{at}.00"] for at in range(ROWS)]


def test_a_row_that_is_added_comes_after_those_that_wait(form: Page) -> None:
    form.evaluate("document.querySelector('[data-add]').click()")
    added = form.locator("#f-lines-150-quantity")
    expect(added).to_be_attached()
    expect(form.locator('tr[data-line="150"] [data-number]')).to_have_text("151")
    expect(form.locator("[data-row-count]")).to_have_text("151 行")
    form.locator('tr[data-line="0"] [data-remove]').evaluate("button => button.click()")
    expect(form.locator('tr[data-line="150"] [data-number]')).to_have_text("150")
    form.locator("[data-save]").click()
    form.wait_for_selector("text=Sent")
    assert sent("lines-150-quantity") == ["1.00"]
    assert sent("lines-0-id") == []
    ids = [part.split("-", 1)[0] for part in POSTED[0][1].split('name="lines-')[1:]]
    order = list(dict.fromkeys(number for number in ids if number.isdigit()))
    assert order == [str(at) for at in range(1, 151)]
    assert sent("lines-149-id") == ["1149"]


def test_a_problem_leads_to_a_row_that_waits(form: Page) -> None:
    form.locator("#problems a").click()
    expect(form.locator("#f-lines-140-quantity")).to_be_focused()


def test_keys_walk_into_rows_that_wait(form: Page) -> None:
    form.evaluate("document.querySelector('#f-lines-59-quantity').focus({preventScroll: true})")
    form.keyboard.press("Enter")
    expect(form.locator("#f-lines-60-quantity")).to_be_focused()


def test_without_scripts_every_row_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    assert page.locator("tr[data-line]").count() == ROWS
    assert page.locator("[data-gap]:visible").count() == 0
    page.locator("#f-lines-149-quantity").fill("5")
    page.locator("[data-save]").click()
    page.wait_for_selector("text=Sent")
    assert sent("lines-149-quantity") == ["5"]
    assert sent("lines-sent") == ["1"]
    context.close()


def test_without_the_script_nothing_is_taken_from_the_table(page: Page, address: str) -> None:
    """A script that could not be fetched must not cost the rows that only it can send."""
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    page.locator("[data-save]").click()
    page.wait_for_selector("text=Sent")
    assert sent("lines-sent") == []


def test_a_row_that_was_moved_is_sent_at_its_new_place(form: Page) -> None:
    row = form.locator('tr[data-line="1"]')
    row.scroll_into_view_if_needed()
    row.locator("td.tools").hover()
    row.locator("[data-up]").click()
    expect(row.locator("[data-number]")).to_have_text("1")
    form.locator("[data-save]").click()
    form.wait_for_selector("text=Sent")
    numbers = [part.split("-", 1)[0] for part in POSTED[0][1].split('name="lines-')[1:]]
    order = list(dict.fromkeys(number for number in numbers if number.isdigit()))
    assert order[:3] == ["1", "0", "2"]
    assert order[-1] == "149"
