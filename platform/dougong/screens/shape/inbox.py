"""The approval inbox over all apps, and one task with everything needed to decide it."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Empty, Notice, Piece, Tab
from dougong.screens.shape.record import ApprovalBox, RecordSection


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in the list: who asks for what, since when. `actions` are what can be done from the list
    (approve, reject), with their confirmation.
    """

    id: str
    title: str
    href: str
    person: Piece
    step: str
    when: str
    at: str = ""
    tone: str = ""
    figure: str = ""
    app: str = ""
    active: bool = False
    actions: tuple[Action, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said when deciding."""

    person: Piece
    step: str
    when: str
    text: str
    word: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TaskPane:
    """A task opened: the record as this step may see it, earlier opinions, files, and the approval with its
    actions. `sections` may hold fields with `edit` set: they are sent with the decision. `form_token` is
    sent as `dg_form`, `version` as `dg_version`, the opinion as `dg_comment`.
    """

    title: str
    context: str
    person: Piece
    submitted: str
    record_href: str
    sections: tuple[RecordSection, ...]
    approval: ApprovalBox
    due: str = ""
    due_tone: str = ""
    notices: tuple[Notice, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    files: tuple[Piece, ...] = ()
    form_token: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class InboxScreen:
    """The inbox; on a wide screen the list and the opened task stand side by side, on a phone the task
    alone when it is opened by its address.
    """

    title: str
    tabs: tuple[Tab, ...]
    tasks: tuple[TaskLine, ...]
    count: str = ""
    task: TaskPane | None = None
    back_href: str = "/inbox"
    empty: Empty | None = None
    previous_href: str = ""
    next_href: str = ""
    filters: tuple[Tab, ...] = ()
    """The workflows that have tasks in this list, where there are several; the first is all of them."""
    more_href: str = ""
    """The next page of the list."""
    chosen: bool = False
    """Whether the task was opened on purpose (its own address) and not merely as the first of the list."""
