"""Answers what an actor may do with the records of an entity: on which rows, with which fields of them, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.grants import (
    NOTHING,
    Denied,
    Grant,
    RoleSet,
    United,
    denials_for,
    grants_for,
    is_total,
    unite,
)
from dougong.policy.row_sets import EVERY, RowSet
from dougong.storage.release import Release

WRITES: frozenset[str] = frozenset(
    {"create", "update", "delete", "purge", "import", "copy", "batch", "transfer", "share"}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action is allowed or refused: `kind` is system, admin, role, no_role, denied or scope.

    `grant` is for role, `denied` for denied, and for role where a denial takes rows or fields away.
    """

    kind: str
    grant: Grant | None = None
    denied: Denied | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one actor, entity and action.

    `rows`: None = every row, otherwise the row rules of which at least one must hold; `except_rows`: those of which none may;
    `shared` as in `RowSet`. `hidden` fields cannot be seen, `locked` fields cannot be written by this action (hidden ones
    included), whatever the record. `veils` are the records in which another field can be seen, `bars` those in which one can be
    written: all of them must have it. For rows of a sub-table (`of_parent`) all of these are the records the rows belong to.
    """

    allowed: bool
    rows: tuple[Expression, ...] | None
    hidden: frozenset[str]
    locked: frozenset[str]
    reasons: tuple[Reason, ...]
    except_rows: tuple[Expression, ...] = ()
    shared: str = ""
    veils: Mapping[str, RowSet] = field(default_factory=dict)
    bars: Mapping[str, tuple[RowSet, ...]] = field(default_factory=dict)
    of_parent: bool = False

    @property
    def row_set(self) -> RowSet:
        """The records that the action may be done with."""
        return RowSet(self.rows, self.except_rows, self.shared)

    @property
    def is_open(self) -> bool:
        """Whether the action may be done with every record."""
        return self.allowed and self.row_set.is_every


def access(release: Release, actor: Actor, entity_key: str, action: str) -> Access:
    """What the actor may do: closed by default, grants united, denials taken away, everything for administrators and the platform."""
    if actor.lifted:
        return _OPEN
    if not _in_scope(actor, action) or not actor.may_enter(entity_key.partition(".")[0]):
        return _closed(Reason("scope"))
    if actor.is_admin:
        return _OPEN
    entity = release.entity(entity_key)
    return _compiled(release, actor.roles, entity, action)


def may(release: Release, actor: Actor, entity_key: str, action: str) -> bool:
    """Whether the actor may do it with any record at all."""
    return access(release, actor, entity_key, action).allowed


_OPEN = Access(True, None, frozenset(), frozenset(), (Reason("admin"),))


def _closed(*reasons: Reason) -> Access:
    return Access(False, (), frozenset(), frozenset(), reasons)


def _in_scope(actor: Actor, action: str) -> bool:
    """A token's scopes limit what its owner may do: read for looking, write for changing; write includes read."""
    if actor.scopes is None:
        return True
    return "write" in actor.scopes or (action not in WRITES and "read" in actor.scopes)


def _compiled(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    answers: dict[object, Access] = release.room("access")
    key = (roles, entity.key, action)
    found = answers.get(key)
    if found is None:
        found = answers[key] = (
            _of_embedded(release, roles, entity, action)
            if entity.parent
            else _of_entity(release, roles, entity, action)
        )
    return found


def _of_entity(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    read = _united(release, roles, entity, "read")
    wanted = read if action == "read" else _united(release, roles, entity, action)
    if not (read.allowed and wanted.allowed):
        denied = [each for each in (*read.denials, *wanted.denials) if is_total(each)]
        granted = bool(read.grants and wanted.grants)
        reasons = [Reason("denied", denied=each) for each in dict.fromkeys(denied)] if granted else []
        return _closed(*(reasons or [Reason("no_role")]))
    hidden = read.except_fields
    locked = hidden if action == "read" else hidden | wanted.except_fields
    reasons = [Reason("role", grant) for grant in wanted.grants]
    return Access(
        True,
        wanted.rows.any_of,
        hidden,
        locked,
        (*reasons, *(Reason("role", denied=each) for each in wanted.denials)),
        wanted.rows.none_of,
        wanted.rows.shared,
        _open_still(read.veils, hidden),
        {} if action == "read" else _bars(read, wanted, locked),
    )


def _open_still(veils: Mapping[str, RowSet], closed: frozenset[str]) -> dict[str, RowSet]:
    return {name: veil for name, veil in veils.items() if name not in closed}


def _bars(read: United, wanted: United, locked: frozenset[str]) -> dict[str, tuple[RowSet, ...]]:
    """What can be written of a record is seen in it, and granted for it."""
    names = [name for name in dict.fromkeys([*read.veils, *wanted.veils]) if name not in locked]
    both = {name: (wanted.veils.get(name, EVERY), read.veils.get(name, EVERY)) for name in names}
    return {
        name: tuple(dict.fromkeys(each for each in sets if not each.is_every)) for name, sets in both.items()
    }


def _united(release: Release, roles: RoleSet, entity: Entity, action: str) -> United:
    if not roles:
        return NOTHING
    named = (release.apps, roles, entity.app, entity.id, action)
    return unite(action, grants_for(*named), denials_for(*named))


def _of_embedded(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    """Rows of a sub-table follow the record they stand in; `lines.cost` in a grant leaves out a column of the sub-table."""
    field_id = entity.id.rpartition("/")[2]
    whole = _compiled(release, roles, release.entity(entity.parent), _OF_RECORD.get(action, "read"))
    if not whole.allowed or field_id in whole.hidden:
        return _closed(Reason("no_role"))
    hidden, locked = _columns(whole.hidden, field_id), _columns(whole.locked, field_id)
    if field_id in whole.locked:
        locked = frozenset(entity.fields)
    veils = {name: whole.veils[f"{field_id}.{name}"] for name in _columns(whole.veils, field_id)}
    bars = {name: whole.bars[f"{field_id}.{name}"] for name in _columns(whole.bars, field_id)}
    return Access(True, None, hidden, locked, whole.reasons, veils=veils, bars=bars, of_parent=True)


_OF_RECORD = {**dict.fromkeys(WRITES, "update"), "reveal": "reveal"}
"""What an action on rows of a sub-table asks of their record; any other asks to read it."""


def _columns(fields: Mapping[str, object] | frozenset[str], table: str) -> frozenset[str]:
    prefix = f"{table}."
    return frozenset(name[len(prefix) :] for name in fields if name.startswith(prefix))
