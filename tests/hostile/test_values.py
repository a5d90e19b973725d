"""Values of every wrong and every unusual kind, for every field, through every way of writing: a clear answer, the same on both."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.conftest import Pair, plain
from tests.web_server import Server

TEXTS = [
    "",
    " ",
    "a\x00b",
    "\x00",
    "\ufeffmark",
    "\u200b\u200d",
    "\u202eevil\u202c",
    "👩‍👩‍👧‍👦🇨🇳",
    "e\u0301",
    "مرحبا بالعالم שלום",
    "张三𠮷𠀀",
    "'; DROP TABLE item; --",
    "{{ 7*7 }}${7*7}<script>alert(1)</script>",
    "=1+1",
    "../../etc/passwd",
    "x" * 201,
    "\r\n\t",
    "NaN",
    "-Infinity",
    "null",
    "true",
    "$0",
    "%_\\",
]
NUMBERS = [
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    10**20,
    -(10**30),
    0.1,
    -0.0,
    "0.005",
    "1e5",
    "1,000.00",
    "12345678901234567.89",
    "99999999999999999999",
    "-99999999999999999999.99",
    "100000000000000000000.00",
    "12345678901234567890.12",
    "12345678901234567890.12345678",
    "-12345678901234567890.12345679",
    "12345678901234567890.123456789",
    "00000000000000000000000000000000000001.5",
    10**19,
    10**20 - 1,
    "0.00000000000000000001",
    "١٢٣",
    "１２３",
]
MOMENTS = [
    "2026-02-30",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-3-1",
    "2026-03-01T25:00:00Z",
    "2026-03-29T02:30:00+01:00",
    "2026-03-29T01:30:00Z",
    "2026-10-25T02:30:00+02:00",
    "2026-10-25T02:30:00+01:00",
    "2026-06-30T23:59:60Z",
    "2026-01-01T00:00:00+25:00",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00.123456789Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "now",
]
THINGS: list[Any] = [
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"id": "1"},
    {"id": None},
    [{"id": "x"}],
    [{"what": "a", "what2": "b"}],
    [{"quantity": "x"}],
    [{"quantity": "1.005"}],
    [{"id": "99"}],
    ["a", "a"],
    ["a", "zzz"],
    ["1", "1"],
    ["999"],
    "1",
    "999",
    "-1",
    "99999999999999999999",
    "a",
    "zzz",
    "not@an@address",
    "a@b.example",
    "javascript:alert(1)",
    "http://例え.テスト/é",
    "+86 138 0013 8000",
    "++1",
]
VALUES: list[Any] = [*TEXTS, *NUMBERS, *MOMENTS, *THINGS]
FIELDS = (
    *("name", "body", "code", "amount", "rate", "share", "count", "day", "at", "done", "kind", "kinds"),
    *("exact", "worth"),
    *("email", "phone", "site", "owner", "follows", "beside", "paper", "lines"),
)


def creation(field: str, value: Any) -> dict[str, Any]:
    return {"action": "create", "values": {"name": "n", field: value}}


def outcomes(document: Any) -> list[tuple[int, Any]]:
    return [
        (each["status"], each.get("problem", {}).get("errors") or each["id"]) for each in document["results"]
    ]


@pytest.mark.parametrize("field", FIELDS)
def test_every_value_for_every_field_is_answered_alike(pair: Pair, field: str) -> None:
    """As creations and as changes of a record; what is refused is refused with a reason at its field."""
    before = pair.count()
    status, document = pair.send(
        "POST",
        "/vault/item/batch",
        {"atomic": False, "operations": [creation(field, value) for value in VALUES]},
    )
    assert status in (200, 207)
    results = outcomes(document)
    made = [detail for code, detail in results if code == 201]
    assert pair.count() == before + len(made)
    for code, detail in results:
        assert code in (201, 409, 422), detail
        if code != 201:
            assert all(error["path"].split("/")[1:2] == [field] and error["message"] for error in detail)
    _, kept = pair.send("POST", "/vault/item", {"name": "kept"})
    changes = [{"action": "update", "id": kept["id"], "values": {field: value}} for value in VALUES]
    status, changed = pair.send("POST", "/vault/item/batch", {"atomic": False, "operations": changes})
    assert {code for code, _ in outcomes(changed)} <= {200, 409, 422}
    pair.send("GET", f"/vault/item/{kept['id']}")
    pair.send("GET", "/vault/item?limit=1000&sort=id")
    pair.send("GET", f"/vault/item/{kept['id']}/history")


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("paper", "lines", "beside")])
def test_the_order_is_the_same(pair: Pair, field: str) -> None:
    """Whatever the tests above have left, sorted both ways."""
    for sort in (field, f"-{field}"):
        pair.send("GET", f"/vault/item?limit=1000&fields=id,{field}&sort={sort},id")


def test_a_record_full_of_wrong_values_names_every_field(pair: Pair) -> None:
    wrong = {"name": 7, "amount": "x", "day": "y", "done": "maybe", "kind": "q", "lines": 3, "nope": 1}
    for method, path in (("POST", "/vault/item"),):
        status, document = pair.send(method, path, wrong)
        assert status == 422
        assert {error["path"].partition("/")[0] for error in document["errors"]} == set(wrong)


NESTED = "[" * 40 + "]" * 40
BODIES: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b'{"name": "a", "name": "b"}', 400),
    (b'{"name": NaN}', 400),
    (b'{"amount": Infinity}', 400),
    (b'{"name": "\\ud800"}', 400),
    (b'{"name": "\\udc00\\ud800"}', 400),
    (b'{"\\ud800": 1}', 400),
    (b'{"name": "\xff"}', 400),
    (b'{"name": "\xc0\x80"}', 400),
    (b'{"name": "\xed\xa0\x80"}', 400),
    (b'\xef\xbb\xbf{"name": "a"}', 400),
    (b'\xff\xfe{\x00"\x00', 400),
    (b'{"name": "a"} trailing', 400),
    (b'{"amount": ' + b"9" * 41 + b"}", 400),
    (b'{"amount": 1e999}', 400),
    (b'{"lines": ' + NESTED.encode() + b"}", 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 50_000, 400),
    (b'{"name": "\\u0000"}', 422),
]


@pytest.mark.parametrize(("body", "expected"), BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_json_change_nothing(pair: Pair, body: bytes, expected: int) -> None:
    before = pair.count()
    ways = [("POST", "/vault/item"), ("PATCH", "/vault/item/1"), ("POST", "/vault/item/batch")]
    ways += [("POST", "/vault/item/merge"), ("POST", "/undo"), ("POST", "/vault/item/purge")]
    for method, path in ways:
        status, document = pair.send(method, path, data=body, headers={"Content-Type": "application/json"})
        assert status == expected or (status in (400, 404) and path != "/vault/item"), document
        assert document["errors"]
    assert pair.count() == before


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    values=st.lists(
        st.dictionaries(
            st.sampled_from([*FIELDS, "nope"]),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers(-(10**25), 10**25)
                | st.decimals(-(10**12), 10**12, allow_nan=False, places=4).map(str)
                | st.text(max_size=30)
                | st.sampled_from(VALUES)
                | st.datetimes().map(lambda at: at.isoformat() + "Z"),
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
                ),
                max_leaves=6,
            ),
            max_size=6,
        ),
        min_size=10,
        max_size=30,
    )
)
def test_whatever_is_made_up_is_answered_alike(pair: Pair, values: list[dict[str, Any]]) -> None:
    sent = [{"action": "create", "values": {"name": "n", **each}} for each in values]
    body = {"atomic": False, "operations": sent}
    answers = [server.api("ada")("POST", "/vault/item/batch", body) for server in pair.servers]
    first, second = (plain(answer) for answer in answers)
    assert first == second
    assert first[0] in (200, 207, 400)


def test_long_texts_are_kept_whole_or_refused(pair: Pair) -> None:
    """A million letters, of which some take four bytes, are kept; more is refused, and nothing is cut."""
    text = ("长文本🙂 text " * 100_000)[:999_999] + "."
    status, made = pair.send("POST", "/vault/item", {"name": "long", "body": text})
    assert status == 201
    assert made["body"] == text
    path = f"/vault/item/{made['id']}"
    status, changed = pair.send("PATCH", path, {"body": text[::-1].strip()})
    assert (status, changed["body"]) == (200, text[::-1].strip())
    ten_megabytes = "x" * 10_500_000
    for sent in ({"name": "x", "body": ten_megabytes}, {"name": "x" * 10_000_000}):
        status, document = pair.send("POST", "/vault/item", sent)
        assert (status, document["errors"][0]["path"]) == (422, [*sent][-1])
    assert pair.send("POST", "/vault/item", {"name": "x" * 34_000_000})[0] == 413
    found = pair.send("GET", "/vault/item?q=本文&fields=name&sort=id")[1]["data"]
    assert made["id"] in {each["id"] for each in found}
    assert pair.send("DELETE", path)[0] == 204


def brought(server: Server, content: bytes) -> tuple[int, Any]:
    data = {"file": (io.BytesIO(content), "items.csv")}
    answer = server.api("ada")("POST", "/vault/item/import", data=data)
    status, document = plain(answer)
    if status != 200:
        return status, document
    return status, {name: document[name] for name in ("added", "updated", "unchanged", "failed", "failures")}


CELLS = [value for value in VALUES if isinstance(value, str) and value.strip()]


@pytest.mark.parametrize(
    "field", ["name", "body", "amount", "exact", "worth", "count", "day", "at", "done", "kind", "follows"]
)
def test_cells_of_files_are_answered_alike(pair: Pair, field: str) -> None:
    before = pair.count()
    lines = [f"name,{field}" if field != "name" else "name,body"]
    for cell in CELLS:
        quoted = '"' + cell.replace('"', '""') + '"'
        lines.append(f"imported,{quoted}" if field != "name" else f"{quoted},b")
    content = "\n".join(lines).encode("utf-8", "replace")
    status, result = pair.both(lambda server: brought(server, content))
    if status == 200:
        assert pair.count() == before + result["added"]
        assert all(failure["errors"] for failure in result["failures"])
    else:
        assert status in (400, 422)
        assert pair.count() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 5000,
        b"name\n" + b"\xff\xfe\xfd" * 50,
        b"PK\x03\x04" + b"\x00" * 100,
        b"name,name\na,b\n",
        b'name\n"unclosed\n',
        b"name\n" + b"x" * 400_000,
        ("name," * 5000 + "\n").encode(),
        "name\n\ud800".encode("utf-8", "surrogatepass"),
    ],
    ids=range(9),
)
def test_files_that_are_no_tables_are_answered_alike(pair: Pair, content: bytes) -> None:
    status, _ = pair.both(lambda server: brought(server, content))
    assert status in (200, 400, 413, 422)


@pytest.mark.parametrize("value", [*TEXTS, "9" * 30, "2026-02-30"], ids=repr)
def test_forms_are_answered_alike(pair: Pair, value: str) -> None:
    def send(server: Server) -> int:
        browser = server.browser("ada")
        filled = {"name": "form", "body": value, "amount": value, "day": value, "email": value, "kind": value}
        answer = browser.post("/vault/item/new", filled, page="/vault/item/new")
        assert "Traceback" not in answer.text
        return int(answer.status_code)

    assert pair.both(send) in (303, 400, 422)
