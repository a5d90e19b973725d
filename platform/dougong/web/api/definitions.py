"""Definitions over HTTP, for those who may design an app: read and put files of a draft, see the plan, apply it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.records.rights_effects import with_effects
from dougong.storage.mends import Wish, Wishes
from dougong.storage.plan import Plan
from dougong.web.api.work import accepted
from dougong.web.catalogue import refuse
from dougong.web.changing import is_long, order_publication
from dougong.web.drafting import LARGEST_FILE, change_files, discard, load_draft, plan_sources, publish
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.planning import plan_document, version_document

PATH = re.compile(r"^(local/)?([a-z_]+/){0,2}[a-z][a-z0-9_.]{0,79}\.(yaml|yml|json|csv)$")
APP = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


def files(exchange: Exchange, app: str) -> Response:
    """GET /{app}/definitions: the paths of all files, and which of them the caller's draft changes."""
    with exchange.reading() as call:
        draft = load_draft(call, app)
    changed = set(draft.changed)
    data = [{"path": path, "changed": path in changed} for path in draft.sources]
    return exchange.json({"data": data, "outdated": draft.is_outdated})


def read(exchange: Exchange, app: str, path: str) -> Response:
    """GET /{app}/definitions/{path}: one file, as the caller's draft has it."""
    with exchange.reading() as call:
        draft = load_draft(call, app)
    if path not in draft.sources:
        raise refuse("missing", "W416", name=path[:100])
    return exchange.json({"path": path, "text": draft.sources[path], "changed": path in draft.changed})


def put(exchange: Exchange, app: str, path: str) -> Response:
    """PUT /{app}/definitions/{path}: another text for a file, in the caller's draft; null removes the file."""
    body = exchange.an_object("text")
    _check_path(path)
    text = body.get("text", "")
    if text is not None and not isinstance(text, str):
        raise refuse("malformed", "W313", "text", name="text", expected="text or null")
    if text is not None and len(text.encode()) > LARGEST_FILE:
        raise refuse("too_large", "W302", "text", limit=LARGEST_FILE)

    def change(call: Call) -> Answer:
        draft = change_files(call, load_draft(call, app), {path: text})
        return Answer(200, {"path": path, "changed": path in draft.changed})

    return change_once(exchange, change, body)


def drop(exchange: Exchange, app: str) -> Response:
    """DELETE /{app}/definitions: the caller's draft is thrown away."""

    def change(call: Call) -> Answer:
        discard(call, app)
        return Answer(204)

    return change_once(exchange, change)


def plan(exchange: Exchange, app: str) -> Response:
    """POST /{app}/plan: what applying the draft, or the `sources` that are sent, would do."""
    body = _body(exchange, app, "sources", "mend")
    with exchange.reading() as call:
        document = plan_document(with_effects(call, _plan(call, app, body)), call.language)
    return exchange.json(document)


def apply(exchange: Exchange, app: str) -> Response:
    """POST /{app}/apply: do it; with `state` of a plan only if nobody has published since.

    A plan that takes long, or any one with `background`, is done after the answer (202), which says where it is looked at.
    """
    body = _body(exchange, app, "sources", "allow_loss", "note", "state", "mend", "background")
    wishes, background = _wishes(body.get("mend", {})), body.get("background")
    if not isinstance(background, bool | None):
        raise refuse("malformed", "W313", "background", name="background", expected="true or false")
    allow_loss, note, state = body.get("allow_loss", False), body.get("note", ""), body.get("state")
    if not isinstance(allow_loss, bool):
        raise refuse("malformed", "W313", "allow_loss", name="allow_loss", expected="true or false")
    if not isinstance(note, str) or not isinstance(state, str | None):
        raise refuse("malformed", "W313", "note", name="note, state", expected="text")

    def change(call: Call) -> Answer:
        sources = _sources(call, app, body)
        made = plan_sources(call, app, sources, wishes)
        if state is not None and state != made.state:
            raise refuse("conflict", "W425", "state")
        if made.is_empty:
            unchanged = {"app": app, "number": made.base, "version": made.app.version, "changed": False}
            return Answer(200, unchanged)
        if background if background is not None else is_long(made):
            _refuse_hindered(made, allow_loss)
            job = order_publication(call, made, sources, wishes, allow_loss, note[:500], f"/{app}")
            return accepted(call, job)
        version = publish(call, made, allow_loss, note[:500], exchange.runtime.afterwards)
        return Answer(200, version_document(version))

    return change_once(exchange, change, dict(body))


def _body(exchange: Exchange, app: str, *allowed: str) -> Mapping[str, Any]:
    if not APP.match(app):
        raise refuse("missing", "W404")
    empty = not exchange.request.content_length and "Transfer-Encoding" not in exchange.request.headers
    return {} if empty else exchange.an_object(*allowed)


def _refuse_hindered(plan: Plan, allow_loss: bool) -> None:
    problems = plan.obstacles() + ([] if allow_loss else plan.losses())
    if problems:
        raise Refusal("conflict", problems)


def _plan(call: Call, app: str, body: Mapping[str, Any]) -> Plan:
    return plan_sources(call, app, _sources(call, app, body), _wishes(body.get("mend", {})))


def _sources(call: Call, app: str, body: Mapping[str, Any]) -> Mapping[str, str]:
    """The files that are sent, else those of the caller's draft."""
    sources = body.get("sources")
    if sources is None:
        return load_draft(call, app).sources
    if not isinstance(sources, dict) or not all(isinstance(text, str) for text in sources.values()):
        raise refuse("malformed", "W313", "sources", name="sources", expected="an object of path and text")
    for path in sources:
        _check_path(path)
    return sources


def _wishes(given: object) -> Wishes:
    """`{"shop.thing.size": "aside" | "default" | {"backfill": expression}}`."""
    if not isinstance(given, dict):
        raise refuse("malformed", "W313", "mend", name="mend", expected="an object of field and way")
    return {path: _wish(path, way) for path, way in given.items()}


def _wish(path: str, way: object) -> Wish:
    if way in ("aside", "default"):
        return Wish(way)
    if isinstance(way, dict) and set(way) == {"backfill"} and isinstance(way["backfill"], str):
        return Wish("backfill", way["backfill"])
    expected = 'aside, default or {"backfill": an expression}'
    raise refuse("malformed", "W313", f"mend/{path[:100]}", name=path[:100], expected=expected)


def _check_path(path: str) -> None:
    if not PATH.match(path):
        raise refuse("malformed", "W424", path[:100])
