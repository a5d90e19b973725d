"""A form to create or change a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong.screens.shape.parts import Action, Link, Notice, Piece, Problem, Shown, Total

if TYPE_CHECKING:
    from dougong.screens.shape.record import Fact


@dataclass(frozen=True, slots=True)
class Choice:
    """A value one may choose: `piece` shows it (stage ring, person, colour). `disabled` says why not."""

    value: str
    label: str
    piece: Piece | None = None
    disabled: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several pickers of which only one is filled: the field they stand for, and the kind of record of this one."""

    field: str
    label: str
    required: bool
    kind: str
    icon: str


@dataclass(frozen=True, slots=True)
class FormField:
    """An input of a generated form.

    `type` may also be `password`, whose `raw` is never shown, or `expression`. `id` is the field's id and the html name;
    inside a sub-table the name is `table-index-id`. `type` is the id of the field type and chooses the
    template. `raw` is what stands in the input (a tuple for several values): what was entered, when it is
    shown again with problems. `shown` is the value to display where it cannot be edited (`read_only` with
    `why`, or `computed`). `chosen` are the current choices of link, links, member (value, label), so that
    they show without loading all options; `choose_href` answers GET `?q=` with JSON `{"results": [{"id",
    "label", "note"}], "more": bool}`; without JavaScript a text or an id may be sent. `inputmode`: "",
    decimal, numeric, tel, email, url. `step` as in HTML.
    """

    id: str
    type: str
    label: str
    raw: str | tuple[str, ...] = ""
    shown: Shown | None = None
    required: bool = False
    read_only: bool = False
    why: str = ""
    computed: bool = False
    waits: bool = False
    """Whether a computed value changes on saving only, as a browser cannot or may not compute it."""
    help: str = ""
    problems: tuple[str, ...] = ()
    width: int = 1
    options: tuple[Choice, ...] = ()
    chosen: tuple[Choice, ...] = ()
    alternative: Alternative | None = None
    """For a link to one of several entities: a script makes one picker of them."""
    choose_href: str = ""
    is_tree: bool = False
    """Whether `choose_href` also answers `?below=`: one level of a tree, at first that at the top."""
    create_href: str = ""
    prefix: str = ""
    suffix: str = ""
    placeholder: str = ""
    max_length: int = 0
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    inputmode: str = ""
    accept: str = ""
    multiple: bool = False
    check: str = ""
    """For an `expression`: an address that takes POST {text, purpose, field, caret} while somebody types."""
    purpose: str = ""
    about: str = ""
    """The field that the expression belongs to."""
    grid_width: str = ""
    """How wide its column is in a sub-table: "" or narrow | medium | wide | widest."""
    takes_other: bool = False
    """Whether a text that is none of the options may be written in a box beside them, under the same name."""
    masked: bool = False
    """Whether what stands here is a mask, which means something in its own record only."""
    scan: bool = False
    """Whether the camera may read a bar code into it."""
    hidden: bool = False
    """Whether a rule hides it as the record stands."""
    asked: bool = False
    """Whether it is required by a rule, as the record stands."""
    upload_action: str = ""
    """For files: takes POST multipart `file` and answers JSON `{"id", "name", "size"}`; without JavaScript
    files come with the form.
    """
    table: SubTable | None = None
    parts: tuple[FormField, ...] = ()
    """For an address: country, province, city, district, street, postcode; their names are `field-part`."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a sub-table in a form: `id` is the stored row ("" = new), `index` stands in the inputs'
    names.
    """

    index: str
    id: str
    fields: tuple[FormField, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubTable:
    """The rows of a sub-table. `blank` is the row that a new one is copied from; its index is `__index__`.

    Inputs are named `table-index-field`, the row's id `table-index-id`; a row that is not sent is removed.
    A hidden `table-sent` = 1 tells an empty table from one that was not in the form. Without JavaScript,
    the buttons named `table-add` and, with the index as value, `table-remove`, `table-copy`, `table-up` and
    `table-down` submit the form to be shown again with the rows so.
    """

    columns: tuple[FormField, ...]
    rows: tuple[FormRow, ...]
    blank: FormRow
    totals: tuple[Total, ...] = ()
    may_add: bool = True
    may_remove: bool = True
    frozen: int = 0
    """How many of the first columns stay in sight when the others are moved."""
    row_label: str = ""


@dataclass(frozen=True, slots=True)
class FormSection:
    """A titled group of inputs in 1–4 columns."""

    id: str
    label: str
    fields: tuple[FormField, ...]
    columns: int = 2
    help: str = ""


@dataclass(frozen=True, slots=True)
class FormScreen:
    """A form. It is sent by POST to `action` with `csrf_token`, `dg_form` (the form token: once only, so
    that a double submit is harmless), `dg_version` and `hidden`. Names of inputs that are not fields begin
    with `dg_`, so that no field's id can clash with them.

    `key` names the class of form (app, entity, mode, definition version) and is what a renderer may cache
    by. `buttons` are further ways to save; each is a submit button named `dg_then` with its id as value.
    `problems` is the summary at the top. `live` are computed values beside the form; `consequences` say
    what saving will set off; `duplicates` are records that look the same.
    """

    key: str
    title: str
    action: str
    sections: tuple[FormSection, ...]
    save_label: str
    cancel_href: str
    form_token: str = ""
    version: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What rules warn of, when nothing else is wrong: a button that sends `confirm` as `dg_confirm` saves all the same."""
    confirm: tuple[str, ...] = ()
    confirm_label: str = ""
    """What the button says, where it saves nothing."""
    leave: str = ""
    """What a further button says that goes on without the records which are held up; it sends `dg_then` = leave."""
    notices: tuple[Notice, ...] = ()
    buttons: tuple[Action, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    draft_text: str = ""
    live: tuple[Fact, ...] = ()
    consequences: tuple[str, ...] = ()
    duplicates: tuple[Link, ...] = ()
    crumbs: tuple[Link, ...] = ()
    has_files: bool = False
    rules: tuple[Mapping[str, Any], ...] = ()
    """What a script shows, asks for, keeps, sets, limits and warns of as one types."""
    live_plan: Mapping[str, Any] | None = None
    """What a script needs so that computed values follow what is typed (`screens/live.py`); None = they change on saving only."""
    extra: Mapping[str, str] = field(default_factory=dict)
