"""A strict reader for YAML 1.2: plain values only, exact places, nothing that unfolds, everything bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from dougong.definitions.catalogue import problem
from dougong.definitions.nodes import Node, Scalar, SequenceNode, Source, Span
from dougong.definitions.reading import MAX_DEPTH, Outcome, Reading, Unreadable
from dougong.diagnostics import Diagnostic

_STYLES = {None: "plain", "": "plain", "'": "'", '"': '"', "|": "|", ">": ">"}
_PLAIN_WORDS = {
    "did not find expected ',' or ']'": "a comma or ] is missing",
    "did not find expected ',' or '}'": "a comma or } is missing",
    "mapping values are not allowed in this context": "a colon stands where no key can be",
    "did not find expected key": "a key is expected here",
    "could not find expected ':'": "a colon is missing after the key",
    "found unexpected end of stream": "a quote is not closed",
    "found character that cannot start any token": "a value cannot begin with this character",
    "did not find expected '-' indicator": "a list item (-) is expected here",
    "block sequence entries are not allowed in this context": "a list cannot begin here",
    "did not find expected node content": "a value is missing",
    "found unknown escape character": "the escape after \\ is unknown",
    "did not find expected alphabetic or numeric character": "a name is missing after & or *",
}


_Event = Any
_START: Any = yaml.DocumentStartEvent
_ALIAS: Any = yaml.AliasEvent
_SCALAR: Any = yaml.ScalarEvent
_END_OF_LIST: Any = yaml.SequenceEndEvent
_END_OF_MAPPING: Any = yaml.MappingEndEvent
"""Events of the parser; the stubs of PyYAML say that their marks may be missing, which they never are."""


def read_yaml(text: str, source: Source) -> Outcome:
    """The tree of a YAML text, or findings; never an exception, whatever the text is."""
    reading = Reading(source)
    try:
        root = _Composer(text, reading).document()
    except Unreadable as error:
        return Outcome(None, (*reading.problems, error.finding))
    if root is None and not reading.problems:
        return Outcome(None, (problem("D118", reading.place(1, 1)),))
    return Outcome(root if reading.trusted else None, tuple(reading.problems))


class _Composer:
    """Builds nodes from parser events in one pass, so that nothing is built before its limits are checked."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading
        self.parser = yaml.CSafeLoader(text)
        self.next: Callable[[], _Event] = self.parser.get_event
        self.depth = 0

    def document(self) -> Node | None:
        try:
            root = self._document()
        except yaml.MarkedYAMLError as error:
            raise Unreadable(self._syntax(error)) from None
        except (yaml.YAMLError, UnicodeError) as error:
            raise Unreadable(problem("D106", self.reading.place(1, 1), problem=error, advice="")) from None
        finally:
            self.parser.dispose()
        if isinstance(root, Scalar) and root.style == "plain" and root.span.start == root.span.end:
            return None
        return root

    def _document(self) -> Node | None:
        root: Node | None = None
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, _START):
                line, column = event.start_mark.line + 1, event.start_mark.column + 1
                if event.version or event.tags:
                    self.reading.report("D113", line, column)
                if root is not None:
                    raise Unreadable(problem("D112", self.reading.place(line, column)))
                root = self._node(self.next())
        return root

    def _syntax(self, error: yaml.MarkedYAMLError) -> Diagnostic:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        place = self.reading.place(line, column)
        rows = self.text.split("\n")
        row = rows[line - 1] if line <= len(rows) else ""
        if row[column - 1 : column] == "\t" or "\t" in row[: len(row) - len(row.lstrip())]:
            return problem("D105", place)
        said = str(error.problem or "it cannot be read")
        odd = row[column - 1 : column]
        advice = "put a text that begins with it in quotes" if odd and odd in "@`%" else ""
        return problem("D106", place, problem=_PLAIN_WORDS.get(said, said), advice=advice)

    def _node(self, event: _Event) -> Node:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if type(event) is _SCALAR and event.anchor is None and event.tag is None:  # nearly all are
            span = Span(mark.index, event.end_mark.index, line, column)
            return self.reading.scalar(event.value, span, _STYLES[event.style])
        if isinstance(event, _ALIAS):
            self.reading.report("D109", line, column)
            return Scalar(None, Span(mark.index, event.end_mark.index, line, column), self.reading.source)
        if event.anchor:
            self.reading.report("D109", line, column)
        if event.tag:
            self.reading.report("D110", line, column)
        if isinstance(event, _SCALAR):
            span = Span(mark.index, event.end_mark.index, line, column)
            return self.reading.scalar(event.value, span, _STYLES[event.style])
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(problem("D115", self.reading.place(line, column), limit=MAX_DEPTH))
        node = self._sequence(event) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(event)
        self.depth -= 1
        return node

    def _sequence(self, start: _Event) -> Node:
        items: list[Node] = []
        while not isinstance(event := self.next(), _END_OF_LIST):
            items.append(self._node(event))
        flow = bool(start.flow_style)
        end = event.end_mark.index if flow or not items else items[-1].span.end
        return SequenceNode(tuple(items), _span(start, end), self.reading.source, flow)

    def _mapping(self, start: _Event) -> Node:
        entries: list[tuple[Scalar, Node]] = []
        while not isinstance(event := self.next(), _END_OF_MAPPING):
            key = self._key(event)
            value = self._node(self.next())
            if key is not None:
                entries.append((key, value))
        flow = bool(start.flow_style)
        end = (
            event.end_mark.index
            if flow or not entries
            else max(entries[-1][1].span.end, entries[-1][0].span.end)
        )
        return self.reading.mapping(entries, _span(start, end), flow)

    def _key(self, event: _Event) -> Scalar | None:
        """The key as a text, for `1`, `true` and `no` are names here; anything that is no name is reported."""
        node = self._node(event)
        if isinstance(node, Scalar) and isinstance(event, _SCALAR) and event.value:
            if event.value == "<<" and node.style == "plain":
                self.reading.report("D111", node.span.line, node.span.column)
                return None
            is_text = isinstance(node.value, str)
            return node if is_text else Scalar(event.value, node.span, node.source, node.style)
        self.reading.report("D114", node.span.line, node.span.column)
        return None


def _span(start: _Event, end: int) -> Span:
    return Span(start.start_mark.index, end, start.start_mark.line + 1, start.start_mark.column + 1)
