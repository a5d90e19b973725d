"""Values that break careless programs: what a hostile or unlucky client sends in an address, a query, a form or a body."""

from __future__ import annotations

from typing import Any

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b[31m\r\nX-Injected: 1",
    "\u202e\u200b\ufeff",
    "𠮷😀👨‍👩‍👧‍👦",
    "'; DROP TABLE dg_user; --",
    '" OR ""="',
    "%' ESCAPE '!",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "<script>alert(1)</script>",
    "=1+1",
    "../../../../etc/passwd",
    "..\\..\\x",
    "99999999999999999999999999",
    "9223372036854775808",
    "-9223372036854775809",
    "-1",
    "0",
    "1e999",
    "NaN",
    "Infinity",
    "٣",
    "1_000",
    "0x10",
    "true",
    "null",
    "[]",
    "{}",
    "*",
    "-",
    ",",
    "(" * 400,
    "NOT " * 400 + "true",
    "1+" * 500 + "1",
    "a" * 5000,
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
)
"""As a value of a query parameter, of a form field, or in a JSON body."""

RAW = ("%00", "%ED%A0%80", "%FF%FE", "%C0%AF", "%2e%2e%2f", "%25", "%F0%9F%98%80", "%27%3B--", "%0d%0aX:1")
"""Already quoted, for the middle of an address: bytes that are not UTF-8, dots, line ends."""


def deep(levels: int) -> str:
    """JSON nested beyond what any reader should follow."""
    return "[" * levels + "]" * levels


BODIES: tuple[tuple[bytes, str], ...] = (
    (b"", "application/json"),
    (b"null", "application/json"),
    (b"[]", "application/json"),
    (b"3", "application/json"),
    (b'"text"', "application/json"),
    (b"{", "application/json"),
    (b'{"a": 1, "a": 2}', "application/json"),
    (b'{"title": NaN}', "application/json"),
    (b'{"title": 1e999}', "application/json"),
    (b'{"title": "\\ud800"}', "application/json"),
    (b'{"title": "\\u0000"}', "application/json"),
    (b'{"\\ud800": 1}', "application/json"),
    (b"\xff\xfe{}", "application/json"),
    ('{"title": "x"}'.encode("utf-16"), "application/json"),
    (deep(100_000).encode(), "application/json"),
    (b'{"title": ' + deep(50_000).encode() + b"}", "application/json"),
    (b'{"pages": ' + b"9" * 5000 + b"}", "application/json"),
    (b"{}", "text/plain"),
    (b"{}", "application/xml"),
    (b"{}", "application/json; charset=utf-7"),
    (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n", "multipart/form-data; boundary=x"),
    (b"x", "multipart/form-data"),
)
"""Bodies with their media type."""

VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    -(2**63) - 1,
    10**400,
    1.5,
    1e308,
    [],
    {},
    [[]],
    [None],
    {"id": "1"},
    [{"id": None}],
    "x",
    ["x"] * 2000,
)
"""JSON values of the wrong kind for a field."""
