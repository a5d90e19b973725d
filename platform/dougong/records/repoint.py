"""Turns every link to some records, wherever it stands, to another record of the same entity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.records.call import Call, without_asking
from dougong.records.chunks import chunks
from dougong.records.draft import Draft, Values
from dougong.records.load import drafts_of, load
from dougong.records.pipeline import complete, problems_in, write
from dougong.records.pointers import Pointer, pointers_to
from dougong.records.shape import Shape, shape_of


def repoint(call: Call, shape: Shape, losers: Collection[int], survivor: int) -> None:
    """Turn the links of living records, and of their rows, from the losers to the survivor; the losers' own stay as they are.

    A link of the survivor itself becomes empty instead of pointing to itself. The call acts for the platform.
    """
    by_owner: dict[str, list[Pointer]] = {}
    for pointer in pointers_to(call, shape.key):
        by_owner.setdefault(pointer.shape.entity.parent or pointer.shape.key, []).append(pointer)
    for owner_key, pointers in by_owner.items():
        owner = shape_of(call.release, owner_key)
        found = {each for pointer in pointers for each in _owners(call, pointer, losers)}
        if owner_key == shape.key:
            found -= set(losers)
        for chunk in chunks(sorted(found)):
            _turn(call, owner, pointers, chunk, losers, survivor)


def _owners(call: Call, pointer: Pointer, losers: Collection[int]) -> set[int]:
    """The records in which a link, or a row with a link, points to a loser."""
    table, wanted = pointer.shape.table, list(losers)
    owner = table.c.parent_id if pointer.shape.entity.parent else table.c.id
    if pointer.field.type == "links":
        links = call.release.tables.links(pointer.shape.key, pointer.field.id)
        statement = (
            select(owner).join(links, links.c.source_id == table.c.id).where(links.c.target_id.in_(wanted))
        )
    else:
        statement = select(owner).where(table.c[pointer.field.id].in_(wanted))
    return set(call.connection.execute(statement).scalars())


def _turn(
    call: Call,
    owner: Shape,
    pointers: Sequence[Pointer],
    identifiers: Sequence[int],
    losers: Collection[int],
    survivor: int,
) -> None:
    living = load(call, owner, identifiers, [owner.table.c.deleted_at.is_(None)], lock=True)
    tables = {_table_of(owner, pointer) for pointer in pointers} - {""}
    drafts = drafts_of(
        call,
        owner,
        list(living.values()),
        [name for name in owner.tables if name in tables or name in owner.row_readers],
        [""] * len(living),
    )
    for draft in drafts:
        for pointer in pointers:
            name = _table_of(owner, pointer)
            for each in draft.rows[name].drafts if name else [draft]:
                own = survivor if pointer.shape.key == pointer_target(pointer) else 0
                _turn_link(each, pointer, losers, survivor, itself=each.id == own)
    complete(without_asking(call), owner, drafts)
    problems = problems_in(drafts)
    if problems:
        raise Refusal("conflict", problems)
    write(call, owner, drafts)


def pointer_target(pointer: Pointer) -> str:
    """The key of what a pointer points to."""
    return pointer.field.target.key if pointer.field.target is not None else ""


def _table_of(owner: Shape, pointer: Pointer) -> str:
    """The sub-table of the owner in which the link stands, or nothing when it stands in the owner itself."""
    if not pointer.shape.entity.parent:
        return ""
    return next(name for name, rows in owner.tables.items() if rows.key == pointer.shape.key)


def _turn_link(draft: Draft, pointer: Pointer, losers: Collection[int], survivor: int, itself: bool) -> None:
    name = pointer.field.id
    value = draft.values.get(name)
    if pointer.field.type == "links":
        turned = tuple(dict.fromkeys(survivor if each in losers else each for each in value or ()))
        if itself:
            turned = tuple(each for each in turned if each != survivor)
        if turned != (value or ()):
            draft.values[name] = turned or None
    elif value in losers:
        draft.values[name] = None if itself else survivor


def without(values: Values, own: Collection[int], targets: Mapping[str, str], key: str) -> Values:
    """Values of which the links to one's own records are left out: nobody points to himself after a merge."""
    found = dict(values)
    for name, target in targets.items():
        value = found.get(name)
        if target != key or value is None:
            continue
        if isinstance(value, tuple):
            found[name] = tuple(each for each in value if each not in own) or None
        elif value in own:
            found[name] = None
    return found
