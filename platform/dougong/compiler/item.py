"""A cursor over the checked tree: a value, and where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dougong.definitions.nodes import (
    Data,
    Document,
    MappingNode,
    Node,
    Path,
    Scalar,
    SequenceNode,
    data_of,
    place_of,
)
from dougong.definitions.shape import shown_path
from dougong.diagnostics import Place


@dataclass(slots=True)  # not frozen, as one is made for every look at a value
class Item:
    """One value of a document with its path inside it and the key it stands under."""

    document: str
    path: Path
    node: Node
    key: Scalar | None = None

    @classmethod
    def of(cls, document: Document) -> Item:
        """The whole document."""
        return cls(document.path, (), document.root)

    @property
    def value(self) -> Data:
        """The plain value."""
        return data_of(self.node)

    @property
    def text(self) -> str:
        """The value as a text; booleans and numbers as they are written in an expression."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return format(value, "f") if value is not None and not isinstance(value, (str, int)) else str(value)

    @property
    def place(self) -> Place:
        """Where the value was written."""
        return place_of(self.node)

    @property
    def key_place(self) -> Place:
        """Where the key of the value was written."""
        return place_of(self.key if self.key is not None else self.node)

    @property
    def shown(self) -> str:
        """The path as people read it."""
        return shown_path(self.path)

    @property
    def name(self) -> str:
        """The last step of the path."""
        return str(self.path[-1]) if self.path else self.document.rpartition("/")[2]

    def get(self, name: str) -> Item | None:
        """The value under a key, or nothing."""
        entry = self.node.find(name) if isinstance(self.node, MappingNode) else None
        return Item(self.document, (*self.path, name), entry[1], entry[0]) if entry else None

    def entries(self, name: str = "") -> Iterator[tuple[str, Item]]:
        """The entries of this mapping, or of the one under a key; none where there is no such mapping."""
        item = self.get(name) if name else self
        if item is not None and isinstance(item.node, MappingNode):
            for key, value in item.node.entries:
                yield str(key.value), Item(self.document, (*item.path, str(key.value)), value, key)

    def items(self, name: str = "") -> Iterator[Item]:
        """The items of this list, or of the one under a key; none where there is no such list."""
        item = self.get(name) if name else self
        if item is not None and isinstance(item.node, SequenceNode):
            for index, value in enumerate(item.node.items):
                yield Item(self.document, (*item.path, index), value)

    def string(self, name: str, default: str = "") -> str:
        """The text under a key."""
        item = self.get(name)
        return item.text if item is not None else default

    def flag(self, name: str, default: bool) -> bool:
        """The boolean under a key."""
        item = self.get(name)
        return bool(item.value) if item is not None else default

    def number(self, name: str, default: int) -> int:
        """The whole number under a key."""
        item = self.get(name)
        return int(str(item.value)) if item is not None else default
