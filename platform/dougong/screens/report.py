"""A report's page: the chart, the table, and what was left out for this reader."""

from __future__ import annotations

from dougong.policy.access import may
from dougong.records.call import Call
from dougong.reports.figures import Figures
from dougong.screens.addresses import entity_path, report_path, with_query
from dougong.screens.figures import chart_of, drill, table_of
from dougong.screens.list_filter import chips, filter_fields
from dougong.screens.shape import Action, Empty, Filter, Notice, ReportScreen
from dougong.screens.showing import moment
from dougong.screens.texts import counted, text


def report_screen(call: Call, figures: Figures, filter_text: str = "", problem: str = "") -> ReportScreen:
    """The page of a report that was run."""
    language = call.language
    note = f"{text('as_of', language, time=moment(figures.at, call))} · {counted('count', figures.count, language)}"
    actions: tuple[Action, ...] = ()
    if may(call.release, call.actor, figures.entity, "read"):
        href = drill(call, figures.entity, figures.filter)
        actions = (Action("records", text("import_to_list", language), href, icon="list"),)
    notices = []
    if figures.withheld:
        notices.append(Notice(text("figures_withheld", language), "info"))
    if figures.more:
        notices.append(Notice(text("figures_more", language), "info"))
    return ReportScreen(
        title=figures.label,
        table=table_of(call, figures),
        chart=chart_of(call, figures),
        note=note,
        filter=_filter(call, figures, filter_text, problem),
        actions=actions,
        notices=tuple(notices),
        help=figures.help,
        empty=None if figures.lines else Empty(text("no_figures", language), drawing=False),
    )


def _filter(call: Call, figures: Figures, written: str, problem: str) -> Filter | None:
    """How the reader narrows a report, who may read what it counts."""
    path, entity = report_path(figures.app, figures.id), call.release.entity(figures.entity)
    if not may(call.release, call.actor, figures.entity, "read"):
        return None
    return Filter(
        path,
        written,
        chips(call, entity, written, problem, lambda left: with_query(path, [("filter", left)])),
        choices=filter_fields(call, entity),
        problem=problem,
        clear_href=path if written else "",
        check=f"/api/v1{entity_path(figures.entity)}/check",
        stated=written,
    )
