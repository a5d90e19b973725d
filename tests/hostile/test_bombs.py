"""Small things that grow: archives, nesting, counts and numbers, through every door that takes them, on both databases.

Each is refused with a reason, soon, and leaves everything as it was.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.conftest import Pair, plain
from tests.hostile.doors import standing
from tests.web_server import Server

pytestmark = pytest.mark.filterwarnings("ignore:.*nclosed file:ResourceWarning")
"""The framework leaves uploads that it put into a file to the garbage collector."""

ZEROS = b"0" * 60_000_000


def packed(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()


def lying() -> bytes:
    """An archive that says of its member that it is small."""
    content = packed(**{"a.txt": b"0" * 5_000_000})
    return content.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def many() -> bytes:
    return packed(**{f"{number}.txt": b"" for number in range(25_000)})


BOMB = packed(**{"xl/worksheets/sheet1.xml": ZEROS})
ARCHIVES = {
    "a bomb": BOMB,
    "a bomb in a bomb": packed(**{"a.zip": BOMB * 3}),
    "a lie about the size": lying(),
    "many members": many(),
    "a way out": packed(**{"../../etc/passwd": b"x"}),
    "cut off": BOMB[: len(BOMB) // 2],
}


def unchanged(pair: Pair, ask: Callable[[Server], Any]) -> tuple[int, Any]:
    """What both answer, which is a refusal that changes nothing."""

    def asked(server: Server) -> Any:
        before = standing(server)
        status, document = plain(ask(server))
        assert 400 <= status < 500, (status, document)
        assert standing(server) == before
        return status, document

    found: tuple[int, Any] = pair.both(asked)
    return found


@pytest.mark.parametrize("name", ARCHIVES)
def test_workbooks(pair: Pair, name: str) -> None:
    def ask(server: Server) -> Any:
        data = {"file": (io.BytesIO(ARCHIVES[name]), "items.xlsx")}
        return server.api("ada")("POST", "/vault/item/import", data=data)

    status, document = unchanged(pair, ask)
    assert status in (413, 422)
    assert document["errors"][0]["message"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_of_files(pair: Pair, name: str) -> None:
    def ask(server: Server) -> Any:
        table = b"name,paper\nx,a.txt\n"
        data = {"file": (io.BytesIO(table), "items.csv"), "files": (io.BytesIO(ARCHIVES[name]), "files.zip")}
        return server.api("ada")("POST", "/vault/item/import", data=data)

    def asked(server: Server) -> Any:
        before = pair_count(server)
        status, document = plain(ask(server))
        assert status in (200, 413, 422), document
        if status == 200:
            assert (document["added"], document["failed"]) == (0, 1), document
        assert pair_count(server) == before
        return status

    pair.both(asked)


def pair_count(server: Server) -> int:
    return int(server.api("ada")("GET", "/vault/item?count=exact&limit=1").json["page"]["count"])


@pytest.mark.parametrize("name", ARCHIVES)
def test_uploads_of_an_import_page(pair: Pair, name: str) -> None:
    def asked(server: Server) -> int:
        browser, before = server.browser("ada"), pair_count(server)
        data = {"csrf_token": browser.token(), "file": (io.BytesIO(ARCHIVES[name]), "items.xlsx")}
        answer = browser.client.post("/vault/item/import", data=data, headers={"Accept": "text/html"})
        assert 400 <= answer.status_code < 500, answer.status_code
        assert "Traceback" not in answer.text
        assert pair_count(server) == before
        return int(answer.status_code)

    pair.both(asked)


@pytest.mark.parametrize("name", ARCHIVES)
def test_packages_of_apps(pair: Pair, name: str) -> None:
    def ask(server: Server) -> Any:
        browser = signed_in[id(server)]
        data = {"csrf_token": browser.token(), "file": (io.BytesIO(ARCHIVES[name]), "app.zip")}
        return browser.client.post("/templates/upload", data=data, headers={"Accept": "application/json"})

    signed_in = {id(server): server.browser("ada") for server in pair.servers}
    unchanged(pair, ask)


ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)
DEFINITIONS = {
    "aliases that grow": ALIASES,
    "deep lists": "label: " + "[" * 5_000 + "]" * 5_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(2_000)),
    "deep JSON": '{"label": ' * 3_000 + "1" + "}" * 3_000,
    "a key twice": "label: A\nlabel: B\nfields: {name: {type: text}}\n",
    "a large number": "label: A\nfields: {name: {type: text, max_length: " + "9" * 5_000 + "}}\n",
    "an infinite number": "label: A\nfields: {n: {type: integer, min: 1.0e+400, max: .inf}}\n",
    "a deep expression": "label: A\nfields: {n: {type: integer, formula: '"
    + "ABS(" * 2_000
    + "1"
    + ")" * 2_000
    + "'}}\n",
    "a long expression": "label: A\nfields: {n: {type: integer, formula: '" + "1+" * 4_000 + "1'}}\n",
    "a pattern": "label: A\nfields: {n: {type: text, pattern: '((a{1,1000}){1,1000}){1,1000}'}}\n",
    "a control": "label: 'A\x00B'\n",
    "a tag": "label: !!python/object/apply:os.system ['true']\n",
    "many fields": "label: A\nfields:\n" + "".join(f"  f{n}: {{type: text}}\n" for n in range(5_000)),
    "tabs": "label:\n\t- A\n",
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions(pair: Pair, name: str) -> None:
    def ask(server: Server) -> Any:
        ending = "json" if "JSON" in name else "yaml"
        sources = {
            "app.yaml": "id: vault\nversion: 2.0.0\nlabel: Vault\nlanguages: [en]\n",
            f"entities/item.{ending}": DEFINITIONS[name],
        }
        api = server.api("ada")
        planned = plain(api("POST", "/vault/plan", {"sources": sources}))
        assert planned[0] == 422, planned
        return api("POST", "/vault/apply", {"sources": sources})

    unchanged(pair, ask)


EXPRESSIONS = {
    "deep": "ABS(" * 1_500 + "1" + ")" * 1_500 + " = 1",
    "long": " OR ".join(["count = 1"] * 1_000),
    "not": "NOT " * 2_000 + "TRUE",
    "minus": "count = " + "-" * 3_000 + "1",
    "digits": "count = " + "9" * 5_000,
    "exponent": "count = 1e400",
    "infinite": "count = Infinity",
    "links": "follows." * 200 + "count = 1",
    "NUL": "name = 'a\x00b'",
    "a list": "count IN (" + ",".join(["1"] * 4_900) + ")",
}


@pytest.mark.parametrize("name", [each for each in EXPRESSIONS if each != "a list"])
def test_filters(pair: Pair, name: str) -> None:
    for address in ("/vault/item", "/vault/item/aggregate", "/vault/item/export"):
        query = {
            "filter": EXPRESSIONS[name],
            **({"measures": "n: COUNT()"} if "aggregate" in address else {}),
        }

        def ask(server: Server, where: str = address, asked: dict[str, str] = query) -> Any:
            return server.api("ada")("GET", where, query_string=asked)

        status, document = unchanged(pair, ask)
        assert status in (400, 413, 422)
        assert document["errors"][0]["path"].startswith("filter")


def test_a_long_list_is_answered_or_refused(pair: Pair) -> None:
    status, _ = pair.send("GET", "/vault/item", query_string={"filter": EXPRESSIONS["a list"], "limit": "1"})
    assert status in (200, 400, 422)


def form(parts: int) -> tuple[bytes, str]:
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    return part * parts + b"--b--\r\n", "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (*form(30_000), (413,)),
        (
            b"&".join(b"x=1" for _ in range(200_000)),
            "application/x-www-form-urlencoded",
            (303, 400, 413, 422),
        ),
        (b"--b\r\n" + b"X: y\r\n" * 100_000, "multipart/form-data; boundary=b", (400, 413, 422)),
        (
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nhalf',
            "multipart/form-data; boundary=b",
            (400, 422),
        ),
        (b"name=a", "multipart/form-data", (400, 422)),
        (b"name=%ff%fe", "application/x-www-form-urlencoded", (303, 400, 422)),
        (b"name=%ED%A0%80", "application/x-www-form-urlencoded", (303, 400, 422)),
        (gzip.compress(b"name=a"), "application/x-www-form-urlencoded", (400, 422)),
        (json.dumps({"name": "a"}).encode(), "application/json", (400, 415, 422)),
    ],
    ids=["parts", "fields", "heads", "half", "boundary", "bytes", "surrogate", "gzip", "json"],
)
def test_forms(pair: Pair, body: bytes, kind: str, expected: tuple[int, ...]) -> None:
    def asked(server: Server) -> int:
        browser = server.browser("ada")
        headers = {"Accept": "text/html", "X-CSRF-Token": browser.token(), "Content-Type": kind}
        before = standing(server)
        answer = browser.client.post("/vault/item/new", data=body, headers=headers)
        assert answer.status_code in expected, (answer.status_code, answer.text[:500])
        assert answer.status_code == 303 or standing(server) == before
        return int(answer.status_code)

    pair.both(asked)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (gzip.compress(b'{"name": "a"}'), {"Content-Encoding": "gzip"}, (400, 415)),
        ('{"name": "a"}'.encode("utf-16"), {}, (400,)),
        ('{"name": "ä"}'.encode("latin-1"), {"Content-Type": "application/json; charset=latin-1"}, (400,)),
        (b'{"name": "a"}', {"Content-Type": "text/json"}, (415,)),
        (b'{"name": "a"}', {"Content-Type": "application/json; charset=utf-16"}, (201, 400, 415)),
        (b'{"name": "a", "count": 1e400}', {}, (400,)),
        (b'{"name": "a", "count": -1e-400}', {}, (400, 422)),
        (b'{"name": "a", "exact": 1E+29}', {}, (422,)),
        (b'{"name": "a", "count": -Infinity}', {}, (400,)),
    ],
    ids=range(9),
)
def test_bodies(pair: Pair, body: bytes, headers: dict[str, str], expected: tuple[int, ...]) -> None:
    def asked(server: Server) -> Any:
        before = standing(server)
        sent = {"Content-Type": "application/json", **headers}
        status, _ = plain(server.api("ada")("POST", "/vault/item", data=body, headers=sent))
        assert status in expected
        assert status == 201 or standing(server) == before
        return status

    pair.both(asked)
