"""A prepared desk with people, once on each engine, of which every test takes a copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.databases import DIALECTS, Databases
from tests.workflow.scenario import Stage, open_database, prepare


@pytest.fixture(scope="session")
def desk_templates(databases: Databases) -> dict[str, str]:
    """The databases that copies are taken of, made when they are first needed."""
    return {}


@pytest.fixture(params=DIALECTS)
def stage(
    request: pytest.FixtureRequest, databases: Databases, desk_templates: dict[str, str]
) -> Iterator[Stage]:
    """A fresh desk, once on each engine."""
    if request.param not in desk_templates:
        url = databases.fresh(request.param)
        prepare(url)
        desk_templates[request.param] = url
    url = databases.copy_of(desk_templates[request.param])
    database = open_database(url)
    yield Stage(database)
    database.dispose()
    databases.drop(url)
