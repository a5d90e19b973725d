"""A database with the platform's tables, on both engines."""

from collections.abc import Iterator

import pytest

from dougong.storage.database import Database
from dougong.storage.install import install


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    install(database)
    yield database
    database.dispose()
