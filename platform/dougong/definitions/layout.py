"""Where the children of a mapping or list stand in the text: the slices that an edit moves, removes or adds."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.definitions.nodes import MappingNode, Node, Scalar, SequenceNode


@dataclass(frozen=True, slots=True)
class Slice:
    """A child with everything that belongs to it: comments right above it and, in block style, the rest of its last line."""

    start: int
    end: int
    head: int
    """Where its key, dash or value begins; after `start` when comments stand above it."""


def end_of(text: str, node: Node) -> int:
    """Where a node ends; a block of text ends with its last line, or with all blank lines that it keeps."""
    if isinstance(node, Scalar):
        if node.style in "|>":
            written = text[node.span.start : node.span.end]
            keeps = "+" in written.split("\n", 1)[0].split("#")[0]
            return node.span.start + len(written.removesuffix("\n") if keeps else written.rstrip("\n"))
        return node.span.end
    if node.flow:
        return node.span.end
    if isinstance(node, MappingNode):
        return max(
            (max(key.span.end, end_of(text, value)) for key, value in node.entries), default=node.span.end
        )
    return max((end_of(text, item) for item in node.items), default=node.span.end)


def slices(text: str, node: MappingNode | SequenceNode) -> list[Slice]:
    """The children of a node from first to last."""
    if isinstance(node, MappingNode):
        pairs = [(key.span.start, max(key.span.end, end_of(text, value))) for key, value in node.entries]
    elif node.flow:
        pairs = [(item.span.start, end_of(text, item)) for item in node.items]
    else:
        pairs = _dashed(text, node)
    if node.flow:
        return [Slice(start, end, start) for start, end in pairs]
    found: list[Slice] = []
    for start, end in pairs:
        floor = found[-1].end + 1 if found else 0
        found.append(Slice(_with_comments(text, start, floor), _line_end(text, end), start))
    return found


def _dashed(text: str, node: SequenceNode) -> list[tuple[int, int]]:
    """The items of a block list from dash to end; all dashes stand in the column of the first."""
    column = node.span.column - 1
    found: list[tuple[int, int]] = []
    at = node.span.start
    for item in node.items:
        end = max(at + 1, end_of(text, item))
        found.append((at, end))
        at = _next_dash(text, end, column)
    return found


def _next_dash(text: str, after: int, column: int) -> int:
    line = text.find("\n", after) + 1
    while 0 < line < len(text):
        if text[line : line + column].strip() == "" and text[line + column : line + column + 1] == "-":
            return line + column
        line = text.find("\n", line) + 1
    return len(text)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_comments(text: str, start: int, floor: int) -> int:
    """The offset of the first of the comment lines that stand right above, in the same column as the child."""
    line = text.rfind("\n", 0, start) + 1
    column = start - line
    if text[line:start].strip() or line < floor:
        return start
    while line > floor:
        above = text.rfind("\n", 0, line - 1) + 1
        row = text[above : line - 1]
        if row[:column].strip() or row[column : column + 1] != "#" or above < floor:
            break
        line = above
    return line + column


def column_of(text: str, at: int) -> int:
    """How far an offset stands from the beginning of its line."""
    return at - (text.rfind("\n", 0, at) + 1)
