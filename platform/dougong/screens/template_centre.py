"""The template centre: apps one may install, open, pack and bring along."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.model.app import App
from dougong.records.call import Call
from dougong.screens.navigation import home_of
from dougong.screens.shape import Action, Confirm, Empty, TemplateCard, TemplatesScreen
from dougong.screens.texts import text


def templates_screen(call: Call, apps: Sequence[App], q: str = "") -> TemplatesScreen:
    """The apps that come with the platform and those that are installed: one can open, install, pack and bring apps."""
    language = call.language
    known = {each.id for each in apps}
    own = [app for app in call.release.recorded.values() if app.id not in known]
    found = [each for each in (*apps, *own) if q.lower() in f"{each.label.get(language)} {each.id}".lower()]
    cards = tuple(_card(call, each) for each in found)
    empty = None if cards else Empty(text("no_templates", language))
    title = text("templates_title", language)
    return TemplatesScreen(
        title,
        cards,
        str(len(cards)),
        search=q,
        search_action="/templates",
        upload_action="/templates/upload",
        empty=empty,
    )


def _card(call: Call, app: App) -> TemplateCard:
    language = call.language
    installed = call.release.apps.get(app.id)
    tables = sum(1 for each in app.entities.values() if not each.parent)
    facts = [text("fact_entities", language, count=tables)]
    if app.workflows:
        facts.append(text("fact_workflows", language, count=len(app.workflows)))
    if app.reports:
        facts.append(text("fact_reports", language, count=len(app.reports)))
    label = app.label.get(language)
    if installed is not None:
        status = text("installed", language, version=installed.version)
        actions: tuple[Action, ...] = (
            Action("pack", text("pack", language), f"/templates/{app.id}/package", icon="package-export"),
            Action("open", text("open", language), home_of(call, installed) or f"/{app.id}"),
        )
    else:
        status = ""
        confirm = Confirm(text("install_title", language, label=label), button=text("install", language))
        actions = (
            Action(
                "install", text("install", language), f"/templates/{app.id}/install", "post", confirm=confirm
            ),
        )
    picture = "flow" if app.workflows else "chart" if app.dashboards else "list"
    return TemplateCard(app.id, label, app.help.get(language), picture, tuple(facts), status, actions)
