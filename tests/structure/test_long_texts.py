"""Texts of ten megabytes: through the API, the form, an import, an export, history and search, equal on both databases."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.fieldtypes import TYPES
from dougong.people.actor import load_actor
from dougong.records.import_ import Options, run
from dougong.storage.tokens import tokens_of
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import LIBRARY, Server, hidden, prepare, server_of

LENGTH = 10_000_000
SENTENCE = "The lamp (Straße 7, 照明 🏮) hangs left of the door.\n"
LONG = ("beginning of it all " + SENTENCE * (LENGTH // len(SENTENCE) + 1))[: LENGTH - 7] + " ending"
FIELDS = f"""\
  notes: {{type: long_text, max_length: {LENGTH}, label: {{en: Notes, zh: 备注}}}}
  story: {{type: rich_text, max_length: {LENGTH}, label: {{en: Story, zh: 故事}}}}
"""
SEARCH = "search: [title, notes, story]\n"


@pytest.fixture(scope="module")
def wide_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library app with two fields that take ten million characters."""
    folder = tmp_path_factory.mktemp("wide") / "library"
    shutil.copytree(LIBRARY, folder)
    book = folder / "entities" / "book.yaml"
    lines = book.read_text("utf-8").splitlines(keepends=True)
    kept = [
        FIELDS if line.startswith("  notes:") else line for line in lines if not line.startswith("search:")
    ]
    book.write_text(SEARCH + "".join(kept), "utf-8")
    return folder


@pytest.fixture(params=DIALECTS)
def server(
    request: pytest.FixtureRequest, databases: Databases, wide_library: Path, tmp_path: Path
) -> Iterator[Server]:
    """A server of it on each database."""
    url = databases.fresh(request.param)
    served = server_of(url, prepare(url, wide_library), tmp_path)
    yield served
    served.database.dispose()
    databases.drop(url)


def test_the_api_takes_keeps_and_finds_ten_megabytes(server: Server) -> None:
    api = server.api("ada")
    story = "<p>" + LONG[: LENGTH - 7].replace("\n", " ") + "</p>"
    made = api.made("/library/book", title="Long", notes=LONG, story=story)
    assert len(LONG) == len(story) == LENGTH
    assert (made["notes"] == LONG, made["story"] == story) == (True, True)
    read = api("GET", f"/library/book/{made['id']}").json
    assert (read["notes"] == LONG, read["story"] == story) == (True, True)
    for word, count in (("beginning", 1), ("照明", 1), ("strasse", 1), ("nowhere", 0)):
        assert len(api("GET", f"/library/book?fields=title&q={word}").json["data"]) == count, word
    changed = api("PATCH", f"/library/book/{made['id']}", {"notes": "short"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text[:500]
    entries = api("GET", f"/library/book/{made['id']}/history").json["data"]
    assert [each["action"] for each in entries] == ["update", "create"]
    before, after = entries[0]["changes"]["notes"]["before"], entries[0]["changes"]["notes"]["after"]
    assert (before == LONG, after) == (True, "short")


def test_one_character_too_many_is_refused_and_nothing_is_kept(server: Server) -> None:
    api = server.api("ada")
    refused = api("POST", "/library/book", {"title": "Long", "notes": LONG + "!"})
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "notes")
    assert len(refused.text) < 2_000
    assert api("GET", "/library/book").json["data"] == []


def test_the_form_takes_ten_megabytes_and_gives_them_back(server: Server) -> None:
    browser = server.browser("ada")
    page = browser.get("/library/book/new")
    token = hidden(page.text, "csrf_token")
    sent = {"csrf_token": token, "title": "Long", "notes": LONG.replace("\n", "\r\n")}
    answer = browser.client.post("/library/book/new", data=sent, headers={"Accept": "text/html"})
    assert answer.status_code == 303, answer.text[:500]
    [found] = server.api("ada")("GET", "/library/book").json["data"]
    assert server.api("ada")("GET", f"/library/book/{found['id']}").json["notes"] == LONG
    assert LONG[-40:] in browser.get(f"/library/book/{found['id']}/edit").text
    assert browser.get(f"/library/book/{found['id']}").status_code == 200
    assert browser.get("/library/book").status_code == 200


def test_a_file_brings_ten_megabytes_and_takes_them_away(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "books.csv"
    written = io.StringIO()
    csv.writer(written).writerows([["title", "notes"], ["Long", LONG], ["Longer", LONG + "!"]])
    file.write_text(written.getvalue(), "utf-8", newline="")
    with server.database.reading() as connection:
        ada = load_actor(connection, 1)
    release = server.runtime.releases.current()
    done = run(server.database, release, ada, "library.book", file, Options())
    assert (done.counts.added, done.counts.failed) == (1, 1)
    exported = server.api("ada")("GET", "/library/book/export?format=csv&fields=title,notes")
    assert exported.status_code == 200, exported.text[:500]
    csv.field_size_limit(2 * LENGTH)
    rows = list(csv.reader(io.StringIO(exported.data.decode("utf-8-sig"), newline="")))
    column = rows[0].index("Notes")
    assert [row[column] == LONG for row in rows[1:]] == [True]


@pytest.mark.parametrize("kind", ["long_text", "rich_text"])
def test_the_limit_has_a_limit(kind: str) -> None:
    schema = TYPES[kind].settings["properties"]["max_length"]
    assert (schema["maximum"], schema["default"] <= 100_000) == (20_000_000, True)


def test_an_index_entry_stays_within_what_both_databases_hold() -> None:
    words = " ".join(f"{number:x}".rjust(64, "я") for number in range(20_000))
    tokens = tokens_of([words])
    assert 3_900 < len(tokens) < 16_000
    assert sum(len(each.encode()) for each in tokens) < 1_000_000
    assert len(tokens_of(["word " * 20_000])) == 16_000
