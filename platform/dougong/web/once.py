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
            return replayed(_stored(change(call)), False)
        check_key(key)
        (_, stored), repeated = once(call, key, _request(exchange, body), lambda: _outcome(change(call)))
    return replayed(stored, repeated)


def _stored(answer: Answer) -> dict[str, Any]:
    """An answer to keep; its body as text, as a database may put the keys of a document into another order."""
    body = "" if answer.body is None else msgspec.json.encode(answer.body).decode()
    return {"status": answer.status, "body": body, "headers": dict(answer.headers)}


def _outcome(answer: Answer) -> Outcome:
    return answer.status, _stored(answer)


def check_key(key: str) -> None:
    """Refuse what cannot be a key."""
    if not (0 < len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise refuse("malformed", "W414", "Idempotency-Key")


def _request(exchange: Exchange, body: Any) -> bytes:
    """What makes two requests the same: where they go, under which condition, and what they hold."""
    request = exchange.request
    where = (request.method, request.full_path, request.headers.get("If-Match", ""))
    return msgspec.json.encode([*where, body], order="deterministic")


def replayed(stored: Mapping[str, Any], repeated: bool) -> Response:
    """The answer that was kept, and whether it is given again."""
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
    check_key(key)
    digest = hashlib.sha256(request).hexdigest()
    if not claim(call.connection, call.actor.id, key, digest, call.at):
        found = earlier(call.connection, call.actor.id, key, digest)
        assert found is not None
        return found, True
    status, response = change()
    note(call.connection, call.actor.id, key, (status, response))
    return (status, response), False


def note(connection: Connection, actor_id: int, key: str, outcome: Outcome) -> None:
    """Keep the outcome under its key; the status 0 says that the change is still being made."""
    where = (IDEMPOTENCY.c.actor_id == actor_id, IDEMPOTENCY.c.key == key)
    status, response = outcome
    connection.execute(update(IDEMPOTENCY).where(*where).values(status=status, response=response))


def claim(connection: Connection, actor_id: int, key: str, digest: str, at: datetime) -> bool:
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


def earlier(connection: Connection, actor_id: int, key: str, digest: str) -> Outcome | None:
    """What stands under a key already; refused when that was another request."""
    where = (IDEMPOTENCY.c.actor_id == actor_id, IDEMPOTENCY.c.key == key)
    row = connection.execute(select(IDEMPOTENCY).where(*where)).one_or_none()
    if row is None:
        return None
    if row.request_hash != digest:
        raise refuse("invalid", "W413", "Idempotency-Key")
    return row.status, row.response
