"""The frame around every screen: apps and menus, the person, and what the command palette offers."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Link, Notice, Piece


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of an app's menu; a group has `entries` and no `href`. `count` is display text; `active` marks
    where the reader is.
    """

    label: str
    href: str = ""
    icon: str = ""
    count: str = ""
    active: bool = False
    entries: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ShellApp:
    """An app in the menu; `open` shows its entries."""

    id: str
    label: str
    href: str
    icon: str = "apps"
    colour: str = "slate"
    open: bool = False
    entries: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line of the command palette: `group` is the heading it stands under, `words` are further search
    words.
    """

    label: str
    href: str
    group: str = ""
    icon: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame. `inbox_count` is the to-do badge as text ("" = none); `place` marks the fixed places home
    | inbox | apps | me | templates | admin.

    `language_action` takes POST `language` (zh, en) and `next`; `preferences_action` takes POST `theme`
    (light, dark, auto), `density` (comfortable, compact), `menu` (wide, narrow). `search_href` answers GET
    `?q=` with JSON `{"results": [{"label", "href", "group", "icon", "note"}]}` for the palette, and with a
    page for a browser.
    """

    workspace: str
    person: Piece
    apps: tuple[ShellApp, ...] = ()
    home_href: str = "/"
    inbox_href: str = "/inbox"
    apps_href: str = "/apps"
    profile_href: str = "/profile"
    inbox_count: str = ""
    place: str = ""
    places: tuple[MenuEntry, ...] = ()
    """Further fixed places at the foot of the menu: template centre, administration."""
    palette: tuple[PaletteEntry, ...] = ()
    recent: tuple[Link, ...] = ()
    search_href: str = ""
    language_action: str = "/preferences/language"
    preferences_action: str = "/preferences"
    sign_out: Action | None = None
    narrow: bool = False
    viewing: Notice | None = None
    """Says as whom the reader looks, with the way to end it."""
    designer_href: str = ""
    """Opens the designer for what is shown now, for those who may design."""
