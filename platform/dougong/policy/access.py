"""Answers what an actor may do with the records of an entity: on which rows, with which fields, and why."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.grants import NOTHING, Grant, RoleSet, United, grants_for, unite
from dougong.storage.release import Release

WRITES: frozenset[str] = frozenset({"create", "update", "delete", "purge", "import"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action is allowed or refused: `kind` is system, admin, role, no_role or scope; `grant` for role."""

    kind: str
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one actor, entity and action.

    `rows`: None = every row, otherwise the row rules of which at least one must hold. `hidden` fields cannot be seen,
    `locked` fields cannot be written by this action (hidden ones included).
    """

    allowed: bool
    rows: tuple[Expression, ...] | None
    hidden: frozenset[str]
    locked: frozenset[str]
    reasons: tuple[Reason, ...]


def access(release: Release, actor: Actor, entity_key: str, action: str) -> Access:
    """What the actor may do: closed by default, grants united, everything for administrators and the platform itself."""
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


def _closed(reason: Reason) -> Access:
    return Access(False, (), frozenset(), frozenset(), (reason,))


def _in_scope(actor: Actor, action: str) -> bool:
    """A token's scopes limit what its owner may do: read for looking, write for changing; write includes read."""
    if actor.scopes is None:
        return True
    return "write" in actor.scopes or (action not in WRITES and "read" in actor.scopes)


def _compiled(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    cache = release.cache
    key = ("access", roles, entity.key, action)
    found = cache.get(key)
    if not isinstance(found, Access):
        found = cache[key] = (
            _of_embedded(release, roles, entity, action)
            if entity.parent
            else _of_entity(release, roles, entity, action)
        )
    return found


def _of_entity(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    read = _united(release, roles, entity, "read")
    wanted = read if action == "read" else _united(release, roles, entity, action)
    if not (read.allowed and wanted.allowed):
        return _closed(Reason("no_role"))
    hidden = read.except_fields
    locked = hidden if action == "read" else hidden | wanted.except_fields
    return Access(True, wanted.rows, hidden, locked, tuple(Reason("role", grant) for grant in wanted.grants))


def _united(release: Release, roles: RoleSet, entity: Entity, action: str) -> United:
    return unite(grants_for(release.apps, roles, entity.app, entity.id, action)) if roles else NOTHING


def _of_embedded(release: Release, roles: RoleSet, entity: Entity, action: str) -> Access:
    """Rows of a sub-table follow the record they stand in; `lines.cost` in a grant leaves out a column of the sub-table."""
    field = entity.id.rpartition("/")[2]
    whole = _compiled(release, roles, release.entity(entity.parent), _OF_RECORD.get(action, "read"))
    if not whole.allowed or field in whole.hidden:
        return _closed(Reason("no_role"))
    hidden, locked = _columns(whole.hidden, field), _columns(whole.locked, field)
    if field in whole.locked:
        locked = frozenset(entity.fields)
    return Access(True, None, hidden, locked, whole.reasons)


_OF_RECORD = {**dict.fromkeys(WRITES, "update"), "reveal": "reveal"}
"""What an action on rows of a sub-table asks of their record; any other asks to read it."""


def _columns(fields: frozenset[str], table: str) -> frozenset[str]:
    prefix = f"{table}."
    return frozenset(field[len(prefix) :] for field in fields if field.startswith(prefix))
