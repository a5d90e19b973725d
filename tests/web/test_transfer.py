"""Importing and exporting in the browser and over HTTP."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from dougong import assembly
from dougong.diagnostics import Refusal
from dougong.jobs import Job, enqueue
from dougong.jobs.worker import run_due
from dougong.people.accounts import find
from dougong.people.actor import load_actor
from dougong.records import import_, importer
from dougong.records.call import Call
from dougong.records.importer import Counts
from dougong.storage.system import DRAFT, JOB
from dougong.web import importing, sweeping
from dougong.web.new_options import add_options, missing_options
from tests.web_server import Browser, Server

FILE = "书名,ISBN,Price,Shelf,Unknown\nWalden,1,12.5,小说,x\nEmma,2,abc,Novels,y\n".encode()


def work(server: Server) -> None:
    """What a worker would do now."""
    run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


def uploaded(browser: Browser, content: bytes = FILE, name: str = "books.csv", entity: str = "book") -> Any:
    data = {"csrf_token": browser.token(), "file": (io.BytesIO(content), name)}
    return browser.client.post(
        f"/library/{entity}/import",
        data=data,
        content_type="multipart/form-data",
        headers={"Accept": "text/html"},
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


def test_an_admin_may_keep_the_numbers_of_the_file(server: Server) -> None:
    ada, api = server.browser("ada"), server.api("cleo")
    api.made("/library/book", title="Walden")
    api.made("/library/reader", name="Rita")
    assert 'name="keep_numbers"' not in ada.get(uploaded(ada).headers["Location"]).text
    for given in ({"keep_numbers": "true"}, {}):
        lines = b"Number,Book,Reader\nL-0042,Walden,Rita\n"
        path = uploaded(ada, lines, entity="loan").headers["Location"]
        assert 'name="keep_numbers" value="true">' in ada.get(path).text
        assert ada.post(f"{path}/try", {"mode": "add", **given}).status_code == 303
        work(server)
        assert ('name="keep_numbers" value="true" checked' in ada.get(path).text) is bool(given)
        ada.post(f"{path}/run")
        work(server)
    loans = server.api("ada")("GET", "/library/loan?sort=id").json["data"]
    assert [each["number"] for each in loans] == ["L-0042", "L-0043"]


def test_an_admin_may_keep_who_created_records_and_when(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    path = uploaded(browser, b"Title,Created at,Created by\nWalden,2019-05-06 07:08,hana\n").headers[
        "Location"
    ]
    page = browser.get(path).text
    assert 'name="keep_origin"' in page
    browser.post(f"{path}/run", {"mode": "add", "keep_origin": "true"})
    work(server)
    [book] = api("GET", "/library/book").json["data"]
    assert book["created_at"].startswith("2019-05-0")
    assert book["created_by"] != book["updated_by"]
    others = uploaded(server.browser("hana"), b"Title,Created at\nEmma,2019-05-06\n").headers["Location"]
    assert 'name="keep_origin"' not in server.browser("hana").get(others).text
    data = {"file": (io.BytesIO(b"Title\nx\n"), "b.csv")}
    assert server.api("hana")("POST", "/library/book/import?keep_origin=true", data=data).status_code == 403


def test_cells_that_cannot_be_read_are_skipped_and_told(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser, b"Title,Price\nWalden,abc\nEmma,2\n").headers["Location"]
    assert "Skip cells that cannot be read" in browser.get(path).text
    for step in ("try", "run"):
        browser.post(f"{path}/{step}", {"mode": "add", "skip_cells": "true"})
        work(server)
        page = browser.get(path).text
        assert "Skipped cells" in page
        assert f"{path}/failed?format=xlsx&amp;lines=partial" in page
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 2
    told = browser.get(f"{path}/failed?format=csv&lines=partial").text
    assert "Walden" in told
    assert "Emma" not in told
    assert browser.get(f"{path}/failed?format=csv").status_code == 404
    assert browser.get(f"{path}/failed?format=csv&lines=waiting").status_code == 400
    data = {"file": (io.BytesIO(b"Title,Price\nIlias,abc\n"), "b.csv")}
    done = api("POST", "/library/book/import?skip_cells=true", data=data).json
    assert (done["added"], done["partial"], done["skipped"][0]["path"]) == (1, 1, "price")


def test_who_is_no_admin_cannot_keep_the_numbers_of_the_file(server: Server) -> None:
    hana, api = server.browser("hana"), server.api("hana")
    path = uploaded(hana).headers["Location"]
    assert "keep_numbers" not in hana.get(path).text
    assert hana.post(f"{path}/run", {"mode": "add", "keep_numbers": "true"}).status_code == 303
    work(server)
    assert "only an admin" in hana.get(path).text
    assert api("GET", "/library/book").json["data"] == []


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


def test_a_long_export_is_written_in_the_background(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    for number in range(3):
        api.made("/library/book", title=f"Book {number}", price=str(number), cost="2")
    page = browser.get("/library/book/export/new?view=all&filter=price > 0").text
    assert "Records: 2" in page
    assert 'value="cost"' in page
    data = {"format": "csv", "field": ["title", "price", "secret"]}
    path = browser.post("/library/book/export?view=all&filter=price > 0", data).headers["Location"]
    assert "Exporting" in browser.get(path).text
    assert browser.get(f"{path}/file").status_code == 404
    work(server)
    assert f"{path}/file" in browser.get(path).text
    file = browser.get(f"{path}/file")
    head, *lines = file.data.decode("utf-8-sig").splitlines()
    assert (head, sorted(lines)) == ("Title,Price", ["Book 1,1.00", "Book 2,2.00"])
    assert "attachment" in file.headers["Content-Disposition"]
    assert server.browser("ada").get(f"{path}/file").status_code == 404
    assert server.browser("cleo").get("/library/book/export/new").status_code == 403
    assert server.browser("cleo").post("/library/book/export", data).status_code == 403
    assert browser.post("/library/book/export", {"format": "exe"}).status_code == 400


@pytest.mark.parametrize(
    ("text", "fits"), [("长" * 32_767, True), ("长" * 32_768, False), ("😀" * 16_384, False)]
)
def test_a_workbook_that_cannot_hold_a_text_is_refused_and_not_cut(
    server: Server, text: str, fits: bool
) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    api.made("/library/book", title="Walden", notes=text)
    answer = api("GET", "/library/book/export?format=xlsx&fields=title,notes")
    assert answer.status_code == (200 if fits else 422), answer.text[:200]
    path = browser.post("/library/book/export", {"format": "xlsx"}).headers["Location"]
    work(server)
    page = browser.get(path).text
    assert ("32,767" in page, f"{path}/file" in page) == (not fits, fits)
    if not fits:
        assert "Notes in line 1" in answer.json["errors"][0]["message"]
    assert text in api("GET", "/library/book/export?format=csv").data.decode("utf-8-sig")


def test_the_chosen_rows_are_exported_and_no_others(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    ids = [api.made("/library/book", title=f"Book {number}", price="1")["id"] for number in range(4)]
    assert "/library/book/export/chosen" in browser.get("/library/book").text
    answer = browser.post("/library/book/export/chosen", {"id": [ids[0], ids[2], ids[2]]})
    assert answer.status_code == 303
    address = answer.headers["Location"]
    page = browser.get(address).text
    assert "Records: 2" in page
    query = address.partition("?")[2]
    path = browser.post(f"/library/book/export?{query}", {"format": "csv", "field": "title"}).headers[
        "Location"
    ]
    work(server)
    lines = browser.get(f"{path}/file").data.decode("utf-8-sig").splitlines()
    assert sorted(lines[1:]) == ["Book 0", "Book 2"]
    assert browser.post("/library/book/export/chosen", {"id": []}).status_code == 422
    assert browser.post("/library/book/export/chosen", {"id": ["x"]}).status_code in (400, 404, 422)
    assert "/library/book/export/chosen" not in server.browser("cleo").get("/library/book").text


def test_an_export_can_be_stopped_before_it_begins(server: Server) -> None:
    browser = server.browser("hana")
    path = browser.post("/library/book/export", {"format": "xlsx"}).headers["Location"]
    assert browser.post(f"{path}/cancel").status_code == 303
    work(server)
    assert "stopped" in browser.get(path).text
    assert browser.get(f"{path}/file").status_code == 404


def test_an_archive_with_files_comes_back_as_it_was(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    sent = {"file": (io.BytesIO(b"a picture"), "封面 1.txt")}
    kept = api("POST", "/library/book/files?field=cover", data=sent).json
    api.made("/library/book", title="Walden", isbn="7", cover=[{"id": kept["id"]}])
    path = browser.post(
        "/library/book/export", {"format": "zip", "field": ["title", "isbn", "cover"]}
    ).headers["Location"]
    work(server)
    content = browser.get(f"{path}/file").data
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        table, cover = sorted(package.namelist(), reverse=True)
        assert package.read(cover) == b"a picture"
        lines = package.read(table)
    book = api("GET", "/library/book").json["data"][0]
    assert api("DELETE", f"/library/book/{book['id']}").status_code in (200, 204)
    again = {"file": (io.BytesIO(lines), "records.csv"), "files": (io.BytesIO(content), "all.zip")}
    done = api("POST", "/library/book/import", data=again).json
    assert (done["added"], done["failed"]) == (1, 0), done
    [new] = api("GET", "/library/book").json["data"]
    assert new["cover"][0]["name"] == "封面 1.txt"


def test_an_import_is_stopped_gone_on_with_and_undone(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    lines = "Title,ISBN\n" + "".join(f"Book {number},{number}\n" for number in range(30))
    path = uploaded(browser, lines.encode()).headers["Location"]
    browser.post(f"{path}/run")
    assert browser.post(f"{path}/run").status_code == 303
    assert browser.post(f"{path}/cancel").status_code == 303
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0
    browser.post(f"{path}/run")
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 30
    browser.post(f"{path}/run")
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 30
    assert browser.post(f"{path}/continue").status_code == 404
    browser.post(f"{path}/undo")
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0


def test_a_file_can_be_read_again_in_another_way(server: Server) -> None:
    browser = server.browser("hana")
    path = uploaded(browser, "書名|ISBN\n臺灣|1\n".encode("big5")).headers["Location"]
    answer = browser.post(f"{path}/read", {"encoding": "big5", "delimiter": "|"})
    assert answer.status_code == 303
    page = browser.get(path).text
    assert "臺灣" in page
    for wrong in ({"encoding": "klingon"}, {"delimiter": "x"}, {"encoding": "utf-16"}):
        assert browser.post(f"{path}/read", wrong).status_code == 422
    assert browser.post(f"{path}/try", {"habit-0": "date_order:never"}).status_code == 400
    assert "臺灣" in browser.get(path).text


def test_the_api_takes_fixed_values_and_habits(server: Server) -> None:
    api = server.api("hana")
    file = "Title;Price;Bought\nWalden;1.234,50;3/4/26\n"
    address = "/library/book/import?delimiter=;&dates=dmy&decimal=,"
    sent = {"file": (io.BytesIO(file.encode()), "b.csv"), "set": '{"shelf": "Science"}'}
    done = api("POST", address, data=sent)
    assert (done.status_code, done.json["added"]) == (200, 1), done.text
    [book] = api("GET", "/library/book").json["data"]
    assert (book["price"], book["bought_on"], book["shelf"]) == ("1234.50", "2026-04-03", "b")
    for query in ("dates=never", "decimal=;", "encoding=klingon", "delimiter=xx", "keep_empty=maybe"):
        again = {"file": (io.BytesIO(file.encode()), "b.csv")}
        assert api("POST", f"/library/book/import?{query}", data=again).status_code in (400, 422), query
    bad = {"file": (io.BytesIO(file.encode()), "b.csv"), "set": '{"shelf": 3}'}
    assert api("POST", "/library/book/import", data=bad).status_code == 400


def test_a_run_is_not_swallowed_by_the_trial_before_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser, b"Title\nWalden\n").headers["Location"]
    reported = importing._reporter

    def pressing(job: Job) -> Any:
        def report(counts: Counts) -> None:
            monkeypatch.setattr(importing, "_reporter", reported)
            assert browser.post(f"{path}/run").status_code == 303

        return report

    monkeypatch.setattr(importing, "_reporter", pressing)
    browser.post(f"{path}/try")
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1
    assert f"{path}/undo" in browser.get(path).text
    assert browser.post(f"{path}/run").status_code == 303
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1


def test_a_run_before_a_trial_has_begun_takes_its_place(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser, b"Title\nWalden\n").headers["Location"]
    browser.post(f"{path}/try")
    browser.post(f"{path}/run")
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1
    assert f"{path}/undo" in browser.get(path).text


def test_files_of_old_imports_and_exports_are_swept_away(server: Server) -> None:
    browser = server.browser("hana")
    old, fresh = (uploaded(browser).headers["Location"] for _ in range(2))
    exported = browser.post("/library/book/export", {"format": "csv"}).headers["Location"]
    work(server)
    folder = server.runtime.files_folder
    long_ago = datetime.now(UTC) - sweeping.KEPT - timedelta(hours=1)
    aged = [folder / "imports" / old.rpartition("/")[2], folder / "exports" / exported.rpartition("/")[2]]
    for path in aged:
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
    with server.database.writing() as connection:
        keys = DRAFT.c.key.in_([path.name for path in aged])
        connection.execute(update(DRAFT).where(keys).values(updated_at=long_ago))
        enqueue(connection, sweeping.TASK)
    work(server)
    assert [path.exists() for path in aged] == [False, False]
    assert browser.get(old).status_code == 404
    assert browser.get(fresh).status_code == 200


def test_the_next_attempt_goes_on_where_the_last_one_died(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 10)
    browser, api = server.browser("hana"), server.api("hana")
    lines = "Title,ISBN,Pages\n" + "".join(f"B{n},{n},{'x' if n == 3 else n + 1}\n" for n in range(30))
    path = uploaded(browser, lines.encode()).headers["Location"]
    browser.post(f"{path}/run")
    reported = importing._reporter

    def dying(job: Job) -> Any:
        def report(counts: Counts) -> None:
            if job.attempt == 1 and counts.total == 20:
                raise RuntimeError("the machine went away")
            reported(job)(counts)

        return report

    monkeypatch.setattr(importing, "_reporter", dying)
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 19
    with server.database.writing() as connection:
        due = update(JOB).where(JOB.c.task == importing.TASK).values(due=datetime.now(UTC))
        connection.execute(due)
    work(server)
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 29
    page = browser.get(path).text
    assert ">29<" in page
    assert ">1<" in page
    failed = browser.get(f"{path}/failed?format=csv")
    assert "B3" in failed.text


def test_an_import_that_a_refusal_broke_off_shows_what_is_in_and_the_ways_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 10)
    monkeypatch.setattr(import_, "SAMPLED", 5)
    monkeypatch.setattr(importing, "_LOOKED_AT", 5)
    browser, api = server.browser("hana"), server.api("hana")
    lines = "Title,ISBN\n" + "".join(f"B{n},{n}\n" for n in range(15)) + '"never closed'
    path = uploaded(browser, lines.encode()).headers["Location"]
    browser.post(f"{path}/run")
    work(server)
    page = browser.get(path).text
    assert "did not come to its end" in page
    assert f"{path}/continue" in page
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 10
    browser.post(f"{path}/continue")
    work(server)
    assert "did not come to its end" in browser.get(path).text
    browser.post(f"{path}/undo")
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 0


NEW_OPTIONS = (
    "Title,ISBN,Shelf,Tags\nA,1,Poetry,新书; 签名本\nB,2,Maps,\nC,3,Poetry,Signed\nD,4,Novels,Rare\n".encode()
)


def test_who_may_design_gives_the_definition_the_options_that_a_file_names(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    path = uploaded(browser, NEW_OPTIONS).headers["Location"]
    assert browser.post(f"{path}/options").status_code == 404
    browser.post(f"{path}/try", {"mode": "add"})
    work(server)
    page = browser.get(path).text
    assert "Add 4 options" in page
    for text in ("Poetry, Maps", "签名本, Signed"):
        assert text in page
    assert browser.post(f"{path}/options").status_code == 303
    work(server)
    assert "Add 4 options" not in browser.get(path).text
    browser.post(f"{path}/run")
    work(server)
    books = api("GET", "/library/book?sort=isbn").json["data"]
    assert [(each["title"], each["shelf"], each["tags"]) for each in books] == [
        ("A", "poetry", ["new", "option"]),
        ("B", "maps", None),
        ("C", "poetry", ["signed"]),
        ("D", "a", ["rare"]),
    ]


def test_who_may_not_design_is_not_offered_new_options(server: Server) -> None:
    browser = server.browser("hana")
    path = uploaded(browser, NEW_OPTIONS).headers["Location"]
    browser.post(f"{path}/try", {"mode": "add"})
    work(server)
    assert "/options" in browser.get(path).text
    with server.database.reading() as connection:
        release = server.runtime.releases.current()
        hana = find(connection, "hana")
        assert hana is not None
        actor = load_actor(connection, hana.id)
        call = Call(release, connection, actor, "screen", datetime.now(UTC), "en", "UTC")
        kept = importing.load(connection, actor.id, "library.book", path.rpartition("/")[2])
        assert set(missing_options(call, kept)) == {"shelf", "tags"}
        reader = replace(call, actor=replace(actor, scopes=frozenset({"write", "read"})))
        assert missing_options(reader, kept) == {}
        with pytest.raises(Refusal):
            add_options(reader, kept, lambda connection, plan: None)
