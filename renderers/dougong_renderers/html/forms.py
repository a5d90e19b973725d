"""Generated forms bound with WTForms: which inputs a form has, and what came back in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from wtforms import Field, FieldList, StringField
from wtforms import FormField as NestedForm
from wtforms.form import BaseForm

from dougong.screens.shape import FormField, FormScreen, Submitted

MANY: frozenset[str] = frozenset(
    {"choices", "links", "members", "departments", "file", "images", "signature"}
)
"""Types whose input is sent several times under one name."""

MAX_ROWS = 2_000
"""A sub-table with more rows than this is refused by the reader of the form: only the first are taken."""

FILES: frozenset[str] = frozenset({"file", "images", "signature"})
"""Types whose input keeps files that stand there unless they are ticked to go."""

PARTED: frozenset[str] = frozenset({"address", "location"})
"""Types that are entered in parts."""

_CACHED_FORMS = 256
_LONGEST_NAME = 200


class Texts(Field):
    """All texts that were sent under one name."""

    data: list[str] | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep every text as it came; nothing sent is None."""
        self.data = list(valuelist) or None


class Values:
    """Form data in the way WTForms asks for it."""

    def __init__(self, data: Mapping[str, list[str]]) -> None:
        self._data = data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def getlist(self, name: str) -> list[str]:
        """All texts under a name."""
        return list(self._data.get(name, ()))


@dataclass(frozen=True, slots=True)
class Input:
    """One writable input of a form class: its type decides how what came back is read; `columns` are those of a sub-table."""

    type: str
    columns: Mapping[str, Input] | None = None


class RowForm(BaseForm):
    """A form inside a form: a row of a sub-table or the parts of an address. Each shape of row is a class of its own."""

    unbound: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **extra: Any) -> None:
        super().__init__(self.unbound, prefix=prefix)
        self.process(formdata, obj, **extra)

    def texts(self) -> dict[str, str | None]:
        """The single texts of its parts; None for what was not sent."""
        return {name: field.data for name, field in self._fields.items()}


def row_form(fields: Mapping[str, Any]) -> type[RowForm]:
    """A class of row for these fields."""
    return type("BoundRowForm", (RowForm,), {"unbound": fields})


class FormCache:
    """Form classes by the key of their screen, so that a definition version builds each of them once."""

    def __init__(self, limit: int = _CACHED_FORMS) -> None:
        self._forms: OrderedDict[tuple[str, frozenset[str]], tuple[Mapping[str, Any], Mapping[str, Input]]]
        self._forms = OrderedDict()
        self._limit = limit

    def get(self, screen: FormScreen) -> tuple[Mapping[str, Any], Mapping[str, Input]]:
        """The WTForms fields of a screen, and what kind of input each is."""
        fields = writable(screen)
        key = (screen.key, frozenset(fields))
        if key not in self._forms:
            self._forms[key] = ({name: _unbound(field) for name, field in fields.items()}, _inputs(fields))
            if len(self._forms) > self._limit:
                self._forms.popitem(last=False)
        return self._forms[key]

    def __len__(self) -> int:
        return len(self._forms)


CACHE = FormCache()


def writable(screen: FormScreen) -> dict[str, FormField]:
    """The fields of a form that may be entered, by id; read-only and computed ones are not read back."""
    found: dict[str, FormField] = {}
    for section in screen.sections:
        for field in section.fields:
            if not field.read_only and not field.computed:
                found[field.id] = field
    return found


def submitted(screen: FormScreen, data: Mapping[str, list[str]]) -> Mapping[str, Submitted]:
    """What was entered for each writable field; a field that was not sent is missing from the answer."""
    unbound, inputs = CACHE.get(screen)
    sent = {name: texts for name, texts in data.items() if name.isascii() and len(name) <= _LONGEST_NAME}
    for name in (name for name, kind in inputs.items() if kind.columns is not None):
        sent = _in_order(sent, name)
    form = BaseForm(unbound)
    form.process(cast(Any, Values(sent)))
    entered: dict[str, Submitted] = {}
    for name, kind in inputs.items():
        if kind.columns is not None and f"{name}-sent" not in sent:
            continue
        value = _read(form[name], kind)
        if kind.type in FILES and isinstance(value, tuple):
            gone = sent.get(f"dg_remove-{name}", ())
            value = tuple(each for each in value if isinstance(each, str) and each not in gone)
        if value is not None:
            entered[name] = value
    return entered


def _in_order(sent: Mapping[str, list[str]], table: str) -> dict[str, list[str]]:
    """The data with the rows of a sub-table numbered as they came: one that was moved keeps its old number in its names."""
    prefix, numbers = f"{table}-", dict[str, int]()
    renamed: dict[str, list[str]] = {}
    for name, texts in sent.items():
        number, dash, rest = name.removeprefix(prefix).partition("-")
        if dash and name.startswith(prefix) and number.isdigit():
            name = f"{prefix}{numbers.setdefault(number, len(numbers))}-{rest}"
        renamed[name] = texts
    return renamed


def _inputs(fields: Mapping[str, FormField]) -> dict[str, Input]:
    return {name: Input(field.type, _columns(field)) for name, field in fields.items()}


def _columns(field: FormField) -> dict[str, Input] | None:
    if field.table is None:
        return None
    return {column.id: Input(column.type) for column in _writable_columns(field)}


def _writable_columns(field: FormField) -> list[FormField]:
    columns = field.table.blank.fields if field.table else ()
    return [column for column in columns if not column.read_only and not column.computed]


def _unbound(field: FormField) -> Any:
    if field.table is not None:
        row: dict[str, Any] = {"id": StringField()}
        row.update({column.id: _unbound(column) for column in _writable_columns(field)})
        return FieldList(NestedForm(row_form(row)), max_entries=MAX_ROWS)
    if field.type in PARTED:
        return NestedForm(row_form({part.id: StringField() for part in field.parts}))
    return Texts()


def _read(bound: Any, kind: Input) -> Submitted | None:
    """What stands in one bound input, or None when it was not sent."""
    if kind.columns is not None:
        return tuple(_read_row(entry, kind.columns) for entry in bound.entries)
    if kind.type in PARTED:
        parts = bound.form.texts()
        found = {name: text or "" for name, text in parts.items()}
        return (found,) if any(text is not None for text in parts.values()) else None
    return None if bound.data is None else _single(bound.data, kind.type)


def _read_row(entry: Any, columns: Mapping[str, Input]) -> Mapping[str, Submitted]:
    row: dict[str, Submitted] = {"id": entry.form["id"].data or ""}
    for name, kind in columns.items():
        value = _read(entry.form[name], kind)
        if value is not None:
            row[name] = value
    return row


def _single(texts: list[str], field_type: str) -> Submitted:
    if field_type in MANY:
        return tuple(dict.fromkeys(text for text in texts if text))
    if field_type == "boolean":
        return "true" if "true" in texts else "false"
    filled = [text for text in texts if text.strip()]
    return filled[-1] if filled else (texts[-1] if texts else "")
