"""What the scripts add, tried in a real browser by keyboard and mouse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.gallery import POSTED, serving

pytestmark = pytest.mark.usefixtures("assets")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


@pytest.fixture
def visit(page: Page, address: str) -> Iterator[Page]:
    """A page of samples on a desk; what it sends is forgotten before and a complaint of the console fails the test."""
    POSTED.clear()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/list/zh/light")
    yield page
    assert complaints == []


def go(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}/zh/light")
    page.wait_for_selector("html.scripted", state="attached")


def pick_up(page: Page, handle: Locator, *, below: float = 4) -> None:
    """Press the mouse on a handle and begin to drag it."""
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + below)
    page.mouse.down()
    page.mouse.move(box["x"] + 12, box["y"] + below + 6, steps=3)


def carry(page: Page, target: Locator, arrived: Locator) -> None:
    """Move what is dragged over the target until it lies there: lists grow and slide while a thing is dragged over them."""
    for step in range(100):
        box = target.bounding_box()
        assert box is not None
        page.mouse.move(
            box["x"] + box["width"] / 2 + step % 3, box["y"] + min(box["height"] / 2, 40), steps=4
        )
        if arrived.count():
            return
    pytest.fail("what was dragged never lay on its target")


def sent() -> tuple[str, str]:
    """The first thing that the page sent, as soon as it is there."""
    deadline = time.monotonic() + 20
    while not POSTED and time.monotonic() < deadline:
        time.sleep(0.02)
    return POSTED[0]


def test_palette_finds_places_and_records_by_keyboard(visit: Page, address: str) -> None:
    go(visit, address, "list")
    visit.keyboard.press("Control+k")
    palette = visit.locator("#palette")
    expect(palette).to_be_visible()
    visit.keyboard.type("合同")
    expect(palette.locator('[role="option"]')).to_have_count(1)
    expect(palette.locator('[role="option"]')).to_contain_text("合同")
    visit.keyboard.press("Control+a")
    visit.keyboard.type("VX")
    expect(palette.locator('[role="option"]').first).to_contain_text("VX-2400")
    visit.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    visit.keyboard.press("Control+k")
    visit.keyboard.type("客户")
    visit.keyboard.press("Enter")
    visit.wait_for_url("**/crm/account")


def test_selection_counts_sums_and_lets_go(visit: Page, address: str) -> None:
    go(visit, address, "list")
    bar = visit.locator(".dg-selbar")
    expect(bar).to_be_hidden()
    boxes = visit.locator('tbody input[name="id"]')
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(bar).to_be_visible()
    expect(bar.locator("[data-selected]")).to_have_text("已选 2 条 · 合计 3,203,101")
    boxes.nth(0).uncheck()
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(bar.locator("[data-selected]")).to_contain_text("已选 4 条")
    visit.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    visit.locator("[data-all]").check()
    expect(bar.locator("[data-selected]")).to_contain_text("已选 17 条")


def test_rows_are_walked_and_chosen_by_keys(visit: Page, address: str) -> None:
    go(visit, address, "list")
    visit.keyboard.press("j")
    visit.keyboard.press("j")
    expect(visit.locator("a.title").nth(1)).to_be_focused()
    visit.keyboard.press("x")
    assert visit.locator('tbody input[name="id"]').nth(1).is_checked()
    visit.keyboard.press("k")
    expect(visit.locator("a.title").nth(0)).to_be_focused()
    visit.keyboard.press("/")
    expect(visit.locator("#search")).to_be_focused()
    visit.keyboard.type("x")
    assert visit.locator('tbody input[name="id"]:checked').count() == 1


def test_delete_asks_first_and_sends_what_was_chosen(visit: Page, address: str) -> None:
    go(visit, address, "list")
    visit.locator('tbody input[name="id"]').nth(1).check()
    visit.locator(".dg-selbar button", has_text="删除").click()
    dialog = visit.locator("#confirm-delete")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("30 天内可以恢复")
    assert POSTED == []
    dialog.locator("footer .btn-bad-solid").click()
    visit.wait_for_selector("text=Sent")
    assert POSTED[0][0] == "/crm/opportunity/delete"
    assert parse_qs(POSTED[0][1])["id"] == ["2"]
    assert parse_qs(POSTED[0][1])["csrf_token"] == ["sample-token"]


def test_menus_close_with_escape_and_outside(visit: Page, address: str) -> None:
    go(visit, address, "list")
    more = visit.locator(".dg-head details[data-menu]").first
    more.locator("summary").click()
    expect(more.locator(".dg-pop")).to_be_visible()
    visit.keyboard.press("ArrowDown")
    visit.keyboard.press("Escape")
    expect(more.locator(".dg-pop")).to_be_hidden()
    expect(more.locator("summary")).to_be_focused()
    more.locator("summary").click()
    visit.locator("h1").click()
    expect(more.locator(".dg-pop")).to_be_hidden()


def test_theme_changes_at_once_and_is_remembered(visit: Page, address: str) -> None:
    go(visit, address, "list")
    visit.locator(".dg-me > summary").click()
    visit.locator('[data-preferences] button[value="dark"]').click()
    expect(visit.locator("html")).to_have_attribute("data-bs-theme", "dark")
    visit.wait_for_function(
        "() => document.querySelector('[value=dark]').getAttribute('aria-pressed') === 'true'"
    )
    where, body = sent()
    assert where == "/preferences"
    assert 'name="theme"' in body
    assert "dark" in body


def test_filter_offers_what_suits_the_field(visit: Page, address: str) -> None:
    go(visit, address, "list")
    visit.locator(".dg-tools summary", has_text="筛选").click()
    visit.select_option('[name="add_field"]', "stage")
    expect(visit.locator('select[name="add_value"] option')).to_have_count(2)
    visit.select_option('[name="add_field"]', "name")
    expect(visit.locator('input[name="add_value"]')).to_be_visible()
    expect(visit.locator('[name="add_operator"] option')).to_have_count(2)


def test_picker_searches_and_chooses_by_keyboard(visit: Page, address: str) -> None:
    go(visit, address, "form")
    box = visit.get_by_role("combobox", name="客户")
    box.focus()
    visit.keyboard.type("vx")
    option = visit.locator('.pick-list [role="option"]').first
    expect(option).to_contain_text("VX-2400")
    expect(box).to_have_attribute("aria-expanded", "true")
    visit.keyboard.press("Enter")
    expect(box).to_have_value("VX-2400")
    assert visit.locator('select[name="account"]').input_value() == "1"
    box.focus()
    visit.keyboard.type("zzz")
    visit.keyboard.press("Tab")
    expect(box).to_have_value("VX-2400")
    visit.locator('[data-field="account"] button[title="清除"]').click()
    assert visit.locator('select[name="account"]').input_value() == ""


def test_problem_links_take_the_focus_to_the_input(visit: Page, address: str) -> None:
    go(visit, address, "form")
    expect(visit.locator("#problems")).to_be_focused()
    visit.locator("#problems a", has_text="客户").click()
    expect(visit.get_by_role("combobox", name="客户")).to_be_focused()
    visit.locator("#problems a", has_text="折扣").click()
    expect(visit.locator("#f-lines-2-discount")).to_be_focused()


def test_rows_are_added_removed_filled_and_pasted(visit: Page, address: str) -> None:
    go(visit, address, "form")
    lines = visit.locator('[data-rows="lines"] tr[data-line]')
    expect(lines).to_have_count(3)
    quantity = visit.locator("#f-lines-2-quantity")
    quantity.focus()
    visit.keyboard.press("Enter")
    expect(lines).to_have_count(4)
    expect(visit.locator("#f-lines-3-quantity")).to_be_focused()
    visit.locator("#f-lines-0-price").focus()
    visit.keyboard.press("Control+d")
    expect(visit.locator("#f-lines-1-price")).to_have_value("86000.00")
    visit.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/plain', '7\\t100.5\\t5\\n8\\t200\\t6\\n9\\t300\\t7\\n');
          const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector('#f-lines-2-quantity').dispatchEvent(paste);
        }"""
    )
    expect(lines).to_have_count(5)
    expect(visit.locator("#f-lines-4-discount")).to_have_value("7")
    expect(visit.locator("#f-lines-3-price")).to_have_value("200")
    visit.locator('tr[data-line="1"] [data-remove]').click()
    expect(lines).to_have_count(4)
    expect(lines.nth(1).locator("[data-number]")).to_have_text("2")
    expect(visit.locator("[data-row-count]")).to_have_text("4 行")


def test_leaving_an_unsaved_form_is_asked_about(visit: Page, address: str) -> None:
    go(visit, address, "form")
    visit.locator("#f-name").fill("changed")
    visit.once("dialog", lambda dialog: dialog.dismiss())
    with visit.expect_event("dialog") as asked:
        visit.evaluate("() => { setTimeout(() => window.location.assign('/list/zh/light')); }")
    assert asked.value.type == "beforeunload"
    assert "/form/" in visit.url


def test_a_form_is_sent_once_with_its_token(visit: Page, address: str) -> None:
    go(visit, address, "form")
    visit.locator("#f-name").fill("changed")
    visit.evaluate(
        "() => { const save = document.querySelector('[data-save]'); save.click(); save.click(); }"
    )
    visit.wait_for_selector("text=Sent")
    assert len(POSTED) == 1
    assert "once" in POSTED[0][1]
    assert 'name="lines-0-id"' in POSTED[0][1]
    assert "__index__" not in POSTED[0][1]


def test_save_by_key(visit: Page, address: str) -> None:
    go(visit, address, "form")
    visit.locator("#f-name").focus()
    visit.keyboard.press("Control+s")
    visit.wait_for_selector("text=Sent")
    assert POSTED[0][0] == "/crm/opportunity/new"


def test_refused_card_goes_back_and_says_why(visit: Page, address: str) -> None:
    go(visit, address, "kanban")
    visit.wait_for_load_state("networkidle")
    card = visit.locator('[data-column="new"] [data-card]').first
    target = visit.locator('[data-column="proposal"] [data-cards]')
    name = card.locator("h3").inner_text()
    box = card.bounding_box()
    assert box is not None
    pick_up(visit, card, below=box["height"] - 6)
    carry(visit, target, target.locator("[data-card]", has_text=name))
    visit.mouse.up()
    refused = visit.locator('[data-column="new"] .is-refused')
    expect(refused).to_contain_text(name)
    expect(refused.locator('[role="alert"]')).to_have_text("没有移动：决策人没有填")
    where, body = sent()
    assert where.endswith("/move")
    assert "proposal" in body


def test_card_is_moved_without_dragging(visit: Page, address: str) -> None:
    go(visit, address, "kanban")
    card = visit.locator('[data-column="new"] [data-card]').first
    card.hover()
    card.locator(".kb-move summary").click()
    expect(card.locator('.kb-move [aria-disabled="true"]')).to_have_attribute("title", "还没有合同")
    card.locator('.kb-move button[value="proposal"]').click()
    visit.wait_for_url("**/move")
    assert parse_qs(POSTED[0][1])["to"] == ["proposal"]


def test_charts_are_drawn_and_follow_the_theme(visit: Page, address: str) -> None:
    go(visit, address, "dashboard")
    chart = visit.locator("[data-chart] svg")
    expect(chart).to_have_count(1)
    before = chart.inner_html()
    visit.locator(".dg-me > summary").click()
    visit.locator('[data-preferences] button[value="dark"]').click()
    expect(visit.locator("html")).to_have_attribute("data-bs-theme", "dark")
    visit.wait_for_function(
        "(before) => document.querySelector('[data-chart] svg').innerHTML !== before", arg=before
    )


def test_field_is_dragged_on_the_form(visit: Page, address: str) -> None:
    go(visit, address, "designer")
    visit.wait_for_load_state("networkidle")
    field = visit.locator('[data-fields="basics"] [data-field="name"] .grip')
    empty = visit.locator('[data-fields="more"]')
    pick_up(visit, field)
    carry(visit, empty, empty.locator('[data-field="name"]'))
    visit.mouse.up()
    visit.wait_for_selector("text=Sent")
    values = parse_qs(sent()[1])
    assert values["operation"] == ["move_field"]
    assert values["field"] == ["name"]
    assert values["section"] == ["more"]
    assert values["csrf_token"] == ["sample-token"]


def test_password_can_be_shown(visit: Page, address: str) -> None:
    go(visit, address, "sign_in")
    visit.fill("#password", "secret")
    visit.locator(".with-eye button").click()
    expect(visit.locator("#password")).to_have_attribute("type", "text")


def test_date_keeps_one_notation(visit: Page, address: str) -> None:
    go(visit, address, "form")
    expect(visit.locator("#f-close_on")).to_have_value("2026-10-31")
    expect(visit.locator("#f-visit_at")).to_have_value("2026-12-05 14:30")
    visit.evaluate(
        """() => {
          const source = document.querySelector('#f-close_on ~ .date-source');
          source.value = '2027-01-02';
          source.dispatchEvent(new Event('change'));
        }"""
    )
    expect(visit.locator("#f-close_on")).to_have_value("2027-01-02")


def test_menu_is_a_drawer_on_a_phone(visit: Page, address: str) -> None:
    visit.set_viewport_size({"width": 390, "height": 844})
    go(visit, address, "list")
    menu = visit.locator("#menu")
    expect(menu).to_be_hidden()
    visit.locator(".dg-open").click()
    expect(menu).to_be_visible()
    visit.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_task_is_approved_from_a_phone_in_two_taps(visit: Page, address: str) -> None:
    visit.set_viewport_size({"width": 390, "height": 844})
    go(visit, address, "inbox")
    visit.locator(".tk-acts > .btn-primary").first.click()
    sheet = visit.locator("#confirm-approve-0")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("1,063,101.00")
    sheet.locator("footer .btn-primary").click()
    visit.wait_for_selector("text=Sent")
    assert POSTED[0][0] == "/tasks/0/approve"
