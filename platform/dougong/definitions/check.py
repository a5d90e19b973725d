"""Each file against the schema of its kind; what is wrong is reported and taken out, so that the rest can be compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema.exceptions import ValidationError

from dougong.definitions.nodes import Document, MappingNode, Node, Path, SequenceNode
from dougong.definitions.places import kind_of
from dougong.definitions.shape import finding, is_about_key
from dougong.definitions.tree import Tree
from dougong.definitions.validator import errors
from dougong.diagnostics import Diagnostic

_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """The documents with everything wrong taken out. `damaged` says, by document, the paths that were taken out:
    what they would have defined exists in the author's mind, and nobody should complain that it is missing."""

    documents: Mapping[str, Document]
    problems: tuple[Diagnostic, ...] = ()
    damaged: Mapping[str, frozenset[Path]] = field(default_factory=dict)

    def is_damaged(self, document: str, path: Path = ()) -> bool:
        """Whether the thing at this path, or something it is part of, was written but could not be used."""
        taken = self.damaged.get(document, frozenset())
        return any(path[:length] in taken for length in range(len(path) + 1))

    def folder(self, name: str) -> dict[str, Document]:
        """The documents of one folder by id, in order of their ids."""
        prefix = f"{name}/"
        return {
            path.removeprefix(prefix): document
            for path, document in sorted(self.documents.items())
            if path.startswith(prefix)
        }


def check(tree: Tree) -> Checked:
    """Every document of an app against the schema of its kind."""
    documents: dict[str, Document] = {}
    problems: list[Diagnostic] = []
    damaged: dict[str, frozenset[Path]] = {path: frozenset({()}) for path in tree.broken}
    for path, document in sorted(tree.documents.items()):
        sound, found, taken = check_document(document)
        problems.extend(found)
        if sound is not None:
            documents[path] = sound
        if taken:
            damaged[path] = damaged.get(path, frozenset()) | taken
    return Checked(documents, tuple(problems), damaged)


def check_document(document: Document) -> tuple[Document | None, list[Diagnostic], frozenset[Path]]:
    """One document: what is left of it when everything wrong is taken out, the findings, and what was taken out."""
    kind = kind_of(document.path)
    problems: list[Diagnostic] = []
    taken: set[Path] = set()
    root = document.root
    for round_ in range(_ROUNDS):
        current = Document(document.path, root)
        wrong = errors(kind, current.data)
        if not wrong:
            return current, problems, frozenset(taken)
        if round_ == 0:
            problems = _in_order(finding(current, error) for error in wrong)
        paths = {_taken_path(error) for error in wrong}
        taken |= paths
        rest = _without(root, paths, ())
        if rest is None:
            break
        root = rest
    return None, problems, frozenset({()})


def _in_order(found: Any) -> list[Diagnostic]:
    """Findings from top to bottom, each said once."""
    unique = {(str(each.place), each.code, each.path, each.message): each for each in found}
    return sorted(unique.values(), key=lambda each: (each.place.line, each.place.column, each.code))


def _taken_path(error: ValidationError) -> Path:
    path: Path = tuple(error.absolute_path)
    if is_about_key(error):
        return (*path, str(error.message))
    return path


def _without(node: Node, paths: set[Path], here: Path) -> Node | None:
    """The node without what stands at these paths; nothing when it is itself among them."""
    if here in paths:
        return None
    if isinstance(node, MappingNode):
        kept = [(key, _without(value, paths, (*here, str(key.value)))) for key, value in node.entries]
        entries = tuple((key, value) for key, value in kept if value is not None)
        return MappingNode(entries, node.span, node.source, node.flow, node.removed)
    if isinstance(node, SequenceNode):
        items = (_without(item, paths, (*here, index)) for index, item in enumerate(node.items))
        return SequenceNode(
            tuple(item for item in items if item is not None), node.span, node.source, node.flow
        )
    return node
