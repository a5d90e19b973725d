"""Recorded schema × wanted schema → the schema to record next, with identities, and the operations that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.storage import ddl, names
from dougong.storage.comparison import Comparison, Return
from dougong.storage.linking import match_links
from dougong.storage.matching_checks import match_checks
from dougong.storage.matching_columns import match_columns
from dougong.storage.matching_indexes import match_indexes, with_index_names
from dougong.storage.operations import (
    AddIndex,
    AddReferences,
    AttachReferences,
    ChangeType,
    CreateTable,
    DropTable,
    FillValues,
    Operation,
    RebuildSearch,
    RemoveTable,
    RenameTable,
    RestoreTable,
)
from dougong.storage.ordering import ordered
from dougong.storage.pairing import Known, pair
from dougong.storage.schema import Schema, TableSpec, Tombstone
from dougong.storage.standing import change_side, former_side


@dataclass(frozen=True, slots=True)
class Matched:
    """The schema to record next, the operations that lead there, and why values cannot be mended as wished."""

    schema: Schema
    operations: tuple[Operation, ...]
    problems: tuple[Diagnostic, ...] = ()


def matched(
    recorded: Schema,
    wanted: Schema,
    old_app: App | None,
    new_app: App,
    *,
    returning: Return | None = None,
    renamed_elsewhere: Mapping[str, str] | None = None,
    number: int = 0,
) -> Matched:
    """Compare two schemas of one app. `returning` makes it a rollback;
    `renamed_elsewhere` tells entities of other apps that were renamed (old key → new key)."""
    work = Comparison(
        recorded, wanted, returning, old_app, new_app, recorded.next_uid, number, list(recorded.tombstones)
    )
    entities = [
        (each, _counterpart(work, each, "", wanted)) for each in wanted.tables if each.kind == "entity"
    ]
    gone = {each.key: "" for each in recorded.tables if each.kind == "entity"}
    kept = {old.key: new.key for new, old in entities if old and not work.is_restored(old)}
    work.same_entity = {**(renamed_elsewhere or {}), **gone, **kept}
    for table, before in entities:
        _match_entity(work, wanted, table, before)
    matched_uids = {each.uid for each in work.tables}
    for each in recorded.tables:
        if each.uid not in matched_uids:
            _remove_table(work, each)
    match_links(work)
    schema = Schema(wanted.app, tuple(work.tables), tuple(work.tombstones), work.next_uid)
    return Matched(schema, tuple(ordered(work.operations)), tuple(work.problems))


def _local(table: TableSpec) -> str:
    """The id by which a table is found again: the entity's own, or that of the field it is held for."""
    return table.key.partition(".")[2] if table.kind == "entity" else table.field


def _counterpart(work: Comparison, table: TableSpec, old_owner: str, wanted: Schema) -> TableSpec | None:
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
    return recorded.get(pairs.get(_local(table), "")) or former_side(work, table, wanted)


def _by_identity(work: Comparison, table: TableSpec, former: TableSpec) -> TableSpec | None:
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
    app = work.app
    work.add(RestoreTable(app=app, table=restored, tombstone=tombstone))
    return replace(restored, name=tombstone.name)


def _match_entity(work: Comparison, wanted: Schema, table: TableSpec, before: TableSpec | None) -> None:
    after = _match_table(work, table, before)
    _match_children(work, wanted, table, before)
    search = next(
        (each for each in wanted.tables if each.kind == "search" and each.entity == table.key), None
    )
    _match_search(work, search, before, after)


def _match_children(work: Comparison, wanted: Schema, table: TableSpec, before: TableSpec | None) -> None:
    """The sub-tables of an entity, and the pairs of its links and of those in its sub-tables."""
    old_owner = before.key if before else ""
    for child in wanted.tables:
        if child.kind in {"rows", "links"} and child.entity == table.key and child.key != table.key:
            counterpart = _counterpart(work, child, old_owner, wanted)
            _match_table(work, child, counterpart)
            if child.kind == "rows":
                _match_children(work, wanted, child, counterpart)


def _match_table(work: Comparison, table: TableSpec, before: TableSpec | None) -> TableSpec:
    if before is None:
        return _create_table(work, table)
    app = work.app
    if table.kind == "links" and _points_elsewhere(work, before, table):
        _remove_table(work, before)
        return _create_table(work, table)
    renamed = replace(table, uid=before.uid)
    if before.name != table.name and not work.is_restored(before):
        work.add(RenameTable(app=app, table=renamed, before=before, old=before.name, new=table.name))
    if before.kind != table.kind:
        before = change_side(work, renamed, before)
    columns = match_columns(work, renamed, before)
    after = with_index_names(app, replace(renamed, columns=columns))
    work.tables.append(after)
    for position, operation in enumerate(work.operations):
        if operation.table is renamed:
            work.operations[position] = replace(operation, table=after)
    match_indexes(work, after, before)
    match_checks(work, after, before)
    if work.is_restored(before):
        back = {each.uid for each in before.columns}
        links = tuple(each for each in columns if each.uid in back and each.references)
        work.add(AttachReferences(app=app, table=after, columns=links))
    return after


def _points_elsewhere(work: Comparison, before: TableSpec, table: TableSpec) -> bool:
    target = before.target if work.is_restored(before) else work.same_entity.get(before.target, before.target)
    return target != table.target


def _create_table(work: Comparison, table: TableSpec) -> TableSpec:
    uid = work.uid("t")
    columns = tuple(replace(each, uid=work.uid("c")) for each in table.columns)
    created = with_index_names(work.app, replace(table, uid=uid, columns=columns))
    work.tables.append(created)
    work.add(CreateTable(app=work.app, table=created))
    if ddl.references(work.app, created):
        work.add(AddReferences(app=work.app, table=created))
    for index in created.indexes:
        work.add(AddIndex(app=work.app, table=created, index=index))
    return created


def _remove_table(work: Comparison, table: TableSpec) -> None:
    if table.kind == "search":
        work.add(DropTable(app=work.app, table=table, before=table))
        return
    uid = work.uid("r")
    tombstone = Tombstone(uid, names.tombstone_table(work.app, uid), table, None, work.number)
    work.tombstones.append(tombstone)
    work.add(RemoveTable(app=work.app, table=table, before=table, tombstone=tombstone))


def _match_search(
    work: Comparison, search: TableSpec | None, old: TableSpec | None, records: TableSpec
) -> None:
    if search is None:
        return
    app = work.app
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
    if _searched(before, old) != _searched(after, records) or _has_new_values(work, after, records):
        work.add(RebuildSearch(app=app, table=after, records=records))


def _has_new_values(work: Comparison, search: TableSpec, records: TableSpec) -> bool:
    return any(
        isinstance(each, ChangeType | FillValues)
        and each.table.uid == records.uid
        and each.column.field in search.search
        for each in work.operations
    )


def _searched(search: TableSpec, records: TableSpec | None) -> set[tuple[str, str]]:
    columns = records.columns if records else ()
    return {(each.uid, each.field_type) for each in columns if each.field in search.search}
