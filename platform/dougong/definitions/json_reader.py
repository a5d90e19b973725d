"""A strict reader for JSON (RFC 8259) that knows where every value stands."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from dougong.definitions.catalogue import problem
from dougong.definitions.nodes import Node, Scalar, SequenceNode, Source, Span
from dougong.definitions.reading import MAX_DEPTH, Outcome, Reading, Unreadable
from dougong.definitions.text import place_at

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.+_-])")
_WORD = re.compile(r"(?:true|false|null)(?![0-9A-Za-z_])")


def read_json(text: str, source: Source) -> Outcome:
    """The tree of a JSON text, or findings; never an exception, whatever the text is."""
    reading = Reading(source)
    if not text.strip(" \t\n\r"):
        return Outcome(None, (problem("D118", reading.place(1, 1)),))
    try:
        root = _Parser(text, reading).document()
    except Unreadable as error:
        return Outcome(None, (*reading.problems, error.finding))
    return Outcome(root if reading.trusted else None, tuple(reading.problems))


class _Parser:
    """Recursive descent over the text, bounded in depth."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading
        self.at = 0
        self.depth = 0
        self.line = 1
        self.line_start = 0
        self.counted = 0

    def document(self) -> Node:
        self._skip()
        root = self._value()
        self._skip()
        if self.at < len(self.text):
            self._refuse("something follows after the value")
        return root

    def _value(self) -> Node:
        character = self.text[self.at : self.at + 1]
        if character == "{":
            return self._object()
        if character == "[":
            return self._array()
        if character == '"':
            return self._string()
        match = _NUMBER.match(self.text, self.at) or _WORD.match(self.text, self.at)
        if not match:
            self._refuse("a value is expected" if character else "the text ends too early")
        start = self._mark(self.at)
        self.at = match.end()
        return self.reading.scalar(match.group(), self._span(start), "plain")

    def _string(self) -> Scalar:
        match = _STRING.match(self.text, self.at)
        if not match:
            self._refuse("the text in quotes is not closed or holds an unknown escape or a line break")
        start = self._mark(self.at)
        self.at = match.end()
        return self.reading.scalar(json.loads(match.group()), self._span(start), '"')

    def _array(self) -> Node:
        start = self._open()
        items: list[Node] = []
        while not self._closed("]", bool(items)):
            items.append(self._value())
        self.depth -= 1
        return SequenceNode(tuple(items), self._span(start), self.reading.source, True)

    def _object(self) -> Node:
        start = self._open()
        entries: list[tuple[Scalar, Node]] = []
        while not self._closed("}", bool(entries)):
            if self.text[self.at : self.at + 1] != '"':
                self._refuse("a key in double quotes is expected")
            key = self._string()
            if not key.value:
                self.reading.report("D114", key.span.line, key.span.column)
            self._skip()
            self._take(":", "a colon is expected after the key")
            self._skip()
            entries.append((key, self._value()))
        self.depth -= 1
        return self.reading.mapping(entries, self._span(start), True)

    def _open(self) -> tuple[int, int, int]:
        start = self._mark(self.at)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(problem("D115", self.reading.place(start[1], start[2]), limit=MAX_DEPTH))
        self.at += 1
        return start

    def _closed(self, bracket: str, needs_comma: bool) -> bool:
        """Moves over blanks and the comma between items; true when the bracket closes here."""
        self._skip()
        if self.text[self.at : self.at + 1] == bracket:
            self.at += 1
            return True
        if needs_comma:
            self._take(",", f"a comma or {bracket} is expected")
            self._skip()
            if self.text[self.at : self.at + 1] == bracket:
                self._refuse("a comma must not stand before the closing bracket")
        return False

    def _take(self, character: str, complaint: str) -> None:
        if self.text[self.at : self.at + 1] != character:
            self._refuse(complaint)
        self.at += 1

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _mark(self, index: int) -> tuple[int, int, int]:
        """Offset, line and column; lines are counted on from the last mark, which makes reading linear."""
        fresh = self.text.count("\n", self.counted, index)
        if fresh:
            self.line += fresh
            self.line_start = self.text.rfind("\n", 0, index) + 1
        self.counted = index
        return index, self.line, index - self.line_start + 1

    def _span(self, start: tuple[int, int, int]) -> Span:
        return Span(start[0], self.at, start[1], start[2])

    def _refuse(self, complaint: str) -> NoReturn:
        place = place_at(self.text, self.at, self.reading.source.file)
        raise Unreadable(problem("D107", place, problem=complaint))
