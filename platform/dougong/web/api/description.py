"""The description of the API for its caller."""

from __future__ import annotations

from werkzeug.wrappers import Response

import dougong
from dougong.screens.description import describe
from dougong.web.exchange import Exchange


def openapi(exchange: Exchange) -> Response:
    """GET /openapi.json: OpenAPI 3.1 of what this caller may see and do, and of nothing else."""
    with exchange.reading() as call:
        description = describe(call, "dougong", dougong.__version__)
    return exchange.json(exchange.runtime.renderers.openapi(description))
