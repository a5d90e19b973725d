"""Values as people see them: from a record's value to its display text and the parts that carry colour and links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.barcode import symbology_of
from dougong.fieldtypes.days import shown_moment
from dougong.fieldtypes.file import FILES, PICTURES
from dougong.fieldtypes.location import map_link
from dougong.fieldtypes.masks import STAR, mask_of
from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.record import DEPARTMENT, MEMBER, Record
from dougong.screens.addresses import file_path, record_path
from dougong.screens.currency import amount_text, unit_of
from dougong.screens.shape import Piece, Shown
from dougong.screens.texts import listed, text

Titles = Mapping[tuple[str, int], str]
FIGURES = frozenset({"integer", "decimal", "money", "percent"})
SYSTEM_TYPES = {
    "created_at": "datetime",
    "updated_at": "datetime",
    "created_by": "member",
    "updated_by": "member",
}


def shown(call: Call, entity: Entity, field: Field, value: Value, titles: Titles) -> Shown:
    """One value of a record, ready to be shown."""
    computed = field.formula is not None
    if value is None or value == ():
        return Shown("", field.type, computed=computed)
    pieces = pieces_of(call, entity, field, value, titles)
    if pieces is not None:
        return Shown(
            listed((piece.text for piece in pieces), call.language),
            field.type,
            pieces,
            raw_text(field, value),
            computed=computed,
        )
    is_money = field.type == "money"
    words = (
        amount_text(value, field, call.language)
        if is_money
        else TYPES[field.type].to_text(value, field, call.language, ZoneInfo(call.timezone))
    )
    return Shown(
        words,
        field.type,
        raw=raw_text(field, value),
        href=_opens(field, value),
        unit=unit_of(field.currency, call.language) if is_money else "",
        computed=computed,
    )


def system_shown(call: Call, record: Record, column: str) -> Shown:
    """The value of one of the columns that every record has."""
    value = getattr(record, column, None)
    if column == "id":
        return Shown(str(record.id), "integer", raw=str(record.id))
    if value is None:
        return Shown("", SYSTEM_TYPES.get(column, "text"))
    if isinstance(value, datetime):
        return Shown(moment(value, call), "datetime", raw=value.isoformat())
    person_piece = person(call, value, record.titles)
    return Shown(person_piece.text, "member", (person_piece,), str(value))


def moment(at: datetime, call: Call) -> str:
    """An instant on the reader's clock, to the minute."""
    return shown_moment(at, call.language, ZoneInfo(call.timezone))


def pieces_of(
    call: Call, entity: Entity, field: Field, value: Value, titles: Titles
) -> tuple[Piece, ...] | None:
    """The parts of a value that has parts, or None."""
    if field.type in PEOPLE:
        people = value if isinstance(value, tuple) else (value,)
        return tuple(person(call, each, titles) for each in people)
    if field.type in DEPARTMENTS:
        departments = value if isinstance(value, tuple) else (value,)
        return tuple(department(call, each, titles) for each in departments)
    if field.type in ("link", "links"):
        ids = value if isinstance(value, tuple) else (value,)
        return tuple(linked(call, field, each, titles) for each in ids)
    if field.type == "stage":
        return (stage_piece(entity, field, value, call.language),)
    if field.type in ("choice", "choices"):
        chosen = value if isinstance(value, tuple) else (value,)
        return tuple(option_piece(field, each, call.language) for each in chosen)
    if field.type == "tags":
        return tuple(Piece(each, "option") for each in value)
    if field.type == "barcode":
        return (Piece(value, symbology_of(field)),)
    if field.type in FILES:
        kind = "picture" if field.type in PICTURES else "file"
        return tuple(
            Piece(each["name"], kind, file_path(each["id"]), note=size_text(each["size"])) for each in value
        )
    return None


def person(call: Call, identifier: int, titles: Titles) -> Piece:
    """A person by name."""
    if not identifier:
        return Piece(text("system", call.language), "person")
    name = titles.get((MEMBER, identifier)) or (call.actor.name if identifier == call.actor.id else "")
    return Piece(name or text("somebody", call.language), "person")


def department(call: Call, identifier: int, titles: Titles) -> Piece:
    """A department by name."""
    return Piece(titles.get((DEPARTMENT, identifier)) or text("no_department", call.language), "department")


def linked(call: Call, field: Field, identifier: int, titles: Titles) -> Piece:
    """A linked record by its title; without one it may not be seen."""
    if field.target is None:
        return Piece(str(identifier))
    title = titles.get((field.target.key, identifier))
    if title is None:
        return Piece(text("no_access", call.language))
    href = (
        record_path(field.target.key, identifier)
        if may(call.release, call.actor, field.target.key, "read")
        else ""
    )
    note = "" if field.one_of is None else call.release.entity(field.target.key).label.get(call.language)
    return Piece(title, "record", href, note=note)


def option_piece(field: Field, identifier: str, language: str) -> Piece:
    """An option of a choice by its label."""
    for option in field.options:
        if option.id == identifier:
            return Piece(option.label.get(language), "option", colour=option.colour)
    return Piece(identifier, "option")


def stage_piece(entity: Entity, field: Field, identifier: str, language: str) -> Piece:
    """A stage by its label, with how full its ring is."""
    pipeline = entity.pipelines.get(field.pipeline)
    stage = pipeline.stage(identifier) if pipeline else None
    if pipeline is None or stage is None:
        return Piece(identifier, "stage")
    open_stages = [each.id for each in pipeline.stages if not each.outcome]
    slot = open_stages.index(identifier) if identifier in open_stages else 0
    colour = str(1 + slot * 4 // max(len(open_stages), 4)) if len(open_stages) > 4 else str(1 + slot)
    share = int(Decimal(stage.probability) * 100)
    return Piece(stage.label.get(language), "stage", colour=colour, share=share, outcome=stage.outcome)


def size_text(size: int) -> str:
    """A number of bytes for people."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def raw_text(field: Field, value: Value) -> str:
    """A value as a script needs it: ISO dates, plain decimals, what stands in an input."""
    return value.isoformat() if isinstance(value, datetime) else TYPES[field.type].to_input(value, field)


def _opens(field: Field, value: Value) -> str:
    if mask_of(field) is not None and STAR in str(value):
        return ""
    if field.type == "email":
        return f"mailto:{value}"
    if field.type == "phone":
        return "tel:" + "".join(letter for letter in str(value) if letter.isdigit() or letter == "+")
    if field.type in ("url", "embed") and str(value).startswith(("https://", "http://")):
        return str(value)
    return map_link(value, field) if field.type == "location" else ""
