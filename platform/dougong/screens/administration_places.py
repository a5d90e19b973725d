"""The area of administration: its pages in the order in which they stand at the side; a new one is one line here."""

from __future__ import annotations

from dougong.records.call import Call
from dougong.screens.shape import MenuEntry, PaletteEntry, ShellApp
from dougong.screens.texts import text

PLACES: tuple[tuple[str, str, str], ...] = (
    ("people", "/people", "users"),
    ("invitations", "/people/invitations", "mail"),
    ("departments", "/departments", "sitemap"),
    ("positions", "/positions", "id-badge-2"),
    ("teams", "/teams", "users-group"),
    ("delegations", "/delegations", "transfer"),
    ("access_title", "/tokens", "key"),
    ("viewing_title", "/view-as", "eye"),
    ("calendar_title", "/calendar", "calendar-event"),
    ("audit", "/audit", "shield-check"),
    ("versions", "/versions", "history"),
)
"""The word of each page, its address and its icon."""


def administration_area(call: Call, path: str) -> ShellApp:
    """The pages of administration as the menu shows them, open where the reader is at one of them."""
    at = _place_of(path)
    entries = tuple(
        MenuEntry(text(word, call.language), href, icon, active=href == at) for word, href, icon in PLACES
    )
    return ShellApp(
        "administration",
        text("administration", call.language),
        PLACES[0][1],
        "settings",
        "slate",
        bool(at),
        entries,
    )


def administration_palette(call: Call) -> list[PaletteEntry]:
    """The pages of administration as the command palette offers them."""
    group = text("administration", call.language)
    return [PaletteEntry(text(word, call.language), href, group, icon) for word, href, icon in PLACES]


def is_administration(path: str) -> bool:
    """Whether an address belongs to the area."""
    return bool(_place_of(path))


def _place_of(path: str) -> str:
    """The page that an address stands under: the longest one that it begins with."""
    if path.startswith("/organisation/"):
        return "/people"
    found = [href for _, href, _ in PLACES if path == href or path.startswith(f"{href}/")]
    return max(found, key=len, default="")
