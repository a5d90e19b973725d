"""The small world of the expression tests, once on each engine for the whole session."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine

from tests.expressions import world
from tests.servers.databases import DIALECTS, Databases


@pytest.fixture(scope="session")
def engines(databases: Databases) -> Iterator[dict[str, Engine]]:
    """An engine for each database, with the empty tables of the world."""
    with ExitStack() as stack:
        urls = {dialect: stack.enter_context(databases.database(dialect)) for dialect in DIALECTS}
        made = {dialect: world.engine(url) for dialect, url in urls.items()}
        yield made
        for engine in made.values():
            engine.dispose()
