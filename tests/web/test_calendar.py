"""The company's calendar at the screen and through the API: kept by administrators, noted, and followed by what is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dougong import assembly
from dougong.cli import main
from dougong.jobs.worker import run_due
from dougong.storage.system import AUDIT
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, prepare, server_of

TRIPS = """
label: Trip
title: "{name}"
fields:
  name: {type: text, required: true}
  starts: {type: date}
  ends: {type: date}
  days: {type: integer, formula: "NETWORKDAYS(starts, ends)"}
  pay: {type: integer, formula: "days * 100"}
"""
APP = "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en]\n"


@pytest.fixture(params=DIALECTS)
def desk(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Server]:
    """A server of an app that counts working days."""
    folder = tmp_path / "desk"
    (folder / "entities").mkdir(parents=True)
    (folder / "app.yaml").write_text(APP, "utf-8")
    (folder / "entities" / "trip.yaml").write_text(TRIPS, "utf-8")
    url = databases.fresh(request.param)
    server = server_of(url, prepare(url, folder), tmp_path / "files")
    yield server
    server.database.dispose()
    databases.drop(url)


def worked(server: Server) -> None:
    """Do everything that waits in the background."""
    run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


def marked(page: Any, kind: str) -> list[str]:
    assert page.status_code in (200, 422), page.text
    return re.findall(rf'class="k-{kind}[^"]*" title="([^"]*)"', page.text)


def test_days_are_entered_and_taken_out_at_the_screen(server: Server) -> None:
    ada = server.browser("ada")
    page = ada.get("/calendar?year=2026")
    assert page.text.count('class="cal-month"') == 12
    assert marked(page, "rest") == marked(page, "work") == []
    assert len(marked(page, "weekend")) == 104
    data = {"first": "2026-10-01", "last": "2026-10-03", "kind": "rest", "name": "National Day"}
    assert ada.post("/calendar/days", data).headers["Location"] == "/calendar?year=2026"
    assert ada.post("/calendar/days", {"first": "2026-10-10", "kind": "work", "name": ""}).status_code == 303
    page = ada.get("/calendar?year=2026")
    assert len(marked(page, "rest")) == 2, "the third of October is a Saturday, and rests anyway"
    assert all("National Day" in each for each in marked(page, "rest"))
    assert len(marked(page, "work")) == 1
    assert "260 working days in all" in page.text
    assert "3 days entered" in page.text
    assert "Ada" in page.text.split('id="changes"')[1]
    begun = ada.get("/calendar?year=2026&day=2026-10-10").text
    assert 'value="2026-10-10"' in begun
    assert ada.post("/calendar/remove", {"first": "2026-10-01", "last": "2026-10-01"}).status_code == 303
    assert len(marked(ada.get("/calendar?year=2026"), "rest")) == 1
    whole = {"first": "2026-01-01", "last": "2026-12-31"}
    assert ada.post("/calendar/remove", whole).status_code == 303
    assert marked(ada.get("/calendar?year=2026"), "rest") == []
    with server.database.reading() as connection:
        rows = connection.execute(
            select(AUDIT.c.action, AUDIT.c.door, AUDIT.c.details)
            .where(AUDIT.c.action.startswith("calendar."))
            .order_by(AUDIT.c.id)
        ).all()
    assert [row.action for row in rows] == ["calendar.enter"] * 2 + ["calendar.remove"] * 2
    assert rows[0].details == {"days": 3, "first": "2026-10-01", "last": "2026-10-03"}
    assert {row.door for row in rows} == {"screen"}


def test_a_year_is_entered_as_it_was_announced(server: Server) -> None:
    ada = server.browser("ada")
    assert ada.post("/calendar/china", {"year": "2026"}).status_code == 303
    page = ada.get("/calendar?year=2026")
    assert any("Oct" in each for each in marked(page, "rest"))
    assert marked(page, "work") != []
    unknown = ada.post("/calendar/china", {"year": "2150"})
    assert unknown.status_code == 422
    assert "nothing is known of 2150" in unknown.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": ""}, "first"),
        ({"first": "2026-02-30"}, "first"),
        ({"first": "0001-01-01"}, "first"),
        ({"first": "2026-10-02", "last": "2026-10-01"}, "last"),
        ({"first": "2026-10-02", "last": "2028-10-01"}, "last"),
        ({"first": "2026-10-02", "kind": "maybe"}, "kind"),
        ({"first": "2026-10-02", "name": "x" * 101}, "name"),
    ],
)
def test_what_is_no_day_comes_back_with_its_reason(
    sqlite_server: Server, given: dict[str, str], said: str
) -> None:
    ada = sqlite_server.browser("ada")
    answer = ada.post("/calendar/days", {"kind": "rest", "name": "", **given})
    assert answer.status_code == 422
    assert f'id="e-{said}"' in answer.text
    assert sqlite_server.api("ada")("GET", "/calendar").json == {"data": []}


def test_it_is_for_administrators(sqlite_server: Server) -> None:
    head, api = sqlite_server.browser("hana"), sqlite_server.api("hana")
    assert head.get("/calendar").status_code == 403
    assert head.post("/calendar/days", {"first": "2026-10-01", "kind": "rest"}).status_code == 403
    assert 'href="/calendar"' not in head.get("/library/book").text
    assert 'href="/calendar"' in sqlite_server.browser("ada").get("/people").text
    assert api("GET", "/calendar").status_code == 403
    assert api("PUT", "/calendar", {"days": []}).status_code == 403
    assert api("DELETE", "/calendar?first=2026-01-01&last=2026-12-31").status_code == 403
    assert "/api/v1/calendar" not in api("GET", "/openapi.json").json["paths"]


def test_the_calendar_through_the_api(server: Server) -> None:
    ada = server.api("ada")
    days = [
        {"day": "2026-10-01", "kind": "rest", "name": "National Day"},
        {"day": "2026-10-10", "kind": "work", "name": ""},
        {"day": "2027-01-01", "kind": "rest", "name": ""},
    ]
    assert ada("PUT", "/calendar", {"days": days}).json == {"entered": 3, "job": None}
    assert ada("GET", "/calendar").json == {"data": days}
    assert ada("GET", "/calendar?year=2027").json == {"data": days[2:]}
    removed = ada("DELETE", "/calendar?first=2026-01-01&last=2026-12-31")
    assert removed.json == {"removed": 2, "job": None}
    assert ada("GET", "/calendar").json == {"data": days[2:]}
    assert ada("POST", "/calendar/china", {"year": 2026}).json["entered"] > 20


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"days": {}},
        {"days": ["2026-10-01"]},
        {"days": [{"day": "2026-10-01"}]},
        {"days": [{"day": "2026-10-32", "kind": "rest"}]},
        {"days": [{"day": "20261001", "kind": "rest"}]},
        {"days": [{"day": 20261001, "kind": "rest"}]},
        {"days": [{"day": "2026-10-01", "kind": "holiday"}]},
        {"days": [{"day": "2026-10-01", "kind": ["rest"]}]},
        {"days": [{"day": "2026-10-01", "kind": "rest", "name": "x" * 101}]},
        {"days": [{"day": "2026-10-01", "kind": "rest", "why": ""}]},
        {"days": [], "more": 1},
    ],
)
def test_what_is_no_calendar_is_refused(sqlite_server: Server, body: Any) -> None:
    ada = sqlite_server.api("ada")
    assert ada("PUT", "/calendar", body).status_code == 400
    assert ada("GET", "/calendar").json == {"data": []}


def test_other_bad_requests_are_refused(sqlite_server: Server) -> None:
    ada = sqlite_server.api("ada")
    assert ada("DELETE", "/calendar").status_code == 400
    assert ada("DELETE", "/calendar?first=2026-01-01").status_code == 400
    assert ada("GET", "/calendar?year=0").status_code == 400
    assert ada("POST", "/calendar/china", {"year": "2026"}).status_code == 400
    assert ada("POST", "/calendar/china", {"year": 1999}).json["code"] == "calendar_unknown"
    many = {"days": [{"day": "2026-10-01", "kind": "rest"}] * 10_001}
    assert ada("PUT", "/calendar", many).status_code == 413


def test_what_was_computed_follows_the_calendar(desk: Server) -> None:
    ada = desk.api("ada")
    trip = ada.made("/desk/trip", name="a", starts="2026-09-28", ends="2026-10-11")
    assert (trip["days"], trip["pay"]) == (10, 1000)
    changed = ada("PUT", "/calendar", {"days": [{"day": "2026-10-01", "kind": "rest"}]})
    job = changed.json["job"]
    assert changed.headers["Location"] == f"/api/v1/jobs/{job}"
    worked(desk)
    assert ada("GET", f"/jobs/{job}").json["result"] == {"changed": 2}
    found = ada("GET", f"/desk/trip/{trip['id']}").json
    assert (found["days"], found["pay"], found["version"]) == (9, 900, 1)
    browser = desk.browser("ada")
    data = {"first": "2026-10-10", "last": "2026-10-11", "kind": "work", "name": "make-up"}
    answer = browser.post("/calendar/days", data)
    assert "being computed again" in browser.get(answer.headers["Location"]).text
    worked(desk)
    assert ada("GET", f"/desk/trip/{trip['id']}").json["pay"] == 1100
    assert ada("DELETE", "/calendar?first=2026-01-01&last=2026-12-31").json["removed"] == 3
    worked(desk)
    assert ada("GET", f"/desk/trip/{trip['id']}").json["pay"] == 1000


def test_no_app_is_called_like_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "calendar"
    folder.mkdir()
    (folder / "app.yaml").write_text(APP.replace("desk", "calendar"), "utf-8")
    assert main(["check", str(folder)]) == 1
