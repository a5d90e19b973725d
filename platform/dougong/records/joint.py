"""A link to one of several entities as one column of a file: `Site: Lake` names the kind of record and the record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.resolving import AMBIGUOUS, SHOWN_CANDIDATES, Resolver

_MARK = re.compile("[:：]")
Names = Mapping[str, Mapping[str, int | None]]
"""By the key of an entity what the texts mean there."""


class Unclear(Exception):
    """A cell that names no record, an unknown kind of record, or several records, with what it may have meant."""

    def __init__(self, code: str, text: str, candidates: str = "") -> None:
        self.code, self.text, self.candidates = code, text, candidates
        super().__init__(text)


def kind_of(call: Call, link: Field, language: str) -> str:
    """What a record is that a link points to."""
    assert link.target is not None
    return call.release.entity(link.target.key).label.get(language)


def cell_of(call: Call, link: Field, title: str) -> str:
    """How a filled link stands in the one column."""
    return f"{kind_of(call, link, call.language)}: {title}"


class JointReader:
    """Reads the cells of such a column: the kind before a colon, or, where only one kind has such a record, the record alone."""

    def __init__(self, call: Call, links: tuple[Field, ...], resolver: Resolver) -> None:
        self._call, self._links, self._resolver = call, links, resolver
        self._kinds: dict[str, Field] = {}
        for link in links:
            assert link.target is not None
            entity = call.release.entity(link.target.key)
            labels = (text for each in (entity.label, entity.plural) for _, text in each.texts)
            for name in (entity.id, link.id, *labels):
                self._kinds.setdefault(_folded(name), link)

    def texts(self, cell: str) -> Iterable[tuple[str, str]]:
        """What must be looked up to read a cell: keys of entities with texts."""
        link, rest = self._split(cell)
        for each in (link,) if link is not None else self._links:
            assert each.target is not None
            yield each.target.key, rest

    def read(self, cell: str, names: Names) -> dict[str, int | None]:
        """The values of all the links, of which one is filled; raises Unclear."""
        link, rest = self._split(cell)
        chosen = link if link is not None else self._only(cell, names)
        assert chosen.target is not None
        key = chosen.target.key
        identifier = names[key].get(rest)
        if identifier is None:
            raise Unclear("unknown_target", rest)
        if identifier == AMBIGUOUS:
            raise Unclear("import_ambiguous", rest, self._resolver.candidates(key, rest))
        return {each.id: identifier if each is chosen else None for each in self._links}

    def _split(self, cell: str) -> tuple[Field | None, str]:
        """The kind that stands before a colon, and what stands behind it; no kind and the whole where it is none."""
        found = _MARK.search(cell)
        link = self._kinds.get(_folded(cell[: found.start()])) if found else None
        return (link, cell[found.end() :].strip()) if found and link is not None else (None, cell.strip())

    def _only(self, cell: str, names: Names) -> Field:
        """The one kind that has a record of that name."""
        text, call = cell.strip(), self._call
        having = [
            each for each in self._links if each.target and names[each.target.key].get(text) is not None
        ]
        if len(having) == 1:
            return having[0]
        kinds = having or list(self._links)
        candidates = ", ".join(cell_of(call, each, text) for each in kinds[:SHOWN_CANDIDATES])
        if having:
            raise Unclear("import_ambiguous", text, candidates)
        if _MARK.search(text):
            known = ", ".join(kind_of(call, each, call.language) for each in self._links)
            raise Unclear("import_kind", text, known)
        raise Unclear("unknown_target", text)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
