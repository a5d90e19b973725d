"""Long work in the background: ordered in the browser or over HTTP, done by a worker, looked at until it has ended."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from sqlalchemy import update

from dougong import assembly
from dougong.jobs import Job
from dougong.jobs.worker import run_due
from dougong.storage import prepare
from dougong.storage.apply import apply_in
from dougong.storage.release import current
from dougong.storage.system import JOB
from dougong.web import changing, drafting, taking_back
from tests.web.test_transfer import uploaded
from tests.web_server import Browser, Server, hidden


def work(server: Server) -> None:
    """What a worker would do now."""
    run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


@pytest.fixture
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "LONG", 0.0)
    monkeypatch.setattr(changing, "_PAUSE", 0.01)
    monkeypatch.setattr(taking_back, "MANY_CHANGES", 1)
    monkeypatch.setattr(taking_back, "MANY_RECORDS", 2)
    monkeypatch.setattr(prepare.prepare, "__kwdefaults__", {"large": 1, "progress": None})


def wider(browser: Browser, length: str = "77") -> str:
    """A change in the draft; the state of the plan that would publish it."""
    operation = {"operation": "set_field", "field": "title", "max_length": length}
    assert browser.post("/design/library/book", operation).status_code == 303
    return hidden(browser.get("/design/library/publish").text, "plan")


def published(server: Server) -> int:
    return int(server.api("ada")("POST", "/library/plan", {}).json["from"])


@pytest.mark.usefixtures("everything_is_long")
def test_publishing_goes_on_without_the_browser(server: Server) -> None:
    browser = server.browser("hana")
    before, state = published(server), wider(browser)
    started = browser.post("/design/library/publish", {"plan": state, "allow_loss": "1", "acknowledged": "1"})
    path = started.headers["Location"]
    assert re.fullmatch(r"/jobs/\d+", path)
    waiting = browser.get(path).text
    assert "Waiting for its turn" in waiting
    assert f'hx-get="{path}"' in waiting
    assert published(server) == before
    work(server)
    done = server.browser("hana").get(path).text  # another browser: the first one was closed
    assert f"Version {before + 1} is published" in done
    assert "hx-get" not in done
    assert "/library/book" in done
    assert published(server) == before + 1
    assert current(server.database).entity("library.book").fields["title"].max_length == 77
    assert "nothing to publish" in browser.get("/design/library/publish").text
    assert "Publish changes to" in browser.get("/jobs").text
    assert "There has been no background work" in server.browser("cleo").get("/jobs").text
    assert server.browser("cleo").get(path).status_code == 404
    assert server.browser("ada").get(path).status_code == 200


@pytest.mark.usefixtures("everything_is_long")
def test_of_two_publications_the_second_is_refused_and_says_why(server: Server) -> None:
    one, two = server.browser("hana"), server.browser("ada")
    states = wider(one, "77"), wider(two, "88")
    paths = [
        browser.post("/design/library/publish", {"plan": state, "acknowledged": "1"}).headers["Location"]
        for browser, state in zip((one, two), states, strict=True)
    ]
    before = published(server)
    work(server)
    assert published(server) == before + 1
    assert f"Version {before + 1} is published" in one.get(paths[0]).text
    refused = two.get(paths[1]).text
    assert "Refused, nothing was changed" in refused
    assert "published since" in refused
    assert "plan" in two.get("/design/library/publish").text, "the draft is still there"
    assert two.get("/design/library/publish").text.count("88") > 0


@pytest.mark.usefixtures("everything_is_long")
def test_a_draft_that_was_changed_meanwhile_is_kept(server: Server) -> None:
    browser = server.browser("hana")
    state = wider(browser)
    browser.post("/design/library/publish", {"plan": state, "acknowledged": "1"})
    wider(browser, "99")
    work(server)
    assert current(server.database).entity("library.book").fields["title"].max_length == 77
    assert "99" in browser.get("/design/library/publish").text


@pytest.mark.usefixtures("everything_is_long")
def test_a_worker_that_died_is_followed_by_another(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = server.browser("hana")
    before = published(server)
    path = browser.post("/design/library/publish", {"plan": wider(browser)}).headers["Location"]

    def dies(self: Job, connection: Any, result: Any = None) -> None:
        raise RuntimeError("killed before it could say so")

    with monkeypatch.context() as patched:
        patched.setattr(Job, "complete", dies)
        work(server)
    assert published(server) == before, "what was not said to be done is not done"
    assert "Waiting for its turn" in browser.get(path).text
    with server.database.writing() as connection:
        connection.execute(update(JOB).values(due=JOB.c.created_at))
    work(server)
    assert published(server) == before + 1


@pytest.mark.usefixtures("everything_is_long")
def test_work_can_be_stopped_before_it_begins(server: Server) -> None:
    browser = server.browser("hana")
    before = published(server)
    path = browser.post("/design/library/publish", {"plan": wider(browser)}).headers["Location"]
    assert server.browser("cleo").post(f"{path}/cancel").status_code == 404
    assert browser.post(f"{path}/cancel").status_code == 303
    work(server)
    assert "Stopped, nothing was changed" in browser.get(path).text
    assert published(server) == before


@pytest.mark.usefixtures("everything_is_long")
def test_returning_to_a_version(server: Server) -> None:
    browser, ada = server.browser("hana"), server.browser("ada")
    before, state = published(server), wider(browser)
    browser.post("/design/library/publish", {"plan": state})
    work(server)
    started = ada.post("/versions/library/rollback", {"to": str(before)})
    work(server)
    assert f"Back to version {before}" in ada.get(started.headers["Location"]).text
    assert current(server.database).entity("library.book").fields["title"].max_length != 77


@pytest.mark.usefixtures("everything_is_long")
def test_applying_over_http(server: Server) -> None:
    api = server.api("ada")
    path = "/library/definitions/entities/book.yaml"
    text = api("GET", path).json["text"]
    assert api("PUT", path, {"text": text + "\n"}).status_code == 200
    answer = api("POST", "/library/apply", {}, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 202
    address = answer.headers["Location"]
    assert answer.json["state"] == "waiting"
    again = api("POST", "/library/apply", {}, headers={"Idempotency-Key": "one"})
    assert again.headers["Location"] == address
    work(server)
    found = api("GET", address.removeprefix("/api/v1")).json
    assert found["state"] == "done"
    assert found["result"]["changed"]
    assert found["errors"] == []
    assert server.api("cleo")("GET", address.removeprefix("/api/v1")).status_code == 404
    for wrong in ("/jobs/0", "/jobs/x", "/jobs/99999999999999999999"):
        assert api("GET", wrong).status_code == 404
    assert api("POST", "/library/apply", {"background": 1}).status_code == 400


def test_a_program_may_ask_for_it(sqlite_server: Server) -> None:
    api = sqlite_server.api("ada")
    path = "/library/definitions/entities/book.yaml"
    text = api("GET", path).json["text"]
    api("PUT", path, {"text": text + "\n"})
    assert api("POST", "/library/apply", {"background": True}).status_code == 202
    assert api("POST", "/library/apply", {}).status_code == 200


@pytest.mark.usefixtures("everything_is_long")
def test_taking_an_import_back(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser).headers["Location"]
    browser.post(f"{path}/try", {"mode": "add", "map-4": ""})
    work(server)
    browser.post(f"{path}/run")
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1
    started = browser.post(f"{path}/undo").headers["Location"]
    again = browser.post(f"{path}/undo").headers["Location"]
    work(server)
    page = browser.get(started).text
    assert "The import was undone: 1 removed" in page
    assert "Refused, nothing was changed" in browser.get(again).text
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0
    undo = {"batch": hidden(page, "batch"), "next": "/library/book"}
    brought_back = browser.post("/undo", undo).headers["Location"]
    work(server)
    assert "Taken back: 0 removed, 1 restored" in browser.get(brought_back).text
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1


@pytest.mark.usefixtures("everything_is_long")
def test_numbering_again(server: Server) -> None:
    ada, api = server.browser("ada"), server.api("ada")
    book, reader = api.made("/library/book", title="a")["id"], api.made("/library/reader", name="b")["id"]
    made = [api.made("/library/loan", book=book, reader=reader)["id"] for _ in range(4)]
    api("DELETE", f"/library/loan/{made[0]}")
    api("POST", "/library/loan/purge", {"records": made[:1]})
    page = "/library/loan/renumber/number"
    assert "found out in the background first" in ada.get(page).text
    looked = ada.post(f"{page}/preview").headers["Location"]
    assert ada.get(f"{page}?work={looked.rpartition('/')[2]}").status_code == 404
    work(server)
    outcome = ada.get(looked).text
    assert "3 records, of which 3 get another number" in outcome
    shown = ada.get(f"{page}?work={looked.rpartition('/')[2]}").text
    assert "L-0002" in shown
    started = ada.post(page, page="/apps").headers["Location"]
    work(server)
    assert "3 records have another number" in ada.get(started).text
    numbers = [api("GET", f"/library/loan/{each}").json["number"] for each in made[1:]]
    assert numbers == ["L-0001", "L-0002", "L-0003"]
    answer = api("POST", "/library/loan/renumber/number?dry_run=true")
    assert answer.status_code == 202
    work(server)
    found = api("GET", answer.headers["Location"].removeprefix("/api/v1")).json
    assert found["result"] == {"records": 3, "changed": 0, "first": [], "batch": None}
    assert server.browser("cleo").post(f"{page}/preview").status_code == 403
    assert ada.post("/library/loan/renumber/none/preview").status_code == 404


def test_of_two_who_publish_at_the_same_moment_one_wins_and_one_is_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hold the state they read while they publish; on SQLite one of them has to wait before it reads."""
    browsers = [server.browser(person) for person in ("hana", "ada")]
    states = [wider(browser, length) for browser, length in zip(browsers, ("77", "88"), strict=True)]
    before = published(server)
    both = threading.Barrier(2)

    def together(*given: Any, **more: Any) -> Any:
        if server.database.dialect == "postgresql":
            both.wait(30)
        return apply_in(*given, **more)

    monkeypatch.setattr(drafting, "apply_in", together)
    answers: list[Any] = []

    def publish(browser: Browser, state: str) -> None:
        sent = {"plan": state, "acknowledged": "1", "allow_loss": "1"}
        answers.append(browser.post("/design/library/publish", sent))

    threads = [threading.Thread(target=publish, args=each) for each in zip(browsers, states, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    won, told = sorted(answers, key=lambda answer: int(answer.status_code))
    assert (won.status_code, told.status_code) == (303, 422)
    assert "published since" in told.text
    assert published(server) == before + 1
