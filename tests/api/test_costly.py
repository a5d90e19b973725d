"""Questions that would cost too much are refused with what to do, the same through lists, groups, exports and related lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.servers.databases import Databases
from tests.web_server import Server, server_of

DEEP = " OR ".join(["book.shelf = 'a'"] * 25)
DOORS = (
    ("/library/loan", "filter"),
    ("/library/loan/aggregate", "filter"),
    ("/library/loan/export", "filter"),
)


@pytest.mark.parametrize(("path", "name"), DOORS)
def test_a_filter_follows_only_so_many_links(sqlite_server: Server, path: str, name: str) -> None:
    api = sqlite_server.api("hana")
    few = " OR ".join(["book.shelf = 'a'"] * 24)
    assert api("GET", path, query_string={name: few}).status_code == 200
    refused = api("GET", path, query_string={name: DEEP})
    assert (refused.status_code, refused.json["code"]) == (422, "too_many_links")


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "NOT " * 200 + "TRUE"},
        {"filter": " AND ".join(["pages = 1"] * 1000)},
        {"sort": "title,isbn,pages,price,shelf,notes"},
        {"limit": "1001"},
        {"offset": "10000001"},
        {"q": "x" * 201},
        {"filter": "x" * 10_001},
    ],
)
def test_questions_have_a_size(sqlite_server: Server, query: dict[str, Any]) -> None:
    answer = sqlite_server.api("hana")("GET", "/library/book", query_string=query)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json["errors"][0]["message"]


def test_groups_have_a_number(sqlite_server: Server) -> None:
    query = {"group": ",".join(["shelf"] * 21)}
    assert sqlite_server.api("hana")("GET", "/library/book/aggregate", query_string=query).status_code == 422


def limited(databases: Databases, prepared: Any, folder: Path, **settings: Any) -> Server:
    original, issued = prepared["sqlite"]
    return server_of(databases.copy_of(original), issued, folder, **settings)


def test_an_answer_has_a_size(
    sqlite_server: Server, databases: Databases, prepared: Any, tmp_path: Path
) -> None:
    server = limited(databases, prepared, tmp_path, max_answer=20_000)
    api = server.api("hana")
    for number in range(3):
        api.made("/library/book", title=str(number), notes="x" * 9000)
    refused = api("GET", "/library/book")
    assert (refused.status_code, refused.json["code"]) == (413, "W433")
    assert "fields" in refused.json["errors"][0]["hint"]
    assert api("GET", "/library/book?fields=title").status_code == 200
    assert api("GET", "/library/book?limit=2").status_code == 200
    server.database.dispose()


def test_a_question_that_takes_too_long_is_ended(
    sqlite_server: Server, databases: Databases, prepared: Any, tmp_path: Path
) -> None:
    """With next to no time, whatever makes SQLite ask whether to go on at all is too slow: a walk over many records."""
    patient = limited(databases, prepared, tmp_path)
    operations = [
        {"action": "create", "values": {"title": f"book {number}", "notes": "words " * 20}}
        for number in range(3000)
    ]
    done = patient.api("hana")("POST", "/library/book/batch", {"operations": operations})
    assert done.status_code == 200
    slow = " OR ".join(f"CONTAINS(notes, 'nowhere {number}')" for number in range(20))
    assert patient.api("hana")("GET", "/library/book", query_string={"filter": slow}).json["data"] == []
    url = str(patient.database.url)
    hurried = server_of(url, patient.tokens, tmp_path, query_seconds=1e-9)
    api = hurried.api("hana")
    for path in ("/library/book", "/library/book/aggregate", "/library/book/export"):
        refused = api("GET", path, query_string={"filter": slow})
        assert (refused.status_code, refused.json["code"]) == (422, "P108"), refused.text
        assert refused.json["errors"][0]["hint"]
    page = hurried.browser("hana").get("/library/book", query_string={"filter": slow})
    assert page.status_code == 422
    assert "Traceback" not in page.text
    assert api("GET", "/library/book?limit=1").status_code == 200
    for server in (patient, hurried):
        server.database.dispose()
