"""Long work in the background: how far it is and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Notice


@dataclass(frozen=True, slots=True)
class WorkScreen:
    """One piece of work. While `running`, `status_href` answers the same screen again as a fragment; `percent` is None where
    nobody knows how much there is left. `started` is the moment it was ordered.
    """

    title: str
    heading: str
    back_href: str
    started: str = ""
    running: bool = False
    percent: int | None = None
    progress_text: str = ""
    assurance: str = ""
    status_href: str = ""
    notices: tuple[Notice, ...] = ()
    actions: tuple[Action, ...] = ()
