"""The audit trail on screen, its export, and taking back what stands in it."""

from __future__ import annotations

import io

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.people import audit as audit_notes
from dougong.policy.access import access
from dougong.records.audit_trail import Trail, Wish, trail
from dougong.records.call import Call
from dougong.records.files import disposition
from dougong.records.undo import MODES, Undone, undo_batch, undo_change
from dougong.screens.addresses import audit_path, history_path
from dougong.screens.audit import audit_screen
from dougong.screens.reverting import revert_screen
from dougong.screens.words import say
from dougong.storage.evidence.sealing import head as head_of
from dougong.storage.system import HISTORY
from dougong.web import taking_back
from dougong.web.auditing import PARAMETERS, sheet_of, unclear, wish_of
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show
from dougong.web.pages.work import work_path
from dougong.web.parameters import one_of

PAGE = 50


def page(exchange: Exchange) -> Response:
    """GET /audit: what was done, newest first; `before` goes on, the others narrow it down."""
    given = {name: exchange.parameters.get(name, "")[:200] for name in (*PARAMETERS, "before")}
    with exchange.reading() as call:
        wish, problems = wish_of(call, given)
        found = Trail((), {}) if problems else _found(call, wish, given)
        screen = audit_screen(call, found, wish, given, head_of(call.connection), problems)
        return show(exchange, call, screen, 422 if problems else 200)


def _found(call: Call, wish: Wish, given: dict[str, str]) -> Trail:
    """From the place of the cursor on; from the newest where an old address holds no cursor that is one."""
    try:
        return trail(call, wish, PAGE, given["before"])
    except Refusal as refusal:
        if refusal.kind != "invalid" or not given["before"]:
            raise
        given["before"] = ""
        return trail(call, wish, PAGE)


def export(exchange: Exchange) -> Response:
    """GET /audit/export: the same as a table; that somebody took it away is noted in the trail itself."""
    kind = one_of(exchange.parameters, "format", ("csv", "xlsx", "jsonl"))
    given = {name: exchange.parameters.get(name, "")[:200] for name in PARAMETERS}
    target = io.BytesIO()
    with exchange.writing() as call:
        wish, problems = wish_of(call, given)
        if problems:
            raise unclear(problems)
        count = exchange.runtime.renderers.tables[kind](sheet_of(call, wish), target)
        asked = {name: value for name, value in given.items() if value}
        audit_notes.note(
            call.connection, call.actor, call.door, call.at, "audit.export", count=count, format=kind, **asked
        )
    media = exchange.runtime.renderers.media_types[kind]
    response = Response(target.getvalue(), content_type=media)
    response.headers["Content-Disposition"] = disposition(f"audit.{kind}", "application/octet-stream")
    response.headers["Cache-Control"] = "private, no-store"
    return response


# -- taking back --------------------------------------------------------------------------------------------------------


def revert_page(exchange: Exchange, app: str, entity: str, identifier: str, entry: str) -> Response:
    """GET …/history/{entry}/revert: what taking back the change, or with `whole` its batch, would do."""
    whole = exchange.parameters.get("whole", "") == "true"
    with exchange.writing() as call:  # the records are locked while they are compared; nothing is written
        key = entity_key(call, app, entity)
        batch = _batch(call, key, number(identifier), number(entry))
        done = _preview(call, key, number(identifier), number(entry), batch if whole else "")
        screen = revert_screen(call, key, number(identifier), number(entry), batch, whole, done)
        return show(exchange, call, screen)


def _preview(call: Call, key: str, identifier: int, entry: int, batch: str) -> Undone | None:
    alone = undo_change(
        call, key, identifier, entry, "skip", dry_run=True
    )  # refused for whoever may not see it
    if not batch:
        return alone
    if taking_back.is_long_batch(call, batch):
        return None
    return undo_batch(call, batch, "skip", dry_run=True)


def revert(exchange: Exchange, app: str, entity: str, identifier: str, entry: str) -> Response:
    """POST …/history/{entry}/revert: take it back."""
    data = form_data(exchange)
    conflicts, whole = first(data, "conflicts") or "refuse", first(data, "whole") == "true"
    if conflicts not in MODES:
        raise refuse("malformed", "W206", "conflicts", name="conflicts", allowed=", ".join(MODES))
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        batch = _batch(call, key, number(identifier), number(entry)) if whole else ""
        back = audit_path() if call.actor.is_admin else history_path(key, identifier)
        if batch and taking_back.is_long_batch(call, batch):
            return exchange.redirect(work_path(taking_back.order_undoing(call, batch, conflicts, back)))
        one = (key, number(identifier), number(entry))
        done = undo_batch(call, batch, conflicts) if batch else undo_change(call, *one, conflicts)
    figures = {name: f"{getattr(done, name):,}" for name in ("deleted", "restored", "skipped")}
    return go(exchange, back, say("reverted", exchange.language, **figures), undo=done.batch)


def _batch(call: Call, key: str, identifier: int, entry: int) -> str:
    """The batch that an event of a record belongs to; whoever may not read such records learns nothing of it."""
    if not access(call.release, call.actor, key, "read").allowed:
        raise refuse("missing", "W404")
    where = (HISTORY.c.id == entry, HISTORY.c.entity == key, HISTORY.c.record_id == identifier)
    row = call.connection.execute(HISTORY.select().where(*where)).mappings().first()
    if row is None:
        raise refuse("missing", "W404")
    return row["batch"] or ""
