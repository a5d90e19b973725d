"""Deciding for somebody else: who sees the task, whose name stands where, when it begins and ends, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from dougong.people import accounts, tokens
from dougong.people.delegation import delegate, delegates_of, delegators_of
from dougong.storage.system import DELEGATION, STEP
from tests.web_server import PASSWORD, Server, server_of
from tests.workflow.scenario import Stage

Open = Callable[..., Server]
NOW = datetime.now(UTC)
BEGIN, END = (NOW - timedelta(days=1)).isoformat(), (NOW + timedelta(days=7)).isoformat()


@pytest.fixture
def opened(stage: Stage, tmp_path: Path) -> Iterator[Open]:
    servers: list[Server] = []

    def open_server(*browsers: str) -> Server:
        issued = {}
        with stage.database.writing() as connection:
            for login, identifier in stage.people.items():
                issued[login] = tokens.issue(connection, identifier, scopes=["write"])
            for login in browsers:
                accounts.set_password(connection, stage.people[login], PASSWORD)
        url = stage.database.url.render_as_string(hide_password=False)
        servers.append(server_of(url, issued, tmp_path, language="en"))
        return servers[-1]

    yield open_server
    for each in servers:
        each.database.dispose()


def submitted(stage: Stage) -> str:
    """A claim of Ann's that waits for Bob."""
    stage.create(price=5000)
    stage.submit("ann", "please")
    with stage.call("bob", writing=False) as call:
        return str(stage.task_of(call, "bob"))


def body(stage: Stage, to: str, **more: Any) -> dict[str, Any]:
    return {"delegate": str(stage.people[to]), "starts_at": BEGIN, "ends_at": END, **more}


def test_a_delegate_decides_and_both_are_named(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened("fay")
    bob, fay = server.api("bob"), server.api("fay")
    assert fay("GET", f"/tasks/{task}").status_code == 404
    assert fay("POST", f"/tasks/{task}/approve", {}).status_code == 404
    before = len(fay("GET", "/tasks").json["data"])
    made = bob("POST", "/delegations", body(stage, "fay", reason="on leave"))
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["user"]["title"]) == ("running", "Bob")
    listed = fay("GET", "/tasks").json["data"]
    assert len(listed) == before + 1
    assert listed[0]["for"] == {"id": str(stage.people["bob"]), "title": "Bob"}
    assert bob("GET", "/tasks").json["data"][0]["for"] is None
    browser = server.browser("fay")
    assert "for Bob" in browser.get("/inbox").text
    assert "you decide for them" in browser.get(f"/inbox/{task}").text
    done = fay("POST", f"/tasks/{task}/approve", {"comment": "fine"})
    assert done.status_code == 200, done.text
    path = bob("GET", f"/tasks/{task}").json["path"]
    [person] = path[0]["people"]
    assert (person["title"], person["by"]["title"], person["decision"]) == ("Bob", "Fay", "approved")
    assert [each["id"] for each in fay("GET", "/tasks?kind=done").json["data"]] == [task]
    assert [each["id"] for each in bob("GET", "/tasks?kind=done").json["data"]] == [task]
    with stage.database.reading() as connection:
        steps = connection.execute(select(STEP).where(STEP.c.action == "approved")).all()
    assert [(row.actor_id, row.details["for"]) for row in steps] == [
        (stage.people["fay"], stage.people["bob"])
    ]


def test_it_begins_and_ends_by_itself(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    bob, fay = server.api("bob"), server.api("fay")
    made = bob("POST", "/delegations", body(stage, "fay")).json

    def put(starts: timedelta, ends: timedelta) -> None:
        values = {"starts_at": NOW + starts, "ends_at": NOW + ends}
        with stage.database.writing() as connection:
            connection.execute(update(DELEGATION).values(**values))

    put(timedelta(hours=1), timedelta(hours=2))
    assert fay("GET", f"/tasks/{task}").status_code == 404
    put(timedelta(hours=-2), timedelta(hours=-1))
    assert fay("GET", f"/tasks/{task}").status_code == 404
    assert fay("POST", f"/tasks/{task}/approve", {}).status_code == 404
    put(timedelta(hours=-1), timedelta(hours=1))
    assert fay("GET", f"/tasks/{task}").status_code == 200
    assert fay("DELETE", f"/delegations/{made['id']}").status_code == 404, "it is not hers to end"
    assert bob("DELETE", f"/delegations/{made['id']}").status_code == 204
    assert fay("GET", f"/tasks/{task}").status_code == 404
    assert bob("DELETE", f"/delegations/{made['id']}").status_code == 404


def test_the_scope_limits_it(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    bob, fay = server.api("bob"), server.api("fay")
    workflow = bob("GET", f"/tasks/{task}").json["workflow"]
    with stage.call("bob", writing=False) as call:
        others = [each for each in call.release.app("desk").workflows if each != workflow]
    if others:
        assert bob("POST", "/delegations", body(stage, "fay", scope=f"desk.{others[0]}")).status_code == 201
        assert fay("GET", f"/tasks/{task}").status_code == 404
    assert bob("POST", "/delegations", body(stage, "fay", scope=f"desk.{workflow}")).status_code == 201
    assert fay("GET", f"/tasks/{task}").status_code == 200
    unknown = bob("POST", "/delegations", body(stage, "fay", scope="desk.nothing"))
    assert (unknown.status_code, unknown.json["errors"][0]["code"]) == (422, "delegation_scope")


def test_nobody_decides_what_they_started(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    assert server.api("bob")("POST", "/delegations", body(stage, "ann")).status_code == 201
    ann = server.api("ann")
    assert ann("GET", f"/tasks/{task}").status_code == 404
    assert ann("POST", f"/tasks/{task}/approve", {}).status_code == 404


def test_it_is_not_passed_on(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    names = [name for name in stage.people if name not in ("ann", "bob", "fay")]
    assert server.api("bob")("POST", "/delegations", body(stage, "fay")).status_code == 201
    assert server.api("fay")("POST", "/delegations", body(stage, names[0])).status_code == 201
    assert server.api(names[0])("GET", f"/tasks/{task}").status_code == 404


def test_what_cannot_be_is_refused(stage: Stage, opened: Open) -> None:
    server = opened("bob")
    bob = server.api("bob")

    def codes(given: dict[str, Any]) -> set[str]:
        answer = bob("POST", "/delegations", given)
        assert answer.status_code in (422, 409), answer.text
        return {each["code"] for each in answer.json["errors"]}

    assert codes(body(stage, "bob")) == {"delegate_self"}
    assert codes({**body(stage, "fay"), "delegate": "999999"}) == {"delegate_inactive"}
    assert codes({**body(stage, "fay"), "ends_at": BEGIN}) == {"delegation_order"}
    past = (NOW - timedelta(days=3)).isoformat()
    assert codes({**body(stage, "fay"), "starts_at": past, "ends_at": BEGIN}) == {"delegation_past"}
    far = (NOW + timedelta(days=900)).isoformat()
    assert codes({**body(stage, "fay"), "ends_at": far}) == {"delegation_long"}
    assert codes({**body(stage, "fay"), "reason": "x" * 201}) == {"text_long"}
    assert bob("POST", "/delegations", body(stage, "fay")).status_code == 201
    assert codes(body(stage, "fay")) == {"delegation_overlap"}
    strange: list[dict[str, Any]] = [
        {"starts_at": "soon"},
        {"starts_at": "2026-10-01T09:00:00"},
        {"delegate": None},
        {"user": []},
    ]
    for wrong in strange:
        assert bob("POST", "/delegations", {**body(stage, "fay"), **wrong}).status_code == 400, wrong
    other = {**body(stage, "fay"), "user": str(stage.people["ann"])}
    assert bob("POST", "/delegations", other).status_code == 403
    assert bob("GET", "/delegations?user=all").status_code == 403
    browser = server.browser("bob")
    page = browser.post("/profile/delegations", {"delegate": "", "starts_at": "x", "ends_at": ""})
    assert page.status_code == 422


def test_at_the_screen(stage: Stage, opened: Open) -> None:
    server = opened("bob")
    bob = server.browser("bob")
    assert bob.get("/delegations").status_code == 403
    found = bob.get("/profile/delegations/people?q=fay").json["results"]
    assert [each["label"] for each in found] == ["Fay"]
    entered = {"delegate": found[0]["id"], "scope": "", "reason": "leave"}
    entered |= {
        "starts_at": "2026-01-01 09:00",
        "ends_at": (NOW + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert bob.post("/profile/delegations", entered).status_code == 303
    page = bob.get("/profile/delegations").text
    assert "running" in page
    with stage.database.reading() as connection:
        [held] = delegates_of(connection, stage.people["bob"], NOW)
        assert delegators_of(connection, stage.people["fay"], NOW) == (held,)
        assert held.covers("desk", "any")
    assert bob.post(f"/profile/delegations/{held.id}/end").status_code == 303
    assert "over" in bob.get("/profile/delegations").text


def test_a_disabled_delegate_is_refused(stage: Stage) -> None:
    with stage.call("bob") as call:
        accounts.disable(call.connection, stage.people["fay"])
        with pytest.raises(Exception, match="delegate has no active account"):
            delegate(call, stage.people["bob"], stage.people["fay"], NOW, NOW + timedelta(days=1))
