"""What a command says and to whom: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TextIO

from dougong.cli.words import WORDS
from dougong.diagnostics import Diagnostic, Refusal
from dougong.web.problems import diagnostic_document, hint_of, message_of, title_of


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command writes, in which language, and whether its result is for a program."""

    out: TextIO
    err: TextIO
    language: str
    as_json: bool = False

    def say(self, key: str, **words: object) -> str:
        """One of the command line's texts in the reader's language."""
        chinese, english = WORDS[key]
        return (chinese if self.language == "zh" else english).format(**words)

    def result(self, text: str, document: Any = None) -> None:
        """The result: a document for programs where one was asked for and given, else text."""
        if self.as_json:
            print(
                json.dumps(text if document is None else document, ensure_ascii=False, indent=2, default=str),
                file=self.out,
            )
        elif text:
            print(text, file=self.out)

    def with_json(self) -> Console:
        """The same console, its result for a program."""
        return replace(self, as_json=True)

    def note(self, text: str) -> None:
        """Something to know that is not the result."""
        print(text, file=self.err)

    def progress(self, text: str, final: bool = False) -> None:
        """Progress on one line that is written over, on a terminal; elsewhere only the last state is written."""
        if self.err.isatty():
            print(f"\r{text}\x1b[K", end="\n" if final else "", file=self.err, flush=True)
        elif final:
            print(text, file=self.err)

    def findings(self, problems: Iterable[Diagnostic]) -> None:
        """Findings, one a line, as compilers write them."""
        for problem in problems:
            print(finding_line(problem, self.language), file=self.err)

    def refused(self, refusal: Refusal) -> int:
        """Say why something is refused; the exit status of a refusal."""
        if self.as_json:
            self.result(
                "",
                {
                    "status": "refused",
                    "kind": refusal.kind,
                    "errors": documents(refusal.problems, self.language),
                },
            )
        if refusal.problems:
            self.findings(refusal.problems)
        else:
            print(title_of(refusal.kind, self.language), file=self.err)
        return 1


def finding_line(problem: Diagnostic, language: str) -> str:
    """`file:line:column: error CODE: message (hint)`."""
    where = f"{problem.place}: " if problem.place else ""
    inside = f"{problem.path}: " if problem.path and not problem.place else ""
    advice = hint_of(problem, language)
    hint = f" ({advice})" if advice else ""
    return f"{where}{problem.severity} {problem.code}: {inside}{message_of(problem, language)}{hint}"


def documents(problems: Iterable[Diagnostic], language: str) -> list[dict[str, Any]]:
    """Findings as data, with the same keys as over HTTP."""
    return [diagnostic_document(problem, language) for problem in problems]


def language_of_environment() -> str:
    """The reader's language as the environment tells it: zh for a Chinese locale, else en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> str:
    """Rows as aligned columns; Chinese characters count for two."""
    everything = [list(heads), *[list(row) for row in rows]]
    widths = [max(_width(row[index]) for row in everything) for index in range(len(heads))]
    lines = []
    for row in everything:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)


def standard_console(as_json: bool = False) -> Console:
    """The console of this process."""
    return Console(sys.stdout, sys.stderr, language_of_environment(), as_json)
