"""At the doors: virtual fields are described as read-only, refused where somebody writes them, exported, and in no history."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.servers.databases import DIALECTS, Databases
from tests.virtual.club import SOURCES
from tests.web_server import Api, Server, serving_app

PATH = "/club/member_card"


def today() -> date:
    """The day of the people of this server."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def left(document: dict[str, Any], began: date) -> bool:
    """Whether the days left are those of a day since `began`."""
    valid_to = date.fromisoformat(document["valid_to"])
    return document["days_left"] in {(valid_to - day).days for day in (began, today())}


@pytest.fixture(scope="module", params=DIALECTS)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving_app(databases, request.param, SOURCES, tmp_path_factory.mktemp("files")) as server:
        yield server


@pytest.fixture(scope="module")
def api(server: Server) -> Api:
    api = server.api("ada")
    for name, days in (("Ann", 10), ("Bob", -3), ("Cid", 4)):
        card = api.made(PATH, name=name, valid_to=str(today() + timedelta(days=days)), level="gold")
        api.made(
            "/club/visit", number=name, card=card["id"], items=[{"what": "a", "price": "20", "quantity": 3}]
        )
    return api


def test_they_are_described_as_read_only(api: Api) -> None:
    document = api("GET", "/openapi.json").json
    shown = document["components"]["schemas"]["club.member_card"]["properties"]["days_left"]
    assert shown["readOnly"] is True


def test_a_list_filters_orders_and_pages_by_them(api: Api) -> None:
    def names(**query: Any) -> list[str]:
        answer = api("GET", PATH, query_string=query)
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json["data"]]

    assert names(filter="days_left >= 0", sort="-days_left") == ["Ann", "Cid"]
    assert names(sort="days_left", limit=2, fields="name,days_left") == ["Bob", "Cid"]
    assert names(sort="days_left", limit=1, offset=1) == ["Cid"]
    first = api("GET", PATH, query_string={"sort": "-spent,name", "limit": "1"}).json
    assert names(sort="-spent,name", limit="1", cursor=first["page"]["next"]) == ["Bob"]


def test_figures(api: Api) -> None:
    asked = {"group": "is_over", "measures": "sum:SUM(spent),many:COUNT()", "sort": "is_over"}
    answer = api("GET", f"{PATH}/aggregate", query_string=asked)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("given", [{"days_left": 5}, {"spent": "1.00"}, {"name": "x", "is_over": None}])
def test_nobody_writes_them(api: Api, given: dict[str, Any]) -> None:
    answer = api("POST", PATH, {"name": "Zoe", **given})
    assert answer.status_code == 422, answer.text
    assert {each["path"] for each in answer.json["errors"]} == set(given) - {"name"}


def test_bad_questions_are_refused(api: Api) -> None:
    for query in ({"filter": "days_lefd > 1"}, {"sort": "days_left.x"}, {"filter": "days_left = 'x'"}):
        assert api("GET", PATH, query_string=query).status_code == 422


def test_exports_have_them_and_imports_leave_them(api: Api) -> None:
    began = today()
    asked = {"fields": "name,days_left,spent,valid_to", "sort": "name"}
    lines = api("GET", f"{PATH}/export", query_string={**asked, "format": "jsonl"}).text.splitlines()
    ann = json.loads(lines[0])
    assert (ann["name"], ann["spent"]) == ("Ann", "60.00")
    assert left(ann, began)
    assert "60.00" in api("GET", f"{PATH}/export", query_string=asked).text.splitlines()[1]
    file = b"name,days_left,spent\nDan,99,5\n"
    done = api("POST", f"{PATH}/import", data={"file": (io.BytesIO(file), "cards.csv")})
    assert done.status_code == 200, done.text
    [dan] = api("GET", PATH, query_string={"filter": "name = 'Dan'"}).json["data"]
    assert (dan["days_left"], dan["spent"]) == (None, "0.00")
    assert api("DELETE", f"{PATH}/{dan['id']}").status_code in (200, 204)


def test_no_history_tells_of_them(api: Api) -> None:
    began = today()
    [ann] = api("GET", PATH, query_string={"filter": "name = 'Ann'"}).json["data"]
    changed = api("PATCH", f"{PATH}/{ann['id']}", {"valid_to": str(began + timedelta(days=20))})
    assert left(changed.json, began)
    entries = api("GET", f"{PATH}/{ann['id']}/history").json["data"]
    assert "valid_to" in str(entries)
    assert "days_left" not in str(entries)
    api("PATCH", f"{PATH}/{ann['id']}", {"valid_to": ann["valid_to"]})


def test_pages_show_them(server: Server, api: Api) -> None:
    browser = server.browser("ada")
    listed = browser.get(f"{PATH}?filter=days_left+%3E+5&sort=-days_left")
    assert listed.status_code == 200
    assert "Ann" in listed.text
    assert "Bob" not in listed.text
    assert "Cid" in browser.get(f"{PATH}?view=left").text
    assert "Ann" not in browser.get(f"{PATH}?view=left").text
    assert "Bob" in browser.get(f"{PATH}?view=board").text
    assert "180.00" in browser.get(PATH).text
    assert "180.00" in browser.get("/club/reports/spending").text
    [ann] = api("GET", PATH, query_string={"filter": "name = 'Ann'"}).json["data"]
    assert "60.00" in browser.get(f"{PATH}/{ann['id']}").text
    assert browser.get(f"{PATH}/{ann['id']}/edit").status_code == 200
    assert browser.get(f"{PATH}/new").status_code == 200
