"""Bringing in a file: upload, map the columns, try, run, result."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.parts import Action, Link, Notice, Table

STEPS: tuple[str, ...] = ("upload", "map", "try", "done")


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column of the file and where it goes: the select is named `map-index`, its `options` are the fields
    ("" = leave out). `status` says what was found ("认出", "6 个找不到"), `tone` ok | warn | bad | "".
    """

    index: int
    source: str
    example: str
    options: tuple[Choice, ...]
    chosen: str = ""
    status: str = ""
    tone: str = ""
    read: str = ""
    """What the example becomes, where it is written in one of several ways."""
    habits: tuple[Choice, ...] = ()
    """The ways in which the column may be written; the select is named `habit-index`."""
    habit: str = ""


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """A select about the whole file: its encoding, its delimiter, its sheet."""

    name: str
    label: str
    options: tuple[Choice, ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class ImportConstant:
    """A value that every record gets: a select `constant-field` and a text `constant-text`."""

    field: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ImportReason:
    """Why records were refused, how many, and the field that it is about."""

    text: str
    count: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ImportTick:
    """A yes or no about the whole import: a check box of that name with the value `true`."""

    name: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ImportMode:
    """What to do with records that exist already; a radio named `mode`."""

    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ImportCount:
    """One expected or final number: added, updated, unchanged, failed."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ImportScreen:
    """One step of an import. `step`: upload | map | try | done; `running` while it works (then
    `status_href` answers the same screen again as a fragment).

    Upload sends `file` (multipart) to `action`; map and try send `map-…`, `habit-…`, `mode`, repeated `match`,
    `constant-…` and the `ticks`; `read_href` takes the same with the selects of `layout` and reads the file
    anew. `match` are the fields that may tell whether a record exists. `percent` is 0–100. `preview` are the
    first changes that a trial would have made; `downloads` lead to the rows that failed.
    """

    title: str
    step: str
    action: str
    back_href: str = ""
    cancel_href: str = ""
    file_text: str = ""
    accept: str = ".csv,.xlsx"
    limits: str = ""
    sample_href: str = ""
    takes_files: bool = False
    """Whether a ZIP archive with the files of records may come along, as `attachments`."""
    columns: tuple[ImportColumn, ...] = ()
    columns_text: str = ""
    modes: tuple[ImportMode, ...] = ()
    match: tuple[Choice, ...] = ()
    matched: tuple[str, ...] = ()
    counts: tuple[ImportCount, ...] = ()
    counts_note: str = ""
    preview: Table | None = None
    problems: tuple[Notice, ...] = ()
    submit_label: str = ""
    running: bool = False
    percent: int = 0
    progress_text: str = ""
    status_href: str = ""
    downloads: tuple[Link, ...] = ()
    layout: tuple[ImportChoice, ...] = ()
    read_href: str = ""
    constants: tuple[ImportConstant, ...] = ()
    constant_fields: tuple[Choice, ...] = ()
    ticks: tuple[ImportTick, ...] = ()
    skipped: tuple[ImportReason, ...] = ()
    """Why cells were left out of records that are in all the same."""
    reasons: tuple[ImportReason, ...] = ()
    actions: tuple[Action, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
