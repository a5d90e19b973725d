"""The vault on both databases side by side: whatever is sent to one is sent to the other, and both must answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, prepare, server_of


@dataclass(slots=True)
class Pair:
    """Two servers of the same app, on SQLite and on PostgreSQL."""

    servers: tuple[Server, ...]

    def both(self, ask: Callable[[Server], Any]) -> Any:
        """What both answer, which must be the same."""
        sqlite, postgresql = (ask(server) for server in self.servers)
        assert sqlite == postgresql
        return sqlite

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and document of an answer; stamps, which differ, are left out."""
        found: tuple[int, Any] = self.both(
            lambda server: plain(server.api("ada")(method, path, body, **more))
        )
        return found

    def count(self) -> int:
        """How many items there are, those in the bin left out."""
        _, document = self.send("GET", "/vault/item?count=exact&limit=1&fields=id")
        return int(document["page"]["count"])


def plain(answer: Any) -> tuple[int, Any]:
    """Status and document without what no two servers have in common; a failure of the server is one of the test."""
    assert answer.status_code < 500, answer.text[:2000]
    return answer.status_code, without_stamps(answer.json if answer.is_json else answer.text)


def without_stamps(document: Any) -> Any:
    """A document without moments, request ids, names of batches and cursors."""
    if isinstance(document, dict):
        left_out = {"created_at", "updated_at", "request_id", "batch", "at", "next"}
        return {key: without_stamps(value) for key, value in document.items() if key not in left_out}
    return [without_stamps(each) for each in document] if isinstance(document, list) else document


@pytest.fixture(scope="module")
def pair(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both servers, one pair for the tests of a module."""
    folder = Path(__file__).parents[1] / "apps" / "vault"
    servers, urls = [], []
    for dialect in DIALECTS:
        url = databases.fresh(dialect)
        urls.append(url)
        servers.append(server_of(url, prepare(url, folder), tmp_path_factory.mktemp(dialect)))
    yield Pair(tuple(servers))
    for server, url in zip(servers, urls, strict=True):
        server.database.dispose()
        databases.drop(url)
