"""Looking at the product as somebody else: choosing as whom, and saying so on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Column,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.texts import text


def viewing_notice(call: Call) -> Notice | None:
    """The bar that says as whom the reader looks."""
    actor, language = call.actor, call.language
    if actor.seen_by is None:
        return None
    name = actor.name or actor.login
    if actor.seen_by == actor.id:
        names = [_label(call, app, role) for app, role in sorted(actor.roles)]
        name = text("viewing_role_named", language, name=", ".join(names))
    stop = Action("end-viewing", text("viewing_end", language), "/view-as/end", "post", "eye-off")
    return Notice(text("viewing_as", language, name=name), "warn", stop)


def viewing_screen(
    call: Call, holders: Mapping[tuple[str, str], int], chosen: str, problems: Sequence[Problem] = ()
) -> SettingsScreen:
    """As whom to look: somebody by login, or one of the roles with how many people hold each."""
    language = call.language
    person = FormField(
        "person",
        "text",
        text("viewing_login", language),
        raw=chosen,
        required=True,
        max_length=60,
        problems=tuple(each.text for each in problems if each.field == "person"),
    )
    form = FormScreen(
        key=f"view-as:{language}",
        title="",
        action="/view-as",
        sections=(FormSection("person", "", (person,), 1),),
        save_label=text("viewing_begin", language),
        cancel_href="",
        problems=tuple(problems),
    )
    return SettingsScreen(
        text("viewing_title", language),
        (
            SettingsSection("person", text("viewing_person", language), text("viewing_text", language), form),
            _roles(call, holders),
        ),
    )


def _roles(call: Call, holders: Mapping[tuple[str, str], int]) -> SettingsSection:
    language = call.language
    columns = (
        Column("role", text("roles", language), role="title"),
        Column("app", text("app_column", language), role="subtitle"),
        Column("people", text("role_holders", language), "integer", "end"),
    )
    rows, actions = [], []
    for app in call.release.apps.values():
        for role in app.roles.values():
            name = f"{app.id}.{role.id}"
            count = holders.get((app.id, role.id), 0)
            cells = (
                Shown(role.label.get(language)),
                Shown(app.label.get(language)),
                Shown(str(count), "integer"),
            )
            rows.append(Row(name, cells))
            label = text("viewing_begin_role", language)
            actions.append((Action("view-as", label, "/view-as", "post", "eye", "quiet", (("role", name),)),))
    return SettingsSection(
        "roles",
        text("viewing_roles", language),
        text("viewing_roles_text", language),
        table=Table(columns, tuple(rows)),
        row_actions=tuple(actions),
    )


def _label(call: Call, app: str, role: str) -> str:
    found = call.release.apps.get(app)
    known = found.roles.get(role) if found is not None else None
    return known.label.get(call.language) if known is not None else f"{app}.{role}"
