"""Choices that take another answer too, through every door, on both databases."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.storage.plan import plan
from tests.fieldtypes.page_forms import inputs_of
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, serving_app

SOURCES = {
    "app.yaml": "{id: poll, version: 1.0.0, label: {en: Poll, zh: 问卷}, languages: [zh, en]}",
    "entities/sheet.yaml": """
label: {en: Sheet, zh: 答卷}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 姓名}}
  how: {type: choice, other: true, options: {web: {en: The web, zh: 网络}, fair: {en: A fair, zh: 展会}}, label: {en: How, zh: 渠道}}
  why:
    type: choices
    other: true
    options: {price: {en: Price, zh: 价格}, trust: {en: Trust, zh: 信任}, near: {en: Near, zh: 近}}
    label: {en: Why, zh: 原因}
""",
    "views/sheet.yaml": """
views:
  all: {label: All, columns: [name, how, why]}
  board: {label: Board, type: kanban, group: how, columns: [name]}
""",
}


@pytest.fixture(scope="module")
def app() -> App:
    made = check_sources(SOURCES, {})
    assert isinstance(made, App), made
    return made


@pytest.fixture(scope="module", params=DIALECTS)
def poll(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with the poll app and Ada."""
    with serving_app(databases, request.param, SOURCES, tmp_path_factory.mktemp("files")) as server:
        yield server


def test_the_api_takes_another_answer_and_knows_options_by_name(poll: Server) -> None:
    api = poll.api("ada")
    made = api.made("/poll/sheet", name="one", how=" a friend ", why=["by chance", "trust", "by chance"])
    assert (made["how"], made["why"]) == ("a friend", ["trust", "by chance"])
    assert api.made("/poll/sheet", name="two", how="the  WEB")["how"] == "web"
    for bad in (
        {"how": "x" * 201},
        {"how": 1},
        {"how": "a\nb"},
        {"why": ["a; b"]},
        {"why": "web"},
        {"how": "\0"},
    ):
        answer = api("POST", "/poll/sheet", {"name": "bad", **bad})
        assert answer.status_code == 422, bad
    found = api("GET", "/poll/sheet", query_string={"filter": "how = 'a friend' AND 'by chance' IN why"}).json
    assert [each["id"] for each in found["data"]] == [made["id"]]
    entries = api("PATCH", f"/poll/sheet/{made['id']}", {"how": "fair"}) and api(
        "GET", f"/poll/sheet/{made['id']}/history"
    )
    assert entries.json["data"][0]["changes"]["how"] == {"before": "a friend", "after": "fair"}


def test_a_form_shows_and_takes_it(poll: Server) -> None:
    api, browser = poll.api("ada"), poll.browser("ada")
    made = api.made("/poll/sheet", name="form", how="a friend", why=["near", "by chance"])
    path = f"/poll/sheet/{made['id']}/edit"
    sent = inputs_of(browser.get(path).text)
    assert sent["how"] == [" ", "a friend"]
    answer = browser.client.post(path, data={**sent, "why": ["", "price", "luck; 价格"]})
    assert answer.status_code == 303, answer.text
    after = api("GET", f"/poll/sheet/{made['id']}").json
    assert (after["how"], after["why"]) == ("a friend", ["price", "luck"])
    answer = browser.client.post(path, data={**inputs_of(browser.get(path).text), "how": ["web", ""]})
    assert api("GET", f"/poll/sheet/{made['id']}").json["how"] == "web"
    page = html.unescape(browser.get(f"/poll/sheet/{made['id']}").text)
    assert "luck" in page
    assert "The web" in page


def test_an_export_reads_back_and_a_board_has_a_column_for_each_answer(poll: Server) -> None:
    api, browser = poll.api("ada"), poll.browser("ada")
    made = api.made("/poll/sheet", name="again", how="word of mouth", why=["price", "old times"])
    query = {"format": "csv", "filter": f"id = {made['id']}", "fields": "name,how,why"}
    exported = api("GET", "/poll/sheet/export", query_string=query)
    answer = api("POST", "/poll/sheet/import", data={"file": (io.BytesIO(exported.data), "a.csv")})
    assert answer.json["added"] == 1, answer.text
    found = api("GET", "/poll/sheet", query_string={"filter": "name = 'again'"}).json["data"]
    assert [(each["how"], each["why"]) for each in found] == [("word of mouth", ["price", "old times"])] * 2
    board = html.unescape(browser.get("/poll/sheet?view=board").text)
    assert "word of mouth" in board
    figures = api("GET", "/poll/sheet/aggregate", query_string={"group": "how", "measures": "n: COUNT()"})
    assert figures.status_code == 200, figures.text
    assert "word of mouth" in figures.text


def test_giving_it_up_names_the_records_that_have_one(poll: Server, app: App) -> None:
    poll.api("ada").made("/poll/sheet", name="odd", how="a dream", why=["a dream"])
    closed = {
        **SOURCES,
        "entities/sheet.yaml": SOURCES["entities/sheet.yaml"].replace("other: true", "other: false"),
    }
    narrower = check_sources(closed, {"poll": app})
    assert isinstance(narrower, App), narrower
    with poll.database.reading() as connection:
        planned = plan(app, narrower, connection)
    found = poll.api("ada")("GET", "/poll/sheet", query_string={"limit": 100}).json["data"]
    options = {"how": {"web", "fair"}, "why": {"price", "trust", "near"}}
    expected = {
        sum(each["how"] not in {*options["how"], None} for each in found),
        sum(not options["why"].issuperset(each["why"] or ()) for each in found),
    }
    assert {each.impact.failing for each in planned.steps if each.impact.failing} == expected


@pytest.mark.parametrize("wrong", ["other: yes please", "other: 1", "options: {}, other: true"])
def test_a_wrong_setting_is_refused(wrong: str) -> None:
    entity = f"label: T\ntitle: '{{a}}'\nfields: {{a: {{type: text}}, b: {{type: choice, {wrong}}}}}"
    found = check_sources({"app.yaml": SOURCES["app.yaml"], "entities/t.yaml": entity}, {})
    assert isinstance(found, list)
    assert all(isinstance(each, Diagnostic) and each.place is not None for each in found)
