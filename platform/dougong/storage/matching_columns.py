"""The columns of one table: kept, renamed, converted, brought back, added or put out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.references import DEPARTMENTS, PEOPLE
from dougong.model.app import App
from dougong.model.expression import Literal
from dougong.model.field import Field
from dougong.model.text import EMPTY
from dougong.storage import names
from dougong.storage.comparison import Comparison
from dougong.storage.operations import (
    AddColumn,
    ChangeReference,
    ChangeType,
    RemoveColumn,
    RemoveOptions,
    RenameColumn,
    RestoreColumn,
    SetRequired,
)
from dougong.storage.pairing import Known, pair
from dougong.storage.schema import ColumnSpec, TableSpec, Tombstone

_TEXTS = frozenset({"text", "long_text"})
_SORTS = {"link": "records"} | dict.fromkeys(PEOPLE, "people") | dict.fromkeys(DEPARTMENTS, "departments")
"""What the ids in values of a type stand for."""
_LABELLED = frozenset({"choice", "stage"})
"""Types whose values are ids that a person never sees: as text they become their labels."""


def match_columns(work: Comparison, table: TableSpec, before: TableSpec) -> tuple[ColumnSpec, ...]:
    """The columns of a table that stays, with their identities; what leads to them is added to the operations."""
    origins = _origins(work, table, before)
    same_entity = (
        {} if work.is_restored(before) else work.same_entity
    )  # a restored table speaks of the new keys
    columns = []
    for column in table.columns:
        old = origins.get(column.field)
        if isinstance(old, Tombstone):
            columns.append(_restore_column(work, table, before, column, old))
        elif old is None or _is_other_thing(old, column, same_entity):
            columns.append(_add_column(work, table, before, column))
        else:
            columns.append(_match_column(work, table, before, old, column))
    kept = {each.uid for each in columns}
    for column in before.columns:
        if column.uid not in kept:
            _remove_column(work, table, before, column)
    return tuple(columns)


def _origins(work: Comparison, table: TableSpec, before: TableSpec) -> Mapping[str, ColumnSpec | Tombstone]:
    """Where the values of wanted columns come from: field id → recorded column, or the tombstone of a removed one."""
    target = work.former.table_of(before.uid) if work.former else None
    live = {each.uid: each for each in before.columns}
    if target is None:
        recorded = {each.field: Known(each.uid, each.was) for each in before.columns}
        by_field = {each.field: each for each in before.columns}
        pairs = pair(recorded, {each.field: each.was for each in table.columns})
        return {name: by_field[old] for name, old in pairs.items()}
    buried = {
        each.column.uid: each for each in work.tombstones if each.column and each.table.uid == before.uid
    }
    origins: dict[str, ColumnSpec | Tombstone] = {}
    for each in target.columns:
        found = live.get(each.uid) or buried.get(each.uid)
        if found is not None:
            origins[each.field] = found
    return origins


def _is_other_thing(old: ColumnSpec, new: ColumnSpec, same_entity: Mapping[str, str]) -> bool:
    """Ids of records mean nothing elsewhere: a link that points to another entity begins empty."""
    if old.field_type != new.field_type:
        return _SORTS.get(old.field_type) != _SORTS.get(new.field_type)
    return same_entity.get(old.references, old.references) != new.references


def _match_column(
    work: Comparison,
    table: TableSpec,
    before: TableSpec,
    old: ColumnSpec,
    new: ColumnSpec,
    *,
    is_restored: bool = False,
) -> ColumnSpec:
    app, after = work.app, replace(new, uid=old.uid)
    if old.name != new.name and not is_restored:
        work.add(
            RenameColumn(
                app=app,
                table=table,
                before=before,
                column=after,
                old=old.name,
                new=new.name,
                former=old.field,
            )
        )
    if _needs_conversion(old, new):
        _change_type(work, table, before, old, after)
    if old.on_delete != new.on_delete:
        former = replace(after, on_delete=old.on_delete)
        work.add(ChangeReference(app=app, table=table, before=before, column=after, former=former))
    gone = _removed_options(work, before, old, table, new)
    if gone and work.former is None:
        work.add(RemoveOptions(app=app, table=table, before=before, column=after, former=old, options=gone))
    if new.required and not old.required and work.former is None:
        work.add(SetRequired(app=app, table=table, before=before, column=after, former=old))
    return after


def _removed_options(
    work: Comparison, before: TableSpec, old: ColumnSpec, table: TableSpec, new: ColumnSpec
) -> tuple[str, ...]:
    if old.field_type != new.field_type or work.old_app is None:
        return ()
    known = _options(work.old_app, before, old.field)
    return tuple(each for each in known if each not in _options(work.new_app, table, new.field))


def _options(app: App, table: TableSpec, field_id: str) -> tuple[str, ...]:
    """The ids that the values of a field are taken from, if they are."""
    entity = app.entities.get(table.key.partition(".")[2])
    found = entity.fields.get(field_id) if entity else None
    if entity is None or found is None:
        return ()
    pipeline = entity.pipelines.get(found.pipeline) if found.type == "stage" else None
    return tuple(each.id for each in (pipeline.stages if pipeline else found.options))


def _needs_conversion(old: ColumnSpec, new: ColumnSpec) -> bool:
    """Whether values must be looked at: any text may stay as it is when it becomes plain text, but for ids of options."""
    if old.kind != new.kind:
        return True
    to_plain_text = new.field_type in _TEXTS and old.field_type not in _LABELLED
    return old.field_type != new.field_type and not to_plain_text


def _change_type(
    work: Comparison, table: TableSpec, before: TableSpec, old: ColumnSpec, new: ColumnSpec
) -> None:
    old_field = _recorded_field(work.old_app, before, old)
    new_field = _new_field(work.new_app, table, new.field)
    tombstone = None
    if old.kind != new.kind:
        uid = work.uid("r")
        kept = replace(old, uid=uid)
        tombstone = Tombstone(uid, names.tombstone_column(uid, old.field), before, kept, work.number)
        work.tombstones.append(tombstone)
    work.add(
        ChangeType(
            app=work.app,
            table=table,
            before=before,
            column=new,
            former=old,
            old_field=old_field,
            new_field=new_field,
            tombstone=tombstone,
        )
    )


def _recorded_field(app: App | None, table: TableSpec, column: ColumnSpec) -> Field:
    """The field as it was defined; for a column restored from removal, as much of it as its values need to be read."""
    entity = app.entities.get(table.key.partition(".")[2]) if app else None
    known = entity.fields.get(column.field) if entity else None
    if known is not None and known.type == column.field_type:
        return known
    decimals = int(column.kind.partition(" ")[2] or 0)
    return Field(column.field, column.field_type, EMPTY, decimals=decimals)


def _new_field(app: App, table: TableSpec, field_id: str) -> Field:
    return app.entities[table.key.partition(".")[2]].fields[field_id]


def _add_column(work: Comparison, table: TableSpec, before: TableSpec, column: ColumnSpec) -> ColumnSpec:
    added = replace(column, uid=work.uid("c"))
    field_ = _new_field(work.new_app, table, column.field)
    default = _constant(field_)
    needed = field_.required and not field_.is_computed and work.former is None
    work.add(
        AddColumn(
            app=work.app,
            table=table,
            before=before,
            column=added,
            default=default,
            needed=needed,
            numbered=field_.type == "serial" and work.former is None,
        )
    )
    return added


def _constant(field_: Field) -> object:
    """What existing records get in a new field: a default that needs no record to be known; Invalid ones are left to the verbs."""
    tree = field_.default.tree if field_.default else None
    if not isinstance(tree, Literal) or field_.is_computed:
        return None
    try:
        return TYPES[field_.type].assign(tree.value, field_)
    except Invalid:
        return None


def _remove_column(work: Comparison, table: TableSpec, before: TableSpec, column: ColumnSpec) -> None:
    uid = work.uid("r")
    tombstone = Tombstone(uid, names.tombstone_column(uid, column.field), before, column, work.number)
    work.tombstones.append(tombstone)
    there = replace(before, name=table.name)
    if work.is_restored(before):
        column = replace(column, references="")  # its foreign key went when the table was removed
    work.add(RemoveColumn(app=work.app, table=there, before=before, column=column, tombstone=tombstone))


def _restore_column(
    work: Comparison, table: TableSpec, before: TableSpec, column: ColumnSpec, tombstone: Tombstone
) -> ColumnSpec:
    assert tombstone.column is not None
    work.tombstones.remove(tombstone)
    restored = replace(tombstone.column, field=column.field, name=column.name, references=column.references)
    work.add(RestoreColumn(app=work.app, table=table, before=before, column=restored, tombstone=tombstone))
    return _match_column(
        work, table, before, replace(restored, name=tombstone.name), column, is_restored=True
    )
