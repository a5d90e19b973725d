"""The syntax tree of one definition file: values with the exact places where they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dougong.diagnostics import Place

ScalarValue = str | int | Decimal | bool | None
Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The file a node was read from, as a person sees it, and the layer the file belongs to."""

    file: str
    layer: str = "template"


@dataclass(
    slots=True, init=False
)  # frozen ones take three times as long to make, and a large app has a million
class Span:
    """Where a node stands: offsets into the text (end exclusive) and the 1-based line and column of its start.

    The length stands for the end, as Python keeps small numbers only once.
    """

    start: int
    length: int
    line: int
    column: int

    def __init__(self, start: int, end: int, line: int, column: int) -> None:
        self.start = start
        self.length = end - start
        self.line = line
        self.column = column

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + self.length


@dataclass(slots=True)
class Scalar:
    """A single value; `style` is how it was written: plain, ', ", | or >."""

    value: ScalarValue
    span: Span
    source: Source
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping; keys are unique. `removed` are keys that a higher layer took away, with the place where it did."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    source: Source
    flow: bool = False
    removed: Mapping[str, Scalar] = field(default_factory=dict, compare=False)

    def find(self, key: str) -> tuple[Scalar, Node] | None:
        """The entry with that key, or nothing."""
        for entry in self.entries:
            if entry[0].value == key:
                return entry
        return None


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    source: Source
    flow: bool = False


Node = Scalar | MappingNode | SequenceNode
Data = str | int | Decimal | bool | None | dict[str, "Data"] | list["Data"]


def data_of(node: Node) -> Data:
    """The plain value of a node, without positions."""
    if isinstance(node, MappingNode):
        return {str(key.value): data_of(value) for key, value in node.entries}
    if isinstance(node, SequenceNode):
        return [data_of(item) for item in node.items]
    return node.value


def same(left: Data, right: Data) -> bool:
    """Whether two values say the same, keys in the same order and `true` not the same as 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    numbers = (int, Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return left == right
    return type(left) is type(right) and left == right


def place_of(node: Node) -> Place:
    """Where a node begins."""
    return Place(node.source.file, node.span.line, node.span.column)


def descend(root: Node, path: Sequence[Step]) -> Iterator[tuple[Scalar | None, Node]]:
    """Each key and node on the way from the root along a path, as far as the path exists."""
    key: Scalar | None = None
    node = root
    yield key, node
    for step in path:
        if isinstance(node, MappingNode):
            entry = node.find(str(step))
            if entry is None:
                return
            key, node = entry
        elif isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
            key, node = None, node.items[step]
        else:
            return
        yield key, node


def find(root: Node, path: Sequence[Step]) -> Node | None:
    """The node at a path, or nothing."""
    steps = list(descend(root, path))
    return steps[-1][1] if len(steps) == len(path) + 1 else None


@dataclass(frozen=True, slots=True)
class Document:
    """One definition file, or the same file of several layers merged: its path inside the app and its tree."""

    path: str
    root: Node

    @property
    def data(self) -> Data:
        """The plain value of the whole file."""
        return data_of(self.root)

    def place(self, path: Sequence[Step] = ()) -> Place:
        """Where the value at a path was written; where the path ends early, the last thing that exists on it."""
        return place_of(list(descend(self.root, path))[-1][1])

    def key_place(self, path: Sequence[Step]) -> Place:
        """Where the key at a path was written (for an item of a list: the item)."""
        key, node = list(descend(self.root, path))[-1]
        return place_of(key if key is not None else node)

    def origin(self, path: Sequence[Step] = ()) -> tuple[str, Place]:
        """The layer a value comes from and where it stands there."""
        node = list(descend(self.root, path))[-1][1]
        return node.source.layer, place_of(node)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as it was read: document path → tree, before anything was merged."""

    name: str
    documents: Mapping[str, Document]
