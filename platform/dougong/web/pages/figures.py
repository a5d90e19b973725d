"""Reports and dashboards as pages."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.reports import dashboard as compute_dashboard
from dougong.reports import run
from dougong.reports.run import find_report
from dougong.screens.addresses import report_path, with_query
from dougong.screens.dashboard import dashboard_screen
from dougong.screens.list_filter import with_added_condition
from dougong.screens.list_request import ListRequest
from dougong.screens.report import report_screen
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import show
from dougong.web.problems import message_of


def report(exchange: Exchange, app: str, report: str) -> Response:
    """GET /{app}/reports/{report}: figures, narrowed by a filter; one that cannot be read is said and left out."""
    given = exchange.parameters.get("filter", "").strip()
    with exchange.reading() as call:
        if exchange.parameters.get("add_field"):
            return exchange.redirect(_narrowed(exchange, call, app, report, given))
        problem = ""
        try:
            figures = run(call, app, report, given)
        except Refusal as refusal:
            if refusal.kind != "invalid" or not given or not refusal.problems:
                raise
            problem, figures = message_of(refusal.problems[0], call.language), run(call, app, report)
        return show(exchange, call, report_screen(call, figures, given, problem))


def _narrowed(exchange: Exchange, call: Call, app: str, report: str, filter_text: str) -> str:
    """The address of the report with one more condition; one that does not fit is left out."""
    sent = exchange.parameters
    added = (sent["add_field"], sent.get("add_operator", ""), sent.get("add_value", ""))
    asked = ListRequest(filter=filter_text, added=added)
    entity = call.release.entity(f"{app}.{find_report(call, app, report).entity}")
    try:
        asked = with_added_condition(call, entity, asked)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
    return with_query(report_path(app, report), [("filter", asked.filter)])


def dashboard(exchange: Exchange, app: str, dashboard: str) -> Response:
    """GET /{app}/dashboards/{dashboard}."""
    with exchange.reading() as call:
        return show(exchange, call, dashboard_screen(call, compute_dashboard(call, app, dashboard)))
