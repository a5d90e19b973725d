"""The library server."""

from tests.fixtures_web import postgresql_server, prepared, server, sqlite_server

__all__ = ["postgresql_server", "prepared", "server", "sqlite_server"]
