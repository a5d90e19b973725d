"""The columns of one table: kept, renamed, converted, brought back, added or put out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.fieldtypes.options import takes_other
from dougong.model.app import App
from dougong.model.field import Field
from dougong.storage import conversion, names, rules
from dougong.storage.comparison import Comparison
from dougong.storage.mending import Mending, constant_of
from dougong.storage.operations import (
    AddColumn,
    ChangeReference,
    RemoveColumn,
    RemoveOptions,
    RenameColumn,
    RestoreColumn,
    SetRequired,
    TightenField,
)
from dougong.storage.originals import new_field_of, originals_of, recorded_field, things_of
from dougong.storage.pairing import Known, pair
from dougong.storage.schema import ColumnSpec, TableSpec, Tombstone


def match_columns(work: Comparison, table: TableSpec, before: TableSpec) -> tuple[ColumnSpec, ...]:
    """The columns of a table that stays, with their identities; what leads to them is added to the operations."""
    origins = _origins(work, table, before)
    same_entity = (
        {} if work.is_restored(before) else work.same_entity
    )  # a restored table speaks of the new keys
    columns = []
    mending = Mending(work, table, before)
    for column in table.columns:
        old = origins.get(column.field)
        if isinstance(old, Tombstone):
            columns.append(_restore_column(mending, column, old))
        elif old is None or _is_other_thing(work, table, before, old, column, same_entity):
            columns.append(_add_column(mending, column))
        else:
            columns.append(_match_column(mending, old, column))
    kept = {each.uid for each in columns}
    for column in before.columns:
        if column.uid not in kept:
            _remove_column(work, table, before, column)
    mending.finish(columns)
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


def _is_other_thing(
    work: Comparison,
    table: TableSpec,
    before: TableSpec,
    old: ColumnSpec,
    new: ColumnSpec,
    same_entity: Mapping[str, str],
) -> bool:
    """Ids of records mean nothing elsewhere: a link that points to another entity begins empty."""
    old_field, new_field = _last_known(work, before, old), new_field_of(work.new_app, table, new.field)
    if new_field.formula is not None and old_field.formula is None:
        return True  # what people wrote is kept out of sight, not written over
    if conversion.refers(old_field) and conversion.refers(new_field):
        is_same_kind = conversion.kind_of(old_field).kind == conversion.kind_of(new_field).kind
        return not is_same_kind or same_entity.get(old.references, old.references) != new.references
    if not conversion.refers(old_field) and not conversion.refers(new_field):
        return False
    return not conversion.is_possible(old_field, new_field) or things_of(work, old, new) is None


def _last_known(work: Comparison, before: TableSpec, old: ColumnSpec) -> Field:
    """The field as the version defined it that had it last; a table that comes back is not in the recorded one."""
    stone = work.stone_of(before)
    if stone is not None and work.returning is not None:
        version = work.returning.version(stone.removed_in - 1)
        return recorded_field(version[0] if version else None, stone.table, old)
    return recorded_field(work.old_app, before, old)


def _match_column(
    mending: Mending, old: ColumnSpec, new: ColumnSpec, restored_from: Tombstone | None = None
) -> ColumnSpec:
    work, table, before = mending.work, mending.table, mending.before
    app, after = work.app, replace(new, uid=old.uid)
    if old.name != new.name and restored_from is None:
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
    gone = _removed_options(work, before, old, table, new) if work.former is None else ()
    is_newly_required = new.required and not old.required and work.former is None
    is_converted = _needs_conversion(old, new) or conversion.is_written_anew(
        recorded_field(work.old_app, before, old), new_field_of(work.new_app, table, new.field)
    )
    narrower = () if is_converted else _tightened(work, before, old, table, new)
    reasons = mending.reasons(
        old,
        after,
        has_gone=bool(gone),
        is_newly_required=is_newly_required,
        is_tightened=bool(narrower) or is_converted,
    )
    originals = originals_of(work, before, old, new)
    if is_converted or reasons or originals:
        mending.change(old, after, originals, restored_from, reasons)
    elif old.on_delete != new.on_delete:
        former = replace(after, on_delete=old.on_delete)
        work.add(ChangeReference(app=app, table=table, before=before, column=after, former=former))
    if gone:
        work.add(
            RemoveOptions(
                app=app,
                table=table,
                before=before,
                column=after,
                former=old,
                options=gone,
                mended="unfit" in reasons,
            )
        )
    if narrower:
        work.add(
            TightenField(
                app=app,
                table=table,
                before=before,
                column=after,
                former=old,
                new_field=new_field_of(work.new_app, table, new.field),
                tighter=narrower,
                mended="unfit" in reasons,
            )
        )
    if is_newly_required:
        work.add(
            SetRequired(
                app=app, table=table, before=before, column=after, former=old, mended="empty" in reasons
            )
        )
    return after


def _tightened(
    work: Comparison, before: TableSpec, old: ColumnSpec, table: TableSpec, new: ColumnSpec
) -> tuple[rules.Rule, ...]:
    """The rules of a field that take less than before; a rollback asks nothing of values that were there."""
    if work.former is not None:
        return ()
    return rules.tightened(
        recorded_field(work.old_app, before, old), new_field_of(work.new_app, table, new.field)
    )


def _removed_options(
    work: Comparison, before: TableSpec, old: ColumnSpec, table: TableSpec, new: ColumnSpec
) -> tuple[str, ...]:
    if old.field_type != new.field_type or work.old_app is None:
        return ()
    if takes_other(new_field_of(work.new_app, table, new.field)):
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
    """Whether values must be looked at: any line of text may stay as it is when it becomes plain text."""
    if old.kind != new.kind:
        return True
    return old.field_type != new.field_type and not conversion.keeps_text(old.field_type, new.field_type)


def _add_column(mending: Mending, column: ColumnSpec) -> ColumnSpec:
    work = mending.work
    added = replace(column, uid=work.uid("c"))
    field_ = new_field_of(work.new_app, mending.table, column.field)
    coming = mending.add(added, field_)
    is_filled = coming is not None
    default = None if is_filled else constant_of(field_)
    if default is not None:
        coming = mending.coming(added, field_, default)
    needed = column.required and not field_.is_computed and work.former is None and not is_filled
    work.add(
        AddColumn(
            app=work.app,
            table=mending.table,
            before=mending.before,
            column=added,
            default=default,
            needed=needed,
            numbered=field_.type == "serial" and work.former is None,
            coming=coming or "",
        )
    )
    return added


def _remove_column(work: Comparison, table: TableSpec, before: TableSpec, column: ColumnSpec) -> None:
    uid = work.uid("r")
    tombstone = Tombstone(uid, names.tombstone_column(uid, column.field), before, column, work.number)
    work.tombstones.append(tombstone)
    there = replace(before, name=table.name)
    if work.is_restored(before):
        column = replace(column, references="")  # its foreign key went when the table was removed
    is_worked_out = _is_worked_out(work, table, before, column)
    work.add(
        RemoveColumn(
            app=work.app,
            table=there,
            before=before,
            column=column,
            tombstone=tombstone,
            is_worked_out=is_worked_out,
        )
    )


def _is_worked_out(work: Comparison, table: TableSpec, before: TableSpec, column: ColumnSpec) -> bool:
    """Whether a column held what a formula gave, and the field goes on without one."""
    entity = work.new_app.entities.get(table.key.partition(".")[2])
    fields = entity.fields.values() if entity is not None else ()
    goes_on = any(each.is_virtual and column.field in (each.id, each.was) for each in fields)
    return goes_on and recorded_field(work.old_app, before, column).formula is not None


def _restore_column(mending: Mending, column: ColumnSpec, tombstone: Tombstone) -> ColumnSpec:
    assert tombstone.column is not None
    work = mending.work
    work.tombstones.remove(tombstone)
    restored = replace(tombstone.column, field=column.field, name=column.name, references=column.references)
    work.add(
        RestoreColumn(
            app=work.app, table=mending.table, before=mending.before, column=restored, tombstone=tombstone
        )
    )
    return _match_column(mending, replace(restored, name=tombstone.name), column, tombstone)
