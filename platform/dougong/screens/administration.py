"""Pages for administrators: people, versions of apps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dougong.model.app import App
from dougong.people.accounts import Account
from dougong.people.organisation import Department
from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Column,
    Confirm,
    Piece,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import listed, text
from dougong.storage.ledger import Version


def people_screen(
    call: Call,
    accounts: Sequence[Account],
    departments: Sequence[Department],
    memberships: Mapping[int, Sequence[int]],
) -> SettingsScreen:
    """Who has an account, with which roles, and the departments with their heads; `memberships` by account."""
    people = _people(call, accounts, departments, memberships)
    sections = (people, _departments(call, accounts, departments, memberships)) if departments else (people,)
    inviting = Action("invitations", text("invite", call.language), "/people/invitations", icon="mail")
    return SettingsScreen(text("people", call.language), sections, actions=(inviting,))


def _people(
    call: Call,
    accounts: Sequence[Account],
    departments: Sequence[Department],
    memberships: Mapping[int, Sequence[int]],
) -> SettingsSection:
    language = call.language
    names = {each.id: each.name for each in departments}
    columns = (
        Column("name", text("name", language), role="title"),
        Column("login", text("login", language), role="subtitle"),
        Column("department", text("department", language)),
        Column("roles", text("roles", language)),
        Column("last", text("last_used", language), "datetime"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(each.name, "member", (Piece(each.name, "person"),), note=_state(each, language)),
                Shown(each.login),
                Shown(listed((names[one] for one in memberships.get(each.id, ()) if one in names), language)),
                Shown(listed((_role(call, app, role) for app, role in each.roles), language)),
                Shown(moment(each.last_seen_at, call) if each.last_seen_at else ""),
            ),
        )
        for each in accounts
    )
    table = Table(columns, rows)
    return SettingsSection("people", text("accounts", language), text("people_text", language), table=table)


def _departments(
    call: Call,
    accounts: Sequence[Account],
    departments: Sequence[Department],
    memberships: Mapping[int, Sequence[int]],
) -> SettingsSection:
    """The departments as a tree: each under the one it belongs to, with its head and how many are in it itself."""
    language = call.language
    people = {each.id: each.name for each in accounts}
    sizes = Counter(one for ids in memberships.values() for one in ids)
    columns = (
        Column("department", text("department", language), role="title"),
        Column("head", text("department_head", language), "member"),
        Column("people", text("department_people", language), "integer", "end"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(" / ".join(path)),
                _head(people.get(each.head_id or 0, "")),
                Shown(str(sizes[each.id]), "integer"),
            ),
        )
        for path, each in _tree(departments)
    )
    return SettingsSection("departments", text("departments", language), table=Table(columns, rows))


def _head(name: str) -> Shown:
    return Shown(name, "member", (Piece(name, "person"),)) if name else Shown("")


def _tree(departments: Sequence[Department]) -> list[tuple[tuple[str, ...], Department]]:
    """Every department with the names from the top down to it, those below one right after it."""
    known = {each.id for each in departments}
    below: dict[int | None, list[Department]] = {}
    for each in departments:
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    found: list[tuple[tuple[str, ...], Department]] = []
    waiting: list[tuple[tuple[str, ...], Department]] = [((), each) for each in reversed(below.get(None, []))]
    while waiting:
        above, each = waiting.pop()
        path = (*above, each.name)
        found.append((path, each))
        waiting += [(path, child) for child in reversed(below.pop(each.id, []))]
    return found


def _state(account: Account, language: str) -> str:
    if account.is_disabled:
        return text("disabled", language)
    return text("admin", language) if account.is_admin else ""


def _role(call: Call, app: str, role: str) -> str:
    found = call.release.apps.get(app)
    known = found.roles.get(role) if found is not None else None
    return known.label.get(call.language) if known is not None else f"{app}.{role}"


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
