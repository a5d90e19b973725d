"""The one shape of every problem that a person can correct, and the refusal that carries problems upwards."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error refuses, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands in what an author wrote: a file relative to the apps' folder, 1-based line and column."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code from the catalogue, where it stands, what is wrong and what to do about it.

    `path` is the path inside the document (`fields/amount/type`), or, for values of a record, the field path
    (`lines/2/quantity`). `parameters` hold the raw words of the message so that a screen can say it in the reader's language.
    """

    code: str
    message: str
    path: str = ""
    place: Place | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR
    parameters: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        inside = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.severity} {self.code}: {inside}{self.message}{hint}"


class Refusal(Exception):
    """A request that is refused for reasons a person can correct; whoever raises it has changed nothing.

    `kind` is one of: invalid (422), forbidden (403), missing (404), conflict (409), stale (412), unauthorised (401),
    too_many (429), too_large (413), unavailable (503). Only `web` knows the numbers.
    """

    def __init__(self, kind: str, problems: Iterable[Diagnostic]) -> None:
        self.kind = kind
        self.problems: tuple[Diagnostic, ...] = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems) or kind)


def nearest(name: str, names: Iterable[str]) -> str:
    """The valid name that is closest to a mistyped one, as a hint, or an empty text when nothing is close."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
