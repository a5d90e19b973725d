"""The organisation from a file and into one, at the screen, for administrators."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.people.roster_export import roster_sheet
from dougong.screens.rosters import PATH, roster_screen
from dougong.screens.texts import text
from dougong.web import rosters
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import go, show
from dougong.web.pages.transfer import sent
from dougong.web.pages.work import work_path
from dougong.web.problems import message_of
from dougong.web.routes import Route, page

FORMATS = ("csv", "xlsx")


def upload_page(exchange: Exchange) -> Response:
    """GET /organisation/import: a file to choose, or what the last one would do."""
    with exchange.reading() as call:
        return show(exchange, call, roster_screen(call, rosters.kept(call)))


def upload(exchange: Exchange) -> Response:
    """POST /organisation/import: read a file and find out what it would do; nothing changes yet."""
    try:
        table = rosters.table_of(exchange.request.files.get("file"), exchange.language)
        with exchange.writing() as call:
            rosters.keep(call, table)
            if rosters.is_long(table):
                return exchange.redirect(work_path(rosters.order_roster(call, table, True)))
            rosters.note_outcome(call, table, rosters.tried(call, table))
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "too_large"):
            raise
        messages = [message_of(each, exchange.language) for each in refusal.problems]
        with exchange.reading() as call:
            return show(exchange, call, roster_screen(call, None, messages), 422)
    return exchange.redirect(PATH)


def run(exchange: Exchange) -> Response:
    """POST /organisation/import/run: bring in what was tried, all of it or nothing."""
    try:
        with exchange.writing() as call:
            table = rosters.kept(call)
            if table is None:
                raise refuse("missing", "W404")
            outcome = table.pop("outcome", None)
            if outcome is None or outcome["problems"]:
                return exchange.redirect(PATH)
            if rosters.is_long(table):
                return exchange.redirect(work_path(rosters.order_roster(call, table, False)))
            done = rosters.done(call, table)
            rosters.forget(call)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        with exchange.writing() as call:
            again = rosters.kept(call) or {}
            rosters.note_outcome(call, again, rosters.tried(call, again))
        return exchange.redirect(PATH)
    return go(exchange, "/people", text("roster_done", exchange.language, **rosters.numbers_of(done)))


def drop(exchange: Exchange) -> Response:
    """POST /organisation/import/drop: leave it."""
    with exchange.writing() as call:
        rosters.forget(call)
    return exchange.redirect(PATH)


def export(exchange: Exchange) -> Response:
    """GET /organisation/export?format=csv: everybody, one line a person."""
    kind = exchange.parameters.get("format", "csv")
    if kind not in FORMATS:
        raise refuse("malformed", "W206", "format", name="format", allowed=", ".join(FORMATS))
    with exchange.reading() as call:
        return sent(exchange, roster_sheet(call.connection, call.language), kind)


ROUTES: tuple[Route, ...] = (
    page("GET", "/organisation/import", upload_page, access="admin"),
    page("POST", "/organisation/import", upload, access="admin"),
    page("POST", "/organisation/import/run", run, access="admin"),
    page("POST", "/organisation/import/drop", drop, access="admin"),
    page("GET", "/organisation/export", export, access="admin"),
)
