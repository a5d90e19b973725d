"""Sharing single records for a time, and giving records to another owner, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Response

from dougong.policy.row_sets import TO_READ
from dougong.records.call import Call
from dougong.records.sharing import Share, Wanted
from dougong.records.sharing import share as share_record
from dougong.records.sharing import shares as shares_of
from dougong.records.sharing import unshare as unshare_record
from dougong.records.transfer import transfer as transfer_records
from dougong.web.api.records import entity_key, record_id
from dougong.web.api.undoing import identifier_in, identifiers_in
from dougong.web.api.values import instant
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once


def shares(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/shares: with whom the record is shared now."""
    with exchange.reading() as call:
        found = shares_of(call, entity_key(call, app, entity), record_id(identifier))
        return exchange.json({"data": [_document(each, call.timezone) for each in found]})


def share(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/shares: share it, or change what the same people have of it."""
    body = exchange.an_object("kind", "subject", "level", "until", "note")
    wanted = Wanted(
        kind=_word(body, "kind"),
        subject=_word(body, "subject"),
        level=_word(body, "level", TO_READ),
        until=_until(body),
        note=_word(body, "note", ""),
    )

    def change(call: Call) -> Answer:
        made = share_record(call, entity_key(call, app, entity), record_id(identifier), wanted)
        return Answer(201, _document(made, call.timezone))

    return change_once(exchange, change, body)


def unshare(exchange: Exchange, app: str, entity: str, identifier: str, share: str) -> Response:
    """DELETE …/{id}/shares/{share}: take it back."""

    def change(call: Call) -> Answer:
        unshare_record(call, entity_key(call, app, entity), record_id(identifier), record_id(share))
        return Answer(204)

    return change_once(exchange, change)


def transfer(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/transfer: all of the records go to another owner, or none does."""
    body = exchange.an_object("records", "owner", "follow")
    identifiers = identifiers_in(body.get("records"), "records")
    owner, follow = identifier_in(body.get("owner"), "owner"), body.get("follow", True)
    if not isinstance(follow, bool):
        raise refuse("malformed", "W313", "follow", name="follow", expected="true or false")

    def change(call: Call) -> Answer:
        done = transfer_records(call, entity_key(call, app, entity), identifiers, owner, follow)
        return Answer(200, {"records": done.records, "followed": done.followed, "batch": done.batch})

    return change_once(exchange, change, body)


def _document(share: Share, timezone: str) -> dict[str, Any]:
    return {
        "id": str(share.id),
        "kind": share.kind,
        "subject": {"id": share.subject, "title": share.name},
        "level": share.level,
        "until": instant(share.until, timezone),
        "at": instant(share.created_at, timezone),
        "by": {"id": str(share.created_by), "title": share.giver} if share.created_by else None,
        "note": share.note,
    }


def _word(body: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise refuse("malformed", "W313", name, name=name, expected="text")
    return value


def _until(body: Mapping[str, Any]) -> datetime | None:
    """The end of a share: a moment with its offset, or none."""
    written = body.get("until")
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written).astimezone(UTC) if isinstance(written, str) else None
        if found is not None and datetime.fromisoformat(written).tzinfo is not None:
            return found
    except (ValueError, OverflowError):
        pass
    raise refuse("malformed", "W313", "until", name="until", expected="a moment with its offset")
