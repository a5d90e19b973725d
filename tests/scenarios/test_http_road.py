"""The road of a record through the browser's door without scripts, on both databases: raced, binned, brought back, imported, exported."""

from __future__ import annotations

import io
import re
import time

import pytest

from tests.web_server import Browser, Server, hidden


def edit(browser: Browser, path: str) -> dict[str, str]:
    """The fields that the edit form of a record sends back unchanged."""
    page = browser.get(f"{path}/edit").text
    return {name: hidden(page, name) for name in ("csrf_token", "dg_form", "dg_version", "title")}


def test_the_second_of_two_editors_is_told_and_loses_nothing(server: Server) -> None:
    book = server.api("hana").made("/library/book", title="Walden")
    path = f"/library/book/{book['id']}"
    first, second = server.browser("hana"), server.browser("hana")
    mine, theirs = edit(first, path), edit(second, path)
    assert first.client.post(f"{path}/edit", data={**mine, "title": "Walden, revised"}).status_code == 303
    answer = second.client.post(
        f"{path}/edit", data={**theirs, "title": "My own words"}, headers={"Accept": "text/html"}
    )
    assert answer.status_code in (409, 412, 422)
    assert "My own words" in answer.text
    assert server.api("hana")("GET", path).json["title"] == "Walden, revised"
    again = {name: hidden(answer.text, name) for name in ("csrf_token", "dg_form", "dg_version")}
    assert second.client.post(f"{path}/edit", data={**again, "title": "My own words"}).status_code == 303
    assert server.api("hana")("GET", path).json["title"] == "My own words"
    history = server.api("hana")("GET", f"{path}/history").json["data"]
    assert len(history) == 3


def test_deleted_and_brought_back(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    book = api.made("/library/book", title="Walden", isbn="978-0")
    path = f"/library/book/{book['id']}"
    version = hidden(browser.get(path).text, "version")
    assert browser.post(f"{path}/delete", {"version": version}).status_code == 303
    assert api("GET", path).status_code in (404, 410)
    assert (
        "Walden"
        not in browser.get("/library/book?view=all").text.partition("<main")[2].partition("<table")[2]
    )
    assert "/library/book/bin" in browser.get("/library/book").text
    binned = browser.get("/library/book/bin")
    assert binned.status_code == 200
    assert "Walden" in binned.text
    assert "/library/book/bin/restore" in binned.text
    assert server.browser("nemo").get("/library/book/bin").status_code in (403, 404)
    assert server.browser("cleo").post(f"{path}/restore").status_code in (403, 404)
    assert browser.post(f"{path}/restore").status_code == 303
    assert browser.post(f"{path}/restore").status_code == 404
    assert "Walden" not in browser.get("/library/book/bin").text
    back = api("GET", path)
    assert (back.status_code, back.json["isbn"]) == (200, "978-0")
    assert "Walden" in browser.get("/library/book?view=all").text


def test_rows_of_a_file_come_in_and_the_failed_ones_come_back(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    text = "书名,ISBN,页数\r\n山海经,978-1,300\r\n,978-2,10\r\n=1+1,978-3,20\r\n水经注,978-4,many\r\n"
    sent = {"file": (io.BytesIO(text.encode("utf-8-sig")), "books.csv")}
    uploaded = browser.post(
        "/library/book/import", sent, page="/library/book/import", content_type="multipart/form-data"
    )
    assert uploaded.status_code == 303, uploaded.text
    step = uploaded.headers["Location"]
    page = browser.get(step).text
    chosen = dict(
        re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)"[^>]*selected', page, re.S)
    )
    assert {"title", "isbn", "pages"} <= set(chosen.values()), chosen
    tried = browser.post(f"{step}/try", chosen, page=step)
    assert tried.status_code in (200, 303)
    run_jobs(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0
    assert browser.post(f"{step}/run", chosen, page=step).status_code in (200, 303)
    until = time.monotonic() + 60
    while "978-3" not in api("GET", "/library/book?limit=50").text:
        run_jobs(server)
        assert time.monotonic() < until, browser.get(step).text[:3000]
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 2
    failed = browser.get(f"{step}/failed?format=csv")
    assert failed.status_code == 200
    assert "978-2" in failed.text
    assert "水经注" in failed.text
    assert "978-1" not in failed.text
    exported = browser.get("/library/book/export?format=csv")
    assert exported.status_code == 200
    assert "'=1+1" in exported.text


def run_jobs(server: Server) -> None:
    """What is due in the background, done now."""
    from dougong import assembly
    from dougong.jobs import worker

    worker.run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


@pytest.mark.parametrize("person", ["cleo", "nemo"])
def test_pages_of_others_do_not_show_themselves(server: Server, person: str) -> None:
    """What somebody may not see is not there: not as a page, not as a figure, not as a file."""
    loan = server.api("hana")
    book = loan.made("/library/book", title="Walden", cost="77.77")
    reader = loan.made("/library/reader", name="Mei")
    made = loan.made("/library/loan", book=book["id"], reader=reader["id"])
    browser, api = server.browser(person), server.api(person)
    assert browser.get(f"/library/loan/{made['id']}").status_code == 404
    assert api("GET", f"/library/loan/{made['id']}").status_code == 404
    for path in (
        "/library/book",
        f"/library/book/{book['id']}",
        "/library/book/export?format=csv",
        "/library/loan",
    ):
        assert "77.77" not in browser.get(path).text
    for path in ("/people", "/versions", "/templates", "/design/library/book"):
        assert browser.get(path).status_code in (403, 404)
