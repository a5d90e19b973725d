"""For administrators: look at the product as a person or a role sees it, without being able to change anything."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, audit, viewing
from dougong.people.viewing import Viewing
from dougong.records.call import Call
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.screens.viewing import viewing_screen
from dougong.storage.system import USER_ROLE
from dougong.web.catalogue import finding, refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, show
from dougong.web.problems import message_of


def choose(exchange: Exchange) -> Response:
    """GET /view-as: as whom to look."""
    return _page(exchange)


def _page(exchange: Exchange, problems: tuple[Diagnostic, ...] = (), status: int = 200) -> Response:
    with exchange.reading() as call:
        holders = call.connection.execute(USER_ROLE.select()).all()
        shown = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
        counted: dict[tuple[str, str], int] = {}
        for row in holders:
            counted[row.app, row.role] = counted.get((row.app, row.role), 0) + 1
        chosen = exchange.request.args.get("person", "")
        return show(exchange, call, viewing_screen(call, counted, chosen, shown), status)


def begin(exchange: Exchange) -> Response:
    """POST /view-as: from the next page on."""
    data = form_data(exchange)
    session = exchange.identity.session if exchange.identity else None
    if session is None:
        raise refuse("forbidden", "W411")
    try:
        with exchange.writing() as call:
            wanted = _wanted(call, data)
            viewing.begin(call.connection, call.actor, session.id, wanted)
            audit.note(call.connection, call.actor, call.door, call.at, "view_as.begin", wanted.subject)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        return _page(exchange, refusal.problems, 422)
    return go(exchange, "/")


def _wanted(call: Call, data: dict[str, list[str]]) -> Viewing:
    if role := first(data, "role"):
        app, name = accounts.parse_role(role)
        if app not in call.release.apps or name not in call.release.app(app).roles:
            raise Refusal("invalid", [finding("W416", "role", name=role)])
        return Viewing(role=(app, name))
    found = accounts.find(call.connection, first(data, "person"))
    if found is None or found.is_disabled:
        raise Refusal("invalid", [finding("W416", "person", name=first(data, "person")[:60])])
    return Viewing(found.id)


def end(exchange: Exchange) -> Response:
    """POST /view-as/end: look as oneself again."""
    session = exchange.identity.session if exchange.identity else None
    wanted = viewing.viewing_of(session.data) if session else None
    if session is not None and wanted is not None:
        with exchange.writing() as call:
            viewing.end(call.connection, session.id)
            audit.note(call.connection, call.actor, call.door, call.at, "view_as.end", wanted.subject)
    return go(exchange, "/", text("viewing_ended", exchange.language))
