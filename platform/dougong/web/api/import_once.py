"""An import over HTTP: made once under its key, although it takes many transactions, and gone on with when it was cut off."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from dougong.records.import_ import Options, Result, resume, run
from dougong.storage.release import Release
from dougong.web.exchange import Exchange
from dougong.web.import_result import result_document
from dougong.web.once import Outcome, check_key, claim, earlier, note, replayed

_UNDER_WAY = 0
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """An import that is asked for: of which entity, of which file (and its name), and how."""

    release: Release
    key: str
    path: Path
    options: Options
    name: str


class _Taken(Exception):
    """Somebody else has begun under the same key in the meantime."""


def import_once(exchange: Exchange, wanted: Wanted) -> Response:
    """Import the file and answer what that did; under an Idempotency-Key no line is taken twice, however often it is sent.

    The key is noted together with the import: when that was cut off, the same request goes on where its last chunk was committed.
    """
    key = exchange.request.headers.get("Idempotency-Key")
    if key is None:
        return exchange.json(result_document(_run(exchange, wanted), exchange.language))
    check_key(key)
    digest = _digest(exchange, wanted)
    for _ in range(_ATTEMPTS):
        with exchange.runtime.database.reading() as connection:
            found = earlier(connection, exchange.actor.id, key, digest)
        try:
            return _answer(exchange, wanted, key, digest, found)
        except _Taken:
            continue
    raise AssertionError("a key that is taken is there")


def _answer(exchange: Exchange, wanted: Wanted, key: str, digest: str, found: Outcome | None) -> Response:
    if found is not None and found[0] != _UNDER_WAY:
        return replayed(found[1], True)
    identity = 0 if found is None else int(found[1]["import"])
    kept: dict[str, Any] = {}

    def begun(connection: Connection, import_id: int) -> None:
        if not claim(connection, exchange.actor.id, key, digest, datetime.now(UTC)):
            raise _Taken
        note(connection, exchange.actor.id, key, (_UNDER_WAY, {"import": import_id}))

    def ended(connection: Connection, result: Result) -> None:
        body = msgspec.json.encode(result_document(result, exchange.language)).decode()
        kept.update({"status": 200, "body": body, "headers": {}})
        note(connection, exchange.actor.id, key, (200, kept))

    _run(exchange, wanted, identity, begun, ended)
    return replayed(kept, False)


def _run(
    exchange: Exchange, wanted: Wanted, identity: int = 0, begun: Any = None, ended: Any = None
) -> Result:
    """Begin the import, or go on with the one of that id."""
    runtime, options = exchange.runtime, wanted.options
    who = (runtime.database, wanted.release, exchange.actor)
    if identity:
        archive = Path(options.attachments) if options.attachments else None
        return resume(
            *who,
            identity,
            wanted.path,
            exchange.language,
            files=runtime.files,
            ended=ended,
            attachments=archive,
        )
    return run(
        *who,
        wanted.key,
        wanted.path,
        options,
        wanted.name,
        exchange.language,
        begun=begun,
        files=runtime.files,
        ended=ended,
    )


def _digest(exchange: Exchange, wanted: Wanted) -> str:
    """What makes two requests the same: where they go, what they say, and what the files hold."""
    options = {**wanted.options.document(), "attachments": ""}
    found = hashlib.sha256(
        msgspec.json.encode([exchange.request.full_path, wanted.name, options], order="deterministic")
    )
    for path in (wanted.path, Path(wanted.options.attachments) if wanted.options.attachments else None):
        if path is not None:
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()
