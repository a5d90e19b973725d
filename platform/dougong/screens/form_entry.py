"""From what was entered in a form to the values that the verbs take; what cannot be read is a problem at its field."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.choices import split
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.options import takes_other
from dougong.fieldtypes.parted import PARTED
from dougong.fieldtypes.references import REFERRING, SEVERAL
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.choose import choose
from dougong.records.masking import may_be_mask
from dougong.records.messages import problem
from dougong.screens.shape import FormScreen, Submitted

Values = dict[str, Value]


class _Unknown(Exception):
    """A record or person that was named and is not there, or several are."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(finding.code)


def read_entry(
    call: Call, key: str, action: str, entered: Mapping[str, Submitted], every: bool = False
) -> tuple[Values, list[Diagnostic]]:
    """The values of the fields that were sent and may be written, and what is wrong with the rest.

    `every` leaves the question of rights to the verb, as in a step of an approval that grants fields itself.
    """
    entity = call.release.entity(key)
    locked = frozenset[str]() if every else access(call.release, call.actor, key, action).locked
    values: Values = {}
    problems: list[Diagnostic] = []
    for name, field in entity.fields.items():
        if name in locked or field.is_computed:
            continue
        if name in entered:
            _read(call, entity, field, entered[name], name, values, problems)
    return values, problems


def _read(
    call: Call,
    entity: Entity,
    field: Field,
    entered: Submitted,
    path: str,
    values: Values,
    problems: list[Diagnostic],
    owner: str = "",
) -> None:
    if field.type == "table":
        values[field.id] = _read_rows(call, entity, field, entered, problems)
        return
    try:
        values[field.id] = _value(call, owner or entity.key, field, entered, path)
    except Invalid as error:
        problems.append(error.problem.diagnostic(path, call.language))
    except _Unknown as error:
        problems.append(error.finding)


def _value(call: Call, key: str, field: Field, entered: Submitted, path: str) -> Value:
    if field.type in FILES:
        parts = entered if isinstance(entered, tuple) else (entered,)
        return TYPES[field.type].coerce([each for each in parts if isinstance(each, str) and each], field)
    if field.type in REFERRING:
        return _reference(call, key, field, entered, path)
    kind = TYPES[field.type]
    if field.type in PARTED:
        return _in_parts(field, entered)
    if field.type == "choices":
        parts = entered if isinstance(entered, tuple) else (entered,)
        given = [each for each in parts if isinstance(each, str) and each]
        if takes_other(field):
            given = [part for each in given for part in split(each)]
        return kind.coerce(given, field)
    words = entered if isinstance(entered, str) else ""
    if may_be_mask(field, words):
        return words
    return kind.parse(words, field, Habits(call.language, ZoneInfo(call.timezone)))


def _in_parts(field: Field, entered: Submitted) -> Value:
    """A value that was entered in parts; none of them filled in is no value."""
    given = entered[0] if isinstance(entered, tuple) and entered else {}
    parts = {part: str(word).strip() for part, word in given.items()} if isinstance(given, Mapping) else {}
    return TYPES[field.type].coerce({part: word for part, word in parts.items() if word} or None, field)


def _reference(call: Call, key: str, field: Field, entered: Submitted, path: str) -> Value:
    parts = entered if isinstance(entered, tuple) else (entered,)
    ids = [
        _identifier(call, key, field, each.strip(), path)
        for each in parts
        if isinstance(each, str) and each.strip()
    ]
    if field.type in SEVERAL:
        return tuple(ids) or None
    return ids[0] if ids else None


def _identifier(call: Call, key: str, field: Field, word: str, path: str) -> int:
    """An id, or, where scripts do not run, the exact title of what is meant."""
    if word.isascii() and word.isdigit() and len(word) < 19:
        return int(word)
    name = ".".join(part for part in path.split("/") if not part.isdigit())
    found = [each for each in choose(call, key, name, word) if each.title == word]
    if len(found) != 1:
        label = field.label.get(call.language)
        raise _Unknown(problem(call.language, "unknown_target", path, label=label, value=word[:80]))
    return found[0].id


def _read_rows(
    call: Call, entity: Entity, field: Field, entered: Submitted, problems: list[Diagnostic]
) -> list[Values]:
    rows_entity = call.release.entity(field.table)
    rights = access(call.release, call.actor, field.table, "update")
    rows: list[Values] = []
    given = entered if isinstance(entered, tuple) else ()
    for index, row in enumerate(given):
        if not isinstance(row, Mapping):
            continue
        values: Values = {}
        identifier = str(row.get("id", ""))
        if identifier.isdigit():
            values["id"] = int(identifier)
        for name, inner in rows_entity.fields.items():
            if name in row and name not in rights.locked and not inner.is_computed:
                _read(
                    call,
                    rows_entity,
                    inner,
                    row[name],
                    f"{field.id}/{index}/{name}",
                    values,
                    problems,
                    entity.key,
                )
        rows.append(values)
    return rows


def without_blank_rows(form: FormScreen, entered: Mapping[str, Submitted]) -> dict[str, Submitted]:
    """The entry without rows of sub-tables that are new and hold no more than their defaults, so that rows and problems are
    counted alike."""
    tidy = dict(entered)
    for field in (each for section in form.sections for each in section.fields if each.table is not None):
        rows = tidy.get(field.id)
        if field.table is not None and isinstance(rows, tuple):
            begun = {each.id: each.raw for each in field.table.blank.fields}
            tidy[field.id] = tuple(
                row for row in rows if isinstance(row, Mapping) and not _is_blank(row, begun)
            )
    return tidy


def _is_blank(row: Mapping[str, Submitted], begun: Mapping[str, Submitted]) -> bool:
    return all(not value or value == begun.get(name) for name, value in row.items())
