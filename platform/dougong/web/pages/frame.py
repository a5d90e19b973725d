"""What every page of a signed-in person has: the frame around it, and the message of what was just done."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.screens.navigation import shell
from dougong.screens.shape import Action, Notice, Screen
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.workflow.inbox import open_count

MESSAGE_COOKIE = "dg_message"
UNDO_COOKIE = "dg_undo"


def show(exchange: Exchange, call: Call, screen: Screen, status: int = 200) -> Response:
    """A screen inside the reader's frame."""
    info = exchange.page_info
    message = unquote(exchange.request.cookies.get(MESSAGE_COOKIE, ""))
    frame = None
    if not info.fragment:
        narrow = exchange.request.cookies.get("dg_menu") == "narrow"
        frame = shell(call, exchange.request.path, open_count(call), narrow)
    notices = (Notice(message, "ok", _undo(exchange)),) if message else ()
    response = exchange.page(screen, status, shell=frame, messages=notices)
    if message:
        response.delete_cookie(MESSAGE_COOKIE, path="/")
        response.delete_cookie(UNDO_COOKIE, path="/")
    return response


def _undo(exchange: Exchange) -> Action | None:
    """Taking back what was just done, where it can be; it leads to the page on which the message stands."""
    batch = exchange.request.cookies.get(UNDO_COOKIE, "")
    if not batch:
        return None
    fields = (("batch", batch), ("next", exchange.request.full_path.rstrip("?")))
    return Action("undo-last", text("undo", exchange.language), "/undo", "post", fields=fields)


def go(exchange: Exchange, path: str, message: str = "", undo: str = "") -> Response:
    """See other, with a message that the next page says once, and the batch that it offers to undo."""
    response = exchange.redirect(path)
    if message:
        value = quote(message[:300])
        secure = exchange.runtime.settings.secure
        for name, kept in ((MESSAGE_COOKIE, value), (UNDO_COOKIE, quote(undo))):
            if kept:
                response.set_cookie(
                    name, kept, max_age=60, path="/", httponly=True, samesite="Lax", secure=secure
                )
    return response


def entity_key(call: Call, app: str, entity: str) -> str:
    """The key of an entity that has pages."""
    found = call.release.apps.get(app)
    if found is None or "/" in entity or entity not in found.entities:
        raise refuse("missing", "W404")
    return f"{app}.{entity}"


def number(text: str) -> int:
    """An id from an address or a form field."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise refuse("missing", "W404")
    return int(text)


def form_data(exchange: Exchange) -> dict[str, list[str]]:
    """The fields of a sent form; one that holds what is no text is refused."""
    data: dict[str, list[str]] = {}
    for name, values in exchange.request.form.lists():
        if any("\x00" in value for value in values):
            raise refuse("malformed", "W204", name[:60], name=name[:60])
        data[name] = [value.replace("\r\n", "\n") for value in values]
    return data


def form_key(data: dict[str, list[str]]) -> str:
    """The key under which a form is taken once only; empty for one that was made up without a token."""
    token = first(data, "dg_form")
    return f"form:{token}" if token else ""


def version_from(data: dict[str, list[str]]) -> int | None:
    """The version that a form, or an action with hidden fields, was made for."""
    text = (data.get("dg_version") or data.get("version") or [""])[0]
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 18 and int(text) else None


def first(data: dict[str, Any], name: str) -> str:
    """The first value of a form field, without surrounding space."""
    return str((data.get(name) or [""])[0]).strip()
