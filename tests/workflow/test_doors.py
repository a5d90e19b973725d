"""Approvals through the API and through pages: what is shown, what is taken, what is refused, and that sending twice does it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dougong.people import accounts, tokens
from tests.web_server import PASSWORD, Api, Browser, Server, hidden, server_of
from tests.workflow.scenario import Stage

Open = Callable[..., Server]


@pytest.fixture
def opened(stage: Stage, tmp_path: Path) -> Iterator[Open]:
    """A server on the stage, with tokens and, for those who use a browser, passwords."""
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


def submitted(stage: Stage, **values: Any) -> str:
    """A claim under approval; the answer is the id of Bob's task."""
    stage.create(**{"price": 5000, "secret": "birthday", **values})
    stage.submit("ann", "please")
    with stage.call("bob", writing=False) as call:
        return str(stage.task_of(call, "bob"))


# -- the API ------------------------------------------------------------------------------------------------------------


def test_a_task_shows_the_record_as_its_step_may_see_it(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    bob: Api = opened().api("bob")
    [line] = bob("GET", "/tasks").json["data"]
    assert (line["id"], line["step"], line["status"]) == (task, "Superior", "open")
    assert line["record"]["title"] == "Travel"
    assert line["initiator"]["title"] == "Ann"
    document = bob("GET", f"/tasks/{task}").json
    assert bob("GET", f"/desk/claim/{stage.record}").status_code == 404
    assert document["values"]["subject"] == "Travel"
    assert document["values"]["amount"] == "5000.00"
    assert "secret" not in document["values"]
    assert document["editable"] == ["limit"]
    assert [step["state"] for step in document["path"]] == ["now", "todo"]


def test_decided_through_the_api(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    bob, fay = server.api("bob"), server.api("fay")
    version = bob("GET", f"/tasks/{task}").json["values"]["version"]
    stale = bob("POST", f"/tasks/{task}/approve", {"version": version - 1})
    assert (stale.status_code, stale.json["code"]) == (412, "workflow_changed_since")
    wrong = bob("POST", f"/tasks/{task}/approve", {"changes": {"limit": "much"}})
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["path"] == "limit"
    other = bob("POST", f"/tasks/{task}/approve", {"changes": {"subject": "Mine"}})
    assert (other.status_code, other.json["errors"][0]["path"]) == (403, "subject")
    body = {"comment": "fine", "changes": {"limit": "10.00"}, "version": version}
    done = bob("POST", f"/tasks/{task}/approve", body, headers={"Idempotency-Key": "k1"})
    assert done.json["state"] == "running"
    assert done.json["waiting_at"] == ["money"]
    again = bob("POST", f"/tasks/{task}/approve", body, headers={"Idempotency-Key": "k1"})
    assert again.json == done.json
    assert again.headers["Idempotency-Replayed"] == "true"
    late = bob("POST", f"/tasks/{task}/approve", body)
    assert (late.status_code, late.json["code"]) == (409, "workflow_decided_at")
    [mine] = fay("GET", "/tasks").json["data"]
    assert mine["comment_required"]
    silent = fay("POST", f"/tasks/{mine['id']}/approve")
    assert (silent.status_code, silent.json["errors"][0]["path"]) == (422, "comment")
    refused = fay("POST", f"/tasks/{mine['id']}/reject", {"comment": "no budget"})
    assert refused.json["outcome"] == "rejected"
    stage.expect(state="rejected", record={"status": "rejected", "limit": "10.00"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"comment": 3}, 400),
        ({"changes": []}, 400),
        ({"version": "1"}, 400),
        ({"version": True}, 400),
        ({"coment": "x"}, 400),
        ({"comment": "x" * 4001}, 422),
        ([], 400),
    ],
)
def test_bad_bodies(stage: Stage, opened: Open, body: Any, status: int) -> None:
    task = submitted(stage)
    bob = opened().api("bob")
    before = stage.everything()
    assert bob("POST", f"/tasks/{task}/approve", body).status_code == status
    assert stage.everything() == before


def test_bad_addresses(stage: Stage, opened: Open) -> None:
    submitted(stage)
    bob = opened().api("bob")
    for path in ("/tasks/0", "/tasks/x", "/tasks/99999999999999999999", "/tasks/-1"):
        assert bob("GET", path).status_code == 404, path
        assert bob("POST", f"{path}/approve", {}).status_code == 404, path
    for query in ("?kind=all", "?limit=0", "?limit=x", "?cursor=x", "?nothing=1", "?kind=todo&kind=done"):
        assert bob("GET", f"/tasks{query}").status_code == 400, query
    action = bob("POST", f"/desk/claim/{stage.record}/actions/submitt", {})
    assert (action.status_code, action.json["errors"][0]["hint"]) == (404, "did you mean 'submit'?")
    assert bob("GET", f"/desk/claim/{stage.record}/actions/submit").status_code == 405


def test_a_token_that_may_only_read_decides_nothing(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    server = opened()
    with stage.database.writing() as connection:
        reading = tokens.issue(connection, stage.people["bob"], scopes=["read"])
    bob = Api(server.client(), reading)
    assert bob("GET", "/tasks").status_code == 200
    assert bob("POST", f"/tasks/{task}/approve", {}).status_code == 403


def test_pages_and_filters_of_the_inbox(stage: Stage, opened: Open) -> None:
    for _ in range(5):
        submitted(stage)
    stage.workflow = "empty_skips"
    stage.create()
    stage.submit()
    bob, ann = (server := opened()).api("bob"), server.api("ann")
    first = bob("GET", "/tasks?limit=4").json
    rest = bob("GET", f"/tasks?limit=4&cursor={first['page']['next']}").json
    seen = [int(each["id"]) for each in (*first["data"], *rest["data"])]
    assert len(seen) == 6
    assert seen == sorted(seen, reverse=True)
    assert rest["page"]["next"] is None
    assert len(bob("GET", "/tasks?app=desk&workflow=empty_skips").json["data"]) == 1
    assert bob("GET", "/tasks?app=other").json["data"] == []
    assert [each["status"] for each in ann("GET", "/tasks?kind=started").json["data"]] == ["running"] * 6
    assert bob("GET", "/tasks?kind=done").json["data"] == []


def test_submitted_and_withdrawn_through_the_api(stage: Stage, opened: Open) -> None:
    stage.create(price=500)
    server = opened()
    ann, path = server.api("ann"), f"/desk/claim/{stage.record}/actions"
    unsure = ann("POST", f"{path}/submit", {})
    assert (unsure.status_code, unsure.json["code"]) == (422, "workflow_which_workflow")
    sent = {"workflow": "claim_approval", "comment": "please"}
    done = ann("POST", f"{path}/submit", sent, headers={"Idempotency-Key": "s"})
    assert (done.status_code, done.json["status"]) == (200, "pending")
    assert ann("POST", f"{path}/submit", sent, headers={"Idempotency-Key": "s"}).json == done.json
    assert ann("POST", f"{path}/submit", sent).status_code == 409
    locked = ann("PATCH", f"/desk/claim/{stage.record}", {"subject": "x"})
    assert (locked.status_code, locked.json["code"]) == (409, "record_locked")
    assert "withdraw" in locked.json["errors"][0]["hint"]
    back = ann("POST", f"{path}/withdraw")
    assert (back.status_code, back.json["status"]) == (200, "draft")
    assert ann("POST", f"{path}/withdraw").status_code == 409


def test_the_document_names_what_can_be_called(stage: Stage, opened: Open) -> None:
    stage.create()
    paths = opened().api("ann")("GET", "/openapi.json").json["paths"]
    assert {
        "/api/v1/tasks",
        "/api/v1/tasks/{id}",
        "/api/v1/tasks/{id}/approve",
        "/api/v1/tasks/{id}/reject",
    } <= set(paths)
    body = paths["/api/v1/desk/claim/{id}/actions/submit"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    assert "claim_approval" in body["properties"]["workflow"]["enum"]
    assert "on_create" not in body["properties"]["workflow"]["enum"]


# -- pages --------------------------------------------------------------------------------------------------------------


def test_submitting_says_who_will_decide(stage: Stage, opened: Open) -> None:
    stage.create(price=5000)
    path = f"/desk/claim/{stage.record}"
    ann: Browser = opened("ann").browser("ann")
    page = ann.get(path).text
    dialog = page[page.index('id="confirm-submit-claim_approval"') :]
    assert "<dt>Superior</dt><dd>Bob</dd>" in dialog
    assert "<dt>Finance</dt><dd>Fay, Fin (all)</dd>" in dialog
    sent = ann.post(f"{path}/submit", {"workflow": "claim_approval", "dg_comment": "hurry"})
    assert sent.status_code == 303
    page = ann.get(path).text
    assert "waiting" in page
    assert "hurry" in page
    assert "submitted Claim approval" in page
    assert f'action="{path}/withdraw"' in page
    assert f"{path}/edit" not in page


def test_looking_at_a_task_decides_nothing(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    bob = opened("bob").browser("bob")
    before = stage.everything()
    page = bob.get(f"/inbox/{task}")
    assert page.status_code == 200
    assert "birthday" not in page.text
    assert 'name="limit"' in page.text
    for way in ("approve", "reject"):
        assert bob.get(f"/inbox/{task}/{way}").status_code in (404, 405)
        bare = bob.client.post(f"/inbox/{task}/{way}", data={}, headers={"Accept": "text/html"})
        assert bare.status_code == 403, "without the form token of the session nothing is decided"
    assert stage.everything() == before


def test_decided_on_the_page_once(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    bob = opened("bob").browser("bob")
    page = bob.get(f"/inbox/{task}").text
    form = {name: hidden(page, name) for name in ("csrf_token", "dg_form", "dg_version")}
    sent = {**form, "limit": "12.50", "dg_comment-approve": "fine", "dg_comment-reject": ""}
    for _ in range(2):
        answer = bob.client.post(f"/inbox/{task}/approve", data=sent, headers={"Accept": "text/html"})
        assert answer.status_code == 303
    assert "Approved Travel" in bob.get("/inbox").text
    stage.expect(tasks={"money": ["fay", "fin"]}, record={"limit": "12.50"})
    late = bob.post(f"/inbox/{task}/approve", {"dg_comment-approve": "again"}, page=f"/inbox/{task}")
    assert late.status_code == 409
    assert "you approved it at" in late.text


def test_a_rejected_entry_comes_back_as_it_was(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    bob = opened("bob").browser("bob")
    wrong = bob.post(
        f"/inbox/{task}/approve", {"limit": "much", "dg_comment-approve": "fine"}, page=f"/inbox/{task}"
    )
    assert wrong.status_code == 422
    assert 'value="much"' in wrong.text
    assert ">fine</textarea>" in wrong.text
    silent = bob.post(f"/inbox/{task}/reject", {"dg_comment-approve": "fine"}, page=f"/inbox/{task}")
    assert silent.status_code == 422
    assert "say why you reject" in silent.text
    stage.expect(state="running", record={"limit": None})


def test_who_was_faster_is_said_on_the_page(stage: Stage, opened: Open) -> None:
    stage.workflow = "any_of_several"
    stage.create()
    stage.submit()
    with stage.call("fin", writing=False) as call:
        task = stage.task_of(call, "fin")
    fin = opened("fin").browser("fin")
    assert fin.get(f"/inbox/{task}").status_code == 200
    stage.approve("fay")
    lost = fin.post(f"/inbox/{task}/approve", {}, page=f"/inbox/{task}")
    assert lost.status_code == 409
    assert "Fay approved at" in lost.text
    assert "This step is over" in lost.text


def test_somebody_elses_task_has_no_page(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    fay = opened("fay").browser("fay")
    assert fay.get(f"/inbox/{task}").status_code == 404
    assert fay.post(f"/inbox/{task}/approve", {}).status_code == 404


def test_files_are_opened_through_the_task(stage: Stage, opened: Open) -> None:
    server = opened("bob", "fay")
    ann = server.api("ann")
    keys = {}
    for field in ("receipt", "diary"):
        files = {"file": (BytesIO(b"%PDF-1.4 receipt"), f"{field}.pdf")}
        keys[field] = ann("POST", f"/desk/claim/files?field={field}", data=files).json["id"]
    task = submitted(stage, receipt=[keys["receipt"]], diary=[keys["diary"]])
    bob, fay = server.browser("bob"), server.browser("fay")
    address = f"/inbox/{task}/files/{keys['receipt']}"
    page = bob.get(f"/inbox/{task}").text
    assert address in page
    assert "receipt.pdf" in page
    assert "diary.pdf" not in page
    assert bob.get(address).data == b"%PDF-1.4 receipt"
    assert bob.get(f"/files/{keys['receipt']}").status_code == 404
    assert bob.get(f"/inbox/{task}/files/{keys['diary']}").status_code == 404
    assert bob.get(f"/inbox/{task}/files/nothing").status_code == 404
    assert fay.get(address).status_code == 404


def test_chinese_pages_are_chinese(stage: Stage, opened: Open) -> None:
    task = submitted(stage)
    with stage.database.writing() as connection:
        accounts.change(connection, stage.people["bob"], language="zh")
    bob = opened("bob").browser("bob")
    page = bob.get(f"/inbox/{task}").text
    for words in ("待我审批", "报销审批", "直属上级", "同意", "拒绝", "流程", "须全部同意"):
        assert words in page
    for word in ("Approve", "Reject", "waiting", "All must"):
        assert word not in page
