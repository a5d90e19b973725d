"""Recorded schema × wanted schema → the schema to record next, with identities, and the operations that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.app import App
from dougong.model.expression import Literal
from dougong.model.field import Field
from dougong.model.text import EMPTY
from dougong.storage import ddl, names
from dougong.storage.operations import (
    AddColumn,
    AddIndex,
    AddReferences,
    AttachReferences,
    ChangeReference,
    ChangeType,
    CreateTable,
    DropIndex,
    DropTable,
    Operation,
    RebuildSearch,
    RemoveColumn,
    RemoveTable,
    RenameColumn,
    RenameTable,
    RestoreColumn,
    RestoreTable,
    SetRequired,
)
from dougong.storage.pairing import Known, pair
from dougong.storage.schema import ColumnSpec, IndexSpec, Schema, TableSpec, Tombstone

_TEXTS = frozenset({"text", "long_text"})
_LINKING = frozenset({"link", "member"})
_LABELLED = frozenset({"choice", "stage"})
"""Types whose values are ids that a person never sees: as text they become their labels."""
_ORDER: tuple[type[Operation], ...] = (
    DropIndex,
    DropTable,
    RemoveTable,
    RenameTable,
    RestoreTable,
    RemoveColumn,
    RenameColumn,
    CreateTable,
    AddReferences,
    AttachReferences,
    RestoreColumn,
    AddColumn,
    ChangeType,
    ChangeReference,
    SetRequired,
    AddIndex,
    RebuildSearch,
)


@dataclass(slots=True)
class Matching:
    """The work in progress of one comparison; `matched` is the way in."""

    recorded: Schema
    former: Schema | None
    old_app: App | None
    new_app: App
    next_uid: int
    number: int
    tombstones: list[Tombstone]
    same_entity: Mapping[str, str] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    tables: list[TableSpec] = field(default_factory=list)

    def uid(self, letter: str) -> str:
        """A new identity."""
        given = f"{letter}{self.next_uid}"
        self.next_uid += 1
        return given

    def add(self, operation: Operation) -> None:
        """One more step."""
        self.operations.append(operation)


def matched(
    recorded: Schema,
    wanted: Schema,
    old_app: App | None,
    new_app: App,
    *,
    former: Schema | None = None,
    renamed_elsewhere: Mapping[str, str] | None = None,
    number: int = 0,
) -> tuple[Schema, tuple[Operation, ...]]:
    """Compare two schemas of one app. `former` is the recorded schema of the version that a rollback returns to;
    `renamed_elsewhere` tells entities of other apps that were renamed (old key → new key)."""
    work = Matching(recorded, former, old_app, new_app, recorded.next_uid, number, list(recorded.tombstones))
    entities = [
        (each, _counterpart(work, each, "", wanted)) for each in wanted.tables if each.kind == "entity"
    ]
    gone = {each.key: "" for each in recorded.tables if each.kind == "entity"}
    kept = {old.key: new.key for new, old in entities if old and not _is_restored(work, old)}
    work.same_entity = {**(renamed_elsewhere or {}), **gone, **kept}
    for table, before in entities:
        _match_entity(work, wanted, table, before)
    matched_uids = {each.uid for each in work.tables}
    for each in recorded.tables:
        if each.uid not in matched_uids:
            _remove_table(work, each)
    schema = Schema(wanted.app, tuple(work.tables), tuple(work.tombstones), work.next_uid)
    return schema, tuple(_ordered(work.operations))


def _local(table: TableSpec) -> str:
    """The id by which a table is found again: the entity's own, or that of the field it is held for."""
    return table.key.partition(".")[2] if table.kind == "entity" else table.field


def _counterpart(work: Matching, table: TableSpec, old_owner: str, wanted: Schema) -> TableSpec | None:
    """The recorded table of a wanted one; a rollback finds it by identity and brings it back when it was removed."""
    if work.former is not None:
        former = work.former.table(table.key)
        return _by_identity(work, table, former) if former else None
    recorded = {
        _local(each): each
        for each in work.recorded.tables
        if each.kind == table.kind and (table.kind == "entity" or each.entity == old_owner)
    }
    asked = {
        _local(each): each.was
        for each in wanted.tables
        if each.kind == table.kind and (table.kind == "entity" or each.entity == table.entity)
    }
    pairs = pair({name: Known(each.uid, each.was) for name, each in recorded.items()}, asked)
    return recorded.get(pairs.get(_local(table), ""))


def _by_identity(work: Matching, table: TableSpec, former: TableSpec) -> TableSpec | None:
    live = work.recorded.table_of(former.uid)
    if live is not None:
        return live
    buried = (each for each in work.tombstones if each.column is None and each.table.uid == former.uid)
    tombstone = next(buried, None)
    if tombstone is None:
        return None
    work.tombstones.remove(tombstone)
    links = {each.uid: each.references for each in former.columns}
    columns = tuple(replace(each, references=links.get(each.uid, "")) for each in tombstone.table.columns)
    restored = replace(
        tombstone.table,
        key=table.key,
        entity=table.entity,
        field=table.field,
        name=table.name,
        target=table.target,
        columns=columns,
    )
    app = work.recorded.app
    work.add(RestoreTable(app=app, table=restored, tombstone=tombstone))
    return replace(restored, name=tombstone.name)


def _match_entity(work: Matching, wanted: Schema, table: TableSpec, before: TableSpec | None) -> None:
    after = _match_table(work, table, before)
    old_owner = before.key if before else ""
    for child in wanted.tables:
        if child.kind in {"rows", "links"} and child.entity == table.key:
            _match_table(work, child, _counterpart(work, child, old_owner, wanted))
    search = next(
        (each for each in wanted.tables if each.kind == "search" and each.entity == table.key), None
    )
    _match_search(work, search, before, after)


# ------------------------------------------------------------------ one table
def _match_table(work: Matching, table: TableSpec, before: TableSpec | None) -> TableSpec:
    if before is None:
        return _create_table(work, table)
    app = work.recorded.app
    if table.kind == "links" and _points_elsewhere(work, before, table):
        _remove_table(work, before)
        return _create_table(work, table)
    renamed = replace(table, uid=before.uid)
    if before.name != table.name and not _is_restored(work, before):
        work.add(RenameTable(app=app, table=renamed, before=before, old=before.name, new=table.name))
    columns = _match_columns(work, renamed, before)
    after = _with_index_names(app, replace(renamed, columns=columns))
    work.tables.append(after)
    for position, operation in enumerate(work.operations):
        if operation.table is renamed:
            work.operations[position] = replace(operation, table=after)
    _match_indexes(work, after, before)
    if _is_restored(work, before):
        back = {each.uid for each in before.columns}
        links = tuple(each for each in columns if each.uid in back and each.references)
        work.add(AttachReferences(app=app, table=after, columns=links))
    return after


def _points_elsewhere(work: Matching, before: TableSpec, table: TableSpec) -> bool:
    target = (
        before.target if _is_restored(work, before) else work.same_entity.get(before.target, before.target)
    )
    return target != table.target


def _is_restored(work: Matching, table: TableSpec) -> bool:
    return any(isinstance(each, RestoreTable) and each.table.uid == table.uid for each in work.operations)


def _create_table(work: Matching, table: TableSpec) -> TableSpec:
    uid = work.uid("t")
    columns = tuple(replace(each, uid=work.uid("c")) for each in table.columns)
    created = _with_index_names(work.recorded.app, replace(table, uid=uid, columns=columns))
    work.tables.append(created)
    work.add(CreateTable(app=work.recorded.app, table=created))
    if ddl.references(work.recorded.app, created):
        work.add(AddReferences(app=work.recorded.app, table=created))
    for index in created.indexes:
        work.add(AddIndex(app=work.recorded.app, table=created, index=index))
    return created


def _remove_table(work: Matching, table: TableSpec) -> None:
    if table.kind == "search":
        work.add(DropTable(app=work.recorded.app, table=table, before=table))
        return
    uid = work.uid("r")
    tombstone = Tombstone(uid, names.tombstone_table(work.recorded.app, uid), table, None, work.number)
    work.tombstones.append(tombstone)
    work.add(RemoveTable(app=work.recorded.app, table=table, before=table, tombstone=tombstone))


def _match_search(
    work: Matching, search: TableSpec | None, old: TableSpec | None, records: TableSpec
) -> None:
    if search is None:
        return
    app = work.recorded.app
    before = next(
        (each for each in work.recorded.tables if old and each.kind == "search" and each.entity == old.key),
        None,
    )
    if before is None:
        created = _create_table(work, search)
        if old is not None:
            work.add(RebuildSearch(app=app, table=created, records=records))
        return
    after = replace(search, uid=before.uid)
    work.tables.append(after)
    if before.name != after.name:
        work.add(RenameTable(app=app, table=after, before=before, old=before.name, new=after.name))
    if _searched(before, old) != _searched(after, records):
        work.add(RebuildSearch(app=app, table=after, records=records))


def _searched(search: TableSpec, records: TableSpec | None) -> set[tuple[str, str]]:
    columns = records.columns if records else ()
    return {(each.uid, each.field_type) for each in columns if each.field in search.search}


# ------------------------------------------------------------------ columns
def _match_columns(work: Matching, table: TableSpec, before: TableSpec) -> tuple[ColumnSpec, ...]:
    origins = _origins(work, table, before)
    same_entity = (
        {} if _is_restored(work, before) else work.same_entity
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


def _origins(work: Matching, table: TableSpec, before: TableSpec) -> Mapping[str, ColumnSpec | Tombstone]:
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
        return old.field_type in _LINKING or new.field_type in _LINKING
    return same_entity.get(old.references, old.references) != new.references


def _match_column(
    work: Matching,
    table: TableSpec,
    before: TableSpec,
    old: ColumnSpec,
    new: ColumnSpec,
    *,
    is_restored: bool = False,
) -> ColumnSpec:
    app, after = work.recorded.app, replace(new, uid=old.uid)
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
    if new.required and not old.required and work.former is None:
        work.add(SetRequired(app=app, table=table, before=before, column=after, former=old))
    return after


def _needs_conversion(old: ColumnSpec, new: ColumnSpec) -> bool:
    """Whether values must be looked at: any text may stay as it is when it becomes plain text, but for ids of options."""
    if old.kind != new.kind:
        return True
    to_plain_text = new.field_type in _TEXTS and old.field_type not in _LABELLED
    return old.field_type != new.field_type and not to_plain_text


def _change_type(
    work: Matching, table: TableSpec, before: TableSpec, old: ColumnSpec, new: ColumnSpec
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
            app=work.recorded.app,
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


def _add_column(work: Matching, table: TableSpec, before: TableSpec, column: ColumnSpec) -> ColumnSpec:
    added = replace(column, uid=work.uid("c"))
    field_ = _new_field(work.new_app, table, column.field)
    default = _constant(field_)
    needed = field_.required and not field_.is_computed and work.former is None
    work.add(
        AddColumn(
            app=work.recorded.app, table=table, before=before, column=added, default=default, needed=needed
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


def _remove_column(work: Matching, table: TableSpec, before: TableSpec, column: ColumnSpec) -> None:
    uid = work.uid("r")
    tombstone = Tombstone(uid, names.tombstone_column(uid, column.field), before, column, work.number)
    work.tombstones.append(tombstone)
    there = replace(before, name=table.name)
    if _is_restored(work, before):
        column = replace(column, references="")  # its foreign key went when the table was removed
    work.add(
        RemoveColumn(app=work.recorded.app, table=there, before=before, column=column, tombstone=tombstone)
    )


def _restore_column(
    work: Matching, table: TableSpec, before: TableSpec, column: ColumnSpec, tombstone: Tombstone
) -> ColumnSpec:
    assert tombstone.column is not None
    work.tombstones.remove(tombstone)
    restored = replace(tombstone.column, field=column.field, name=column.name, references=column.references)
    work.add(
        RestoreColumn(app=work.recorded.app, table=table, before=before, column=restored, tombstone=tombstone)
    )
    return _match_column(
        work, table, before, replace(restored, name=tombstone.name), column, is_restored=True
    )


# ------------------------------------------------------------------ indexes
def _with_index_names(app: str, table: TableSpec) -> TableSpec:
    uids = {each.field: each.uid for each in table.columns}
    indexes = tuple(replace(each, name=_index_name(app, table, each, uids)) for each in table.indexes)
    return replace(table, indexes=indexes)


def _index_name(app: str, table: TableSpec, index: IndexSpec, uids: Mapping[str, str]) -> str:
    kind = ("u" if index.unique else "i") + ("l" if index.live else "x")
    return names.identity_name(app, kind, table.uid, *(uids.get(each, each) for each in index.fields))


def _match_indexes(work: Matching, after: TableSpec, before: TableSpec) -> None:
    app = work.recorded.app
    changed = {
        each.column.uid
        for each in work.operations
        if isinstance(each, ChangeType) and each.table.uid == after.uid and each.tombstone is not None
    }
    stays = {
        each.name
        for each in after.indexes
        if not changed.intersection(_uids(after, each))
        and any(old.name == each.name for old in before.indexes)
    }
    for index in before.indexes:
        if index.name not in stays:
            work.add(DropIndex(app=app, table=before, before=before, index=index))
    for index in after.indexes:
        if index.name not in stays:
            former = _former_columns(after, before, index)
            work.add(AddIndex(app=app, table=after, before=before, index=index, former=former))


def _uids(table: TableSpec, index: IndexSpec) -> set[str]:
    return {each.uid for each in table.columns if each.field in index.fields}


def _former_columns(after: TableSpec, before: TableSpec, index: IndexSpec) -> tuple[str, ...]:
    """The recorded columns of an index, or nothing when one of them is new and therefore holds no value twice."""
    old = {each.uid: each.field for each in before.columns}
    own = {each.field: each.uid for each in after.columns}
    found = [old.get(own[each]) if each in own else each for each in index.fields]
    return tuple(each for each in found if each) if all(found) else ()


# ------------------------------------------------------------------ order
def _ordered(operations: list[Operation]) -> list[Operation]:
    """Names are freed before they are taken, tables stand before what points to them, data move before indexes are made."""
    by_kind = sorted(operations, key=lambda each: _ORDER.index(type(each)))
    renames = [each for each in by_kind if isinstance(each, RenameTable)]
    columns = [each for each in by_kind if isinstance(each, RenameColumn)]
    moved: dict[str, list[Operation]] = {
        "tables": [*_untangled_tables(renames)],
        "columns": [*_untangled_columns(columns)],
    }
    result: list[Operation] = []
    for each in by_kind:
        if isinstance(each, RenameTable):
            result += moved.pop("tables", [])
        elif isinstance(each, RenameColumn):
            result += moved.pop("columns", [])
        else:
            result.append(each)
    return result


def _untangled_tables(renames: list[RenameTable]) -> list[RenameTable]:
    """Renames in an order in which every new name is free; a circle goes over a name of its own."""
    pending, done = list(renames), []
    while pending:
        taken = {each.old for each in pending}
        free = next((each for each in pending if each.new not in taken), None)
        if free is None:
            first = pending[0]
            aside = names.tombstone_table(first.app, f"aside_{first.table.uid}")
            done.append(replace(first, new=aside))
            pending[0] = replace(first, old=aside)
            continue
        pending.remove(free)
        done.append(free)
    return done


def _untangled_columns(renames: list[RenameColumn]) -> list[RenameColumn]:
    pending, done = list(renames), []
    while pending:
        taken = {(each.table.uid, each.old) for each in pending}
        free = next((each for each in pending if (each.table.uid, each.new) not in taken), None)
        if free is None:
            first = pending[0]
            aside = names.tombstone_column(f"aside_{first.column.uid}", first.former)
            done.append(replace(first, new=aside))
            pending[0] = replace(first, old=aside)
            continue
        pending.remove(free)
        done.append(free)
    return done
