"""Inputs of a generated form: what stands in each, whether it may be changed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.address import LONGEST
from dougong.fieldtypes.duration import clock_text
from dougong.fieldtypes.file import FILES, PICTURES
from dougong.fieldtypes.masks import mask_of
from dougong.fieldtypes.options import takes_other
from dougong.fieldtypes.parted import PARTED
from dougong.fieldtypes.rating import stars_of
from dougong.fieldtypes.references import REFERRING, SEVERAL
from dougong.fieldtypes.table import frozen_columns
from dougong.fieldtypes.tags import suggestions_of
from dougong.fieldtypes.time_ import has_seconds
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.pictures import ACCEPT
from dougong.records.record import DEPARTMENT, MEMBER
from dougong.records.rule_states import NONE, FieldStates
from dougong.records.titles import target_key
from dougong.records.tree import tree_of
from dougong.screens.addresses import entity_path, file_path
from dougong.screens.beginning import initial_values, titles_for
from dougong.screens.currency import symbol_of, unit_of
from dougong.screens.shape import Alternative, Choice, FormField, FormRow, Piece, Submitted, SubTable
from dougong.screens.showing import (
    Titles,
    department,
    linked,
    option_piece,
    person,
    shown,
    stage_piece,
)
from dougong.screens.texts import text

INPUT_MODES = {
    "integer": "numeric",
    "decimal": "decimal",
    "money": "decimal",
    "percent": "decimal",
    "rating": "numeric",
    "phone": "tel",
    "email": "email",
    "url": "url",
}
BLANK = "__index__"


@dataclass(frozen=True, slots=True)
class Place:
    """Where inputs stand: the entity, what may not be written, the values, what was entered, and the problems by path."""

    call: Call
    entity: Entity
    locked: frozenset[str]
    values: Mapping[str, Value]
    titles: Titles
    entered: Mapping[str, Submitted] | None
    problems: Mapping[str, tuple[str, ...]]
    language: str
    prefix: str = ""
    owner: str = ""
    """For the rows of a sub-table: the key of the record's entity, and `table` the field they stand in."""
    table: str = ""
    unseen: frozenset[str] = frozenset()
    """The fields, and columns as `lines.cost`, that are not seen in this very record."""
    states: FieldStates = NONE
    """What rules make of the fields as the record stands."""
    live: frozenset[str] = frozenset()
    """The fields whose state a script follows, so that their inputs must be there."""
    computed: frozenset[str] | None = None
    """The computed fields that a script computes as one types; None where that is not known, as in the rows of a sub-table."""


def form_field(place: Place, field: Field, width: int = 1) -> FormField:
    """The input of one field."""
    call, language = place.call, place.language
    value = place.values.get(field.id)
    states = place.states
    kept = field.id in states.readonly and field.id not in place.live
    read_only = field.is_computed or kept or field.id in place.locked
    own_id = field.id
    built = FormField(
        id=own_id,
        type=field.type,
        label=field.label.get(language),
        raw=_raw(place, field, value),
        shown=shown(call, place.entity, field, value, place.titles) if read_only else None,
        required=(field.required or field.id in states.required) and not read_only,
        read_only=read_only,
        why=_why(field, language) if read_only else "",
        hidden=field.id in states.hidden,
        asked=field.id in states.required and not field.required,
        computed=field.formula is not None,
        waits=field.formula is not None and place.computed is not None and field.id not in place.computed,
        help=field.help.get(language),
        problems=place.problems.get(f"{place.prefix}{field.id}", ()),
        width=width,
        placeholder=field.placeholder.get(language) or _placeholder(field),
        grid_width=field.grid_width,
        scan=field.scan,
        masked=mask_of(field) is not None,
        max_length=field.max_length or 0,
        minimum=_bound(field, field.minimum),
        maximum=_bound(field, field.maximum),
        step=_step(field),
        inputmode=INPUT_MODES.get(field.type, ""),
        suffix=_unit(field, language, bool(place.table)),
        prefix=symbol_of(field.currency) if field.type == "money" and not place.table else "",
        multiple=field.multiple or field.type in {"choices", "images"} | SEVERAL,
        accept=ACCEPT if field.type in PICTURES else ",".join(field.accept),
    )
    if field.type == "table":
        return replace(built, table=None if read_only else _sub_table(place, field), shown=built.shown)
    return _with_choices(place, field, built)


def _unit(field: Field, language: str, in_table: bool) -> str:
    """What stands behind an input; amounts in a sub-table have their unit in the head, as in every table."""
    if field.type == "money" and in_table:
        return unit_of(field.currency, language)
    return "%" if field.type == "percent" else ""


def _why(field: Field, language: str) -> str:
    if field.type == "serial":
        return text("serial_why", language)
    return text("computed_why" if field.formula is not None else "locked_why", language)


def _bound(field: Field, bound: Decimal | Expression | None) -> str:
    if not isinstance(bound, Decimal):
        return ""
    return format(bound * 100 if field.type == "percent" else bound, "f")


def _step(field: Field) -> str:
    if field.type == "integer":
        return "1"
    if field.type == "time":
        return "1" if has_seconds(field) else "60"
    if field.type in ("decimal", "money"):
        return format(Decimal(1).scaleb(-field.decimals), "f")
    return "any" if field.type == "percent" else ""


def _placeholder(field: Field) -> str:
    return {"duration": clock_text(9000), "colour": "#rrggbb"}.get(field.type, "")


def _raw(place: Place, field: Field, value: Value) -> str | tuple[str, ...]:
    if place.entered is not None and field.id in place.entered:
        entered = place.entered[field.id]
        if isinstance(entered, str):
            return entered
        return tuple(part for part in entered if isinstance(part, str))
    return input_text(field, value, place.call.timezone)


def input_text(field: Field, value: Value, timezone: str) -> str | tuple[str, ...]:
    """What stands in an input for a value: the spelling that its HTML input expects."""
    if value is None:
        return () if field.type in {"choices"} | FILES | SEVERAL else ""
    if field.type in {"choices"} | SEVERAL:
        return tuple(str(each) for each in value)
    if field.type in FILES:
        return tuple(str(each["id"]) for each in value)
    if field.type == "percent":
        return format((value * 100).normalize() + 0, "f")
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M")
    return TYPES[field.type].to_input(value, field)


def _with_choices(place: Place, field: Field, built: FormField) -> FormField:
    """Add what one may choose from, and what is chosen."""
    language = place.language
    if field.type in ("choice", "choices"):
        options = tuple(
            Choice(each.id, each.label.get(language), option_piece(field, each.id, language))
            for each in field.options
        )
        return replace(built, options=options, takes_other=takes_other(field))
    if field.type == "rating":
        most = stars_of(field)
        numbers = range(1, most + 1)
        return replace(built, options=tuple(Choice(str(each), f"{each} / {most}") for each in numbers))
    if field.type == "tags":
        suggested = tuple(Choice(each, each) for each in suggestions_of(field))
        return replace(built, options=suggested, choose_href=_choose_href(place, field))
    if field.type == "stage":
        stages = place.entity.pipelines[field.pipeline].stages
        pieces = ((stage, stage_piece(place.entity, field, stage.id, language)) for stage in stages)
        return replace(built, options=tuple(Choice(stage.id, piece.text, piece) for stage, piece in pieces))
    if field.type in REFERRING:
        found = replace(
            built,
            is_tree=bool(tree_of(field)),
            chosen=_chosen(place, field, built.raw),
            choose_href=_choose_href(place, field),
        )
        return (
            found
            if field.one_of is None or built.read_only
            else replace(found, alternative=_of(place, field))
        )
    if field.type in PARTED:
        return replace(built, parts=_parts(place, field))
    if field.type in FILES:
        value = place.values.get(field.id) or ()
        files = tuple(
            Choice(str(each["id"]), each["name"], Piece(each["name"], "file", file_path(each["id"])))
            for each in value
            if str(each["id"]) in built.raw
        )
        field_path = f"{place.table}.{field.id}" if place.table else field.id
        key = place.owner or place.entity.key
        return replace(built, chosen=files, upload_action=f"{entity_path(key)}/files/{field_path}")
    return built


def _of(place: Place, field: Field) -> Alternative | None:
    """Which of several pickers a link to one of several entities is."""
    if field.one_of is None or field.target is None:
        return None
    kind, language = place.call.release.entity(field.target.key), place.language
    written = field.one_of
    return Alternative(
        written.field, written.label.get(language), written.required, kind.label.get(language), kind.icon
    )


def _choose_href(place: Place, field: Field) -> str:
    key = place.owner or place.entity.key
    name = f"{place.table}.{field.id}" if place.table else field.id
    return f"{entity_path(key)}/choose/{name}"


def _chosen(place: Place, field: Field, raw: str | tuple[str, ...]) -> tuple[Choice, ...]:
    ids = (raw,) if isinstance(raw, str) else raw
    chosen = []
    for each in ids:
        if not each.isdigit():
            if each:
                chosen.append(Choice(each, each))
            continue
        chosen.append(_chosen_one(place, field, int(each)))
    return tuple(chosen)


def _chosen_one(place: Place, field: Field, identifier: int) -> Choice:
    key, call, titles = target_key(field), place.call, place.titles
    if key == MEMBER:
        piece = person(call, identifier, titles)
    elif key == DEPARTMENT:
        piece = department(call, identifier, titles)
    else:
        piece = linked(call, field, identifier, titles)
    return Choice(str(identifier), titles.get((key, identifier)) or piece.text, piece)


def _parts(place: Place, field: Field) -> tuple[FormField, ...]:
    """The inputs of a value that is entered in parts."""
    entered = (place.entered or {}).get(field.id)
    value: Mapping[str, object] = place.values.get(field.id) or {}
    if isinstance(entered, tuple) and entered and isinstance(entered[0], Mapping):
        value = entered[0]
    problems = place.problems
    return tuple(
        FormField(
            part,
            "text",
            label.get(place.language),
            str(value.get(part) or ""),
            problems=problems.get(f"{place.prefix}{field.id}/{part}", ()),
            max_length=LONGEST,
            inputmode="decimal" if part in ("lat", "lng") else "",
        )
        for part, label in PARTED[field.type].items()
        if part != "country" or field.extra.get("country") != "china"
    )


# -- sub-tables ---------------------------------------------------------------------------------------------------------


def _columns_of(field: Field, names: frozenset[str]) -> frozenset[str]:
    """The columns of a sub-table among names such as `lines.cost`."""
    return frozenset(each.partition(".")[2] for each in names if each.startswith(f"{field.id}."))


def _sub_table(place: Place, field: Field) -> SubTable:
    rows_entity = place.call.release.entity(field.table)
    rights = access(place.call.release, place.call.actor, field.table, "update")
    unseen, locked = (_columns_of(field, kept) for kept in (place.unseen, place.locked))
    locked |= rights.locked
    names = [name for name in rows_entity.fields if name not in rights.hidden | unseen]
    rows = _rows(place, field)

    def row(
        index: str,
        values: Mapping[str, Value],
        entered: Mapping[str, Submitted] | None,
        titles: Titles = place.titles,
    ) -> FormRow:
        prefix = f"{field.id}/{index}/"
        inner = Place(
            place.call,
            rows_entity,
            locked,
            values,
            titles,
            entered,
            place.problems,
            place.language,
            prefix,
            place.entity.key,
            field.id,
        )
        own_id = str(entered.get("id", "")) if entered is not None else str(values.get("id") or "")
        own = place.problems.get(f"{field.id}/{index}", ())
        return FormRow(
            index, own_id, tuple(form_field(inner, rows_entity.fields[name]) for name in names), own
        )

    begun = initial_values(place.call, field.table)
    shown_titles = titles_for(place.call, field.table, begun)
    blank = row(BLANK, begun, None, {**place.titles, **shown_titles})
    return SubTable(
        columns=blank.fields,
        rows=tuple(row(str(index), values, entered) for index, (values, entered) in enumerate(rows)),
        blank=blank,
        frozen=frozen_columns(field),
        row_label=rows_entity.label.get(place.language),
    )


def _rows(place: Place, field: Field) -> list[tuple[Mapping[str, Value], Mapping[str, Submitted] | None]]:
    """The rows to show: what was entered, with the stored values of rows that exist, else the stored rows."""
    stored = {str(row.get("id")): row for row in place.values.get(field.id) or ()}
    if place.entered is not None and field.id in place.entered:
        entered = place.entered[field.id]
        rows = [row for row in entered if isinstance(row, Mapping)] if isinstance(entered, tuple) else []
        return [(stored.get(str(row.get("id", "")), {}), row) for row in rows]
    return (
        [(row, None) for row in stored.values()]
        if stored
        else [(row, None) for row in place.values.get(field.id) or ()]
    )
