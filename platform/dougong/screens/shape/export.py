"""Taking records out: choose columns and format, wait, fetch."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.parts import Action, Notice


@dataclass(frozen=True, slots=True)
class ExportScreen:
    """One step of an export: the form (`format`, repeated `field`, `rows`), or how far it is while `running` (then
    `status_href` answers the same screen again as a fragment), or the file at `file_href`.
    """

    title: str
    action: str
    cancel_href: str = ""
    count_text: str = ""
    formats: tuple[Choice, ...] = ()
    format: str = ""
    fields: tuple[Choice, ...] = ()
    has_rows: bool = False
    problems: tuple[Notice, ...] = ()
    running: bool = False
    percent: int = 0
    progress_text: str = ""
    status_href: str = ""
    file_href: str = ""
    file_text: str = ""
    actions: tuple[Action, ...] = ()
    submit_label: str = ""
