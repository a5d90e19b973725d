"""A whole app as it was read: merged documents, the texts they came from, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.definitions.nodes import Document, Layer
from dougong.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Tree:
    """The definition files of one app. `documents` are keyed by path without ending (`entities/account`).

    `sources` are the texts by path with ending, `rows` the seed files (`data/seed/account.csv` → text), `broken` the
    paths of files that exist but could not be read, so that nobody complains about what they would have defined.
    """

    name: str
    documents: Mapping[str, Document]
    sources: Mapping[str, str]
    rows: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    broken: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()

    def folder(self, name: str) -> dict[str, Document]:
        """The documents of one folder by id, in order of their ids."""
        prefix = f"{name}/"
        return {
            path.removeprefix(prefix): document
            for path, document in sorted(self.documents.items())
            if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
        }

    def is_broken(self, path: str) -> bool:
        """Whether a file for this document exists that could not be read."""
        return path in self.broken
