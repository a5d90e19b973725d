"""Checks that what a record points to exists and may be seen: linked records, people and files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.references import PEOPLE, SEVERAL
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.people.actor import SYSTEM
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.draft import Draft, Values
from dougong.records.eligible import eligible_people, eligible_units, is_narrowed
from dougong.records.kept import kept
from dougong.records.messages import problem
from dougong.records.shape import Shape, shape_of
from dougong.records.visible import readable
from dougong.storage.bulk import FEW
from dougong.storage.statements import Statement, among, among_many
from dougong.storage.system import FILE, USER


def check_targets(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Report every newly written link, person or file that does not exist or that the actor may not see.

    Such a link is empty from then on: what is found wrong besides must not depend on a record that the actor may not see.
    """
    for field in (*shape.links, *shape.lists):
        _check_links(call, shape, field, drafts)
    for field in shape.people:
        check = _check_people if field.type in PEOPLE else _check_departments
        check(call, shape, field, drafts)
    for field in shape.files:
        _check_files(call, field, drafts)


def _new_values(field: Field, drafts: Iterable[Draft]) -> list[tuple[Draft, Value]]:
    """The drafts in which the field was written with something else than what stood there."""
    found, name = [], field.id
    for draft in drafts:
        if name not in draft.written:
            continue
        value = draft.values.get(name)
        was = draft.before.get(name) if draft.before is not None else None
        if value is not None and was != value:
            found.append((draft, value))
    return found


def _check_links(call: Call, shape: Shape, field: Field, drafts: Sequence[Draft]) -> None:
    target = field.target
    written = _new_values(field, drafts)
    if target is None or not written:
        return
    many = field.type == "links"
    wanted = {each for _, value in written for each in (value if many else (value,))}
    found = readable_targets(call, target.key, wanted, held=True)
    if wanted <= found:
        return
    for draft, value in written:
        known: Sequence[Value] = draft.before.get(field.id) or () if many and draft.before else ()
        unknown = [each for each in (value if many else (value,)) if each not in found and each not in known]
        for each in unknown:
            draft.problems.append(_unknown(call, "unknown_target", field, draft, each))
        if unknown:
            left = tuple(each for each in value if each not in unknown) if many else ()
            draft.values[field.id] = left or None


def readable_targets(call: Call, key: str, ids: set[int], held: bool = False) -> set[int]:
    """Those of the records with these ids that exist and that the actor may read; `held` keeps them from being deleted meanwhile."""
    many = len(ids) >= FEW
    statement = kept(call, ("targets", key, many, held), lambda: _question(call, key, many, held))
    if statement is None or not ids:
        return set()
    return {row[0] for row in statement.rows(call.connection, {"ids": possible_ids(ids)})}


def _question(call: Call, key: str, many: bool, held: bool) -> Statement | None:
    """The statement by which it is asked which records are there; nothing where the actor may read none."""
    holding = among_many if many else among
    table = shape_of(call.release, key).table
    rule = readable(call, key, table)
    if rule.nothing:
        return None
    statement = select(table.c.id).where(
        holding(table.c.id, "ids", call.dialect), table.c.deleted_at.is_(None), *rule.conditions
    )
    if held and call.dialect == "postgresql":
        # as the foreign key does a moment later: who is deleting the target is waited for, and what he has deleted is not found
        statement = statement.with_for_update(read=True, key_share=True, of=table)
    return Statement(statement, call.dialect)


def _check_people(call: Call, shape: Shape, field: Field, drafts: Sequence[Draft]) -> None:
    """People must be active and among those that the field takes; who stood there before may stay."""
    written = _new_values(field, drafts)
    if not written:
        return
    narrowed = is_narrowed(call, field)
    active: set[int] = set() if narrowed else {call.actor.id} - {SYSTEM.id}
    wanted = {each for _, value in written for each in _each(value)} - active
    conditions = eligible_people(call, field, shape.entity.app) if wanted else []
    for chunk in chunks(sorted(wanted)):
        statement = select(USER.c.id).where(USER.c.id.in_(chunk), *conditions)
        active.update(call.connection.execute(statement).scalars())
    code = "member_out_of_range" if narrowed else "unknown_member"
    _report_new(call, code, field, written, active)


def _check_departments(call: Call, shape: Shape, field: Field, drafts: Sequence[Draft]) -> None:
    """Departments must stand and be among those that the field takes; what stood there before may stay."""
    written = _new_values(field, drafts)
    if written:
        standing = {unit.id for unit in eligible_units(call, field)}
        _report_new(call, "unknown_department", field, written, standing)


def _report_new(
    call: Call, code: str, field: Field, written: Sequence[tuple[Draft, Value]], possible: set[int]
) -> None:
    if field.type not in SEVERAL and all(value in possible for _, value in written):
        return
    for draft, value in written:
        kept = _each((draft.before or {}).get(field.id))
        for each in _each(value):
            if each not in possible and each not in kept:
                draft.problems.append(_unknown(call, code, field, draft, each))


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _check_files(call: Call, field: Field, drafts: Sequence[Draft]) -> None:
    """A file may be attached once, by whoever uploaded it, or stay where it is; what is stored about it comes from the upload."""
    written = _new_values(field, drafts)
    wanted = {each["id"] for _, value in written for each in value}
    found: dict[str, Values] = {}
    for chunk in chunks(sorted(wanted)):
        statement = select(FILE).where(FILE.c.key.in_(chunk), FILE.c.deleted_at.is_(None))
        found.update((row["key"], dict(row)) for row in call.connection.execute(statement).mappings())
    for draft, value in written:
        kept = {each["id"]: each for each in (draft.before or {}).get(field.id) or ()}
        described = []
        for each in value:
            upload = found.get(each["id"])
            if each["id"] in kept:
                described.append(kept[each["id"]])
            elif upload is None or upload["created_by"] != call.actor.id or upload["entity"] is not None:
                draft.problems.append(_unknown(call, "unknown_file", field, draft, each["id"]))
            else:
                described.append(
                    {"id": upload["key"], **{name: upload[name] for name in ("name", "size", "type")}}
                )
        draft.values[field.id] = tuple(described)


def _unknown(call: Call, code: str, field: Field, draft: Draft, value: Value) -> Diagnostic:
    return problem(
        call.language, code, draft.path + field.id, label=field.label.get(call.language), value=value
    )
