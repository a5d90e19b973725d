"""Finds the records that imported lines speak of, and makes drafts of what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.columns import JsonValue
from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.cells import Entry
from dougong.records.chunks import chunks
from dougong.records.draft import Draft, Rows, Stamp, Values
from dougong.records.load import drafts_of, load
from dougong.records.locks import locked_ids
from dougong.records.mapping import ID, ORIGIN, ColumnMap
from dougong.records.masking import unmask
from dougong.records.messages import problem, refuse
from dougong.records.resolving import SHOWN_CANDIDATES
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.update import tables_needed
from dougong.storage.statements import Statement, holding_keys, key_values

Key = tuple[Value, ...]


class Matcher:
    """Decides for every entry of an import whether it is a new record or which one it changes."""

    def __init__(self, call: Call, shape: Shape, columns: ColumnMap, mode: str, match: Sequence[str]) -> None:
        self._shape, self._mode, self._match = shape, mode, tuple(match)
        self._names = {name for column in columns.columns if not column.table for name in column.fills}
        self._written = frozenset(
            self._names | {column.table for column in columns.columns if column.table}
        ) - {ID, *ORIGIN}
        self._seen: dict[Key, int] = {}
        """The line that first had a key; a line that comes again is the same one."""
        if mode != "add" and not self._match:
            refuse("invalid", call.language, "import_no_match", "match")
        for name in self._match if mode != "add" else ():
            veils = access(call.release, call.actor, shape.key, "read").veils
            kept = concealed(call.release, call.actor, shape.key) | frozenset(veils)
            if name not in self._names or name in kept or not _is_plain(shape, name):
                refuse("invalid", call.language, "import_match", "match", name=name)
        self._check_rights(call)

    def _check_rights(self, call: Call) -> None:
        """Every written field must be open for every action that the mode may come to."""
        for action in {"add": ("create",), "update": ("update",), "upsert": ("create", "update")}[self._mode]:
            locked = access(call.release, call.actor, self._shape.key, action).locked
            matched = set(self._match) if action == "update" else set()
            for name in sorted(self._written & locked - matched):
                label = self._shape.field(name).label.get(call.language)
                refuse("forbidden", call.language, "locked_field", name, label=label)

    @property
    def remembers(self) -> bool:
        """Whether it matters which keys earlier lines had."""
        return not self.only_adds

    @property
    def only_adds(self) -> bool:
        """Whether every entry is a new record, whatever records there are."""
        return self._mode == "add"

    def remember(self, entries: Iterable[Entry]) -> None:
        """Take note of the keys of entries that were taken before."""
        for entry in entries:
            key = self._key(entry)
            if None not in key:
                self._seen.setdefault(key, entry.lines[0].number)

    def drafts(self, call: Call, entries: Sequence[Entry]) -> list[tuple[Entry, Draft]]:
        """The drafts of the entries; those that cannot be matched get a problem and no draft."""
        if self._mode == "add":
            return self._unmasked(call, [(entry, self._new(call, entry)) for entry in entries])
        found = self._find(call, entries)
        pairs: list[tuple[Entry, Draft]] = []
        standing: list[tuple[Entry, int]] = []
        for entry in entries:
            identifiers = found.get(self._key(entry), ())
            reason = self._reason(call, entry, identifiers)
            if reason is not None:
                entry.problems.append(reason)
            elif identifiers:
                standing.append((entry, identifiers[0]))
            else:
                pairs.append((entry, self._new(call, entry)))
        return self._unmasked(call, pairs + self._changed(call, standing))

    def _unmasked(self, call: Call, pairs: list[tuple[Entry, Draft]]) -> list[tuple[Entry, Draft]]:
        """The pairs, with what stands behind a mask in place of the mask that an export wrote."""
        for entry, draft in pairs:
            entry.problems += unmask(call, self._shape, draft)
            for name, rows in draft.rows.items():
                for row in rows.drafts:
                    entry.problems += unmask(call, self._shape.tables[name], row)
        return pairs

    def _key(self, entry: Entry) -> Key:
        return tuple(entry.values.get(name) for name in self._match)

    def _reason(self, call: Call, entry: Entry, identifiers: Sequence[int]) -> Diagnostic | None:
        name, key = self._match[0], self._key(entry)
        if None not in key:
            first = self._seen.setdefault(key, entry.lines[0].number)
            if first != entry.lines[0].number:
                return problem(call.language, "import_repeated", name, value=first)
        if len(identifiers) > 1:
            shown = ", ".join(f"#{each}" for each in identifiers[:SHOWN_CANDIDATES])
            return problem(call.language, "import_several", name, value=shown)
        by_id = ID in self._match and entry.values.get(ID) is not None
        if not identifiers and (self._mode == "update" or by_id):
            return problem(call.language, "import_unmatched", name)
        return None

    def _find(self, call: Call, entries: Sequence[Entry]) -> dict[Key, list[int]]:
        """The records that the actor may read, by the values they are matched with; an empty value matches nothing."""
        keys = list(dict.fromkeys(key for key in map(self._key, entries) if None not in key))
        table = self._shape.table
        columns = [table.c[name] for name in self._match]
        found: dict[Key, list[int]] = {}
        readable = Selection(call, self._shape).select(table.c.id, *columns)
        statement = Statement(holding_keys(readable, columns, "keys", call.dialect), call.dialect)
        for chunk in chunks(keys):
            for row in statement.rows(call.connection, key_values("keys", chunk, call.dialect)):
                found.setdefault(tuple(row[1:]), []).append(row[0])
        return found

    def _new(self, call: Call, entry: Entry) -> Draft:
        values = entry.values
        values.pop(ID, None)
        origin = _origin(call, entry)
        draft = Draft("", values, set(values), origin=origin)
        if origin is not None and origin.at > call.at:
            draft.problems.append(problem(call.language, "import_origin", "created_at"))
        at, by = (call.at, call.actor.id) if origin is None else (origin.at, origin.by)
        values["created_at"], values["created_by"] = at, by
        self._put_rows(draft, entry)
        return draft

    def _put(self, draft: Draft, entry: Entry) -> None:
        for name, value in entry.values.items():
            if name != ID and name not in ORIGIN:
                draft.values[name] = value
                draft.written.add(name)
        self._put_rows(draft, entry)

    def _put_rows(self, draft: Draft, entry: Entry) -> None:
        for name, rows in entry.rows.items():
            draft.rows[name] = _rows(draft, name, rows)
            draft.written.add(name)

    def _changed(self, call: Call, standing: Iterable[tuple[Entry, int]]) -> list[tuple[Entry, Draft]]:
        pairs = list(standing)
        conditions = Selection(call, self._shape, "update").conditions
        identifiers = [identifier for _, identifier in pairs]
        records = load(call, self._shape, identifiers, conditions, lock=True)
        locked = locked_ids(call, self._shape.key, identifiers)
        able: list[tuple[Entry, Values]] = []
        for entry, identifier in pairs:
            if identifier not in records:
                entry.problems.append(problem(call.language, "forbidden_row", action="update"))
            elif identifier in locked:
                entry.problems.append(problem(call.language, "record_locked"))
            else:
                able.append((entry, records[identifier]))
        tables = tables_needed(self._shape, self._written)
        drafts = drafts_of(call, self._shape, [values for _, values in able], tables, [""] * len(able))
        for (entry, _), draft in zip(able, drafts, strict=True):
            self._put(draft, entry)
        return [(entry, draft) for (entry, _), draft in zip(able, drafts, strict=True)]


def _origin(call: Call, entry: Entry) -> Stamp | None:
    """When and by whom a new record was created elsewhere, as far as its line says; taken out of its values."""
    if ORIGIN.keys().isdisjoint(entry.values):
        return None
    at, by = entry.values.pop("created_at", None), entry.values.pop("created_by", None)
    return Stamp(at or call.at, by or call.actor.id)


def _is_plain(shape: Shape, name: str) -> bool:
    """Whether a field holds one value that can be looked up; several values or parts are no key."""
    return name in shape.table.c and not isinstance(shape.table.c[name].type, JsonValue)


def _rows(draft: Draft, name: str, given: Sequence[dict[str, Value]]) -> Rows:
    """The rows of a file are matched with those that stand there by their place, so that the same file changes nothing."""
    standing = draft.rows[name].drafts if name in draft.rows else []
    drafts: list[Draft] = []
    for position, values in enumerate(given):
        path = f"{name}/{position}/"
        row = standing[position] if position < len(standing) else Draft(path, {})
        row.values.update(values)
        row.written.update(values)
        drafts.append(row)
    removed = [row.before for row in standing[len(given) :] if row.before is not None]
    return Rows(drafts, removed)
