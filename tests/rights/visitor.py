"""Somebody who goes through the doors and keeps every answer, as bytes, with everything that its reader could look at."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from dougong import assembly
from dougong.jobs.worker import run_due
from tests.rights.still import Clock
from tests.rights.twins import World
from tests.web_server import Browser, hidden

CLOCKED = ("Date", "Last-Modified")
"""Headers of files, which have them from the machine's clock; everything else is compared as it came."""
CLOCK = re.compile(r"Expires=[^;]*|\"\d+\.\d+(?=-\d+-\d+)|(?<=-)\d+\"$")
"""When a cookie ends, and what the tag of a file that is not kept has of its time and its folder."""
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""When a workbook was written, as its writer takes it from the machine."""
_CLOSE_GAPS = text(
    "SELECT setval(pg_get_serial_sequence('dg_history', 'id'), (SELECT max(id) FROM dg_history))"
)
"""Gives PostgreSQL's numbers of entries of the history again that were drawn and rolled back, as SQLite does by itself."""
_Item = TypeVar("_Item")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request was answered."""

    area: str
    endpoint: str
    request: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    document: Any = None

    @property
    def location(self) -> str:
        """Where it leads."""
        return dict(self.headers).get("Location", "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def whole(self) -> bytes:
        """Everything that its reader could look at, but for what the machine's clock says of files."""
        head = "\n".join(
            f"{name}: {CLOCK.sub('(clock)', value)}" for name, value in self.headers if name not in CLOCKED
        )
        return f"{self.status}\n{head}\n\n".encode() + self.body


@dataclass(slots=True)
class Visitor:
    """One person with a browser and a program; `answers` is all that they were told."""

    world: World
    clock: Clock
    login: str
    stride: int = 1
    """Of many requests alike, one of so many is asked."""
    area: str = ""
    answers: list[Answer] = field(default_factory=list)
    browser: Browser = field(init=False)
    form_token: str = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.world.server.browser(self.login)
        self.form_token = self.browser.token()

    def some(self, each: Iterable[_Item]) -> list[_Item]:
        """Those of many that there is time for."""
        return list(each)[:: self.stride]

    @property
    def ids(self) -> Mapping[str, Any]:
        """The ids of what stands in the guild."""
        return self.world.ids

    # -- by program -------------------------------------------------------------------------------------------------

    def api(self, method: str, path: str, body: Any = None, /, **query: str) -> Answer:
        """A call of the API; `path` stands below /api/v1."""
        return self._api(method, path, list(query.items()), {"json": body} if body is not None else {})

    def api_with(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """A call with headers of one's own."""
        more = {"json": body} if body is not None else {}
        return self._api(method, path, [], more, headers)

    def api_file(self, path: str, name: str, content: bytes, /, **query: str) -> Answer:
        """A call that brings a file."""
        return self._api("POST", path, list(query.items()), {"data": {"file": (io.BytesIO(content), name)}})

    def _api(
        self,
        method: str,
        path: str,
        query: Pairs,
        more: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        address = path if path.startswith("/openapi") else f"/api/v1{path}"
        sent = {"Authorization": f"Bearer {self.world.server.tokens[self.login]}", **(headers or {})}
        return self._send(self.world.server.client(), method, address, query, more, sent)

    # -- by browser -------------------------------------------------------------------------------------------------

    def page(self, path: str, /, **query: str) -> Answer:
        """A page that is looked at."""
        return self._send(self.browser.client, "GET", path, list(query.items()), {}, {"Accept": "text/html"})

    def form(self, path: str, data: Mapping[str, Any] | None = None, /, **query: str) -> Answer:
        """A form that is sent."""
        sent = {"csrf_token": self.form_token, **(data or {})}
        return self._send(
            self.browser.client, "POST", path, list(query.items()), {"data": sent}, {"Accept": "text/html"}
        )

    def script(self, path: str, body: Any) -> Answer:
        """What the script of a page asks for."""
        headers = {"Accept": "application/json", "X-CSRF-Token": self.form_token}
        return self._send(self.browser.client, "POST", path, [], {"json": body}, headers)

    def sent(self, page: Answer, name: str) -> str:
        """What a hidden input of a page holds, empty where it has none."""
        return hidden(page.text, name) if f'name="{name}"' in page.text else ""

    def upload(self, content: bytes, name: str) -> tuple[io.BytesIO, str]:
        """A file as a form sends it."""
        return io.BytesIO(content), name

    def work(self) -> None:
        """What a worker would do now."""
        settings = self.world.server.runtime.settings
        run_due(self.world.server.database, assembly.tasks_of(settings, self.world.server.database))

    # -- what is kept -----------------------------------------------------------------------------------------------

    def _send(
        self,
        client: Any,
        method: str,
        path: str,
        query: Pairs,
        more: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Answer:
        self.clock.tick()
        request = f"{method} {path}?{urlencode(query)} {_described(more)}"
        answer = client.open(
            path,
            method=method,
            query_string=list(query) or None,
            headers=dict(headers),
            buffered=True,
            **more,
        )
        if method != "GET":
            self._close_gaps()
        assert answer.status_code < 500, f"{self.login}: {request}\n{answer.text[:2000]}"
        kept = Answer(
            self.area,
            self._endpoint(method, path),
            request,
            answer.status_code,
            tuple(sorted(answer.headers.items())),
            contents(answer.data),
            answer.json if answer.is_json else None,
        )
        self.answers.append(kept)
        return kept

    def _close_gaps(self) -> None:
        """Let the next entry of the history have the number after the last that was kept.

        A batch that is refused for its last record has deleted the others before it is rolled back, and emptied the links to
        them, also those that the visitor may not see; that gaps tell so is among the exceptions in
        platform/decisions/rights.md. Whatever was kept is compared with its numbers, and so is everything else.
        """
        database = self.world.server.database
        if database.dialect == "postgresql":
            with database.writing() as connection:
                connection.execute(_CLOSE_GAPS)

    def _endpoint(self, method: str, path: str) -> str:
        adapter = self.world.server.application.url_map.bind("localhost")
        try:
            return str(adapter.match(urlsplit(path).path, method=method)[0])
        except HTTPException:
            return ""


def _described(more: Mapping[str, Any]) -> str:
    if "json" in more:
        return str(more["json"])
    return str(
        {
            name: value[1] if isinstance(value, tuple) else value
            for name, value in more.get("data", {}).items()
            if name != "csrf_token"
        }
    )


def contents(body: bytes) -> bytes:
    """A body as it came; of a package (a workbook is one) the names and contents of its members, without moments."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return b"\n".join(
            f"{each.filename} {each.file_size}\n".encode() + MOMENT.sub(b"(moment)", package.read(each))
            for each in package.infolist()
        )
