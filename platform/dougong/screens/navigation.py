"""The frame around every screen: the apps, menus and places that the reader may open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from dougong.model.app import App, MenuItem
from dougong.policy.access import may
from dougong.policy.offers import may_design, may_open_app, may_open_report
from dougong.records.call import Call
from dougong.screens.addresses import dashboard_path, designer_path, entity_path, report_path
from dougong.screens.administration_places import (
    administration_area,
    administration_palette,
    is_administration,
)
from dougong.screens.shape import (
    Action,
    AppCard,
    AppsScreen,
    Empty,
    Link,
    MenuEntry,
    PaletteEntry,
    Piece,
    Shell,
    ShellApp,
)
from dougong.screens.texts import text
from dougong.screens.viewing import viewing_notice

Kept = TypeVar("Kept")
ICONS = {"group": "folder", "dashboard": "layout-dashboard", "report": "chart-bar"}


def open_apps(call: Call) -> list[App]:
    """The apps the reader may open, by label."""
    apps = [app for app in call.release.apps.values() if may_open_app(call.release, call.actor, app.id)]
    return sorted(apps, key=lambda app: app.label.get(call.language))


def shell(call: Call, path: str, inbox_count: int = 0, narrow: bool = False) -> Shell:
    """The frame for a page at `path`."""
    language = call.language
    current = path.strip("/").split("/")
    app_id = current[1] if current[0] == "design" and len(current) > 1 else current[0]
    apps = tuple(_shell_app(call, app, path, app.id == app_id) for app in open_apps(call))
    if call.actor.is_admin:
        apps = (*apps, administration_area(call, path))
    return Shell(
        workspace=text("workspace", language),
        person=Piece(call.actor.name or call.actor.login, "person"),
        apps=apps,
        inbox_count=str(inbox_count) if inbox_count else "",
        place=_place(path),
        places=_places(call, path),
        palette=_palette(call),
        search_href="/search",
        sign_out=Action("sign-out", text("sign_out", language), "/sign-out", "post", "logout", "quiet"),
        narrow=narrow,
        designer_href=_designer(call, current),
        viewing=viewing_notice(call),
    )


def _place(path: str) -> str:
    fixed = {
        "/": "home",
        "/inbox": "inbox",
        "/apps": "apps",
        "/profile": "me",
        "/templates": "templates",
    }
    if is_administration(path):
        return "admin"
    return "inbox" if path.startswith("/inbox/") else fixed.get(path, "")


def _designer(call: Call, current: list[str]) -> str:
    if len(current) < 2 or current[0] not in call.release.apps:
        return ""
    app, entity = current[0], current[1]
    if entity not in call.release.app(app).entities or not may_design(call.release, call.actor, app):
        return ""
    return designer_path(app, entity)


def _places(call: Call, path: str) -> tuple[MenuEntry, ...]:
    if not call.actor.is_admin:
        return ()
    language = call.language
    return tuple(
        MenuEntry(text(word, language), href, icon, active=path.startswith(href))
        for word, href, icon in (("templates", "/templates", "layout-grid-add"),)
    )


def _shell_app(call: Call, app: App, path: str, is_open: bool) -> ShellApp:
    entries = menu_of(call, app, path)
    return ShellApp(
        app.id,
        app.label.get(call.language),
        _first(entries) or f"/{app.id}",
        app.icon,
        app.colour or "slate",
        is_open,
        entries,
    )


def _first(entries: tuple[MenuEntry, ...]) -> str:
    for entry in entries:
        found = entry.href or _first(entry.entries)
        if found:
            return found
    return ""


def menu_of(call: Call, app: App, path: str = "") -> tuple[MenuEntry, ...]:
    """The lines of an app's menu that lead somewhere the reader may go; groups without any are left out."""
    entries = _once(call, ("menu", app.id), lambda: _entries(call, app, app.menu))
    return _marked(entries, path) if path else entries


def _once(call: Call, what: tuple[str, ...], make: Callable[[], tuple[Kept, ...]]) -> tuple[Kept, ...]:
    """What is the same for everybody with the same rights and language, made once for a release."""
    actor, cache = call.actor, call.release.room("navigation")
    key = (*what, call.language, actor.is_admin, actor.roles, actor.scopes, actor.apps)
    found = cache.get(key)
    if not isinstance(found, tuple):
        found = cache[key] = make()
    return found


def _marked(entries: tuple[MenuEntry, ...], path: str) -> tuple[MenuEntry, ...]:
    """The lines of a menu with the one that the reader is at."""
    return tuple(
        replace(entry, entries=_marked(entry.entries, path))
        if entry.entries
        else replace(entry, active=True)
        if path == entry.href or path.startswith(f"{entry.href}/")
        else entry
        for entry in entries
    )


def home_of(call: Call, app: App) -> str:
    """The first place of an app that the reader may open, or nothing."""
    return _first(menu_of(call, app))


def _entries(call: Call, app: App, items: Iterable[MenuItem]) -> tuple[MenuEntry, ...]:
    return tuple(entry for item in items if (entry := _entry(call, app, item)) is not None)


def _entry(call: Call, app: App, item: MenuItem) -> MenuEntry | None:
    language = call.language
    if item.kind == "group":
        entries = _entries(call, app, item.items)
        return MenuEntry(item.label.get(language), icon=item.icon, entries=entries) if entries else None
    href = _target(call, app, item)
    if not href:
        return None
    icon = item.icon or ICONS.get(item.kind, "")
    label = item.label.get(language)
    if item.kind == "entity":
        entity = call.release.entity(_key(app, item.target))
        icon, label = icon or entity.icon, label or entity.plural.get(language)
    return MenuEntry(label, href, icon)


def _key(app: App, target: str) -> str:
    return target if "." in target else f"{app.id}.{target}"


def _target(call: Call, app: App, item: MenuItem) -> str:
    if item.kind == "entity":
        key = _key(app, item.target)
        return entity_path(key) if may(call.release, call.actor, key, "read") else ""
    if item.kind in ("dashboard", "report") and may_open_report(
        call.release, call.actor, app.id, item.target
    ):
        return (
            dashboard_path(app.id, item.target)
            if item.kind == "dashboard"
            else report_path(app.id, item.target)
        )
    return ""


def _palette(call: Call) -> tuple[PaletteEntry, ...]:
    return _once(call, ("palette",), lambda: _palette_entries(call))


def _palette_entries(call: Call) -> tuple[PaletteEntry, ...]:
    language = call.language
    entries: list[PaletteEntry] = []
    for app in open_apps(call):
        group, label = text("screens", language), app.label.get(language)
        entries += [
            PaletteEntry(entry.label, entry.href, group, entry.icon, label)
            for entry in _flat(menu_of(call, app))
        ]
        for entity in app.entities.values():
            if not entity.parent and may(call.release, call.actor, entity.key, "create"):
                label = text("new", language, label=entity.label.get(language))
                entries.append(
                    PaletteEntry(
                        label, f"{entity_path(entity.key)}/new", text("actions", language), "plus", entity.id
                    )
                )
    if call.actor.is_admin:
        entries += administration_palette(call)
    return tuple(entries)


def _flat(entries: tuple[MenuEntry, ...]) -> list[MenuEntry]:
    found: list[MenuEntry] = []
    for entry in entries:
        found += [entry] if entry.href else _flat(entry.entries)
    return found


def apps_screen(call: Call) -> AppsScreen:
    """All apps the reader may open, each with the places of its menu."""
    language = call.language
    cards = tuple(
        AppCard(
            app.label.get(language),
            home_of(call, app) or f"/{app.id}",
            app.icon,
            app.colour or "slate",
            app.help.get(language),
            tuple(Link(entry.label, entry.href, icon=entry.icon) for entry in _flat(menu_of(call, app))),
        )
        for app in open_apps(call)
    )
    actions = (
        (Action("templates", text("templates", language), "/templates", icon="layout-grid-add"),)
        if call.actor.is_admin
        else ()
    )
    empty = None if cards else Empty(text("no_apps", language), text("no_apps_text", language), actions)
    return AppsScreen(text("apps", language), cards, empty=empty, search_action="/search")
