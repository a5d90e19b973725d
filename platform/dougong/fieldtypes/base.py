"""What every field type promises; the rest of the platform knows types only through this class."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any, ClassVar, Literal

from sqlalchemy.types import TypeEngine

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.messages import say
from dougong.fieldtypes.operators import Operator
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused: a code of `messages` and what its message needs."""

    code: str
    parameters: tuple[tuple[str, str], ...] = ()

    def message(self, language: str) -> str:
        """Return the reason in a language, zh or en."""
        return say(self.code, language, self.parameters)

    def diagnostic(self, path: str, language: str = "en") -> Diagnostic:
        """Return the same as a finding about the value at a path of a record."""
        return Diagnostic(self.code, self.message(language), path, parameters=self.parameters)


class Invalid(ValueError):
    """A value that does not fit its field; `problem` says why."""

    def __init__(self, code: str, **parameters: object) -> None:
        self.problem = Problem(code, tuple((name, str(value)) for name, value in parameters.items()))
        super().__init__(code)

    def __str__(self) -> str:
        return self.problem.message("en")


@dataclass(frozen=True, slots=True)
class Habits:
    """How the writer of a cell or form field writes.

    `date_order` decides 3/1/2026 and 3/1/26 ("" refuses what is ambiguous). `bare_percent` says what "10" means in a
    percent field: ten per cent, as people type it, or the fraction, as machines write it. `serial_dates` takes numbers for
    the days that a spreadsheet counts from that year on ("" refuses them).
    """

    language: str = "zh"
    timezone: tzinfo = UTC
    date_order: Literal["", "mdy", "dmy", "ymd"] = ""
    decimal_mark: Literal[".", ","] = "."
    bare_percent: Literal["percent", "fraction"] = "percent"
    serial_dates: Literal["", "1900", "1904"] = ""


WIDGETS = frozenset(
    (
        *(
            "text",
            "textarea",
            "rich_text",
            "number",
            "money",
            "percent",
            "rating",
            "duration",
            "time",
            "date",
            "datetime",
        ),
        *(
            "checkbox",
            "select",
            "multiselect",
            "stage",
            "tags",
            "colour",
            "email",
            "tel",
            "url",
            "address",
            "location",
            "barcode",
            "json",
        ),
        *(
            "member",
            "members",
            "department",
            "departments",
            "record",
            "records",
            "table",
            "file",
            "images",
            "signature",
            "embed",
            "readonly",
        ),
    )
)
"""What a form can draw; a type that brings another kind of input adds it here."""
HINTED = frozenset(
    {
        "text",
        "textarea",
        "number",
        "money",
        "percent",
        "duration",
        "time",
        "date",
        "datetime",
        "select",
        "tags",
    }
    | {"colour", "email", "tel", "url", "barcode", "member", "members", "department", "departments"}
    | {"record", "records"}
)
"""Widgets that show a placeholder while they are empty."""
SCANNED = frozenset({"text", "barcode"})
"""Widgets that the camera of a phone can fill."""
GRID_WIDTHS = ("narrow", "medium", "wide", "widest")


class FieldType(ABC):
    """One kind of value, complete: how it is set up, checked, stored, read, written and shown. Instances hold no state.

    None is the empty value of every type; all methods that take a value take None, unless they say otherwise.
    """

    id: ClassVar[str]
    label: ClassVar[Text]
    documentation: ClassVar[Text]
    icon: ClassVar[str]
    """The name of a Tabler icon."""
    widget: ClassVar[str]
    """What a form draws, one of `WIDGETS`."""
    allows: ClassVar[frozenset[str]] = frozenset({"required", "unique", "default", "formula"})
    """Which of the settings common to all types make sense here."""
    virtual: ClassVar[bool] = False
    """Whether the value of a formula may be worked out when it is read instead of being stored."""
    settings: ClassVar[Mapping[str, Any]]
    """JSON Schema of the type's own settings, as they stand in the definition; `$ref`s point into `settings.DEFS`."""
    operators: ClassVar[tuple[Operator, ...]] = ()
    searchable: ClassVar[bool] = False
    """Whether the search of a list covers the type when the definition does not say."""
    narrowing: ClassVar[tuple[str, ...]] = ()
    """Own settings that decide which values `validate` takes, beside those that all types share."""
    widening: ClassVar[tuple[str, ...]] = ()
    """Own flags without which `coerce` takes less."""
    many: ClassVar[bool] = False
    """Whether the value is a tuple of several that one column holds as a list."""
    sortable: ClassVar[bool] = True
    groupable: ClassVar[bool] = True

    @property
    def defaults(self) -> dict[str, Any]:
        """The values that own settings have when the definition leaves them out."""
        properties = self.settings.get("properties", {})
        return {name: schema["default"] for name, schema in properties.items() if "default" in schema}

    def build(self, field: Field) -> list[Diagnostic]:
        """Check the settings of a field against each other; an empty list when they agree."""
        return []

    @abstractmethod
    def expression_type(self, field: Field) -> Type:
        """Return the type that the field has in expressions."""

    @abstractmethod
    def column(self, field: Field) -> TypeEngine[Any] | None:
        """Return the type of the column that keeps the value, or None when it is kept elsewhere (links, rows)."""

    @abstractmethod
    def coerce(self, value: object, field: Field) -> Value:
        """Return the value for what came as JSON, strictly; raise Invalid. Values in memory are taken too."""

    @abstractmethod
    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        """Return the value for what a cell or form field holds, leniently about its presentation; raise Invalid."""

    def assign(self, value: Value, field: Field) -> Value:
        """Return the value that the result of an expression becomes in this field (numbers are rounded half up)."""
        return self.coerce(value, field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        """Check a coerced value against the constant settings of the field: length, pattern, bounds."""
        return ()

    def check_bounds(self, value: Value, minimum: Value, maximum: Value, field: Field) -> Sequence[Problem]:
        """Check a value against bounds that are known only at run time; None is no bound."""
        return ()

    @abstractmethod
    def to_json(self, value: Value, field: Field) -> Any:
        """Return the value as the API gives it; `coerce` takes it back."""

    @abstractmethod
    def to_text(self, value: Value, field: Field, language: str, timezone: tzinfo = UTC) -> str:
        """Return the value as a person reads it; nothing for None."""

    def to_cell(self, value: Value, field: Field, language: str, timezone: tzinfo = UTC) -> str:
        """Return the value as text that `parse` takes back without loss, for exports."""
        return self.to_text(value, field, language, timezone)

    def to_input(self, value: Value, field: Field) -> str:
        """Return what stands in a plain form input for the value; `parse` takes it back."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return format(value, "f")
        return "" if value is None or isinstance(value, tuple | list | dict) else str(value)

    @abstractmethod
    def literal(self, value: Value, field: Field) -> str:
        """Return a value that is not None as it is written in an expression."""

    def literals(self, value: Value, field: Field) -> tuple[str, ...]:
        """Return each of the values in a value that is not None, as conditions ask for one or several."""
        items = [(each,) for each in value] if isinstance(value, tuple) else [value]
        return tuple(self.literal(each, field) for each in items)

    @abstractmethod
    def json_schema(self, field: Field) -> dict[str, Any]:
        """Return the JSON Schema of a value that is not None, as the API gives and takes it."""

    @abstractmethod
    def example(self, field: Field) -> Value:
        """Return some value that the field accepts."""

    def search_text(self, value: Value) -> str:
        """Return the words by which a record is found through this value."""
        return ""
