"""A field of an entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice: its id is stored, its label is shown; `colour` is a name of the palette or empty."""

    id: str
    label: Text
    colour: str = ""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a link, links or member field points to, and what happens to it when the target is deleted.

    `on_delete`: restrict | cascade | clear. `inverse` is the id of the list on the other side ("" = none).
    `fill` is what choosing a record gives to other fields of this one: own field → expression, which reads the chosen record over
    the link itself. `filter` is what must be true of it, read in the same way.
    """

    app: str
    entity: str
    on_delete: str = "restrict"
    inverse: str = ""
    inverse_label: Text = EMPTY
    fill: tuple[tuple[str, Expression], ...] = ()
    filter: Expression | None = None

    @property
    def key(self) -> str:
        """`app.entity`, the key of the target in a release."""
        return f"{self.app}.{self.entity}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A link to one of several entities as it was written; each link that stands for it knows it."""

    field: str
    label: Text
    required: bool = False


@dataclass(frozen=True, slots=True)
class SerialPart:
    """One part of a serial number: kind is constant (value: the text), date (yyyyMM…), field (a road) or count (digits)."""

    kind: str
    value: str
    expression: Expression | None = None
    """The value of a field part."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, complete: nothing is left for a default to fill in.

    `type` is the id of a registered field type, which alone knows what the settings mean. `minimum` and `maximum` are
    constants or expressions. `formula` makes the field computed, never written by a person: its value is stored, or, unless
    `stored`, worked out whenever it is read.
    """

    id: str
    type: str
    label: Text
    help: Text = EMPTY
    placeholder: Text = EMPTY
    grid_width: str = ""
    """How wide the column is in lists and rows: narrow | medium | wide | widest; "" leaves it to the values."""
    scan: bool = False
    """Whether a form offers the camera, to read a bar code into it."""
    required: bool = False
    unique: bool = False
    hidden_value: str = "keep"
    """What becomes of the value of a field that a rule hides: keep, empty, or recompute (the default anew)."""
    default: Expression | None = None
    formula: Expression | None = None
    stored: bool = True
    minimum: Decimal | Expression | None = None
    maximum: Decimal | Expression | None = None
    max_length: int | None = None
    pattern: str = ""
    decimals: int = 0
    digits: int = 18
    """All digits of a number, those after the point too."""
    currency: str = ""
    options: tuple[Option, ...] = ()
    target: LinkTarget | None = None
    one_of: OneOf | None = None
    """For a link that stands, with others, for a link to one of several entities."""
    pipeline: str = ""
    parts: tuple[SerialPart, ...] = ()
    reset: str = "never"
    per: tuple[Expression, ...] = ()
    """For type `serial`: what the numbers are counted by, besides the period."""
    multiple: bool = False
    accept: tuple[str, ...] = ()
    max_size: int = 20 * 1024 * 1024
    was: str = ""
    copies: bool | None = None
    """Whether a copy of the record takes the value along; None leaves it to the kind of field."""
    backfill: str = ""
    """An expression over the record as the version before had it: what records get that the new version has no value for."""
    unfit: str = ""
    """What becomes of values that a new version does not take: "" (they stand against it), default or aside."""
    table: str = ""
    """For type `table`: the key (`app.entity/field`) of the embedded entity that holds the rows."""
    place: Place | None = field(default=None, compare=False)
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Settings only this type knows (declared in its settings schema), already checked."""

    @property
    def is_computed(self) -> bool:
        """Whether the value comes from a formula or a counter and can therefore not be written."""
        return self.formula is not None or self.type == "serial"

    @property
    def stored_formula(self) -> Expression | None:
        """The formula of a field whose value is computed when a record is written; None for others."""
        return self.formula if self.stored else None

    @property
    def is_virtual(self) -> bool:
        """Whether the value is worked out when it is read, and stands in no column."""
        return self.formula is not None and not self.stored
