"""The inputs of structural types in a real browser: chosen with the keyboard, drawn, uploaded, saved and shown."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dougong import assembly
from dougong.people import accounts
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.web.logs import configure
from dougong.web.settings import Settings
from tests.servers.databases import Databases
from tests.structure.conftest import Park
from tests.web_server import Server, listening

pytestmark = pytest.mark.usefixtures("assets")
PASSWORD = "quiet-harbour-42"
SHOTS = os.environ.get("DOUGONG_SHOTS", "")


@pytest.fixture
def served(
    databases: Databases, park_templates: dict[str, str], tmp_path: Path
) -> Iterator[tuple[str, Park]]:
    """The park behind a server, on SQLite."""
    configure("text", "error")
    url = databases.copy_of(park_templates["sqlite"])
    runtime = assembly.open_runtime(Settings(database=url, files=str(tmp_path / "files")))
    with runtime.database.writing() as connection:
        root = accounts.find(connection, "root")
        assert root is not None
        accounts.set_password(connection, root.id, PASSWORD)
    with listening(Server(runtime, {})) as address:
        yield address, Park(runtime.database)
    runtime.database.dispose()
    databases.drop(url)


def photograph(path: Path) -> Path:
    found = io.BytesIO()
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(found, "JPEG")
    path.write_bytes(found.getvalue())
    return path


def shoot(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody wants to look at it."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", "root")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_every_input_is_filled_and_shown(served: tuple[str, Park], page: Page, tmp_path: Path) -> None:
    address, park = served
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_timeout(20_000)
    sign_in(page, address)
    page.goto(f"{address}/park/site/new")
    page.fill("[name=name]", "湖边站")
    group = page.locator("#f-place")
    expect(group.locator("select:visible")).to_have_count(3)
    selects = group.locator("select:visible")
    selects.nth(0).select_option("广东省")
    selects.nth(1).select_option("深圳市")
    selects.nth(2).select_option("南山区")
    group.locator("[data-part=detail]").fill("科技园路 1 号")
    page.fill("[name=spot-lat]", "22.5405")
    page.fill("[name=spot-lng]", "113.9345")
    page.locator("#f-photos").set_input_files([str(photograph(tmp_path / f"{each}.jpg")) for each in "ab"])
    expect(page.locator(".pictures .file img")).to_have_count(2)
    sign = page.locator("#f-signed")
    sign.locator(".open").click()
    sign.locator("[data-typed]").fill("王伟")
    shoot(page, "form-desk")
    sign.locator("[data-typed]").press("Enter")
    expect(sign.locator(".now img")).to_have_attribute("alt", "王伟.png")
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: "/new" not in url)
    expect(page.locator(".dg-gallery img")).to_have_count(2)
    shoot(page, "record-desk")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    shoot(page, "record-phone")
    page.goto(page.url + "/edit")
    expect(page.locator("#f-place select:visible").nth(2)).to_have_value("南山区")
    shoot(page, "form-phone")
    with park.reading() as call:
        record = read(call, "park.site", list_records(call, "park.site", Query()).rows[0].id)
    assert record.values["place"] == {
        "province": "广东省",
        "city": "深圳市",
        "district": "南山区",
        "code": "440305",
        "detail": "科技园路 1 号",
    }
    assert record.values["spot"] == {"lat": "22.540500", "lng": "113.934500"}
    assert [each["name"] for each in record.values["photos"]] == ["a.jpg", "b.jpg"]
    assert [each["name"] for each in record.values["signed"]] == ["王伟.png"]
    page.goto(f"{address}/park/site")
    page.wait_for_load_state()
    shoot(page, "list-phone")
    assert said == []


def test_a_drawing_that_was_not_taken_goes_with_the_form(served: tuple[str, Park], page: Page) -> None:
    address, park = served
    page.set_default_timeout(20_000)
    sign_in(page, address)
    page.goto(f"{address}/park/site/new")
    page.fill("[name=name]", "Pond")
    page.locator("#f-signed .open").click()
    canvas = page.locator("#f-signed canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 70, steps=5)
    page.mouse.up()
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: "/new" not in url)
    with park.reading() as call:
        record = read(call, "park.site", list_records(call, "park.site", Query()).rows[0].id)
    assert len(record.values["signed"]) == 1


def test_one_picker_searches_several_kinds_of_record(served: tuple[str, Park], page: Page) -> None:
    address, park = served
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    site, tool = park.add("site", name="Lakeside"), park.add("tool", name="Lamp")
    park.add("tool", name="Saw")
    park.add("job", name="Lay pipes")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_timeout(20_000)
    sign_in(page, address)
    page.goto(f"{address}/park/note/new")
    page.fill("[name=text]", "Where is it?")
    box = page.get_by_role("combobox", name="About")
    expect(box).to_have_count(1)
    expect(page.locator("[data-one-of]:visible")).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(page.locator(".one-of .err")).to_have_count(1)
    expect(page.locator('a[href^="#f-about"]')).to_have_count(1)
    shoot(page, "one-of-problem")
    page.locator('a[href^="#f-about"]').first.click()
    expect(box).to_be_focused()
    box.press_sequentially("La")
    options = page.locator(".one-of [role=option]")
    expect(options).to_have_text(["Lakeside", "Lamp", "Lay pipes"])
    expect(page.locator(".one-of .group-line")).to_have_text(["Site", "Tool", "Job"])
    shoot(page, "one-of-open")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Lamp")
    expect(page.locator(".one-of .kind-of")).to_have_text("Tool")
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: "/new" not in url)
    shoot(page, "one-of-record")
    shown = page.locator("main")
    expect(shown).to_contain_text("Lamp")
    expect(shown.get_by_text("About · Site")).to_have_count(0)
    assert park.found("note", f"about_tool = {tool}") != []
    page.goto(page.url + "/edit")
    expect(box).to_have_value("Lamp")
    box.fill("lakes")
    expect(options).to_have_text(["Lakeside"])
    box.press("Enter")
    expect(page.locator(".one-of .kind-of")).to_have_text("Site")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    shoot(page, "one-of-phone")
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    assert park.found("note", f"about_site = {site} AND about_tool IS EMPTY") != []
    assert [each for each in said if "422" not in each] == []
