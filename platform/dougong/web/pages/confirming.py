"""What people answer when something holds up what they asked for: that they are sure, or that some records be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic
from dougong.records.call import Call
from dougong.screens.held import LEFT, held_form
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, first, show

Data = dict[str, list[str]]


def confirming(call: Call, data: Data) -> Call:
    """The call of somebody who was shown these warnings and wants to go on all the same."""
    keys = first(data, "dg_confirm").split(",")
    return replace(call, confirmed=frozenset(key for key in keys if key.isalnum()))


def without_left(data: Data, chosen: Sequence[int]) -> list[int]:
    """The chosen records without those that are to be left out."""
    left = set(first(data, LEFT).split(","))
    return [each for each in chosen if str(each) not in left]


def deletion_held(
    exchange: Exchange,
    app: str,
    entity: str,
    action: str,
    chosen: Sequence[int],
    found: Sequence[Diagnostic],
    back: str,
    version: int | None = None,
) -> Response:
    """The page that says why nothing was deleted yet."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        form = held_form(call, key, action, chosen, found, back, version or 0)
        return show(exchange, call, form, 422)
