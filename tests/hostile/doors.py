"""Requests that nobody should send, made from a seed for any entry point of the table, and what stands in the database."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, text

from dougong.web.routes import Route
from tests.hostile.test_values import BODIES, VALUES
from tests.web_server import Server

NESTED = "(" * 400 + "1" + ")" * 400
STRANGE_PATHS = (
    *(
        "0",
        "-1",
        "9" * 30,
        "%00",
        "..",
        "%2e%2e",
        "a%2Fb",
        "%ff",
        "%ED%A0%80",
        "%F0%9F%99%82",
        "%E5%BC%A0",
        "%20",
    ),
    *("'%3B%20DROP%20TABLE%20book--", "x" * 3000, "%7B%7B7*7%7D%7D", "~", "%0A", "1.5", "null", "+1", "1%3B"),
)
STRANGE_TEXTS = (
    *(each for each in VALUES if isinstance(each, str)),
    *(NESTED, "NOT " * 3000 + "TRUE", "a" * 9_000, "=cmd|' /C calc'!A0", "[" * 5000, '{"a":' * 500, "1e400"),
    *(
        "-" * 200 + "1",
        "%s%n%x",
        "\u2028\u2029",
        "A" * 300 + "@b.example",
        "id,id",
        ",",
        "-",
        "id-",
        "\\u0000",
    ),
)
STRANGE_HEADERS: tuple[tuple[str, str], ...] = (
    ("Accept", "text/html;q=nan, */*;q=2"),
    ("Accept", "application/xml"),
    ("Accept", ",".join(["text/html"] * 2000)),
    ("Accept-Language", "zz-" + "x" * 5000),
    ("Accept-Language", "zh;q=1;q=2,,;"),
    ("If-Match", '"9' + "9" * 40 + '"'),
    ("If-Match", "*"),
    ("If-None-Match", '"\xff"'),
    ("Idempotency-Key", "k" * 5000),
    ("Idempotency-Key", " "),
    ("Range", "bytes=99999999999999999999-1,-"),
    ("Cookie", "dg_session=" + "x" * 20_000),
    ("Cookie", "; ".join(f"c{number}=1" for number in range(3000))),
    ("Content-Type", "application/json; charset=utf-16"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Type", "multipart/form-data; boundary=" + "b" * 5000),
    ("Content-Type", "application/x-www-form-urlencoded; charset=\x00"),
    ("Content-Type", "\xff"),
    ("Content-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked"),
    ("X-Request-ID", "x" * 5000),
    ("X-Forwarded-For", "' OR 1=1 --"),
    ("Origin", "null"),
    ("Authorization", "Bearer " + "é" * 500),
    ("Authorization", "Basic Og=="),
)
FILES: tuple[tuple[str, bytes], ...] = (
    ("a.csv", b"title,price\na,1\n"),
    ("a.csv", b"\xff\xfe\x00"),
    ("a.xlsx", b"PK\x03\x04" + b"\x00" * 60),
    ("../../etc/passwd", b"x"),
    ("a\x00.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
    ("", b""),
    ("x" * 400 + ".txt", b"text"),
    ("\u202egnp.exe", b"MZ"),
)
ALWAYS_WRITTEN = frozenset({"dg_session", "dg_attempt", "dg_audit", "sqlite_sequence"})
"""Sessions that were used, attempts to sign in, and what administrators tried: written also by a request that is refused. The
last is where SQLite itself counts the rows of these."""
TOUCHED = ("last_seen_at", "last_used_at")
"""Columns that tell when somebody was here."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as bytes, so that a failure can be sent again."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    stream_ends_early: bool = False
    """The length that is announced is more than what comes."""


@dataclass(slots=True)
class Known:
    """What a well-meant request would hold: values for the parts of addresses, names of parameters, forms of pages."""

    places: Mapping[str, Sequence[str]]
    names: Sequence[str]
    forms: Mapping[str, Sequence[Mapping[str, str]]]
    texts: Sequence[str] = field(default_factory=tuple)


def placeholders(route: Route) -> list[str]:
    """The names of the parts of an address, `path:path` as `path`."""
    return [part.partition(">")[0].rpartition(":")[2] for part in route.rule.split("<")[1:]]


def address(route: Route, random: Random, known: Known, strangeness: float) -> str:
    """An address of a route, each part of it strange with that probability."""
    path = route.rule
    for name in placeholders(route):
        strange = random.random() < strangeness
        value = (
            random.choice(STRANGE_PATHS) if strange else quote(random.choice(known.places[name]), safe="/")
        )
        path = path.replace(f"<{name}>", value).replace(f"<path:{name}>", value)
    return path


def request_for(route: Route, random: Random, known: Known) -> Request:
    """A request for a route, strange in one way or in several."""
    headers: dict[str, str] = {}
    if route.changes:
        body, kind = _body(route, random, known)
        headers["Content-Type"] = kind
    else:
        body = b""
    if random.random() < 0.2:
        headers.update([random.choice(STRANGE_HEADERS)])
    headers.setdefault("Accept", "text/html" if random.random() < 0.7 else "application/json")
    return Request(
        route.method,
        address(route, random, known, 0.08),
        _query(route, random, known),
        headers,
        body,
        stream_ends_early=bool(body) and random.random() < 0.04,
    )


def _query(route: Route, random: Random, known: Known) -> str:
    if random.random() < 0.45:
        return ""
    names = sorted(route.parameters or ()) or list(known.names)
    pairs = []
    for _ in range(random.choice((1, 1, 2, 3))):
        name = random.choice(names) if random.random() < 0.9 else random.choice(STRANGE_TEXTS)
        pairs.append(f"{quote(name[:200])}={quote(_text(random, known)[:4000], errors='surrogatepass')}")
    return (
        "&".join(pairs)
        if random.random() < 0.9
        else random.choice(("%", "=&=&", "a=%zz", "&" * 2000, "a" * 9000))
    )


def _text(random: Random, known: Known) -> str:
    return random.choice(known.texts if known.texts and random.random() < 0.4 else STRANGE_TEXTS)


def _body(route: Route, random: Random, known: Known) -> tuple[bytes, str]:
    is_api = route.rule.startswith("/api/")
    chance = random.random()
    if chance < 0.08:
        return random.randbytes(random.choice((0, 1, 20, 5000))), random.choice(
            (
                "application/json",
                "application/x-www-form-urlencoded",
                "text/plain",
                "multipart/form-data; boundary=b",
            )
        )
    if chance < 0.16:
        return random.choice(BODIES)[0], "application/json"
    if chance < (0.75 if is_api else 0.24):
        return json.dumps(_document(random, known, 3)).encode(), "application/json"
    fields = _form(route, random, known)
    if chance < 0.88 and not is_api:
        pairs = (f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in fields)
        return "&".join(pairs).encode(), "application/x-www-form-urlencoded"
    return _multipart(random, fields), "multipart/form-data; boundary=frontier"


def _form(route: Route, random: Random, known: Known) -> list[tuple[str, str]]:
    """The fields of a form of the pages, some of them changed, doubled, left out or added."""
    forms = known.forms.get(route.endpoint, ())
    fields = list(random.choice(forms).items()) if forms else []
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        at = random.randrange(len(fields)) if fields else 0
        chance = random.random()
        if fields and chance < 0.5:
            fields[at] = (fields[at][0], _text(random, known))
        elif fields and chance < 0.65:
            del fields[at]
        elif fields and chance < 0.75:
            fields.append(fields[at])
        else:
            fields.append((random.choice(known.names), _text(random, known)))
    return fields


def _multipart(random: Random, fields: Sequence[tuple[str, str]]) -> bytes:
    parts = [
        f'--frontier\r\nContent-Disposition: form-data; name="{quote(name)}"\r\n\r\n'.encode()
        + value.encode("utf-8", "surrogatepass")
        + b"\r\n"
        for name, value in fields
    ]
    for _ in range(random.choice((1, 1, 2))):
        name, content = random.choice(FILES)
        head = f'--frontier\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        parts.append(head.encode("utf-8", "surrogatepass") + content + b"\r\n")
    ending = random.choice((b"--frontier--\r\n", b"--frontier--\r\n", b"", b"--front"))
    return b"".join(parts) + ending


def _document(random: Random, known: Known, depth: int) -> Any:
    """A JSON document that has the keys of the right ones, and values of every kind."""
    chance = random.random()
    if depth == 3 or (depth and chance < 0.35):
        names = [random.choice(known.names) for _ in range(random.randint(0, 5))]
        return {name: _document(random, known, depth - 1) for name in names}
    if depth and chance < 0.5:
        return [_document(random, known, depth - 1) for _ in range(random.randint(0, 3))]
    return random.choice(VALUES) if chance < 0.8 else _text(random, known)


# ------------------------------------------------------------------ the forms of pages
class _Forms(HTMLParser):
    """Collects the forms of a page: where they go, how, and what they would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.elsewhere: list[tuple[str, str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append((given.get("action", ""), given.get("method", "get").upper(), {}))
        fields = self.found[-1][2] if self.found else {}
        name = given.get("name", "")
        if tag == "button" and "formaction" in given and self.found:
            self.elsewhere.append((given["formaction"], given.get("formmethod", "post").upper(), fields))
        if tag in ("input", "button") and name and name != "csrf_token":
            fields.setdefault(name, given.get("value", ""))
        elif tag == "select" and name:
            self._select = name
            fields.setdefault(name, "")
        elif tag == "option" and self._select and (not fields.get(self._select) or "selected" in given):
            fields[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            fields.setdefault(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_of(page: str) -> list[tuple[str, str, dict[str, str]]]:
    """Action, method and fields of each form of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.found + parser.elsewhere


# ------------------------------------------------------------------ what stands there
def standing(server: Server) -> dict[str, str]:
    """A mark of everything that a refused request must leave as it was: of all rows of each table, and of all files."""
    marks: dict[str, Any] = defaultdict(hashlib.sha256)
    with server.database.reading() as connection:
        for row in _rows_of_sqlite(connection) if server.database.dialect == "sqlite" else _rows(connection):
            marks[row.partition(" ")[0]].update(row.encode("utf-8", "surrogatepass"))
    folder = Path(server.runtime.files_folder)
    for file in sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()):
        marks["files"].update(f"{file}\n".encode("utf-8", "surrogatepass"))
    return {name: mark.hexdigest() for name, mark in marks.items()}


def _rows_of_sqlite(connection: Connection) -> Iterator[str]:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for name in [each for each in names.scalars() if each not in ALWAYS_WRITTEN]:
        found = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
        yield from sorted(f"{name} {[row[key] for key in row if key not in TOUCHED]}" for row in found)


def _rows(connection: Connection) -> Iterator[str]:
    """All rows in one answer of PostgreSQL."""
    names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    without = "".join(f" - '{each}'" for each in TOUCHED)
    parts = [
        f"SELECT '{name} ' || CAST(to_jsonb(t){without} AS text) FROM \"{name}\" t"
        for name in sorted(names.scalars())
        if name not in ALWAYS_WRITTEN
    ]
    yield from sorted(connection.execute(text(" UNION ALL ".join(parts))).scalars())
