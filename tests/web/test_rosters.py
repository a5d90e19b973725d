"""The organisation from a file: at the screen, through the API, and in the background where it is long."""

from __future__ import annotations

import io
from typing import Any

import pytest

from dougong import assembly
from dougong.jobs.worker import run_due
from tests.web_server import Server

GOOD = "登录名,姓名,部门,职位,负责人,上级,角色\nboss,王总,总部,总监,是,,\nwei,张伟,总部/销售部,经理,是,boss,library.clerk\n"
BAD = "login,name,roles\nwei,Wei,library.chief\n"


def file(text: str, name: str = "people.csv") -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), name)}


def upload(browser: Any, text: str) -> Any:
    data = {"csrf_token": browser.token(), **file(text)}
    return browser.client.post(
        "/organisation/import", data=data, headers={"Accept": "text/html"}, buffered=True
    )


def send(server: Server, text: str, query: str = "", person: str = "ada", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {server.tokens[person]}", **more}
    return server.client().post(
        f"/api/v1/organisation/import{query}", data=file(text), headers=headers, buffered=True
    )


def test_a_file_is_checked_and_brought_in(server: Server) -> None:
    ada = server.browser("ada")
    assert upload(ada, GOOD).headers["Location"] == "/organisation/import"
    page = ada.get("/organisation/import").text
    assert "总部/销售部" in page
    assert "wei" in page
    assert "wei" not in ada.get("/people").text
    assert ada.post("/organisation/import/run").headers["Location"] == "/people"
    assert "张伟" in ada.get("/people").text
    upload(ada, GOOD)
    assert "nothing would change" in ada.get("/organisation/import").text
    assert ada.post("/organisation/import/drop").status_code == 303
    assert ada.post("/organisation/import/run").status_code == 404


def test_problems_are_shown_at_their_lines(server: Server) -> None:
    ada = server.browser("ada")
    upload(ada, BAD)
    page = ada.get("/organisation/import").text
    assert "library.chief" in page
    assert "/organisation/import/run" not in page
    assert ada.post("/organisation/import/run").headers["Location"] == "/organisation/import"
    assert "wei" not in ada.get("/people").text
    strange = upload(ada, "")
    assert strange.status_code in (303, 422)


def test_through_the_api(server: Server) -> None:
    tried = send(server, GOOD, "?dry_run=true")
    assert tried.status_code == 200, tried.text
    assert (tried.json["added"], tried.json["departments"]) == (2, ["总部", "总部/销售部"])
    assert server.api("ada")("GET", "/people?q=boss").json["count"] == 0
    done = send(server, GOOD, **{"Idempotency-Key": "one"})
    assert done.json == tried.json
    assert send(server, GOOD, **{"Idempotency-Key": "one"}).json == done.json
    assert send(server, GOOD).json["unchanged"] == 2
    bad = send(server, BAD)
    assert bad.status_code == 422
    assert bad.json["errors"][0]["path"] == "lines/2/roles"
    trial = send(server, BAD, "?dry_run=true")
    assert (trial.status_code, trial.json["failed"], trial.json["problems"][0]["line"]) == (200, 1, 2)
    assert send(server, GOOD, person="hana").status_code == 403
    wei = server.api("ada")("GET", "/people?q=wei").json["data"][0]
    assert wei["roles"] == ["library.clerk"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back(server: Server, kind: str) -> None:
    send(server, GOOD)
    headers = {"Authorization": f"Bearer {server.tokens['ada']}"}
    got = server.client().get(f"/api/v1/organisation/export?format={kind}", headers=headers, buffered=True)
    assert got.status_code == 200
    back = server.client().post(
        "/api/v1/organisation/import",
        data={"file": (io.BytesIO(got.data), f"people.{kind}")},
        headers=headers,
        buffered=True,
    )
    assert back.status_code == 200, back.text
    told = back.get_json()
    assert (told["added"], told["changed"], told["unchanged"]) == (0, 0, 7)
    page = server.browser("ada").get(f"/organisation/export?format={kind}")
    assert page.status_code == 200
    assert page.data[:2] == got.data[:2]


def test_a_long_file_goes_on_in_the_background(server: Server) -> None:
    lines = "".join(f"p{number:04},总部/部门{number % 7}\n" for number in range(310))
    ada, text = server.browser("ada"), f"login,department\n{lines}"
    assert upload(ada, text).headers["Location"].startswith("/jobs/")
    tasks = assembly.tasks_of(server.runtime.settings, server.database)
    run_due(server.database, tasks)
    assert "310" in ada.get("/organisation/import").text
    job = ada.post("/organisation/import/run").headers["Location"]
    assert job.startswith("/jobs/")
    run_due(server.database, tasks)
    assert "310 added" in ada.get(job).text
    assert server.api("ada")("GET", "/people?q=p0").json["count"] == 310
    sent = send(server, text)
    assert sent.status_code == 202
    run_due(server.database, tasks)
    state = server.api("ada")("GET", f"/jobs/{sent.json['id']}").json
    assert state["result"]["unchanged"] == 310, state


@pytest.mark.parametrize("name", ["people.pdf", "people.csv"])
def test_what_is_no_table_is_refused(sqlite_server: Server, name: str) -> None:
    headers = {"Authorization": f"Bearer {sqlite_server.tokens['ada']}"}
    data = {"file": (io.BytesIO(b"\x00\x01\x02"), name)}
    sent = sqlite_server.client().post(
        "/api/v1/organisation/import", data=data, headers=headers, buffered=True
    )
    assert 400 <= sent.status_code < 500
    none = sqlite_server.client().post("/api/v1/organisation/import", data={}, headers=headers, buffered=True)
    assert none.status_code == 422
