"""The audit trail over HTTP, for administrators: what was done, and how far it is sealed."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.audit_trail import MOST, trail
from dougong.storage.evidence.sealing import head as head_of
from dougong.web.api.values import instant
from dougong.web.auditing import PARAMETERS, document, unclear, wish_of
from dougong.web.exchange import Exchange
from dougong.web.parameters import whole_number

READ_PARAMETERS = (*PARAMETERS, "limit", "cursor")


def read(exchange: Exchange) -> Response:
    """GET /audit: what was done, newest first."""
    limit = whole_number(exchange.parameters, "limit", 100, 1, MOST)
    with exchange.reading() as call:
        wish, problems = wish_of(call, exchange.parameters)
        if problems:
            raise unclear(problems)
        found = trail(call, wish, limit, exchange.parameters.get("cursor", ""))
        data = [document(call, each, found.titles) for each in found.entries]
    return exchange.json({"data": data, "page": {"next": found.next or None, "count": None}})


def head(exchange: Exchange) -> Response:
    """GET /audit/head: the newest block of the sealed chain, to be kept elsewhere."""
    with exchange.reading() as call:
        newest = head_of(call.connection)
        return exchange.json(
            {"number": newest.number, "hash": newest.hash, "at": instant(newest.at, call.timezone)}
        )
