"""The small parts that screens are made of: values as they are shown, actions, tabs, tables, problems."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing inside a value: a person, a linked record, an option, a stage or a file.

    `kind`: person | record | option | stage | file. `colour` is a palette name (slate azure violet ochre
    malachite vermilion) for options and apps, and for stages the slot 1–4. `share` is how full a stage's
    ring is (0–100); `outcome` is "", won or lost. `href` is empty when the reader may not open it. `note`
    is the small text behind (a file's size, a linked record's number).
    """

    text: str
    kind: str = "record"
    href: str = ""
    colour: str = ""
    share: int = 0
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a person sees it.

    `type` is the id of the field type and chooses the template; `text` is the whole value as plain text (""
    = empty; also the tooltip of a cut cell); `pieces` are its parts where it has parts. `raw` is the exact
    value where a script needs it (ISO date, plain decimal). `tone` is "", ok, warn or bad, and `note` says
    why in words ("逾期 2 天"). `href` opens what the text names (mail, phone, web address), `unit` stands
    behind or before a figure, `computed` marks formulas.
    """

    text: str = ""
    type: str = "text"
    pieces: tuple[Piece, ...] = ()
    raw: str = ""
    tone: str = ""
    note: str = ""
    href: str = ""
    unit: str = ""
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is said before an action is done: a question, its consequences, and the word on the button.

    `comment` asks for an opinion: "" (none), optional or required; it is sent as `dg_comment`. `comment_label` says what
    for, where it is not an opinion.
    """

    title: str
    text: str = ""
    button: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    comment_label: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader may do: a link (`method` get) or a form with one button (`method` post).

    `kind`: primary (one a screen) | seal (publish only) | plain | quiet | danger. `fields` are hidden
    fields that are sent along. `disabled` says why it cannot be done now (then it is shown, but inert).
    `icon` is the name of a Tabler icon. For an action on selected rows the ids are sent as repeated `id`
    fields and `fields` go into the address.
    """

    id: str
    label: str
    href: str
    method: str = "get"
    icon: str = ""
    kind: str = "plain"
    fields: tuple[tuple[str, str], ...] = ()
    confirm: Confirm | None = None
    disabled: str = ""
    shortcut: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; `note` is the small text behind it."""

    text: str
    href: str
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several ways to look: `count` is display text ("" = not shown); exactly one tab of a row is
    `active`.
    """

    id: str
    label: str
    href: str
    count: str = ""
    icon: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in the reader's language. `field` is the html name of the input it stands at ("" = the
    whole), `code` for admins.
    """

    text: str
    field: str = ""
    label: str = ""
    hint: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One bar of text: `tone` ok | info | warn | bad; `action` is what to do about it."""

    text: str
    tone: str = "info"
    action: Action | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `align` is start or end (figures); `unit` is said in the head; `sort_href` is
    empty when it cannot be sorted.

    `sorted` is "", asc or desc. `computed` tints formulas. `role` helps the phone's three-line cards: title
    | subtitle | figure | stage | date | person | "" (not shown there). `width`: "" or narrow |
    medium | wide | widest.
    """

    id: str
    label: str
    type: str = "text"
    align: str = "start"
    unit: str = ""
    sort_href: str = ""
    sorted: str = ""
    computed: bool = False
    role: str = ""
    width: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: one cell a column, in the same order. `tone` tints it; `href` opens the record (""
    = no link).
    """

    id: str
    cells: tuple[Shown, ...]
    href: str = ""
    version: int = 0
    tone: str = ""
    reveals: tuple[str, ...] = ()
    """For each cell the masked field that may be asked for whole, or ""; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Total:
    """A figure over all rows: `column` is the id of the column it belongs to ("" = none)."""

    label: str
    text: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A small read-only table: rows of a sub-table, a related list, a report."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Total, ...] = ()
    note: str = ""
    """Beside the totals: "5 行"."""
    reveal_action: str = ""
    """Takes the `field` and the `row` of a masked cell by POST and answers the whole value."""


@dataclass(frozen=True, slots=True)
class Empty:
    """What to show where there is nothing: what comes here and up to three ways in."""

    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()
    note: str = ""
    drawing: bool = True
