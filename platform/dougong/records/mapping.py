"""Decides which column of a file goes into which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.fieldtypes.parted import PARTED
from dougong.model.field import Field
from dougong.model.joint import joints_of, written_label
from dougong.model.text import Text
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.messages import problem
from dougong.records.record import SYSTEM_COLUMNS
from dougong.records.shape import Shape

ID = "id"
_IGNORED = (*SYSTEM_COLUMNS, "version", "deleted_at")
_SYSTEM_LABELS: dict[str, tuple[str, str]] = {
    "id": ("编号", "ID"),
    "created_at": ("创建时间", "Created at"),
    "created_by": ("创建人", "Created by"),
    "updated_at": ("修改时间", "Updated at"),
    "updated_by": ("修改人", "Updated by"),
}

ORIGIN: Mapping[str, Field] = {
    name: Field(name, kind, Text.of({"zh": _SYSTEM_LABELS[name][0], "en": _SYSTEM_LABELS[name][1]}))
    for name, kind in (("created_at", "datetime"), ("created_by", "member"))
}
"""When and by whom a record was created elsewhere, as fields of a file whose records keep that."""

_REMARK = re.compile(r"[(（\[【][^()（）]*[)）\]】]\s*\*?\s*$")
"""A unit or a note behind a header: `金额（元）`, `Date [required]`."""
REASON: tuple[str, str] = ("导入失败原因", "Reason for refusal")
"""The header, in both languages, above the reasons in a file of failed lines; such a file comes in again as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where it goes: a field, of the record or (with `table`) of the rows of a sub-table; `id` has no field."""

    index: int
    header: str
    table: str
    name: str
    field: Field | None
    constant: str | None = None
    """What every record gets, where no column of the file is meant."""
    part: str = ""
    """The part of the value that the column holds, as `city` of an address that stands in several columns."""
    joint: tuple[Field, ...] = ()
    """The links that the column fills one of, where `name` is that of a link to one of several entities."""

    @property
    def fills(self) -> tuple[str, ...]:
        """The fields that the column writes."""
        return tuple(each.id for each in self.joint) or (self.name,)

    @property
    def path(self) -> str:
        """Where the column goes, as a mapping names it: `name`, `lines.item` or `address.city`."""
        return ".".join(filter(None, (self.table, self.name, self.part)))


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns that go somewhere, and the headers of those that do not."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    table: str
    name: str
    field: Field | None
    ignored: bool = False
    part: str = ""
    joint: tuple[Field, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        return self.table, self.name, self.part


def system_label(name: str, language: str) -> str:
    """The header of a system column."""
    chinese, english = _SYSTEM_LABELS[name]
    return chinese if language == "zh" else english


def map_columns(
    call: Call, shape: Shape, header: Sequence[str], given: Mapping[str, str | None]
) -> ColumnMap:
    """Map headers to fields by what is given (header → field path, nothing to leave a column out), else by id or label.

    Refuses headers that match no field or several, two for one field, and fields that the actor may not write.
    """
    known = _targets(call, shape)
    columns: list[Column] = []
    ignored: list[str] = []
    problems: list[Diagnostic] = []
    taken: dict[tuple[str, str, str], str] = {}
    for index, title in enumerate(header):
        found = _find(call, title, given, known)
        if isinstance(found, Diagnostic):
            problems.append(found)
        elif found is None or found.ignored:
            ignored.append(title)
        elif found.place in taken:
            words = {"name": title, "other": taken[found.place]}
            problems.append(problem(call.language, "import_header_twice", title, **words))
        else:
            taken[found.place] = title
            columns.append(_column(index, title, found))
            problems += _forbidden(call, shape, found, title)
    problems += _overlapping(call, columns)
    if not problems and not any(column.field for column in columns):
        problems.append(problem(call.language, "import_no_header"))
    if problems:
        raise Refusal("invalid", problems)
    return ColumnMap(tuple(columns), tuple(ignored))


def _column(index: int, title: str, target: _Target) -> Column:
    return Column(index, title, target.table, target.name, target.field, part=target.part, joint=target.joint)


def _overlapping(call: Call, columns: Sequence[Column]) -> list[Diagnostic]:
    """Columns of single links beside the one that stands for all of them."""
    joint = {(each.table, name): each for each in columns if each.joint for name in each.fills}
    return [
        problem(
            call.language,
            "import_header_twice",
            each.header,
            name=each.header,
            other=joint[each.table, each.name].header,
        )
        for each in columns
        if not each.joint and (each.table, each.name) in joint
    ]


def propose_columns(
    call: Call, shape: Shape, header: Sequence[str], given: Mapping[str, str | None]
) -> tuple[Column, ...]:
    """The columns that can be mapped, as `map_columns` does it, the first of two for one field; the others are left to a person."""
    known = _targets(call, shape)
    taken: set[tuple[str, str, str]] = set()
    columns: list[Column] = []
    for index, title in enumerate(header):
        found = _find(call, title, given, known)
        if isinstance(found, Diagnostic) or found is None or found.ignored or found.place in taken:
            continue
        if not _forbidden(call, shape, found, title):
            taken.add(found.place)
            columns.append(_column(index, title, found))
    return tuple(columns)


def add_constants(call: Call, shape: Shape, columns: ColumnMap, constants: Mapping[str, str]) -> ColumnMap:
    """The columns with one more for every fixed value: field id → text; sub-tables and fields with a column have none."""
    known = {
        target.name: target
        for _, target in _named(call, shape)
        if not target.table and target.field and not target.part and not target.joint
    }
    taken = {column.name for column in columns.columns if not column.table}
    added: list[Column] = []
    problems: list[Diagnostic] = []
    for place, (name, text) in enumerate(constants.items()):
        target = known.get(name)
        if target is None or name in taken:
            problems.append(problem(call.language, "import_constant", name, nearest(name, known), name=name))
            continue
        problems += _forbidden(call, shape, target, name)
        added.append(Column(-1 - place, name, "", name, target.field, text))
    if problems:
        raise Refusal("invalid", problems)
    return ColumnMap((*columns.columns, *added), columns.ignored)


def _find(
    call: Call, title: str, given: Mapping[str, str | None], known: Mapping[str, list[_Target]]
) -> _Target | Diagnostic | None:
    name: str | None = title
    if title in given:
        name = given[title]
        if not name:
            return None
    if not name:
        return None
    found = known.get(_plain(name)) or known.get(_plain(_REMARK.sub("", name)), [])
    if len(found) == 1:
        return found[0]
    if found:
        exact = [target for target in found if name in (target.name, f"{target.table}.{target.name}")]
        if len(exact) == 1:
            return exact[0]
        return problem(call.language, "import_header_ambiguous", title, name=title)
    return problem(call.language, "import_header", title, nearest(_plain(name), known), name=title)


def _targets(call: Call, shape: Shape) -> dict[str, list[_Target]]:
    """Everything a header may be called: ids and labels in every language, sub-table columns with their table before a dot."""
    known: dict[str, list[_Target]] = {}
    for names, target in _named(call, shape):
        for each in dict.fromkeys(_plain(name) for name in names if name):
            known.setdefault(each, []).append(target)
    return known


def _named(call: Call, shape: Shape) -> Iterator[tuple[list[str], _Target]]:
    hidden = access(call.release, call.actor, shape.key, "read").hidden
    visible = (each for name, each in shape.entity.fields.items() if name not in hidden)
    for name, links in joints_of(visible).items():
        yield [name, *_texts(written_label(links[0]))], _Target("", name, links[0], joint=links)
    for field in shape.entity.fields.values():
        if field.id in hidden:
            continue
        names = _names(field)
        if field.type != "table":
            ignored = field.is_computed and not (call.keeps_numbers and field.type == "serial")
            yield names, _Target("", field.id, field, ignored)
            for part, label in PARTED.get(field.type, {}).items():
                inside = [f"{outer}.{name}" for outer in names for name in (part, *_texts(label))]
                yield inside, _Target("", field.id, field, field.is_computed, part)
            continue
        rows = shape.tables[field.id]
        rows_hidden = access(call.release, call.actor, rows.key, "read").hidden
        inside_visible = (each for name, each in rows.entity.fields.items() if name not in rows_hidden)
        for name, links in joints_of(inside_visible).items():
            titles = [
                f"{outer}.{each}" for outer in names for each in (name, *_texts(written_label(links[0])))
            ]
            yield titles, _Target(field.id, name, links[0], joint=links)
        for inner in rows.entity.fields.values():
            if inner.id not in rows_hidden:
                both = [f"{outer}.{name}" for outer in names for name in _names(inner)]
                yield both, _Target(field.id, inner.id, inner, inner.is_computed)
    yield [ID, *_SYSTEM_LABELS[ID]], _Target("", ID, None)
    for name in _IGNORED:
        told = ORIGIN.get(name) if call.keeps_origin else None
        yield [name, *_SYSTEM_LABELS.get(name, ())], _Target("", name, told, ignored=told is None)
    yield list(REASON), _Target("", "", None, ignored=True)


def _texts(label: Text) -> list[str]:
    """A label in its languages, and what it offers to choose from: 省/州 is 省 too."""
    texts = [text for _, text in label.texts]
    return [*texts, *(each for text in texts if "/" in text for each in text.split("/"))]


def _names(field: Field) -> list[str]:
    return [field.id, *(text for _, text in field.label.texts)]


def _plain(text: str) -> str:
    """A header without case, width and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("*")


def _forbidden(call: Call, shape: Shape, target: _Target, title: str) -> list[Diagnostic]:
    if target.field is None:
        return []
    answers = [access(call.release, call.actor, shape.key, action) for action in ("create", "update")]
    own = [each.id for each in target.joint] or [target.name]
    names = {f"{target.table}.{each}" if target.table else each for each in own} | ({target.table} - {""})
    if any(answer.allowed and names.isdisjoint(answer.locked) for answer in answers):
        return []
    return [problem(call.language, "locked_field", title, label=target.field.label.get(call.language))]
