"""The inputs of the plain types in a real browser: stars, tags, colours, times, rich text, and a masked value that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers.databases import Databases
from tests.web_server import PASSWORD, Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")
SOURCES = {
    "app.yaml": "{id: shelf, version: 1.0.0, label: {en: Shelf, zh: 架}, languages: [zh, en]}",
    "entities/item.yaml": """
label: {en: Item, zh: 物品}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  stars: {type: rating, label: {en: Stars, zh: 星}}
  topics: {type: tags, suggestions: [alpha, beta], label: {en: Topics, zh: 主题}}
  paint: {type: colour, label: {en: Paint, zh: 漆}}
  opens: {type: time, label: {en: Opens, zh: 开门}}
  story: {type: rich_text, label: {en: Story, zh: 说明}}
  phone: {type: phone, mask: phone, label: {en: Phone, zh: 电话}}
  code: {type: barcode, symbology: ean13, label: {en: Code, zh: 条码}}
""",
}


@pytest.fixture
def shelf(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    """A small app behind a server, on SQLite, with Ada in it."""
    folder = tmp_path_factory.mktemp("files")
    with serving_app(databases, "sqlite", SOURCES, folder) as server, listening(server) as address:
        yield address, server


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", "ada")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_every_input_is_used_with_the_keyboard_and_saved(page: Page, shelf: tuple[str, Server]) -> None:
    address, server = shelf
    api = server.api("ada")
    api.made("/shelf/item", name="other", topics=["gamma"])
    sign_in(page, address)
    page.goto(f"{address}/shelf/item/new")
    page.get_by_label("Name").fill("Lamp")
    page.locator("[name=stars]").first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    topics = page.get_by_role("combobox", name="Topics")
    topics.focus()
    expect(page.locator("[data-tags] datalist option[value=gamma]")).to_be_attached()
    topics.press_sequentially("alpha, new thing,")
    topics.press_sequentially("gone")
    topics.press("Enter")
    expect(page.locator("[data-tags] .pick-chip")).to_have_count(3)
    topics.press("Backspace")
    expect(page.locator("[data-tags] .pick-chip")).to_have_count(2)
    page.locator("[data-colour] input[type=text]").fill("#AA00FF")
    expect(page.locator("[data-colour] input[type=color]")).to_have_value("#aa00ff")
    page.get_by_label("Opens").first.fill("9点半")
    editor = page.get_by_role("textbox", name="Story")
    editor.click()
    page.keyboard.type("plain strong")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.get_by_role("button", name="Bold").click()
    expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bulleted list").click()
    page.keyboard.type("one")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(lambda url: url.rstrip("/").split("/")[-1].split("?")[0].isdigit())
    made = api("GET", f"/shelf/item/{page.url.rstrip('/').split('/')[-1].split('?')[0]}").json
    assert made["stars"] == 3
    assert made["topics"] == ["alpha", "new thing"]
    assert (made["paint"], made["opens"]) == ("#aa00ff", "09:30")
    assert "plain <strong>strong</strong>" in made["story"].replace("&nbsp;", " ")
    assert "<ul><li>" in made["story"]
    expect(page.locator(".rich strong").first).to_have_text("strong")
    expect(page.get_by_role("img", name="3 of 5 stars")).to_be_visible()


def test_a_rating_is_taken_back_and_a_script_in_rich_text_is_not_kept(
    page: Page, shelf: tuple[str, Server]
) -> None:
    address, server = shelf
    api = server.api("ada")
    hostile = (
        '<p onclick="x()">a<script>document.title="bad"</script><img src=x onerror="document.title=1"></p>'
    )
    made = api.made("/shelf/item", name="Lamp", stars=4, story=hostile)
    assert made["story"] == "<p>a</p>"
    sign_in(page, address)
    page.goto(f"{address}/shelf/item/{made['id']}/edit")
    page.get_by_title("Not rated").click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: "/edit" not in url)
    assert api("GET", f"/shelf/item/{made['id']}").json["stars"] is None
    assert "bad" not in page.title()


def test_a_masked_value_is_shown_when_it_is_asked_for(page: Page, shelf: tuple[str, Server]) -> None:
    address, server = shelf
    api = server.api("ada")
    made = api.made("/shelf/item", name="Lamp", phone="13800138000", code="6901234567892")
    sign_in(page, address)
    page.goto(f"{address}/shelf/item/{made['id']}")
    expect(page.get_by_text("138****8000")).to_be_visible()
    expect(page.locator("svg.bars")).to_be_visible()
    assert "13800138000" not in page.content()
    page.get_by_role("button", name="Show the whole value of Phone").click()
    expect(page.locator(".revealed")).to_have_text("13800138000")
    entries = api("GET", f"/shelf/item/{made['id']}/history").json["data"]
    assert [each["action"] for each in entries] == ["reveal", "create"]
