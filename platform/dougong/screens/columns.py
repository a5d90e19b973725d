"""Columns and rows of tables: which fields of an entity a reader sees in a list, and a record as a row of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.form import View
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.screens.addresses import record_path
from dougong.screens.currency import unit_of
from dougong.screens.shape import Column, Row, Shown
from dougong.screens.showing import FIGURES, SYSTEM_TYPES, Titles, shown, system_shown
from dougong.screens.texts import text

SYSTEM = ("created_at", "created_by", "updated_at", "updated_by", "id")
UNLISTED = frozenset({"table", "long_text", "file", "signature", "address"})
DEFAULT_COLUMNS = 7

SortLink = Callable[[str], tuple[str, str]]
"""From a column's id to the address that sorts by it and how it is sorted now ("", asc or desc)."""


def visible_fields(call: Call, entity: Entity) -> dict[str, Field]:
    """The fields of an entity that the reader may see, in their order."""
    hidden = access(call.release, call.actor, entity.key, "read").hidden
    return {name: field for name, field in entity.fields.items() if name not in hidden}


def column_ids(call: Call, entity: Entity, view: View | None) -> tuple[str, ...]:
    """The columns of a view, or a sensible choice of fields, without those the reader may not see."""
    fields = visible_fields(call, entity)
    if view is not None and view.columns:
        return tuple(name for name in view.columns if name in fields or name in SYSTEM)
    named = [name for name in entity.title_parts[1::2] if name in fields]
    others = [name for name, field in fields.items() if name not in named and field.type not in UNLISTED]
    return tuple((named + others)[:DEFAULT_COLUMNS])


def columns_for(
    call: Call, entity: Entity, names: Iterable[str], sort_link: SortLink | None = None
) -> tuple[Column, ...]:
    """The heads of those columns; each takes the role it has on a phone's card."""
    columns: list[Column] = []
    taken: set[str] = set()
    for name in names:
        field = entity.fields.get(name)
        kind = field.type if field else SYSTEM_TYPES.get(name, "integer")
        role = _role(entity, name, kind, taken)
        taken.add(role)
        sortable = sort_link is not None and (field is None or TYPES[field.type].sortable)
        href, direction = sort_link(name) if sort_link is not None and sortable else ("", "")
        columns.append(
            Column(
                name,
                field.label.get(call.language) if field else text(name, call.language),
                kind,
                "end" if kind in FIGURES else "start",
                _unit(field, call.language),
                href,
                direction,
                field.formula is not None if field else False,
                role,
                field.grid_width if field else "",
            )
        )
    return tuple(columns)


def _unit(field: Field | None, language: str) -> str:
    return unit_of(field.currency, language) if field is not None and field.type == "money" else ""


def _role(entity: Entity, name: str, kind: str, taken: set[str]) -> str:
    if "title" not in taken and (name in entity.title_parts[1::2] or not taken):
        return "title"
    wanted = {
        "stage": "stage",
        "choice": "stage",
        "money": "figure",
        "decimal": "figure",
        "date": "date",
        "datetime": "date",
        "member": "person",
        "link": "subtitle",
        "text": "subtitle",
    }.get(kind, "")
    return wanted if wanted not in taken else ""


def cell(call: Call, entity: Entity, record: Record, name: str) -> Shown:
    """One value of a record by the name of its column."""
    field = entity.fields.get(name)
    if field is None:
        return system_shown(call, record, name)
    return shown(call, entity, field, record.values.get(name), record.titles)


def row_for(call: Call, entity: Entity, record: Record, names: Iterable[str]) -> Row:
    """A record as a row that leads to its page."""
    cells = tuple(cell(call, entity, record, name) for name in names)
    return Row(str(record.id), cells, record_path(entity.key, record.id), record.version)


def sub_row(
    call: Call, entity: Entity, values: dict[str, Value], titles: Titles, names: Iterable[str]
) -> Row:
    """A row of a sub-table."""
    cells = tuple(shown(call, entity, entity.fields[name], values.get(name), titles) for name in names)
    return Row(str(values.get("id", "")), cells)
