"""Gives the records of a list as rows of cells, page after page, for whatever writes them into a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.file import FILES
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.joint import joined_names, joints_of, written_label
from dougong.model.sheet import Cell, Heading, Sheet, Unfitting
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.joint import cell_of
from dougong.records.mapping import ID, system_label
from dougong.records.messages import refuse
from dougong.records.packed import Packing
from dougong.records.query import Query, every_record, list_records
from dougong.records.record import MEMBER, SYSTEM_COLUMNS, Record
from dougong.records.shape import Shape
from dougong.records.titles import target_key

_AS_IT_IS = frozenset({"integer", "decimal", "money", "date", "boolean"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One field to write, of the record or of the rows of a sub-table."""

    table: str
    field: Field | None
    name: str
    joint: tuple[Field, ...] = ()
    """The links that stand in one column, where it is that of a link to one of several entities."""


def export(
    call: Call,
    key: str,
    query: Query,
    fields: Sequence[str] | None = None,
    tables: bool = True,
    files: bool = False,
) -> Sheet:
    """The records of a list, without its page: every field that the actor may see, or those asked for.

    Rows of sub-tables stand in columns of their own, further rows in lines that hold nothing else, as an import takes them.
    With `files` the cells of files name them as they lie in the archive that the sheet's `files` make, see `packed`.
    """
    shape = open_door(call, key, "export")
    parts = list(_parts(call, shape, fields, tables))
    language = call.language
    headings = tuple(Heading(_path(part), _label(shape, part, language), _decimals(part)) for part in parts)
    wanted = {name for part in parts for name in (part.table, *(each.id for each in part.joint), part.name)}
    shown = [name for name in shape.entity.fields if name in wanted]
    asked = replace(query, fields=shown, cursor=None, offset=0, action="export")
    writer = _Writer(call, shape, parts, Packing() if files else None)
    return Sheet(
        shape.entity.plural.get(language) or shape.entity.label.get(language),
        headings,
        (line for record in every_record(call, key, asked) for line in writer.lines(record)),
        (writer.json(record) for record in every_record(call, key, asked)),
        writer.packing.files if writer.packing is not None else (),
    )


@contextmanager
def fitting(language: str) -> Iterator[None]:
    """Refuse what the format cannot hold instead of writing a part of it."""
    try:
        yield
    except Unfitting as error:
        code = "export_text" if error.column else "export_lines"
        refuse("invalid", language, code, "format", label=error.column, line=f"{error.line:,}")


def _parts(call: Call, shape: Shape, fields: Sequence[str] | None, tables: bool) -> Iterator[_Part]:
    hidden = access(call.release, call.actor, shape.key, "read").hidden
    if fields is None:
        yield _Part("", None, ID)
    visible = (each for name, each in shape.entity.fields.items() if name not in hidden)
    joints = joints_of(visible)
    for name in (
        fields if fields is not None else (*joined_names(shape.entity.fields.values()), *SYSTEM_COLUMNS)
    ):
        if name in joints:
            yield _Part("", joints[name][0], name, joints[name])
            continue
        field = shape.entity.fields.get(name)
        if name in hidden or (field is not None and field.type == "table" and not tables):
            continue
        if field is not None and field.type == "table":
            rows = shape.tables[name]
            rows_hidden = access(call.release, call.actor, rows.key, "read").hidden
            inside = [each for each in rows.entity.fields.values() if each.id not in rows_hidden]
            inner = joints_of(inside)
            for each in joined_names(inside):
                links = inner.get(each, ())
                yield _Part(name, links[0] if links else rows.entity.fields[each], each, links)
        elif field is not None or name == ID or name in SYSTEM_COLUMNS:
            yield _Part("", field, name)
        else:
            list_records(call, shape.key, Query(fields=[name], limit=1))


def _path(part: _Part) -> str:
    return f"{part.table}.{part.name}" if part.table else part.name


def _label(shape: Shape, part: _Part, language: str) -> str:
    if part.field is None:
        return system_label(part.name, language)
    own = (written_label(part.joint[0]) if part.joint else part.field.label).get(language)
    return f"{shape.field(part.table).label.get(language)}.{own}" if part.table else own


def _decimals(part: _Part) -> int | None:
    if part.field is None or part.field.type not in ("integer", "decimal", "money"):
        return None
    return 0 if part.field.type == "integer" else part.field.decimals


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes records of one export as cells or as JSON."""

    call: Call
    shape: Shape
    parts: Sequence[_Part]
    packing: Packing | None = None

    def lines(self, record: Record) -> Iterator[list[Cell]]:
        tables = {part.table for part in self.parts if part.table}
        rows: Mapping[str, Sequence[Mapping[str, Value]]] = {
            name: record.values.get(name) or () for name in tables
        }
        height = max([1, *(len(each) for each in rows.values())])
        for place in range(height):
            yield [self._cell(record, part, rows, place) for part in self.parts]

    def _cell(
        self, record: Record, part: _Part, rows: Mapping[str, Sequence[Mapping[str, Value]]], place: int
    ) -> Cell:
        if part.table:
            inside = rows[part.table]
            return self._part(record, part, inside[place]) if place < len(inside) else None
        if place:
            return None
        if part.field is None:
            return self._system(record, part.name)
        return self._part(record, part, record.values)

    def _part(self, record: Record, part: _Part, values: Mapping[str, Value]) -> Cell:
        if not part.joint:
            return self._written(record, part.field, values.get(part.name))
        for link in part.joint:
            identifier = values.get(link.id)
            if identifier is not None:
                return cell_of(self.call, link, _name(record, target_key(link), identifier))
        return None

    def _written(self, record: Record, field: Field | None, value: Value) -> Cell:
        if value is None or field is None:
            return None
        if self.packing is not None and field.type in FILES:
            return self.packing.cell(record.id, value)
        key = target_key(field)
        if key:
            ids = value if isinstance(value, tuple) else (value,)
            return "; ".join(_name(record, key, each) for each in ids)
        if field.type in _AS_IT_IS:
            plain: Cell = value
            return plain
        return TYPES[field.type].to_cell(value, field, self.call.language, ZoneInfo(self.call.timezone))

    def _system(self, record: Record, name: str) -> Cell:
        value = getattr(record, name)
        if name in ("created_by", "updated_by"):
            return _name(record, MEMBER, value) if value else None
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(self.call.timezone)).isoformat(timespec="seconds")
        return str(value) if name == ID else value

    def json(self, record: Record) -> dict[str, Any]:
        """The record as the API gives it, with rows of sub-tables inside."""
        found: dict[str, Any] = {}
        for part in self.parts:
            if part.table:
                inside = record.values.get(part.table) or ()
                rows = found.setdefault(part.table, [{} for _ in inside])
                for row, values in zip(rows, inside, strict=True):
                    for field in part.joint or (part.field,):
                        name = field.id if field is not None else part.name
                        row[name] = self._json(field, values.get(name))
            elif part.field is None:
                found[part.name] = _system_json(record, part.name)
            elif part.joint:
                found.update({each.id: self._json(each, record.values.get(each.id)) for each in part.joint})
            else:
                found[part.name] = self._json(part.field, record.values.get(part.name))
        return found

    def _json(self, field: Field | None, value: Value) -> Any:
        return None if value is None or field is None else TYPES[field.type].to_json(value, field)


def _system_json(record: Record, name: str) -> Any:
    value = getattr(record, name)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int) and name != "version" else value


def _name(record: Record, key: str, identifier: int) -> str:
    """What a link shows; the id of one that the reader may not see is all there is to tell."""
    return record.titles.get((key, identifier)) or f"#{identifier}"
