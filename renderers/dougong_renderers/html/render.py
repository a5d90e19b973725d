"""Screens to pages: one template for every kind of screen, whole or as the fragment that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dougong.screens import shape
from dougong.screens.shape import RequestInfo, Screen, Submitted
from dougong_renderers.html import forms
from dougong_renderers.html.environment import environment

TEMPLATES: Mapping[type, str] = MappingProxyType(
    {
        shape.AccessScreen: "access",
        shape.AppsScreen: "apps",
        shape.AuditScreen: "audit",
        shape.BinScreen: "bin",
        shape.CalendarScreen: "calendar",
        shape.HistoryScreen: "history",
        shape.MergeScreen: "merge",
        shape.NumberingScreen: "numbering",
        shape.DashboardScreen: "dashboard",
        shape.DesignerScreen: "designer",
        shape.EntryScreen: "entry",
        shape.DirectoryScreen: "directory",
        shape.ExportScreen: "export",
        shape.FormScreen: "form",
        shape.ImportScreen: "import",
        shape.InboxScreen: "inbox",
        shape.KanbanScreen: "kanban",
        shape.ListScreen: "list",
        shape.PlacesScreen: "places",
        shape.ProblemScreen: "problem",
        shape.PublishScreen: "publish",
        shape.RecordScreen: "record",
        shape.ReportScreen: "report",
        shape.RevertScreen: "revert",
        shape.RulePreview: "rule_preview",
        shape.RulesScreen: "rules",
        shape.SettingsScreen: "settings",
        shape.SignInScreen: "sign_in",
        shape.TemplatesScreen: "templates",
        shape.WhyScreen: "why",
        shape.WorkScreen: "work",
    }
)
"""Screen class → the template in `templates/screens/` (without its ending)."""

DESIGNING = (
    shape.DesignerScreen,
    shape.PlacesScreen,
    shape.PublishScreen,
    shape.RulePreview,
    shape.RulesScreen,
)
"""Screens that have the frame of the designer."""

FRAGMENTS: Mapping[tuple[str, str], str] = MappingProxyType(
    {("list", "results"): "list_results", ("kanban", "results"): "kanban_results"}
)
"""(template, id of the element that is replaced) → the template of that part."""


def render(screen: Screen, info: RequestInfo) -> str:
    """The page of a screen; with `info.fragment`, only that part, or the page's content without the frame."""
    name = TEMPLATES[type(screen)]
    part = FRAGMENTS.get((name, info.fragment), name)
    language = "zh" if info.language.startswith("zh") else "en"
    template = environment(language).get_template(f"screens/{part}.html")
    layout = "layouts/fragment.html" if info.fragment else _layout(screen, info)
    return template.render(screen=screen, info=info, shell=info.shell, layout=layout)


def _layout(screen: Screen, info: RequestInfo) -> str:
    if isinstance(screen, shape.SignInScreen) or info.shell is None:
        return "layouts/bare.html"
    if isinstance(screen, DESIGNING):
        return "layouts/designer.html"
    return "layouts/app.html"


class HtmlRenderer:
    """The renderer of pages as the web knows it."""

    def render(self, screen: Screen, info: RequestInfo) -> str:
        """The page of a screen, or the fragment that is asked for."""
        return render(screen, info)

    def submitted(self, form: shape.FormScreen, data: Mapping[str, list[str]]) -> Mapping[str, Submitted]:
        """What was entered for each writable field of a form."""
        return forms.submitted(form, data)
