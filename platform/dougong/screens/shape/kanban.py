"""A kanban board: columns by stage or choice, cards that may be moved where the rules allow it."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.list import ListHead
from dougong.screens.shape.parts import Empty, Piece, Shown, Total


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something a stage wants: `state` is met, missing or waiting (an approval that still runs)."""

    label: str
    state: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class CardMove:
    """Whether a card may go to a column: `refusal` says why not ("" = allowed once the requirements are
    met).
    """

    column: str
    refusal: str = ""
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class KanbanCard:
    """A card. `move_action` takes POST `to` (column id) and `version` and answers 204, or 4xx with
    `application/problem+json`; "" means it cannot be moved by the reader. `note` is the second strip, shown
    only when something is wrong or waiting.
    """

    id: str
    title: str
    href: str
    version: int = 0
    subtitle: str = ""
    figure: str = ""
    date: Shown | None = None
    person: Piece | None = None
    note: str = ""
    note_tone: str = ""
    note_icon: str = ""
    move_action: str = ""
    moves: tuple[CardMove, ...] = ()


@dataclass(frozen=True, slots=True)
class KanbanColumn:
    """A column: its stage or option, how many cards it has in all and their sum. `slim` columns (outcomes)
    only take drops. `more_href` leads to the list of the cards that are not shown.
    """

    id: str
    piece: Piece
    count: str
    cards: tuple[KanbanCard, ...] = ()
    total: str = ""
    slim: bool = False
    more_href: str = ""
    more_label: str = ""


@dataclass(frozen=True, slots=True)
class KanbanScreen:
    """A board under the same head as the list; `totals` are over the whole filter."""

    head: ListHead
    columns: tuple[KanbanColumn, ...]
    totals: tuple[Total, ...] = ()
    count_text: str = ""
    empty: Empty | None = None
