"""Finds the records and people that cells name: by unique fields, titles and ids, with what is ambiguous reported."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.eligible import units
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.storage.system import USER
from dougong.storage.types import Characters

AMBIGUOUS = -1
SHOWN_CANDIDATES = 5
_PLAIN_TYPES = frozenset({"text", "serial", "email", "phone", "url"})
_MOST_KEPT = 200_000


class Resolver:
    """Remembers which record or person a text means, for the length of an import; `AMBIGUOUS` where it may be several."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, int | None]] = {}
        self._people: dict[bool, dict[str, int]] = {}
        self._several: dict[tuple[str, str], list[str]] = {}
        self._departments: dict[str, int] | None = None

    def forget_records(self, key: str) -> None:
        """Forget what was not found among the records of an entity, because some were just created."""
        known = self._records.get(key, {})
        self._records[key] = {text: found for text, found in known.items() if found is not None}

    def person(self, call: Call, text: str, with_gone: bool = False) -> int | None:
        """The person with that login, name, e-mail address or telephone number: an active one, or also one who has left."""
        if with_gone not in self._people:
            self._people[with_gone] = self._all_people(call, with_gone)
        return self._people[with_gone].get(text.strip().casefold())

    def department(self, call: Call, text: str) -> int | None:
        """The department with that path, name or id."""
        if self._departments is None:
            self._departments = self._all_departments(call)
        return self._departments.get(_path(text))

    def find_records(self, call: Call, key: str, texts: Iterable[str]) -> dict[str, int | None]:
        """What the texts mean; every one is a key of the answer."""
        known = self._records.setdefault(key, {})
        if len(known) > _MOST_KEPT:
            known.clear()
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(self._find(call, key, missing))
        return known

    def candidates(self, key: str, text: str) -> str:
        """What an ambiguous text may mean, in the words that name each alone: logins, or ids with their sign."""
        folded = {MEMBER: text.strip().casefold(), DEPARTMENT: _path(text)}.get(key, text)
        found = self._several.get((key, folded), [])
        return ", ".join(found[:SHOWN_CANDIDATES]) + (", …" if len(found) > SHOWN_CANDIDATES else "")

    def _all_people(self, call: Call, with_gone: bool) -> dict[str, int]:
        statement = select(USER.c.id, USER.c.login, USER.c.name, USER.c.email, USER.c.phone)
        if not with_gone:
            statement = statement.where(USER.c.disabled_at.is_(None))
        rows = call.connection.execute(statement).all()
        found: dict[str, int] = {}
        logins = {row.id: row.login for row in rows}
        for identifier, _, name, email, phone in rows:
            for text in dict.fromkeys(each.strip().casefold() for each in (name, email, phone) if each):
                if text in found:
                    both = self._several.setdefault((MEMBER, text), [logins.get(found[text], "")])
                    both.append(logins[identifier])
                    found[text] = AMBIGUOUS
                else:
                    found[text] = identifier
        for identifier, login in logins.items():
            found[login.casefold()] = identifier
        return found

    def _all_departments(self, call: Call) -> dict[str, int]:
        found: dict[str, int] = {}
        every = units(call)
        paths = {unit.id: unit.path for unit in every}
        for unit in every:
            name = _path(unit.name)
            if name in found:
                both = self._several.setdefault((DEPARTMENT, name), [paths.get(found[name], "")])
                both.append(unit.path)
                found[name] = AMBIGUOUS
            else:
                found[name] = unit.id
        for unit in every:
            found[str(unit.id)] = found.get(str(unit.id), unit.id)
            if "/" in unit.path:
                found[_path(unit.path)] = unit.id
        return found

    def _find(self, call: Call, key: str, texts: Sequence[str]) -> dict[str, int | None]:
        """Ask one way of naming after the other; the first by which a text names any record decides."""
        shape = shape_of(call.release, key)
        found: dict[str, int | None] = {}
        selection = Selection(call, shape)
        for column in _ways(shape, selection.columns.concealed):
            left = [text for text in texts if text not in found]
            for chunk in chunks(left):
                statement = selection.select(shape.table.c.id, column).where(column.in_(chunk))
                for identifier, text in call.connection.execute(statement):
                    if text in found:
                        both = self._several.setdefault((key, text), [f"#{found[text]}"])
                        both.append(f"#{identifier}")
                        found[text] = AMBIGUOUS
                    else:
                        found[text] = identifier
        by_id = {
            number: text for text in texts if text not in found and (number := _number(text)) is not None
        }
        for numbers in chunks(list(by_id)):
            statement = selection.select(shape.table.c.id).where(shape.table.c.id.in_(numbers))
            for identifier in call.connection.execute(statement).scalars():
                found[by_id[identifier]] = identifier
        return {text: found.get(text) for text in texts}


def _path(text: str) -> str:
    """A department as it is written, without case, width and blanks around its parts."""
    return "/".join(part.strip() for part in unicodedata.normalize("NFKC", text).casefold().split("/"))


def _ways(shape: Shape, hidden: frozenset[str]) -> list[ColumnElement[Any]]:
    """The columns by which a record can be named: unique texts, then the title where it is made of texts only."""
    fields = [shape.field(rule.fields[0]) for rule in shape.unique if len(rule.fields) == 1 and rule.is_plain]
    fields += list(shape.serials)
    names = dict.fromkeys(field.id for field in fields if _is_plain(field) and field.id not in hidden)
    ways: list[ColumnElement[Any]] = [shape.table.c[name] for name in names]
    title = _title(shape, hidden)
    return ways if title is None else [*ways, title]


def _is_plain(field: Field) -> bool:
    return field.type in _PLAIN_TYPES


def _title(shape: Shape, hidden: frozenset[str]) -> ColumnElement[Any] | None:
    parts = shape.entity.title_parts
    names = [name for name in parts[1::2] if name]
    if not names or any(
        name in hidden or name not in shape.entity.fields or not _is_plain(shape.field(name))
        for name in names
    ):
        return None
    if len(names) == 1 and not any(parts[0::2]):
        return shape.table.c[names[0]]
    pieces: list[ColumnElement[Any]] = []
    for position, part in enumerate(parts):
        if position % 2:
            pieces.append(func.coalesce(shape.table.c[part], literal("", Characters()), type_=Characters()))
        elif part:
            pieces.append(literal(part, Characters()))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.concat(piece)
    return func.trim(whole, type_=Characters())


def _number(text: str) -> int | None:
    digits = text.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
