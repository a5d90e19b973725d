"""A link to one of several entities is one field in the designer, and one condition in a list."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest

from tests.servers.databases import Databases
from tests.web_server import Server, serving_app

SOURCES = {
    "app.yaml": "{id: desk, version: 1.0.0, label: {en: Desk, zh: 台}, languages: [zh, en]}\n",
    "entities/site.yaml": "label: {en: Site, zh: 站点}\ntitle: '{name}'\nfields: {name: {type: text, label: Name}}\n",
    "entities/tool.yaml": "label: {en: Tool, zh: 工具}\ntitle: '{name}'\nfields: {name: {type: text, label: Name}}\n",
    "entities/note.yaml": """label: {en: Note, zh: 便签}
title: "{name}"
fields:
  name: {type: text, label: Name}
  about: {type: link, to: [site, tool], required: true, label: {en: About, zh: 关于}}
  last: {type: text, label: Last}
""",
    "forms/note.yaml": "sections:\n  main: {label: Main, columns: 2, fields: [name, about, last]}\n",
}


@pytest.fixture
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with an admin, on SQLite."""
    with serving_app(databases, "sqlite", SOURCES, tmp_path_factory.mktemp("files")) as server:
        yield server


PATH = "/design/desk/note"


def test_it_is_one_field_that_can_be_changed_moved_and_removed(desk: Server) -> None:
    browser = desk.browser("ada")
    page = browser.get(PATH).text
    assert page.count('data-field="about"') == 1
    assert 'data-field="about_site"' not in page
    selected = browser.get(f"{PATH}?field=about").text
    for target in ("site", "tool"):
        assert f'name="to" value="{target}" checked' in selected
    sent = {
        "operation": "set_field", "field": "about", "label_en": "Regarding", "label_zh": "关于", "to": ["", "site", "note", "tool"],
        "has_required": "1", "required": "false", "on_delete": "clear",
    }  # fmt: skip
    assert browser.post(PATH, sent, page=PATH).status_code == 303
    text = html.unescape(browser.get(f"{PATH}?field=about").text)
    assert "label: {en: Regarding, zh: 关于}" in text
    assert "to: [site, note, tool]" in text
    assert "on_delete: clear" in text
    assert (
        browser.post(
            PATH, {"operation": "move_field", "field": "about", "section": "main", "position": "0"}, page=PATH
        ).status_code
        == 303
    )
    order = [
        part.split('"')[0]
        for part in browser.get(PATH).text.split('<li class="df')[1:]
        for part in part.split('data-field="')[1:2]
    ]
    assert order == ["about", "name", "last"]
    assert browser.post(PATH, {"operation": "remove_field", "field": "about"}, page=PATH).status_code == 303
    assert "about" not in browser.get(PATH).text.split('class="paper"')[1]


def test_one_chosen_entity_makes_it_an_ordinary_link(desk: Server) -> None:
    browser = desk.browser("ada")
    sent = {"operation": "set_field", "field": "about", "to": ["", "tool"]}
    assert browser.post(PATH, sent, page=PATH).status_code == 303
    assert "to: tool" in browser.get(f"{PATH}?field=about").text
    nothing = {"operation": "set_field", "field": "about", "to": [""]}
    assert browser.post(PATH, nothing, page=PATH).status_code == 303
    assert "to: tool" in browser.get(f"{PATH}?field=about").text


def test_a_list_is_narrowed_by_the_kind_of_record(desk: Server) -> None:
    api, browser = desk.api("ada"), desk.browser("ada")
    site, tool = api.made("/desk/site", name="Lake"), api.made("/desk/tool", name="saw")
    api.made("/desk/note", name="of the lake", about_site=site["id"])
    api.made("/desk/note", name="of the saw", about_tool=tool["id"])
    page = browser.get("/desk/note").text
    assert '"is_kind"' in html.unescape(page) or "is_kind" in page
    query = {"add_field": "about", "add_operator": "is_kind", "add_value": "about_tool"}
    found = browser.client.get("/desk/note", query_string=query, follow_redirects=True).text
    assert "of the saw" in found
    assert "of the lake" not in found
    wrong = {**query, "add_value": "about_nothing"}
    assert browser.client.get("/desk/note", query_string=wrong, follow_redirects=True).status_code == 200
