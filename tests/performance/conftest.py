"""The library, fresh on each database."""

from tests.fixtures_web import prepared, server, sqlite_server

__all__ = ["prepared", "server", "sqlite_server"]
