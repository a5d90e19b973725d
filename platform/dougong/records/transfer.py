"""Gives records to another owner, together with the related records that the definition lets follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from dougong.records.absent import refuse_absent
from dougong.records.batch import MOST, Operation, batch
from dougong.records.batches import in_batch
from dougong.records.call import Call, as_actor
from dougong.records.chunks import chunks, possible_ids
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.update import refuse_unwritable
from dougong.storage.system import USER


@dataclass(frozen=True, slots=True)
class Transferred:
    """What was given away: how many records in all, how many of them because they followed, and the batch that takes it back."""

    records: int
    followed: int
    batch: str


def transfer(call: Call, key: str, identifiers: Sequence[int], to: int, follow: bool = True) -> Transferred:
    """Give all of the records to a person, or none; with `follow` also what the definition lets go along.

    Related records follow as far as they had the same owner and the actor may transfer them, too.
    """
    shape = open_door(call, key, "transfer")
    if not shape.entity.owner:
        refuse("invalid", call.language, "no_owner", label=shape.entity.label.get(call.language))
    if len(set(identifiers)) > 1:
        open_door(call, key, "batch")
    _check_person(call, to)
    wanted = list(dict.fromkeys(identifiers))
    found = dict(_owners(call, shape, wanted))
    for identifier in wanted:
        if identifier not in found:
            _refuse(call, shape, identifier)
    followers = list(_followers(call, shape, found)) if follow else []
    moved = [(shape, identifier) for identifier in wanted] + followers
    if len(moved) > MOST:
        refuse("too_large", call.language, "too_many", limit=MOST)
    named = in_batch(call, "transfer")
    # The right to transfer is not that to write the field of the owner, so the definition writes it.
    batch(
        as_actor(named, replace(call.actor, lifted=True)),
        key,
        [Operation("update", each, {of.entity.owner: str(to)}, key=of.key) for of, each in moved],
    )
    return Transferred(len(moved), len(followers), named.batch or "")


def _refuse(call: Call, shape: Shape, identifier: int) -> None:
    if not possible_ids([identifier]):
        refuse_absent(call, shape.key, identifier)
    refuse_unwritable(call, shape, identifier, "transfer")


def _check_person(call: Call, identifier: int) -> None:
    """Records are given to people who can sign in."""
    living = select(USER.c.id).where(USER.c.id == identifier, USER.c.disabled_at.is_(None))
    if not possible_ids([identifier]) or call.connection.execute(living).first() is None:
        refuse("invalid", call.language, "unknown_owner", "owner")


def _owners(call: Call, shape: Shape, identifiers: Iterable[int]) -> Iterator[tuple[int, int | None]]:
    """Those of the records that the actor may transfer, with their owners."""
    own = shape.table.c
    for chunk in chunks(possible_ids(list(identifiers))):
        selection = Selection(call, shape, "transfer").among(chunk)
        rows = call.connection.execute(selection.select(own.id, own[shape.entity.owner]))
        yield from ((identifier, owner) for identifier, owner in rows)


def _followers(
    call: Call, shape: Shape, owners: dict[int, int | None], seen: set[tuple[str, int]] | None = None
) -> Iterator[tuple[Shape, int]]:
    """The related records that go along, and those that follow them in turn."""
    known = seen if seen is not None else set()
    known.update((shape.key, identifier) for identifier in owners)
    for name in shape.entity.follow_owner:
        inverse = shape.entity.inverses[name]
        other = shape_of(call.release, inverse.key)
        link, owner = other.table.c[inverse.field], other.table.c[other.entity.owner]
        following: dict[int, int | None] = {}
        for chunk in chunks(list(owners)):
            selection = Selection(call, other, "transfer").where(link.in_(chunk))
            rows = call.connection.execute(selection.select(other.table.c.id, link, owner))
            following |= {
                identifier: person
                for identifier, source, person in rows
                if person == owners[source] and (other.key, identifier) not in known
            }
        yield from ((other, identifier) for identifier in following)
        if following:
            yield from _followers(call, other, following, known)
