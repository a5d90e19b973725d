"""Conditional requests: the version of a record as an ETag, and the version a change is meant for."""

from __future__ import annotations

import re

from werkzeug.wrappers import Request

from dougong.web.catalogue import refuse

VERSION = re.compile(r'^"(\d{1,18})"$')


def etag(version: int) -> str:
    """The ETag of a record's version."""
    return f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version that `If-Match` asks for, or nothing when any will do."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = VERSION.match(header)
    if match is None:
        raise refuse("malformed", "W415", "If-Match", hint='such as "3"')
    return int(match.group(1))


def is_fresh(request: Request, version: int) -> bool:
    """Whether the caller already has this version (`If-None-Match`)."""
    header = request.headers.get("If-None-Match", "")
    return etag(version) in [part.strip().removeprefix("W/") for part in header.split(",")]
