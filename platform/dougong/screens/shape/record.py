"""One record: its title and path, facts, sections, related lists, timeline and the approval that runs on
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import FormField
from dougong.screens.shape.kanban import Requirement
from dougong.screens.shape.parts import Action, Link, Notice, Piece, Shown, Tab, Table


@dataclass(frozen=True, slots=True)
class PathStage:
    """A stage of the path. `state`: done | now | todo | won | lost; `days` is display text; `action` moves
    there (None = not allowed).
    """

    id: str
    label: str
    state: str
    days: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the next stage needs: `label` introduces it ("进入「成交」还需：")."""

    label: str
    items: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, large at the head of a record or live beside a form. `field` names the form field
    it follows.
    """

    label: str
    value: Shown
    field: str = ""


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field on a record page. `table` holds the rows when it is a sub-table; `edit` is set when this step
    may change it. `width` is the number of columns it spans. `reveal` takes a POST of `field` and answers a script
    with JSON `{"value"}`: where a masked value may be seen whole.
    """

    id: str
    label: str
    value: Shown
    width: int = 1
    help: str = ""
    table: Table | None = None
    edit: FormField | None = None
    reveal: str = ""


@dataclass(frozen=True, slots=True)
class RecordSection:
    """A titled group of fields in 1–4 columns."""

    id: str
    label: str
    fields: tuple[RecordField, ...]
    columns: int = 2
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Records that point here: a few rows, the whole count, a way to add one and to see all."""

    id: str
    label: str
    count: str
    table: Table
    add: Action | None = None
    all_href: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field: before and after as text ("" = empty)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline. `kind`: created | changed | stage | comment | submitted | approved | rejected
    | returned | withdrawn | file | deleted | restored | imported | system. `text` follows the person's name
    ("修改了 2 个字段"). `day` groups, `time` and `at` (ISO) say when. `tone` colours `word`, the deciding
    word at the end of the text ("同意").
    """

    kind: str
    text: str
    day: str
    time: str
    at: str = ""
    person: Piece | None = None
    changes: tuple[Change, ...] = ()
    quote: str = ""
    note: str = ""
    word: str = ""
    tone: str = ""
    action: Action | None = None
    """What may be done about it, such as taking it back."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened to the record, newest first. `comment_action` takes POST `text`; "" means one may not
    comment.
    """

    events: tuple[Event, ...]
    filters: tuple[Tab, ...] = ()
    comment_action: str = ""
    more_href: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """A step of an approval's path. `state`: done | now | todo | rejected | skipped. `rule` says
    "任一人同意即可"; `text` when and how long; `branch` is said before the step ("金额大于 50
    万，以下两步同时进行").
    """

    label: str
    state: str
    people: tuple[Piece, ...] = ()
    text: str = ""
    opinion: str = ""
    rule: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalBox:
    """The approval of a record: where it stands, its path, what the reader may do, and what follows.

    Actions stand in the fixed order approve, reject, return, transfer; each is a POST that takes
    `dg_comment` and the step's editable fields.
    """

    label: str
    status: str
    tone: str = "info"
    path: tuple[ApprovalStep, ...] = ()
    actions: tuple[Action, ...] = ()
    consequences: tuple[str, ...] = ()
    comment: str = ""
    """"" (no opinion asked), optional or required."""
    comment_value: str = ""


@dataclass(frozen=True, slots=True)
class RecordScreen:
    """A record page. `primary` actions stand at the head, `menu` behind the three dots. `position` says "3
    / 96" in the list one came from.
    """

    title: str
    crumbs: tuple[Link, ...]
    sections: tuple[RecordSection, ...]
    number: str = ""
    actions: tuple[Action, ...] = ()
    menu: tuple[Action, ...] = ()
    path: tuple[PathStage, ...] = ()
    path_note: str = ""
    """For the phone: "第 4 步，共 5 步 · 6 天"."""
    requirements: Requirements | None = None
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    related: tuple[RelatedList, ...] = ()
    timeline: Timeline | None = None
    approval: ApprovalBox | None = None
    position: str = ""
    previous_href: str = ""
    next_href: str = ""
    subtitle: tuple[Shown, ...] = ()
    """For the phone: whom it belongs to."""
