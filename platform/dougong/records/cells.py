"""Turns the lines of an imported file into values of records: every cell by its type, names into ids, lines into rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.masks import mask_of
from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE, SEVERAL
from dougong.fieldtypes.texts import cell_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.joint import written_label
from dougong.records.attachments import Attachments
from dougong.records.call import Call
from dougong.records.joint import JointReader, Unclear
from dougong.records.mapping import ID, ORIGIN, Column
from dougong.records.marked import Fault, Merged, plain_cell
from dougong.records.masking import may_be_mask
from dougong.records.messages import problem, refuse
from dougong.records.reading import Line
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.resolving import AMBIGUOUS, Resolver
from dougong.records.titles import target_key

_MOST_KEPT = 5_000
_LIST_SEPARATORS = str.maketrans({"；": ";", "、": ";", "|": ";", "\n": ";"})

Parser = Callable[[Any], Value]


@dataclass(slots=True)
class Entry:
    """What the file says about one record: the lines it stands in, its values, its rows by sub-table, and what is wrong."""

    lines: list[Line]
    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    skipped: list[Diagnostic] = field(default_factory=list)
    """What is wrong with cells that were left out."""


class CellReader:
    """Reads the cells of one import; remembers what it has read before, as columns repeat themselves."""

    def __init__(
        self,
        columns: Sequence[Column],
        habits: Mapping[int, Habits],
        resolver: Resolver,
        keep_empty: bool = False,
        key: str = "",
        attachments: Attachments | None = None,
        marked: bool = False,
        skipping: Callable[[Column], bool] = lambda column: False,
    ) -> None:
        self._habits = habits
        self._marked = marked
        self._skips = {column.index: skipping(column) for column in columns}
        self._resolver = resolver
        self._keep_empty = keep_empty
        self._key, self._attachments = key, attachments
        self._own = [column for column in columns if not column.table]
        self._telling = [column for column in self._own if column.constant is None]
        self._whole = [column for column in self._telling if not column.part and not column.joint]
        self._joint: dict[int, JointReader] = {}
        self._parts: dict[str, list[Column]] = {}
        for column in self._telling:
            if column.part:
                self._parts.setdefault(column.name, []).append(column)
        self._inner = [column for column in columns if column.table]
        self._tables = tuple(dict.fromkeys(column.table for column in self._inner))
        self._known: dict[int, dict[str, Value]] = {column.index: {} for column in columns}
        """What cells were read before, by column: columns repeat themselves."""
        self._parsers = {column.index: self._parser(column) for column in columns}
        self._linked = [
            column
            for column in columns
            if column.field is not None and target_key(column.field) and not column.joint
        ]
        self._joined = [column for column in columns if column.joint]

    def names_any(self, key: str) -> bool:
        """Whether cells may name records of an entity."""
        fields = [column.field for column in self._linked if column.field is not None]
        fields += [field for column in self._joined for field in column.joint]
        return any(target_key(field) == key for field in fields)

    def group(self, lines: Iterable[Line]) -> Iterator[Entry]:
        """Lines as entries: a line that fills only columns of sub-tables continues the record above it."""
        entry: Entry | None = None
        for line in lines:
            if (
                entry is not None
                and self._inner
                and not any(_tells(line, column) for column in self._telling)
            ):
                entry.lines.append(line)
                continue
            if entry is not None:
                yield entry
            entry = Entry([line])
        if entry is not None:
            yield entry

    def read(self, call: Call, entries: Sequence[Entry], width: int) -> None:
        """Read every cell of the entries; names of records are looked up together."""
        if self._marked:
            _take_marks_off(entries)
        names = self._names(call, entries)
        _note_surplus(call, entries, width)
        for columns in self._parts.values():
            for entry in entries:
                self._read_parts(call, entry, columns)
        for column in self._whole:
            self._read_column(call, column, entries, self._reader(call, column, names))
        for column in self._joined:
            if not column.table:
                self._read_joint(call, column, entries, names)
        for column in self._own:
            if column.constant is not None:
                self._read_constant(call, column, entries, names)
        for table in self._tables:
            for entry in entries:
                self._read_rows(call, entry, table, names)

    def _read_column(self, call: Call, column: Column, entries: Sequence[Entry], read: Parser) -> None:
        """Read one column of all entries: by far the most of the work of an import, so it does nothing twice."""
        index, name = column.index, column.name
        known: dict[str, Value] = self._known[index]
        for entry in entries:
            cells = entry.lines[0].cells
            cell = cells[index] if index < len(cells) else None
            if cell is None or cell == "":
                if not self._keep_empty:
                    entry.values[name] = None
                continue
            try:
                entry.values[name] = known[cell] if cell.__class__ is str and cell in known else read(cell)
            except _UNREADABLE as error:
                self._note(call, entry, column, name, error)

    def _note(self, call: Call, entry: Entry, column: Column, path: str, error: Exception) -> None:
        """Note what is wrong with a cell: the record is refused for it, unless such cells are to be skipped."""
        found = entry.skipped if self._skips[column.index] else entry.problems
        if isinstance(error, Invalid):
            found.append(error.problem.diagnostic(path, call.language))
        elif isinstance(error, _Unnamed):
            found.append(error.diagnostic(call, column, path))
        elif isinstance(error, Refusal):
            found += [replace(each, path=path) for each in error.problems]

    def _read_joint(
        self, call: Call, column: Column, entries: Sequence[Entry], names: dict[str, dict[str, int | None]]
    ) -> None:
        """Read a column that fills one of several links and empties the others."""
        for entry in entries:
            if not _filled(entry.lines[0], column):
                if not self._keep_empty:
                    entry.values.update(dict.fromkeys(column.fills))
                continue
            try:
                entry.values.update(self._join(call, column, entry.lines[0].cells[column.index], names))
            except _UNREADABLE as error:
                self._note(call, entry, column, column.name, error)

    def _join(
        self, call: Call, column: Column, cell: Any, names: dict[str, dict[str, int | None]]
    ) -> dict[str, int | None]:
        try:
            return self._joint_of(call, column).read(_text(_sound(call, cell)), names)
        except Unclear as error:
            raise _Unnamed(error.text, error.candidates, error.code) from None

    def _joint_of(self, call: Call, column: Column) -> JointReader:
        found = self._joint.get(column.index)
        if found is None:
            found = self._joint[column.index] = JointReader(call, column.joint, self._resolver)
        return found

    def _read_parts(self, call: Call, entry: Entry, columns: Sequence[Column]) -> None:
        """Put a value together that stands in several columns, each of which holds a part."""
        cells, first = entry.lines[0].cells, columns[0]
        found = {each.part: cells[each.index] for each in columns if _filled(entry.lines[0], each)}
        if not found and self._keep_empty:
            return
        assert first.field is not None
        try:
            parts = {part: cell_line(_sound(call, cell)) for part, cell in found.items()}
            entry.values[first.name] = TYPES[first.field.type].coerce(parts or None, first.field)
        except _UNREADABLE as error:
            self._note(call, entry, first, first.name, error)

    def _read_constant(
        self,
        call: Call,
        column: Column,
        entries: Sequence[Entry],
        names: dict[str, dict[str, int | None]],
    ) -> None:
        found: Diagnostic | None = None
        value: Value = None
        try:
            value = self._value(call, column, column.constant, names) if column.constant else None
        except Invalid as error:
            found = error.problem.diagnostic(column.name, call.language)
        except _Unnamed as error:
            found = error.diagnostic(call, column, column.name)
        for entry in entries:
            if found is None:
                entry.values[column.name] = value
            else:
                entry.problems.append(found)

    def _reader(self, call: Call, column: Column, names: dict[str, dict[str, int | None]]) -> Parser:
        """The function for the cells of a column that were not read before."""
        if column.field is not None and column.field.type in PEOPLE | DEPARTMENTS:
            return self._remembering(column, lambda cell: self._value(call, column, cell, names))
        if column.field is not None and target_key(column.field):
            self._known[
                column.index
            ] = {}  # for this chunk alone: records that are missing may be there after it
            return self._remembering(column, lambda cell: self._value(call, column, cell, names))
        if self._takes_files(column):
            return lambda cell: self._value(call, column, cell, names)
        parse = self._parsers[column.index]
        return (lambda cell: parse(_sound(call, cell))) if self._marked else parse

    def _takes_files(self, column: Column) -> bool:
        return self._attachments is not None and column.field is not None and column.field.type in FILES

    def _read_rows(
        self, call: Call, entry: Entry, table: str, names: dict[str, dict[str, int | None]]
    ) -> None:
        rows: list[dict[str, Value]] = []
        columns = [column for column in self._inner if column.table == table]
        for line in entry.lines:
            if not any(_filled(line, column) for column in columns):
                continue
            row: dict[str, Value] = {}
            for column in columns:
                cell = line.cells[column.index] if column.index < len(line.cells) else None
                try:
                    if column.joint:
                        filled = cell not in (None, "")
                        row.update(
                            self._join(call, column, cell, names) if filled else dict.fromkeys(column.fills)
                        )
                        continue
                    row[column.name] = None if cell in (None, "") else self._value(call, column, cell, names)
                except _UNREADABLE as error:
                    self._note(call, entry, column, f"{table}/{len(rows)}/{column.name}", error)
            rows.append(row)
        entry.rows[table] = rows

    def _value(self, call: Call, column: Column, cell: Any, names: dict[str, dict[str, int | None]]) -> Value:
        key = target_key(column.field) if column.field is not None else ""
        _sound(call, cell)
        if self._attachments is not None and self._takes_files(column) and not str(cell).startswith("["):
            path = f"{column.table}.{column.name}".strip(".")
            return self._attachments.take(call, self._key, path, str(cell))
        if not key:
            known = self._known[column.index]
            return (
                known[cell] if cell.__class__ is str and cell in known else self._parsers[column.index](cell)
            )
        texts = _texts(cell, column.field)
        found = [self._named(call, key, text, names, column.name in ORIGIN) for text in texts]
        for text, identifier in zip(texts, found, strict=True):
            if identifier is None or identifier == AMBIGUOUS:
                several = self._resolver.candidates(key, text) if identifier == AMBIGUOUS else ""
                raise _Unnamed(text, several)
        identifiers = tuple(dict.fromkeys(each for each in found if each is not None))
        if column.field is not None and column.field.type in SEVERAL:
            return identifiers or None
        return identifiers[0] if identifiers else None

    def _named(
        self,
        call: Call,
        key: str,
        text: str,
        names: dict[str, dict[str, int | None]],
        with_gone: bool = False,
    ) -> int | None:
        if key == MEMBER:
            return self._resolver.person(call, text, with_gone)
        return self._resolver.department(call, text) if key == DEPARTMENT else names[key].get(text)

    def _names(self, call: Call, entries: Sequence[Entry]) -> dict[str, dict[str, int | None]]:
        wanted: dict[str, set[str]] = {}
        for column in self._linked:
            key = target_key(column.field) if column.field is not None else ""
            if key not in (MEMBER, DEPARTMENT):
                texts = wanted.setdefault(key, set())
                if column.constant:
                    texts.update(_texts(column.constant, column.field))
                    continue
                index = column.index
                cells = {
                    line.cells[index] for entry in entries for line in entry.lines if _filled(line, column)
                }
                for cell in cells:
                    texts.update(_texts(cell, column.field))
        for column in self._joined:
            reader, index = self._joint_of(call, column), column.index
            lines = (line for entry in entries for line in entry.lines if _filled(line, column))
            for cell in {_text(line.cells[index]) for line in lines}:
                for key, text in reader.texts(cell):
                    wanted.setdefault(key, set()).add(text)
        return {key: self._resolver.find_records(call, key, texts) for key, texts in wanted.items()}

    def _parser(self, column: Column) -> Parser:
        if column.field is None or column.name == ID:
            return _identifier
        parse, field_ = TYPES[column.field.type].parse, column.field
        habits = self._habits[column.index]
        if mask_of(field_) is not None:
            return lambda cell: cell if may_be_mask(field_, cell) else parse(cell, field_, habits)
        return self._remembering(column, lambda cell: parse(cell, field_, habits))

    def _remembering(self, column: Column, read: Parser) -> Parser:
        known = self._known[column.index]

        def remembered(cell: Any) -> Value:
            value = read(cell)
            if len(known) < _MOST_KEPT and cell.__class__ is str:
                known[cell] = value
            return value

        return remembered


class _Unnamed(Exception):
    """A cell that names no record or person, or several."""

    def __init__(self, text: str, candidates: str, code: str = "") -> None:
        self.text, self.candidates = text, candidates
        self.code = code or ("import_ambiguous" if candidates else "unknown_target")
        super().__init__(text)

    def diagnostic(self, call: Call, column: Column, path: str) -> Diagnostic:
        label = column.field.label.get(call.language) if column.field is not None else column.header
        if column.joint:
            label = written_label(column.joint[0]).get(call.language)
        return problem(
            call.language, self.code, path, label=label, value=self.text[:100], candidates=self.candidates
        )


_UNREADABLE = (Invalid, _Unnamed, Refusal)
"""Why a cell has no value that its field takes."""


def _filled(line: Line, column: Column) -> bool:
    return column.index < len(line.cells) and line.cells[column.index] not in (None, "")


def _note_surplus(call: Call, entries: Sequence[Entry], width: int) -> None:
    """Report lines that have more cells than the header has titles."""
    for entry in entries:
        for line in entry.lines:
            if len(line.cells) > width and any(cell not in (None, "") for cell in line.cells[width:]):
                entry.problems.append(problem(call.language, "import_cells"))


def _take_marks_off(entries: Sequence[Entry]) -> None:
    """Give merged cells their values, now that it is known which lines belong together."""
    for entry in entries:
        entry.lines = [Line(each.number, [*map(plain_cell, each.cells)]) for each in entry.lines]


def _sound(call: Call, cell: Any) -> Any:
    """The cell, unless it holds an error of a spreadsheet instead of a value."""
    if cell.__class__ is Fault:
        code = "import_cell_error" if cell.text else "import_cell_uncalculated"
        refuse("invalid", call.language, code, value=cell.text)
    return cell


def _tells(line: Line, column: Column) -> bool:
    """Whether a cell says something that is not said above it already."""
    return _filled(line, column) and line.cells[column.index].__class__ is not Merged


def _texts(cell: Any, field_: Field | None) -> list[str]:
    """The names in a cell; links have several, divided by semicolons."""
    text = _text(cell)
    if field_ is not None and field_.type in SEVERAL:
        return [each.strip() for each in text.translate(_LIST_SEPARATORS).split(";") if each.strip()]
    return [text.strip()]


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _identifier(cell: Any) -> Value:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("not_an_id", value=text[:40], example="1042")
    return int(text)
