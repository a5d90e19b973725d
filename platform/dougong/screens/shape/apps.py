"""The reader's apps, as the phone's third place and the first page of somebody who has several."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Empty, Link


@dataclass(frozen=True, slots=True)
class AppCard:
    """An app with the places of its menu."""

    label: str
    href: str
    icon: str
    colour: str
    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class AppsScreen:
    """All apps the reader may open; also the answer to a search (`links` are then the records found)."""

    title: str
    apps: tuple[AppCard, ...]
    links: tuple[Link, ...] = ()
    empty: Empty | None = None
    search: str | None = None
    """What was searched for; None when nothing was."""
    search_action: str = ""
