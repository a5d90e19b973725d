"""What is done about changes at the screen: the history of a record, taking back, the recycle bin, merging."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.merge import BOTH, merge
from dougong.records.purge import purge
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.undo import undo_batch, undo_change
from dougong.screens.addresses import bin_path, merge_path, record_path, with_query
from dougong.screens.history import history_screen
from dougong.screens.merging import merge_candidates, merge_comparison
from dougong.screens.recycle_bin import bin_screen
from dougong.screens.shape import Notice
from dougong.screens.texts import counted, text
from dougong.web import taking_back
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show
from dougong.web.pages.work import work_path
from dougong.web.problems import message_of
from dougong.web.security import local_path

MOST = 1000
MOST_MERGED = 5
"""How many records stand side by side; the API takes more."""


def history(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/history: everything that happened, page after page."""
    given = exchange.parameters.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and 0 < len(given) <= 18 else None
    with exchange.reading() as call:
        record = read(call, entity_key(call, app, entity), number(identifier))
        return show(exchange, call, history_screen(call, record, before))


def undo_event(exchange: Exchange, app: str, entity: str, identifier: str, entry: str) -> Response:
    """POST …/{id}/history/{entry}/undo: take one change back."""
    data = form_data(exchange)
    with exchange.writing() as call:
        done = undo_change(call, entity_key(call, app, entity), number(identifier), number(entry))
    back = f"/{app}/{entity}" if done.deleted else local_path(first(data, "back"), f"/{app}/{entity}")
    return go(exchange, back, text("undone", exchange.language), undo=done.batch)


def undo_all(exchange: Exchange) -> Response:
    """POST /undo: take back what was done just now."""
    data = form_data(exchange)
    batch, back = first(data, "batch")[:100], local_path(first(data, "next"), "/")
    with exchange.writing() as call:
        if taking_back.is_long_batch(call, batch):
            return exchange.redirect(work_path(taking_back.order_undoing(call, batch, "refuse", back)))
        done = undo_batch(call, batch)
    return go(exchange, back, text("undone", exchange.language), undo=done.batch)


# -- the recycle bin ----------------------------------------------------------------------------------------------------


def bin_page(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/bin: what was deleted."""
    given = exchange.parameters
    page = given.get("page", "")
    which = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        return show(exchange, call, bin_screen(call, key, given.get("q", "").strip()[:200], max(which, 1)))


def restore_chosen(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/bin/restore: the chosen records come back, all or none."""
    chosen = _chosen(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        batch(call, key, [Operation("restore", each) for each in chosen])
    said = counted("restored_count", len(chosen), exchange.language)
    return go(exchange, bin_path(f"{app}.{entity}"), said)


def purge_chosen(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/bin/purge: the chosen records are deleted for good."""
    chosen = _chosen(exchange)
    with exchange.writing() as call:
        purge(call, entity_key(call, app, entity), chosen, exchange.runtime.settings.bin_history)
    said = counted("purged_count", len(chosen), exchange.language)
    return go(exchange, bin_path(f"{app}.{entity}"), said)


def _chosen(exchange: Exchange) -> list[int]:
    found = [number(each) for each in form_data(exchange).get("id", [])]
    if not found or len(found) > MOST:
        raise refuse("invalid", "W434")
    return list(dict.fromkeys(found))


# -- merging ------------------------------------------------------------------------------------------------------------


def merge_page(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/merge: the other record is found, then (`with`) both stand side by side."""
    given = exchange.parameters
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        others = _others(given.get("with", ""), number(identifier))
        if not others:
            record = read(call, key, number(identifier))
            return show(exchange, call, merge_candidates(call, record, given.get("q", "").strip()[:200]))
        records = _records(call, key, [number(identifier), *others])
        return show(exchange, call, merge_comparison(call, records, min(each.id for each in records)))


def merge_chosen(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/merge: the chosen rows of a list go side by side."""
    chosen = _chosen(exchange)
    if not 2 <= len(chosen) <= MOST_MERGED:
        raise refuse("invalid", "W435", limit=MOST_MERGED)
    path = merge_path(f"{app}.{entity}", chosen[0])
    return exchange.redirect(with_query(path, [("with", ",".join(str(each) for each in chosen[1:]))]))


def merge_records(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/merge: with the values that were chosen; what is refused comes back as it was chosen."""
    data = form_data(exchange)
    every = list(dict.fromkeys(number(each) for each in data.get("record", [])))
    survivor = number(first(data, "survivor"))
    choices = {name[7:]: first(data, name) for name in data if name.startswith("choice-")}
    versions = {each: number(first(data, f"version-{each}")) for each in every}
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            losers = [each for each in every if each != survivor]
            kept = {name: BOTH if value == BOTH else number(value) for name, value in choices.items()}
            done = merge(call, key, survivor, losers, kept, versions)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict", "stale") or not 2 <= len(every) <= MOST_MERGED:
            raise
        with exchange.reading() as call:
            records = _records(call, entity_key(call, app, entity), every)
            notices = tuple(Notice(message_of(each, call.language), "bad") for each in refusal.problems[:5])
            screen = merge_comparison(call, records, survivor, choices, notices)
            return show(exchange, call, screen, 409 if refusal.kind != "invalid" else 422)
    path = record_path(f"{app}.{entity}", survivor)
    return go(exchange, path, counted("merged", len(every), exchange.language), undo=done.batch)


def _others(text_: str, own: int) -> list[int]:
    found = [number(each) for each in text_.split(",") if each]
    found = [each for each in dict.fromkeys(found) if each != own]
    if len(found) >= MOST_MERGED:
        raise refuse("invalid", "W435", limit=MOST_MERGED)
    return found


def _records(call: Call, key: str, identifiers: list[int]) -> list[Record]:
    return [read(call, key, each) for each in identifiers]
