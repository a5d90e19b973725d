"""Sharing a record and giving it to another owner, at the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts
from dougong.records.call import Call
from dougong.records.messages import problem
from dougong.records.read import read
from dougong.records.sharing import Wanted, share, shares, unshare
from dougong.records.transfer import transfer
from dougong.screens.addresses import entity_path, record_path, share_path
from dougong.screens.rights import may_do
from dougong.screens.shape import Problem
from dougong.screens.sharing import share_screen, transfer_screen
from dougong.screens.texts import counted, text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show
from dougong.web.problems import message_of

_SHARE_FIELDS = ("person", "group", "level", "until", "note")


def share_page(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/share: with whom it is shared."""
    return _share_page(exchange, app, entity, identifier, {})


def _share_page(
    exchange: Exchange,
    app: str,
    entity: str,
    identifier: str,
    entered: Mapping[str, str],
    found: Sequence[Diagnostic] = (),
) -> Response:
    with exchange.reading() as call:
        key, record_id = entity_key(call, app, entity), number(identifier)
        standing = shares(call, key, record_id)
        record = read(call, key, record_id)
        editable = may_do(call, key, record_id, "update")
        screen = share_screen(call, record, standing, entered, _shown(call, found), editable)
        return show(exchange, call, screen, 422 if found else 200)


def _shown(call: Call, found: Sequence[Diagnostic]) -> list[Problem]:
    return [Problem(message_of(each, call.language), each.path, code=each.code) for each in found]


def share_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/share: share it with a person or a group."""
    data = form_data(exchange)
    entered = {name: first(data, name).strip() for name in _SHARE_FIELDS}
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            made = share(call, key, number(identifier), _wanted(call, entered))
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        return _share_page(exchange, app, entity, identifier, entered, refusal.problems)
    said = text("share_done", exchange.language, name=made.name or made.subject)
    return go(exchange, share_path(f"{app}.{entity}", identifier), said)


def _wanted(call: Call, entered: Mapping[str, str]) -> Wanted:
    """What the form asks for: a person or a group, not both and not neither; until the end of a day."""
    if bool(entered["person"]) == bool(entered["group"]):
        raise Refusal("invalid", [problem(call.language, "share_one", "person")])
    kind, _, subject = (
        ("person", "", _person_id(call, entered["person"]))
        if entered["person"]
        else (entered["group"].partition(":"))
    )
    return Wanted(kind, subject, entered["level"], _end_of(call, entered["until"]), entered["note"])


def _person_id(call: Call, written: str) -> str:
    """The id of a person whom a picker gave by id, or somebody wrote by login."""
    if written.isascii() and written.isdigit():
        return written
    found = accounts.find(call.connection, written)
    if found is None:
        raise Refusal("invalid", [problem(call.language, "share_subject", "person", name=written[:60])])
    return str(found.id)


def _end_of(call: Call, day: str) -> datetime | None:
    if not day:
        return None
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
        return datetime.combine(following, time(), ZoneInfo(call.timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("invalid", [problem(call.language, "share_over", "until")]) from None


def end_share(exchange: Exchange, app: str, entity: str, identifier: str, share: str) -> Response:
    """POST …/{id}/share/{share}/end: take it back."""
    form_data(exchange)
    with exchange.writing() as call:
        unshare(call, entity_key(call, app, entity), number(identifier), number(share))
    return go(exchange, share_path(f"{app}.{entity}", identifier), text("share_ended", exchange.language))


def transfer_page(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/transfer: to whom it is given."""
    return _transfer_page(exchange, app, entity, identifier, {})


def _transfer_page(
    exchange: Exchange,
    app: str,
    entity: str,
    identifier: str,
    entered: Mapping[str, str],
    found: Sequence[Diagnostic] = (),
) -> Response:
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        record = read(call, key, number(identifier))
        screen = transfer_screen(call, record, entered, _shown(call, found))
        return show(exchange, call, screen, 422 if found else 200)


def transfer_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/transfer: give it to another owner."""
    data = form_data(exchange)
    entered = {"owner": first(data, "owner").strip(), "follow": (data.get("follow") or [""])[-1]}
    try:
        with exchange.writing() as call:
            key, record_id = entity_key(call, app, entity), number(identifier)
            to = int(_person_id(call, entered["owner"] or "0"))
            done = transfer(call, key, [record_id], to, entered["follow"] == "true")
            is_seen = may_do(call, key, record_id, "read")
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        return _transfer_page(exchange, app, entity, identifier, entered, refusal.problems)
    back = record_path(key, identifier) if is_seen else entity_path(key)
    return go(exchange, back, counted("transferred", done.records, exchange.language), undo=done.batch)
