"""The library server with a real mail server behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from re import findall
from typing import Any

import pytest

from dougong import assembly
from dougong.jobs.worker import run_due
from dougong.people import accounts
from tests.fixtures_web import postgresql_server, prepared, server, sqlite_server
from tests.jobs.smtp import Sink, sink
from tests.web_server import Server

__all__ = ["postgresql_server", "prepared", "server", "sqlite_server"]

PUBLIC = "http://dougong.example"


@dataclass(slots=True)
class Posted:
    """A server that sends mail, and what has arrived."""

    server: Server
    letters: Sink

    def work(self) -> None:
        """Do all that waits in the background."""
        settings = self.server.runtime.settings
        run_due(self.server.database, assembly.tasks_of(settings, self.server.database))

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails that somebody got."""
        return [each for each in self.letters.messages if each["To"] == to]

    def link(self, to: str) -> str:
        """The path of the link in the last mail that somebody got."""
        body = self.mails(to)[-1].get_body(("plain",))
        assert body is not None
        [found] = findall(rf"{PUBLIC}(/link/\S+)", body.get_content())
        return str(found)

    def set(self, login: str, **values: Any) -> int:
        """Change something about a person."""
        with self.server.database.writing() as connection:
            found = accounts.find(connection, login)
            assert found is not None
            accounts.change(connection, found.id, **values)
        return found.id


def posting(server: Server, letters: Sink, **more: Any) -> Posted:
    """The same server with that mail server."""
    settings = replace(
        server.runtime.settings,
        public_url=PUBLIC,
        secure_cookies=False,
        hosts=("*",),
        smtp_url=f"smtp+plain://127.0.0.1:{letters.port}",
        **more,
    )
    return Posted(Server(replace(server.runtime, settings=settings), server.tokens), letters)


@pytest.fixture
def posted(server: Server) -> Iterator[Posted]:
    """On both databases."""
    with sink() as letters:
        yield posting(server, letters)


@pytest.fixture
def posted_sqlite(sqlite_server: Server) -> Iterator[Posted]:
    """Where the database cannot matter."""
    with sink() as letters:
        yield posting(sqlite_server, letters)
