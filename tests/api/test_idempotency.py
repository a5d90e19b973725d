"""Every change can be sent again under its key: it is made once, and answered as the first time."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dougong.people import accounts
from dougong.records import import_chunks, importer
from dougong.records.retention import KEYS_KEPT
from dougong.storage.system import COMMENT, FILE, HISTORY, IDEMPOTENCY
from tests.web_server import Api, Server

KEY = {"Idempotency-Key": "k-1"}
Send = Callable[[Api, str], Any]

CHANGES: dict[str, Send] = {
    "create": lambda api, path: api("POST", "/library/book", {"title": "b"}, headers=KEY),
    "update": lambda api, path: api("PATCH", path, {"pages": 7}, headers=KEY),
    "delete": lambda api, path: api("DELETE", path, headers=KEY),
    "comment": lambda api, path: api("POST", f"{path}/comments", {"text": "hi"}, headers=KEY),
    "batch": lambda api, path: api(
        "POST",
        "/library/book/batch",
        {"operations": [{"action": "create", "values": {"title": "x"}}]},
        headers=KEY,
    ),
    "import": lambda api, path: api(
        "POST", "/library/book/import", data={"file": (io.BytesIO(b"title\nx\ny\n"), "b.csv")}, headers=KEY
    ),
    "file": lambda api, path: api(
        "POST", "/library/book/files?field=cover", data={"file": (io.BytesIO(b"a"), "a.txt")}, headers=KEY
    ),
}


def rows(server: Server, table: Any) -> int:
    with server.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_under_a_key_is_made_once(server: Server, name: str) -> None:
    api = server.api("hana")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    first = CHANGES[name](api, path)
    before = [rows(server, table) for table in (HISTORY, COMMENT, FILE)]
    again = CHANGES[name](api, path)
    assert first.status_code == again.status_code < 300, first.text
    assert again.data == first.data
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [rows(server, table) for table in (HISTORY, COMMENT, FILE)] == before


def test_restoring_is_a_change_too(server: Server) -> None:
    api = server.api("hana")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    assert api("DELETE", path).status_code == 204
    first = api("POST", f"{path}/restore", headers=KEY)
    assert first.status_code == 200
    assert api("POST", f"{path}/restore", headers=KEY).json == first.json
    assert api("POST", f"{path}/restore").status_code == 404


def test_a_key_is_for_one_request_alone(server: Server) -> None:
    api = server.api("hana")
    book = api.made("/library/book", title="a")
    path = f"/library/book/{book['id']}"
    assert api("PATCH", path, {"pages": 1, "title": "b"}, headers=KEY).status_code == 200
    assert api("PATCH", path, {"title": "b", "pages": 1}, headers=KEY).status_code == 200
    for refused in (
        api("PATCH", path, {"pages": 2}, headers=KEY),
        api("PATCH", path, {"pages": 1, "title": "b"}, headers={**KEY, "If-Match": '"2"'}),
        api("DELETE", path, headers=KEY),
        api("POST", "/library/book", {"pages": 1}, headers=KEY),
    ):
        assert refused.status_code == 422
        assert refused.json["code"] == "W413"
    assert api("GET", path).json["pages"] == 1


@pytest.mark.parametrize("key", ["", " " * 201, "k" * 201, "kë", "a\tb"])
def test_a_key_is_short_and_printable(sqlite_server: Server, key: str) -> None:
    api = sqlite_server.api("hana")
    answer = api("POST", "/library/book", {"title": "b"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json["code"] == "W414"


def test_a_key_expires(server: Server) -> None:
    api = server.api("hana")
    first = CHANGES["create"](api, "")
    with server.database.writing() as connection:
        made = connection.execute(select(IDEMPOTENCY.c.created_at)).scalar_one()
        old = made - KEYS_KEPT - timedelta(seconds=1)
        connection.execute(update(IDEMPOTENCY).values(created_at=old))
    again = CHANGES["create"](api, "")
    assert again.json["id"] != first.json["id"]


def test_many_writers_with_few_keys_make_few_changes(server: Server) -> None:
    """Eight writers send each of five changes; each is made once and answered to all alike."""
    writers, keys = 8, [f"key-{number}" for number in range(5)]
    barrier, answers = threading.Barrier(writers), list[tuple[str, int, bytes]]()

    def write(start: int) -> None:
        api = server.api("hana")
        barrier.wait()
        for place in range(len(keys)):
            key = keys[(start + place) % len(keys)]
            answer = api("POST", "/library/book", {"title": key}, headers={"Idempotency-Key": key})
            answers.append((key, answer.status_code, answer.data))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == writers * len(keys)
    assert {status for _, status, _ in answers} == {201}
    assert len(set(answers)) == len(keys)
    assert server.api("hana")("GET", "/library/book?count=exact").json["page"]["count"] == len(keys)


KILLED = """
import os, signal, sys
from dougong import assembly
from dougong.people.actor import load_actor
from dougong.records.call import call_for
from dougong.records.create import create
from dougong.web.once import once

database = assembly.open_database(sys.argv[1], create=False)
with database.writing() as connection:
    release = assembly.releases(database).pinned(connection)
    call = call_for(release, connection, load_actor(connection, int(sys.argv[2])), "api")

    def change():
        create(call, "library.book", {"title": "half"})
        print("made", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    once(call, "k-1", b"", change)
"""


def test_a_process_killed_in_the_middle_leaves_neither_change_nor_key(server: Server) -> None:
    with server.database.reading() as connection:
        [hana] = [each.id for each in accounts.list_accounts(connection) if each.login == "hana"]
    url = server.database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), url, str(hana)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
    )
    assert (done.returncode, done.stdout.strip()) == (-9, "made"), done.stderr
    assert rows(server, IDEMPOTENCY) == 0
    api = server.api("hana")
    assert CHANGES["create"](api, "").status_code == 201
    assert [book["title"] for book in api("GET", "/library/book").json["data"]] == ["b"]


def imported(api: Api, content: str, key: str = "k-9", query: str = "") -> Any:
    data = {"file": (io.BytesIO(content.encode()), "books.csv")}
    headers = {"Idempotency-Key": key}
    return api("POST", f"/library/book/import{query}", data=data, headers=headers)


def test_an_import_that_was_cut_off_goes_on_under_its_key(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 10)
    api, file = server.api("hana"), "title\n" + "".join(f"Book {number}\n" for number in range(25))
    take_over = importer.take_over

    def cut_off(state: importer.Importer, *given: Any) -> None:
        take_over(state, *given)
        if state.counts.total == 20:
            raise ConnectionResetError

    monkeypatch.setattr(import_chunks, "take_over", cut_off)
    with contextlib.suppress(ConnectionResetError):
        assert imported(api, file).status_code == 500
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 20
    monkeypatch.setattr(import_chunks, "take_over", take_over)
    done = imported(api, file)
    assert (done.status_code, done.json["total"], done.json["added"]) == (200, 25, 25), done.text
    again = imported(api, file)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (done.data, "true")
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 25


def test_an_import_under_a_key_that_another_one_has_is_refused(server: Server) -> None:
    api = server.api("hana")
    assert imported(api, "title\na\n").json["added"] == 1
    for other in (imported(api, "title\nb\n"), imported(api, "title\na\n", query="?dry_run=true")):
        assert (other.status_code, other.json["errors"][0]["code"]) == (422, "W413")
    assert imported(api, "title\na\n", key="k-10").json["added"] == 1
    assert imported(api, "title\na\n", key="x" * 201).status_code == 400


def test_an_import_that_is_refused_leaves_no_key(server: Server) -> None:
    api = server.api("hana")
    assert imported(api, "nothing\na\n").status_code == 422
    assert imported(api, "title\na\n").json["added"] == 1


def test_of_imports_under_one_key_that_arrive_together_every_line_is_taken_once(server: Server) -> None:
    answers: list[Any] = []
    file = "title\n" + "".join(f"Book {number}\n" for number in range(40))
    apis = [server.api("hana") for _ in range(3)]
    threads = [threading.Thread(target=lambda api=api: answers.append(imported(api, file))) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert imported(apis[0], file).json["added"] == 40
    assert apis[0]("GET", "/library/book?count=exact").json["page"]["count"] == 40
