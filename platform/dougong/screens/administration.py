"""Pages for administrators: versions of apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.model.app import App
from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Column,
    Confirm,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import text
from dougong.storage.ledger import Version


def versions_screen(
    call: Call, versions: Mapping[str, Sequence[Version]], names: Mapping[int, str]
) -> SettingsScreen:
    """The applied versions of every app, newest first, and going back."""
    language = call.language
    sections = tuple(
        _versions(call, call.release.app(app), found, names)
        for app, found in versions.items()
        if app in call.release.apps
    )
    return SettingsScreen(text("versions", language), sections)


def _versions(call: Call, app: App, versions: Sequence[Version], names: Mapping[int, str]) -> SettingsSection:
    language = call.language
    columns = (
        Column("version", text("version", language)),
        Column("at", text("applied_at", language), "datetime"),
        Column("by", text("applied_by", language)),
        Column("note", text("note_column", language)),
    )
    rows, actions = [], []
    for index, each in enumerate(versions):
        who = names.get(each.actor_id or 0, text("system", language))
        cells = (
            Shown(f"{each.number} ({each.version})"),
            Shown(moment(each.at, call)),
            Shown(who),
            Shown(each.note),
        )
        rows.append(Row(str(each.number), cells))
        title = text("roll_back_title", language, version=each.number)
        confirm = Confirm(title, text("roll_back_text", language), text("roll_back", language))
        path, fields = f"/versions/{app.id}/rollback", (("to", str(each.number)),)
        back = Action(
            "rollback", text("roll_back", language), path, "post", "history", "quiet", fields, confirm
        )
        actions.append((back,) if index else ())
    table = Table(columns, tuple(rows))
    return SettingsSection(app.id, app.label.get(language), table=table, row_actions=tuple(actions))
