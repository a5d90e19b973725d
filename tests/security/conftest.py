"""The house that the tests of security share where none of them changes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures_web import prepared, sqlite_server
from tests.hostile.test_every_door import House
from tests.security.houses import house_of
from tests.servers.databases import Databases

__all__ = ["house", "prepared", "sqlite_server"]


@pytest.fixture(scope="package")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory, assets: Path) -> Iterator[House]:
    """A library in use; whoever changes it takes one of their own."""
    assert assets.is_dir()  # built before the first page is drawn, which remembers their names
    with house_of(databases, "sqlite", tmp_path_factory.mktemp("house")) as made:
        yield made
