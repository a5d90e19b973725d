"""Importing and exporting in the browser and over HTTP."""

from __future__ import annotations

import io
from typing import Any

from dougong import assembly
from dougong.jobs.worker import run_due
from tests.web_server import Browser, Server

FILE = "书名,ISBN,Price,Shelf,Unknown\nWalden,1,12.5,小说,x\nEmma,2,abc,Novels,y\n".encode()


def work(server: Server) -> None:
    """What a worker would do now."""
    run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


def uploaded(browser: Browser, content: bytes = FILE, name: str = "books.csv") -> Any:
    data = {"csrf_token": browser.token(), "file": (io.BytesIO(content), name)}
    return browser.client.post(
        "/library/book/import", data=data, content_type="multipart/form-data", headers={"Accept": "text/html"}
    )


def test_upload_map_try_run_and_undo(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser).headers["Location"]
    mapping = browser.get(path)
    assert mapping.status_code == 200
    assert "Walden" in mapping.text
    tried = browser.post(f"{path}/try", {"mode": "upsert", "match": "isbn", "map-4": ""})
    assert tried.status_code == 303
    work(server)
    page = browser.get(path).text
    assert "abc" in page
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0
    browser.post(f"{path}/run")
    work(server)
    result = browser.get(path)
    assert "Download failed lines" in result.text or "failed" in result.text
    assert [each["title"] for each in api("GET", "/library/book").json["data"]] == ["Walden"]
    failed = browser.get(f"{path}/failed?format=csv")
    assert "Emma" in failed.text
    assert browser.post(f"{path}/undo").status_code == 303
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0


def test_a_file_that_is_no_table_is_refused_on_the_page(server: Server) -> None:
    browser = server.browser("hana")
    for content, name in ((b"", "a.csv"), (b"MZ\x00", "a.exe"), (b"not a workbook", "a.xlsx")):
        assert uploaded(browser, content, name).status_code == 422, name
    assert (
        browser.client.post("/library/book/import", data={"csrf_token": browser.token()}).status_code == 422
    )


def test_an_upload_is_its_owners(server: Server) -> None:
    path = uploaded(server.browser("hana")).headers["Location"]
    assert server.browser("ada").get(path).status_code == 404
    assert server.browser("cleo").get("/library/book/import").status_code == 403


def test_over_http(server: Server) -> None:
    api = server.api("hana")
    sent = {"file": (io.BytesIO(FILE), "books.csv"), "map": '{"Unknown": null}'}
    tried = api("POST", "/library/book/import?dry_run=true", data=sent)
    assert tried.status_code == 200, tried.text
    assert (tried.json["added"], tried.json["failed"]) == (1, 1)
    again = {"file": (io.BytesIO(FILE), "books.csv"), "map": '{"Unknown": null}'}
    done = api("POST", "/library/book/import?match=isbn", data=again)
    assert (done.json["added"], done.json["failed"]) == (1, 1)
    assert done.json["failures"][0]["line"] == 3
    third = {"file": (io.BytesIO(FILE), "books.csv"), "map": '{"Unknown": null}'}
    assert api("POST", "/library/book/import?match=isbn", data=third).json["unchanged"] == 1
    assert api("POST", "/library/book/import", data={}).status_code == 400
    assert (
        api(
            "POST", "/library/book/import", data={"file": (io.BytesIO(FILE), "b.csv"), "map": "[1]"}
        ).status_code
        == 400
    )
    assert (
        server.api("cleo")(
            "POST", "/library/book/import", data={"file": (io.BytesIO(FILE), "b.csv")}
        ).status_code
        == 403
    )


def test_exports_hold_what_the_reader_may_see_and_no_formula(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    api.made("/library/book", title="=1+1", price="5", cost="3")
    api.made("/library/book", title="Cheap", price="1")
    csv = api("GET", "/library/book/export", query_string={"filter": "price > 2"})
    assert csv.mimetype == "text/csv"
    assert "attachment" in csv.headers["Content-Disposition"]
    assert "'=1+1" in csv.text
    assert "Cheap" not in csv.text
    lines = api("GET", "/library/book/export?format=jsonl").text.splitlines()
    assert len(lines) == 2
    assert api("GET", "/library/book/export?format=xlsx").data[:2] == b"PK"
    assert api("GET", "/library/book/export?format=exe").status_code == 400
    assert browser.get("/library/book/export?format=csv&view=all").status_code == 200
    assert server.api("cleo")("GET", "/library/book/export").status_code == 403
