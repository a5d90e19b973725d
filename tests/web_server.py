"""A server of the small library app for tests: people with different rights, and a client that speaks for each."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.people import accounts, tokens
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.plan import plan
from dougong.web.application import create_app
from dougong.web.logs import configure
from dougong.web.runtime import Runtime
from dougong.web.settings import Settings
from tests.installed import compiled
from tests.servers.databases import Databases

LIBRARY = Path(__file__).parent / "apps" / "library"
PASSWORD = "quiet-harbour-42"
PEOPLE: dict[str, tuple[bool, tuple[tuple[str, str], ...]]] = {
    "ada": (True, ()),
    "hana": (False, (("library", "head"),)),
    "cleo": (False, (("library", "clerk"),)),
    "otto": (False, (("library", "clerk"),)),
    "nemo": (False, ()),
}


NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Server:
    """One running application with its people."""

    runtime: Runtime
    tokens: dict[str, str]
    application: Flask = field(init=False)
    """One for all clients: threads of a test must not each put one together."""

    def __post_init__(self) -> None:
        self.application = create_app(self.runtime)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def client(self) -> FlaskClient:
        """A fresh browser or program; nobody is signed in."""
        return self.application.test_client()

    def api(self, person: str) -> Api:
        """The API as a program of that person uses it."""
        return Api(self.client(), self.tokens[person])

    def browser(self, person: str) -> Browser:
        """A browser in which that person is signed in."""
        browser = Browser(self.client())
        answer = browser.client.post("/sign-in", data={"login": person, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text
        return browser


@dataclass(slots=True)
class Api:
    """Calls under /api/v1 with a token."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        address = path if path.startswith("/openapi") else f"/api/v1{path}"
        return self.client.open(address, method=method, headers=headers, buffered=True, **more)

    def made(self, path: str, **values: Any) -> dict[str, Any]:
        """Create a record and return it."""
        answer = self("POST", path, values)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json
        return document


@dataclass(slots=True)
class Browser:
    """A browser: it sends back the form tokens that the pages hold."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, buffered=True, **({"headers": {"Accept": "text/html"}} | more))

    def post(self, path: str, data: dict[str, Any] | None = None, page: str = "/apps", **more: Any) -> Any:
        """Send a form with the form token of a page."""
        sent = {"csrf_token": self.token(page), **(data or {})}
        return self.client.post(
            path, data=sent, buffered=True, **({"headers": {"Accept": "text/html"}} | more)
        )

    def token(self, page: str = "/apps") -> str:
        """The form token that a page holds."""
        return hidden(self.get(page).text, "csrf_token")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    for tag in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            return found[1] if found else ""
    raise AssertionError(f"the page has no field {name}")


def prepare(url: str, app_folder: Path = LIBRARY) -> dict[str, str]:
    """Install the library and its people in an empty database; the answer are their tokens."""
    configure("text", "error")
    database = assembly.open_database(url)
    [app] = compile_folders([app_folder])
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    found: dict[str, str] = {}
    with database.writing() as connection:
        for login, (is_admin, roles) in PEOPLE.items():
            user_id = accounts.add(
                connection,
                login,
                name=login.title(),
                password=PASSWORD,
                is_admin=is_admin,
                roles=roles,
                language="en",
            )
            found[login] = tokens.issue(connection, user_id, scopes=["admin"])
    database.dispose()
    return found


def server_of(url: str, issued: dict[str, str], folder: Path, **settings: Any) -> Server:
    """A server on a prepared database."""
    chosen = Settings(database=url, files=str(folder / "files"), **settings)
    return Server(assembly.open_runtime(chosen), issued)


@contextmanager
def serving_app(
    databases: Databases,
    dialect: str,
    sources: Mapping[str, str],
    folder: Path,
    people: Mapping[str, str] = NOBODY,
) -> Iterator[Server]:
    """A server of an app given by its files, on a database of its own; Ada administers it, `people` have a role each."""
    configure("text", "error")
    url = databases.fresh(dialect)
    database = assembly.open_database(url)
    app = compiled(sources)
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    with database.writing() as connection:
        ada = accounts.add(
            connection, "ada", name="Ada", password=PASSWORD, is_admin=True, roles=[], language="en"
        )
        issued = {"ada": tokens.issue(connection, ada, scopes=["admin"])}
        for login, role in people.items():
            roles = [(app.id, role)]
            user = accounts.add(
                connection, login, name=login.title(), password=PASSWORD, roles=roles, language="en"
            )
            issued[login] = tokens.issue(connection, user, scopes=["write"])
    database.dispose()
    server = Server(assembly.open_runtime(Settings(database=url, files=str(folder))), issued)
    try:
        yield server
    finally:
        server.database.dispose()
        databases.drop(url)


class Quiet(WSGIRequestHandler):
    """Answers without a line for each."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def listening(server: Server) -> Iterator[str]:
    """The address at which a browser finds a server."""
    behind = make_server("127.0.0.1", 0, server.application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=behind.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{behind.server_port}"
    finally:
        behind.shutdown()
        thread.join()
        behind.server_close()
