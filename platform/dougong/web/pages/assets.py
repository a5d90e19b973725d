"""Scripts, styles and icons: names with a hash in them may be kept for ever."""

from __future__ import annotations

import re

from flask import send_from_directory
from werkzeug.wrappers import Response

from dougong.fieldtypes.regions import regional_tree
from dougong.web.exchange import Exchange

HASHED = re.compile(r"[.-][A-Za-z0-9_]{8,}\.[a-z0-9]+$")
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


def static(exchange: Exchange, path: str) -> Response:
    """GET /static/…: a built file."""
    response: Response = send_from_directory(exchange.runtime.renderers.static_folder, path, conditional=True)
    response.headers["Cache-Control"] = FOR_EVER if HASHED.search(path) else AN_HOUR
    return response


def regions(exchange: Exchange) -> Response:
    """GET /divisions: the divisions of China for the inputs of an address."""
    response = exchange.json(regional_tree())
    response.headers["Cache-Control"] = AN_HOUR
    return response


def favicon(exchange: Exchange) -> Response:
    """GET /favicon.ico: there is none; the pages name their icon."""
    return Response("", 204, {"Cache-Control": AN_HOUR})
