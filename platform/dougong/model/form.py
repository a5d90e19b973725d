"""Forms and saved views of an entity."""

from __future__ import annotations

from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class FormField:
    """One place of a form. `width` is 1 (a column) or the number of columns it spans."""

    field: str
    width: int = 1
    written: str = ""
    """For one of the links that stand for a link to one of several entities: its name, where the form names that."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields in 1–4 columns."""

    id: str
    label: Text
    columns: int
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The layout of one entity's create, edit and record pages; every field a person may see stands in it once."""

    id: str
    entity: str
    sections: tuple[Section, ...]
    facts: tuple[str, ...] = ()
    """Up to five fields shown large at the head of the record page."""
    place: Place | None = field(default=None, compare=False)


def as_written(section: Section) -> tuple[FormField, ...]:
    """The places of a section as its file names them: links that were named together are one place."""
    found: dict[str, FormField] = {}
    for place in section.fields:
        name = place.written or place.field
        found.setdefault(name, FormField(name, place.width))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order: a field id or system column, and its direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of an entity: `kind` is grid or kanban; `group` is the field whose values are the kanban's columns."""

    id: str
    entity: str
    label: Text
    kind: str = "grid"
    filter: Expression | None = None
    columns: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    group: str = ""
    totals: tuple[str, ...] = ()
    """Fields summed in the foot of the list and in the heads of kanban columns."""
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)
