"""The main road in a real browser, on the demonstration as a newcomer gets it: list, create, comment, approve on a phone, design."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.screenshots import demo

pytestmark = pytest.mark.usefixtures("assets")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WAIT = 60_000


@dataclass(slots=True)
class Demo:
    """A running demonstration with the passwords of its people. Complaints of the browser are gathered; that a form was refused
    (422) is none."""

    address: str
    passwords: dict[str, str]
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def person(self, login: str, size: dict[str, int] = DESK) -> Page:
        """A browser in which somebody has just signed in."""
        context = self.browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(WAIT)
        context.set_default_navigation_timeout(WAIT)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and "status of 422" not in message.text
                else None
            ),
        )
        page.on(
            "request",
            lambda sent: (
                self.complaints.append(f"foreign request: {sent.url}")
                if not sent.url.startswith((self.address, "data:", "blob:"))
                else None
            ),
        )
        page.goto(f"{self.address}/sign-in")
        page.fill("#login", login)
        page.fill("#password", self.passwords[login])
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def go(self, page: Page, path: str) -> None:
        """Open an address of the demonstration; its scripts have begun when this ends."""
        answer = page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        page.wait_for_selector("html.scripted", state="attached")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("demo")
    with demo(folder) as address:
        made = json.loads((folder / "accounts.json").read_text("utf-8"))
        yield address, {each["login"]: each["password"] for each in made}


@pytest.fixture
def at(served: tuple[str, dict[str, str]], browser: Browser) -> Iterator[Demo]:
    address, passwords = served
    shown = Demo(address, passwords, browser)
    yield shown
    for context in shown.contexts:
        context.close()
    assert shown.complaints == []


def pick(page: Page, box: str, words: str) -> None:
    """Choose a record in a picker by typing some of its title."""
    found = page.locator(box)
    found.click()
    found.press_sequentially(words, delay=20)
    options = page.locator(".pick-list:not([hidden]) [role=option]")
    expect(options.filter(has_text=words).first).to_be_visible()
    found.press("ArrowDown")
    found.press("Enter")


def test_a_record_by_keyboard_alone(at: Demo) -> None:
    page = at.person("xu.wenjing")
    at.go(page, "/crm/account")
    page.keyboard.press("c")
    page.wait_for_url("**/crm/account/new")
    page.wait_for_selector("html.scripted", state="attached")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-name":
            break
    else:
        raise AssertionError("the name is not reached by Tab")
    page.keyboard.press("Control+s")
    problem = page.locator(
        "[data-field=name] .err, [data-field=name] [role=alert], [data-field=name] .invalid-feedback"
    )
    expect(problem.first).to_be_visible()
    page.locator("#f-name").focus()
    page.keyboard.type("青岚键盘测试有限公司")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/crm/account/\d+$"))
    expect(page.locator("h1")).to_have_text("青岚键盘测试有限公司")


def test_found_by_two_characters_commented_binned(at: Demo) -> None:
    page = at.person("xu.wenjing")
    at.go(page, "/crm/account/new")
    page.fill("#f-name", "砚湖回收站测试公司")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/crm/account/\d+$"))
    address = page.url
    page.locator("textarea[name=text], .dg-comment textarea, textarea").first.fill(
        "第一次联系，<b>很顺利</b>"
    )
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("第一次联系，<b>很顺利</b>")).to_be_visible()
    at.go(page, "/crm/account?view=all")
    page.fill("#search", "砚湖")
    rows = page.locator("tbody tr[data-row]")
    expect(rows.first).to_contain_text("砚湖回收站测试公司")
    expect(rows).to_have_count(1)
    page.goto(address)
    page.wait_for_selector("html.scripted", state="attached")
    page.locator(".rec-head summary").click()
    page.locator(".rec-head [popovertarget=confirm-delete]").first.click()
    page.locator("#confirm-delete footer .btn-bad-solid").click()
    page.wait_for_url(lambda url: url != address)
    at.go(page, "/crm/account?view=all&q=%E7%A0%9A%E6%B9%96")
    expect(page.locator("tbody tr[data-row]")).to_have_count(0)


def test_a_refused_move_says_why(at: Demo) -> None:
    page = at.person("xu.wenjing")
    at.go(page, "/crm/account")
    owner = page.locator("tbody a.title").first
    name = owner.inner_text()
    at.go(page, "/crm/opportunity/new")
    page.fill("#f-name", "没有产品的商机")
    pick(page, "#f-account-box", name)
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/crm/opportunity/\d+$"))
    page.wait_for_selector("html.scripted", state="attached")
    address = page.url
    page.locator(".dg-path button", has_text="方案报价").click()
    sheet = page.locator("#confirm-move-proposal")
    sheet.locator("footer .btn-primary").click()
    expect(page.locator("main")).to_contain_text("进入“方案报价”之前必须填写产品明细")
    page.goto(address)
    expect(page.locator(".dg-path .now")).to_contain_text("新商机")


def test_a_quote_is_approved_on_a_phone(at: Demo) -> None:
    page = at.person("xu.wenjing")
    at.go(page, "/crm/account")
    name = page.locator("tbody a.title").first.inner_text()
    at.go(page, "/crm/quote/new")
    page.fill("#f-subject", "手机审批的报价")
    pick(page, "#f-account-box", name)
    page.get_by_role("button", name="加一行").click()
    line = page.locator("tr[data-line]").first
    box = line.locator("[role=combobox]").first
    box.click()
    expect(page.locator(".pick-list:not([hidden]) [role=option]").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(line.locator("[data-column=quantity] input")).to_have_value(re.compile(r"^1(\.0+)?$"))
    line.locator("[data-column=quantity] input").fill("3")
    line.locator("[data-column=price] input").fill("50000")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/crm/quote/\d+$"))
    expect(page.locator("body")).to_contain_text("150,000.00")
    page.wait_for_selector("html.scripted", state="attached")
    page.get_by_role("button", name="提交审批").first.click()
    again = page.locator("[popover]:popover-open footer .btn-primary")
    if again.count():
        again.click()
    expect(page.get_by_text("审批中").first).to_be_visible()
    phone = at.person("shen.jiahe", PHONE)
    at.go(phone, "/inbox")
    phone.get_by_text("手机审批的报价").first.click()
    approve = phone.get_by_role("button", name="同意").first
    expect(approve).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    approve.click()
    again = phone.locator("[popover]:popover-open footer .btn-primary")
    if again.count():
        again.click()
    page.reload()
    expect(page.get_by_text("已批准").first).to_be_visible()


def test_a_field_is_added_published_and_used(at: Demo) -> None:
    page = at.person("admin")
    at.go(page, "/design/crm/competitor")
    page.locator("[data-type=date] button").click()
    page.wait_for_load_state("networkidle")
    at.go(page, "/design/crm/publish")
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    page.locator("main .btn-seal").click()
    page.wait_for_url(re.compile(r"/crm/competitor"))
    at.go(page, "/crm/competitor/new")
    expect(page.locator("[data-field] input[type=date], .t-date input").first).to_be_visible()


PAGES = (
    "/crm/dashboards/sales",
    "/crm/opportunity",
    "/crm/opportunity?view=board",
    "/crm/quote/new",
    "/crm/account/import",
    "/crm/account/bin",
    "/crm/reports/pipeline",
    "/inbox",
    "/profile",
    "/people",
    "/versions",
    "/templates",
    "/design/crm/opportunity",
    "/crm/account/1",
)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pages_are_clean(at: Demo, size: str) -> None:
    """No complaint of the browser, nothing serious for axe, and on a phone nothing wider than the screen."""
    page = at.person("admin", DESK if size == "desk" else PHONE)
    found: list[str] = []
    for path in PAGES:
        at.go(page, path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{path}: {wide} pixels too wide")
        results = Axe().run(page, options={"resultTypes": ["violations"]})
        found += [
            f"{path}: {each['id']} {each['nodes'][0]['html'][:120]}"
            for each in results.response["violations"]
            if each["impact"] in ("serious", "critical")
        ]
    assert found == []
