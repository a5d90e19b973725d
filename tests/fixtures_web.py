"""Fixtures that give a test the library server, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, prepare, server_of


@pytest.fixture(scope="session")
def prepared(databases: Databases) -> dict[str, tuple[str, dict[str, str]]]:
    """Prepared databases that tests take copies of, made when they are first needed."""
    return {}


def _running(
    dialect: str, databases: Databases, prepared: dict[str, tuple[str, dict[str, str]]], folder: Path
) -> Iterator[Server]:
    if dialect not in prepared:
        url = databases.fresh(dialect)
        prepared[dialect] = (url, prepare(url))
    original, issued = prepared[dialect]
    url = databases.copy_of(original)
    server = server_of(url, issued, folder)
    yield server
    server.database.dispose()
    databases.drop(url)


@pytest.fixture(params=DIALECTS)
def server(
    request: pytest.FixtureRequest,
    databases: Databases,
    prepared: dict[str, tuple[str, dict[str, str]]],
    tmp_path: Path,
) -> Iterator[Server]:
    """The library on each database, fresh for the test."""
    yield from _running(request.param, databases, prepared, tmp_path)


@pytest.fixture
def sqlite_server(
    databases: Databases, prepared: dict[str, tuple[str, dict[str, str]]], tmp_path: Path
) -> Iterator[Server]:
    """The library on SQLite, where the database cannot matter."""
    yield from _running("sqlite", databases, prepared, tmp_path)


@pytest.fixture
def postgresql_server(
    databases: Databases, prepared: dict[str, tuple[str, dict[str, str]]], tmp_path: Path
) -> Iterator[Server]:
    """The library on PostgreSQL, where several write at a time."""
    yield from _running("postgresql", databases, prepared, tmp_path)
