"""Delegations over HTTP: one's own, and anybody's for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from dougong.people.delegation import Delegation, delegate, delegations, end_delegation
from dougong.records.call import Call
from dougong.web.api.given import a_text, an_id, an_id_or_none, identifier_of
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.routes import Route, api


def list_(exchange: Exchange) -> Response:
    """GET /delegations: the caller's, or for an administrator those of `user`, or of everybody (`all`)."""
    wanted = exchange.parameters.get("user", "")
    with exchange.reading() as call:
        user = call.actor.id
        if wanted and wanted != str(user):
            if not call.actor.is_admin:
                raise refuse("forbidden", "W411")
            user = 0 if wanted == "all" else an_id(wanted, "user")
        found = delegations(call.connection, user or None)
        return exchange.json({"data": [_document(each, call) for each in found]})


def create(exchange: Exchange) -> Response:
    """POST /delegations: the caller's own, or an administrator's for `user`."""
    given = exchange.an_object("user", "delegate", "starts_at", "ends_at", "scope", "reason")
    user, by = an_id_or_none(given, "user"), an_id(given.get("delegate"), "delegate")
    begin, end = (_moment(given, name) for name in ("starts_at", "ends_at"))
    scope, reason = a_text(given, "scope"), a_text(given, "reason")

    def change(call: Call) -> Answer:
        whose = call.actor.id if user is None else user
        made = delegate(call, whose, by, begin, end, scope=scope, reason=reason)
        [found] = [each for each in delegations(call.connection, whose) if each.id == made]
        return Answer(201, _document(found, call))

    return change_once(exchange, change, given)


def delete(exchange: Exchange, identifier: str) -> Response:
    """DELETE /delegations/{id}: it ends now."""

    def change(call: Call) -> Answer:
        end_delegation(call, identifier_of(identifier))
        return Answer(204)

    return change_once(exchange, change)


def _moment(given: Mapping[str, Any], name: str) -> datetime:
    written = given.get(name)
    try:
        found = datetime.fromisoformat(written) if isinstance(written, str) and len(written) < 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 2199:
        expected = "a moment with its zone, such as 2026-10-01T09:00:00+08:00"
        raise refuse("malformed", "W313", name, name=name, expected=expected)
    return found


def _document(each: Delegation, call: Call) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "user": {"id": str(each.user_id), "title": each.user},
        "delegate": {"id": str(each.delegate_id), "title": each.delegate},
        "starts_at": each.starts_at.isoformat(),
        "ends_at": each.ends_at.isoformat(),
        "scope": each.scope or None,
        "reason": each.reason,
        "state": each.state(call.at),
    }


ROUTES: tuple[Route, ...] = (
    api("GET", "/delegations", list_, "user"),
    api("POST", "/delegations", create),
    api("DELETE", "/delegations/<identifier>", delete),
)
