"""What the YAML reader and the JSON reader have in common: limits, scalars and the outcome of reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from sys import intern

from dougong.definitions.catalogue import problem
from dougong.definitions.nodes import MappingNode, Node, Scalar, ScalarValue, Source, Span
from dougong.definitions.text import forbidden_in
from dougong.diagnostics import Diagnostic, Place

MAX_DEPTH = 64
MAX_NUMBER = 40
_WORDS: dict[str, ScalarValue] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?\Z")


class Unreadable(Exception):
    """Reading cannot go on: carries the finding that says why."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(str(finding))


@dataclass(slots=True)
class Reading:
    """What is known while a file is read: its source, the findings so far, and whether its values can be trusted."""

    source: Source
    problems: list[Diagnostic] = field(default_factory=list)
    trusted: bool = True

    def place(self, line: int, column: int) -> Place:
        """A place in the file that is read."""
        return Place(self.source.file, line, column)

    def report(self, code: str, line: int, column: int, **parameters: object) -> None:
        """Notes a finding after which the values of this file would only mislead."""
        self.problems.append(problem(code, self.place(line, column), **parameters))
        self.trusted = False

    def scalar(self, text: str, span: Span, style: str) -> Scalar:
        """A scalar node; a plain one is a number, a boolean or nothing where YAML 1.2 and JSON agree that it is."""
        if style != "plain":
            return Scalar(self._text(text, span), span, self.source, style)
        if text.isidentifier() and text not in _WORDS:  # ids and single words, which come again and again
            return Scalar(intern(self._text(text, span)), span, self.source)
        if text in _WORDS:
            return Scalar(_WORDS[text], span, self.source)
        if _FRACTION.match(text):
            if len(text) > MAX_NUMBER:
                self.report("D119", span.line, span.column, limit=MAX_NUMBER)
                return Scalar(0, span, self.source)
            return Scalar(int(text) if _WHOLE.match(text) else Decimal(text), span, self.source)
        return Scalar(self._text(text, span), span, self.source)

    def mapping(self, entries: list[tuple[Scalar, Node]], span: Span, flow: bool) -> MappingNode:
        """A mapping node; a key that is given twice is reported with both places and its first value kept."""
        first: dict[ScalarValue, Scalar] = {}
        kept = []
        for key, value in entries:
            earlier = first.setdefault(key.value, key)
            if earlier is key:
                kept.append((key, value))
                continue
            place = self.place(key.span.line, key.span.column)
            known = {"key": key.value, "line": earlier.span.line, "column": earlier.span.column}
            self.problems.append(problem("D108", place, **known))
        return MappingNode(tuple(kept), span, self.source, flow)

    def _text(self, text: str, span: Span) -> str:
        character = forbidden_in(text)
        if character:
            self.report("D104", span.line, span.column, character=character, advice="remove it")
        return text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file gave: the tree (None when there is none to trust) and the findings."""

    root: Node | None
    problems: tuple[Diagnostic, ...]
