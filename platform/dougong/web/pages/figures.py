"""Reports and dashboards as pages."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.reports import dashboard as compute_dashboard
from dougong.reports import run
from dougong.screens.dashboard import dashboard_screen
from dougong.screens.report import report_screen
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import show


def report(exchange: Exchange, app: str, report: str) -> Response:
    """GET /{app}/reports/{report}: figures, narrowed by a filter; one that cannot be read is said and left out."""
    given = exchange.parameters.get("filter", "").strip()
    with exchange.reading() as call:
        problem = ""
        try:
            figures = run(call, app, report, given)
        except Refusal as refusal:
            if refusal.kind != "invalid" or not given or not refusal.problems:
                raise
            problem, figures = refusal.problems[0].message, run(call, app, report)
        return show(exchange, call, report_screen(call, figures, given, problem))


def dashboard(exchange: Exchange, app: str, dashboard: str) -> Response:
    """GET /{app}/dashboards/{dashboard}."""
    with exchange.reading() as call:
        return show(exchange, call, dashboard_screen(call, compute_dashboard(call, app, dashboard)))
