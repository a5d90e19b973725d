"""A house in use for the tests of security: the library with records of every kind, and addresses of all its doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from dougong.web.routes import Route
from tests.hostile.doors import address
from tests.hostile.test_every_door import House, furnished
from tests.servers.databases import Databases
from tests.web_server import prepare, server_of


@contextmanager
def house_of(databases: Databases, dialect: str, folder: Path) -> Iterator[House]:
    """A furnished library on a database of its own."""
    url = databases.fresh(dialect)
    server = server_of(url, prepare(url), folder)
    try:
        yield furnished(server)
    finally:
        server.database.dispose()
        databases.drop(url)


def plain_address(house: House, route: Route, number: int = 0) -> str:
    """An address of a route with values that mean something; another number gives another one."""
    return address(route, Random(f"{route.endpoint} {number}"), house.known, 0.0)
