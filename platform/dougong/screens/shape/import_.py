"""Bringing in a file: upload, map the columns, try, run, result."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.parts import Action, Notice, Table

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

    Upload sends `file` (multipart) to `action`; map sends `map-…`, `mode`, repeated `match`; try sends
    nothing more. `match` are the fields that may tell whether a record exists. `percent` is 0–100.
    `preview` are the first rows as they would be stored.
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
    failed_href: str = ""
    actions: tuple[Action, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
