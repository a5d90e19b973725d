"""Entities of many fields: every one of them can be filled as far as the database has room, and beyond that the answer is clear."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, prepare, server_of

FIELDS = 1_000


@pytest.fixture(scope="module", params=DIALECTS)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp(f"full-{request.param}")
    app: dict[str, Any] = {"id": "full", "version": "1.0.0", "label": "Full", "languages": ["en"]}
    fields = {f"f{number}": {"type": "text"} for number in range(FIELDS)}
    (folder / "entities").mkdir()
    (folder / "app.json").write_text(json.dumps(app), "utf-8")
    entity = {"label": "Thing", "title": "{f0}", "fields": fields}
    (folder / "entities" / "thing.json").write_text(json.dumps(entity), "utf-8")
    url = databases.fresh(request.param)
    served = server_of(url, prepare(url, folder), folder)
    yield served
    served.database.dispose()
    databases.drop(url)


def test_a_thousand_short_values_are_kept(server: Server) -> None:
    values = {f"f{number}": str(number) for number in range(FIELDS)}
    made = server.api("ada").made("/full/thing", **values)
    assert {name: made[name] for name in values} == values


def test_what_has_no_room_in_a_row_is_refused_whole(server: Server) -> None:
    """SQLite has room for all of it; PostgreSQL keeps a row within a page."""
    api = server.api("ada")
    before = api("GET", "/full/thing?count=exact&fields=f0").json["page"]["count"]
    values = {f"f{number}": f"{number} and some more" for number in range(FIELDS)}
    answer = api("POST", "/full/thing", values)
    if server.database.dialect == "sqlite":
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer.json["code"]) == (413, "P109")
    assert "one row" in answer.json["detail"]
    operations = [{"action": "create", "values": {"f0": "a"}}, {"action": "create", "values": values}]
    batch = api("POST", "/full/thing/batch", {"atomic": False, "operations": operations})
    assert batch.status_code == 413
    assert api("GET", "/full/thing?count=exact&fields=f0").json["page"]["count"] == before
