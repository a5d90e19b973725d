"""Doing something once: a key sent along with a change makes sending it again give the same answer and change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.retention import KEYS_KEPT
from dougong.storage.system import IDEMPOTENCY
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a change answers, in a form that can be given again: a JSON document, or none, with its headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Outcome = tuple[int, dict[str, Any]]
"""The status of an answer and what is needed to give it again."""


def change_once(exchange: Exchange, change: Callable[[Call], Answer], body: Any = None) -> Response:
    """Make a change in one transaction and answer it; under an Idempotency-Key it is made once, however often it is sent.

    `body` is what the request asks for: the same key with something else in it is refused.
    """
    key = exchange.request.headers.get("Idempotency-Key")
    with exchange.writing() as call:
        if key is None:
            return _response(_stored(change(call)), False)
        _check_key(key)
        (_, stored), repeated = once(call, key, _request(exchange, body), lambda: _outcome(change(call)))
    return _response(stored, repeated)


def _stored(answer: Answer) -> dict[str, Any]:
    """An answer to keep; its body as text, as a database may put the keys of a document into another order."""
    body = "" if answer.body is None else msgspec.json.encode(answer.body).decode()
    return {"status": answer.status, "body": body, "headers": dict(answer.headers)}


def _outcome(answer: Answer) -> Outcome:
    return answer.status, _stored(answer)


def _check_key(key: str) -> None:
    if not (0 < len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise refuse("malformed", "W414", "Idempotency-Key")


def _request(exchange: Exchange, body: Any) -> bytes:
    """What makes two requests the same: where they go, under which condition, and what they hold."""
    request = exchange.request
    where = (request.method, request.full_path, request.headers.get("If-Match", ""))
    return msgspec.json.encode([*where, body], order="deterministic")


def _response(stored: Mapping[str, Any], repeated: bool) -> Response:
    headers = {**stored["headers"], **({"Idempotency-Replayed": "true"} if repeated else {})}
    kind = "application/json" if stored["body"] else None
    return Response(stored["body"], stored["status"], headers, content_type=kind)


def once(call: Call, key: str, request: bytes, change: Callable[[], Outcome]) -> tuple[Outcome, bool]:
    """The outcome of a change under a key, and whether it is a repetition; without a key the change is simply made.

    The key is written in the same transaction as the change: one that is refused or interrupted leaves no key and may be tried
    again, and of several that arrive together the others wait for the first.
    """
    if not key:
        return change(), False
    _check_key(key)
    digest = hashlib.sha256(request).hexdigest()
    if not _claim(call.connection, call.actor.id, key, digest, call.at):
        return _earlier(call, key, digest), True
    status, response = change()
    where = (IDEMPOTENCY.c.actor_id == call.actor.id, IDEMPOTENCY.c.key == key)
    call.connection.execute(update(IDEMPOTENCY).where(*where).values(status=status, response=response))
    return (status, response), False


def _claim(connection: Connection, actor_id: int, key: str, digest: str, at: datetime) -> bool:
    """Write the key down; False when it stands there already. Whoever else is writing it now is waited for."""
    mine = (IDEMPOTENCY.c.actor_id == actor_id, IDEMPOTENCY.c.key == key)
    connection.execute(delete(IDEMPOTENCY).where(*mine, IDEMPOTENCY.c.created_at < at - KEYS_KEPT))
    values = {"actor_id": actor_id, "key": key, "request_hash": digest, "created_at": at}
    statement: Any
    if connection.dialect.name == "postgresql":
        statement = postgresql.insert(IDEMPOTENCY).values(**values).on_conflict_do_nothing()
    elif connection.dialect.name == "sqlite":
        statement = sqlite.insert(IDEMPOTENCY).values(**values).on_conflict_do_nothing()
    else:
        statement = insert(IDEMPOTENCY).values(**values)
    return connection.execute(statement.returning(IDEMPOTENCY.c.key)).first() is not None


def _earlier(call: Call, key: str, digest: str) -> Outcome:
    where = (IDEMPOTENCY.c.actor_id == call.actor.id, IDEMPOTENCY.c.key == key)
    row = call.connection.execute(select(IDEMPOTENCY).where(*where)).one()
    if row.request_hash != digest:
        raise refuse("invalid", "W413", "Idempotency-Key")
    return row.status, row.response
