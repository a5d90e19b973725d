"""The whole road of an import in a real browser: upload, columns and habits, trial, run with progress, result, failed rows, undo."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from dougong import assembly
from dougong.jobs import Worker
from dougong.storage.system import USER
from dougong.web.application import create_app
from tests.web_server import PASSWORD, Server

pytestmark = pytest.mark.usefixtures("assets")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(sqlite_server: Server) -> Iterator[str]:
    """The address of the library, with a worker beside it."""
    served = make_server("127.0.0.1", 0, create_app(sqlite_server.runtime), threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    tasks = assembly.tasks_of(sqlite_server.runtime.settings, sqlite_server.database)
    with Worker(sqlite_server.database, tasks, poll=0.1):
        yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join(10)


def signed_in(browser: Browser, address: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, accept_downloads=True).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", "hana")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def gb18030_file(folder: Path) -> Path:
    path = folder / "书单.csv"
    lines = ["书名;ISBN;价格（元）;购入日期;书架;来源"]
    lines += [
        "红楼梦;1001;1.234,50;3/4/26;小说;旧书店",
        "时间简史;1002;45,5;5/6/26;科学;赠",
        "坏价格;1003;很贵;7/8/26;小说;",
        "坏书架;1004;12,00;7/8/26;地窖;",
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


def workbook(folder: Path) -> Path:
    path = folder / "books.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Notes").write(0, 0, "nothing here")
    page = book.add_worksheet("Books")
    page.write_row(0, 0, ["Title", "ISBN", "Price", "Pages"])
    for number in range(1, 40):
        page.write_row(number, 0, [f"Book {number}", str(number), number / 2, number if number % 10 else "x"])
    book.close()
    return path


def upload(page: Page, address: str, path: Path) -> None:
    page.goto(f"{address}/library/book/import")
    page.set_input_files("input[type=file]", path)
    page.locator(".imp-foot .btn-primary").click()
    page.wait_for_selector("table.map")


def look(page: Page, folder: Path, name: str) -> None:
    """Take a picture, and check that nothing is wider than the page."""
    page.screenshot(path=folder / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth") + 1, (
        name
    )


@pytest.mark.parametrize(("language", "size"), [("zh", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"])
def test_a_chinese_file_from_the_first_click_to_the_undoing(
    sqlite_server: Server,
    address: str,
    browser: Browser,
    tmp_path: Path,
    language: str,
    size: dict[str, int],
) -> None:
    with sqlite_server.database.writing() as connection:
        connection.execute(update(USER).where(USER.c.login == "hana").values(language=language))
    page = signed_in(browser, address, size)
    upload(page, address, gb18030_file(tmp_path))
    expect(page.locator("select[name=encoding]")).to_have_value("gb18030")
    expect(page.locator("select[name=delimiter]")).to_have_value(";")
    rows = page.locator("table.map tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.nth(2)).to_contain_text("1.234,50 → ¥1,234.50")
    expect(page.locator("select[name=habit-2]")).to_have_value("decimal_mark:,")
    expect(rows.nth(3).locator("td.warn, td.bad")).to_have_count(1)
    look(page, tmp_path, "map")
    page.select_option("select[name=habit-3]", "date_order:dmy")
    page.locator("input[name=mode][value=upsert]").check()
    page.locator("input[name=match][value=isbn]").check()
    page.locator("select[name=constant-field]").select_option("notes")
    page.locator("input[name=constant-text]").fill("from the list")
    page.locator(".imp-foot .btn-primary").click()
    expect(page.locator(".calc dd").nth(0)).to_have_text("2")
    expect(page.locator(".calc dd").nth(3)).to_have_text("2")
    expect(page.locator(".reasons li")).to_have_count(2)
    look(page, tmp_path, "try")
    page.locator(".imp-foot .btn-primary").click()
    expect(page.locator(".result-counts dd").nth(0)).to_have_text("2")
    look(page, tmp_path, "done")
    with page.expect_download() as waiting:
        page.locator(".downloads a").first.click()
    mended = waiting.value.path()
    assert mended.read_bytes()[:2] == b"PK"
    page.goto(f"{address}/library/book?sort=isbn")
    expect(page.locator("main")).to_contain_text("红楼梦")
    page.go_back()
    page.locator(".imp-foot .act-undo, .imp-foot [popovertarget=confirm-undo]").click()
    page.locator(
        ".dg-confirm:popover-open footer .btn-danger, .dg-confirm:popover-open footer button"
    ).last.click()
    page.wait_for_url("**/library/book")
    expect(page.locator("main")).not_to_contain_text("红楼梦")


def test_a_workbook_with_a_sheet_to_choose_and_choices_that_are_remembered(
    address: str, browser: Browser, tmp_path: Path, sqlite_server: Server
) -> None:
    page = signed_in(browser, address, DESK)
    upload(page, address, workbook(tmp_path))
    page.select_option("select[name=sheet]", "Books")
    page.locator("fieldset.layout button").click()
    expect(page.locator("table.map tbody tr")).to_have_count(4)
    page.select_option("select[name=map-3]", "")
    page.locator(".imp-foot .btn-primary").click()
    expect(page.locator(".calc dd").nth(0)).to_have_text("39")
    page.select_option("select[name=map-3]", "pages")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".calc dd").nth(3)).to_have_text("3")
    page.locator(".imp-foot .btn-primary").click()
    expect(page.locator(".result-counts dd").nth(0)).to_have_text("36")
    with page.expect_download() as waiting:
        page.locator(".downloads a").first.click()
    kept = tmp_path / "again.xlsx"
    waiting.value.save_as(kept)
    upload(page, address, kept)
    expect(page.locator("table.map tbody tr")).to_have_count(5)
    expect(page.locator("select[name=map-4]")).to_have_value("")
    page.goto(f"{address}/library/book/import")
    upload(page, address, workbook(tmp_path))
    page.select_option("select[name=sheet]", "Books")
    page.locator("fieldset.layout button").click()
    expect(page.locator("select[name=map-3]")).to_have_value("pages")
    page.locator(".imp-foot .btn-primary").click()
    expect(page.locator(".reasons")).to_contain_text("36")
    assert io.BytesIO(kept.read_bytes()).read(2) == b"PK"


def test_an_export_with_chosen_columns(
    sqlite_server: Server, address: str, browser: Browser, tmp_path: Path
) -> None:
    sqlite_server.api("hana").made("/library/book", title="Walden", price="12", isbn="1")
    page = signed_in(browser, address, PHONE)
    page.goto(f"{address}/library/book/export/new")
    look(page, tmp_path, "export")
    for name in ("tags", "cost", "notes"):
        page.locator(f"input[name=field][value={name}]").uncheck()
    page.locator("input[name=format][value=csv]").check()
    page.locator(".imp-foot .btn-primary").click()
    with page.expect_download() as waiting:
        page.locator(".downloads a").click()
    look(page, tmp_path, "exported")
    head, line = waiting.value.path().read_text("utf-8-sig").splitlines()
    assert "Walden" in line
    assert "Tags" not in head
    assert "Price" in head
