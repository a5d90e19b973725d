"""An error page: what happened, who can mend it, what still works."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action


@dataclass(frozen=True, slots=True)
class Detail:
    """A line for admins: a code, a place, a message."""

    text: str


@dataclass(frozen=True, slots=True)
class ProblemScreen:
    """An error in plain words; `details` and the request's id are folded away."""

    status: int
    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()
    details: tuple[Detail, ...] = ()
    request_id: str = ""
