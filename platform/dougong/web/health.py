"""For whoever watches the server: is it alive, can it work, what does it do."""

from __future__ import annotations

import hmac
import ipaddress

from werkzeug.wrappers import Response

from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange


def alive(exchange: Exchange) -> Response:
    """GET /healthz: the process answers."""
    return exchange.json({"status": "ok"})


def ready(exchange: Exchange) -> Response:
    """GET /readyz: the database answers and the definitions compile; 503 otherwise."""
    with exchange.runtime.database.reading() as connection:
        release = exchange.runtime.releases.pinned(connection)
    exchange.runtime.metrics.serving(release.generation)
    return exchange.json({"status": "ok", "generation": release.generation})


def metrics(exchange: Exchange) -> Response:
    """GET /metrics: figures for Prometheus, with the token that was set, or from this machine alone."""
    wanted = exchange.runtime.settings.metrics_token
    sent = exchange.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if wanted and not hmac.compare_digest(wanted.encode(), sent.encode("utf-8", "replace")):
        raise refuse("unauthorised", "W408")
    if not wanted and not _is_loopback(exchange.request.remote_addr or ""):
        raise refuse("forbidden", "W421")
    figures = exchange.runtime.metrics
    return Response(figures.text(), 200, content_type=figures.content_type)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
