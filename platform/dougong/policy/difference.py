"""What another version of an app changes in the rights of a set of roles: by entity, action and field, without counting anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dougong.model.app import App
from dougong.model.role import ACTIONS, Role
from dougong.people.actor import Actor
from dougong.policy.access import Access, access
from dougong.policy.grants import RoleSet
from dougong.storage.release import Release

NO_ROWS = frozenset({"create", "import"})
"""Actions that are about no record that stands there already."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Two releases that differ in one app; `former` is the key each of its entities had before, under its present key."""

    before: Release
    after: Release
    app: str
    former: Mapping[str, str]

    def former_key(self, key: str) -> str:
        """The key that an entity had before, empty for a new one."""
        former = self.former.get(key, key)
        app, _, name = former.partition(".")
        known = self.before.apps.get(app)
        return former if known is not None and name in known.entities else ""

    def former_field(self, key: str, field: str) -> str:
        """The id that a field (`cost`, or `lines.cost` in rows) had before; empty for a new one."""
        former = self.former_key(key)
        table, point, column = field.partition(".")
        if point:
            whole = self.former_field(key, table)
            rows = self._field_in(f"{key}/{table}", f"{former}/{whole}", column)
            return f"{whole}.{rows}" if whole and rows else ""
        return self._field_in(key, former, field)

    def _field_in(self, key: str, former: str, field: str) -> str:
        app, _, name = former.partition(".")
        known = self.before.apps[app].entities.get(name) if app in self.before.apps else None
        if known is None:
            return ""
        names = (field, self.after.entity(key).fields[field].was)
        return next((each for each in names if each and each in known.fields), "")


@dataclass(frozen=True, slots=True)
class Difference:
    """One action on one entity that is another one for a set of roles; each pair is what it was and what it is."""

    key: str
    former: str
    action: str
    wanted: tuple[Access, Access]
    read: tuple[Access, Access]
    seen: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """Fields that could not be seen before and can now, and the other way round."""
    written: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """Fields that could not be written before and can now, and the other way round."""

    @property
    def was_allowed(self) -> bool:
        """Whether the action was granted at all before."""
        return self.wanted[0].allowed and (self.action in NO_ROWS or self.read[0].allowed)

    @property
    def is_allowed(self) -> bool:
        """Whether it is granted at all now."""
        return self.wanted[1].allowed and (self.action in NO_ROWS or self.read[1].allowed)

    @property
    def is_noticeable(self) -> bool:
        """Whether anybody could notice it."""
        other_fields = any((*self.seen, *self.written))
        return other_fields or self.was_allowed != self.is_allowed or self.has_other_rows

    @property
    def has_other_rows(self) -> bool:
        """Whether the records may be others."""
        if self.action in NO_ROWS:
            return self.wanted[0].rows != self.wanted[1].rows
        return (self.wanted[0].rows, self.read[0].rows) != (self.wanted[1].rows, self.read[1].rows)


def changed_roles(before: App | None, after: App) -> frozenset[str]:
    """The roles of an app that grant something else than before, new ones and removed ones among them."""
    old = before.roles if before is not None else {}
    names = {*old, *after.roles}
    return frozenset(name for name in names if _granted(old.get(name)) != _granted(after.roles.get(name)))


def _granted(role: Role | None) -> tuple[object, ...]:
    return () if role is None else (role.grants, role.reports, role.can_design)


def concerned(versions: Versions, roles: frozenset[str]) -> list[str]:
    """The present keys of the entities that the changed roles speak of."""
    keys: dict[str, None] = {}
    present = {former: key for key, former in versions.former.items()}
    for release in (versions.before, versions.after):
        app = release.apps.get(versions.app)
        for name in sorted(roles & set(app.roles)) if app is not None else ():
            for entity in release.apps[versions.app].roles[name].grants:
                key = entity if "." in entity else f"{versions.app}.{entity}"
                keys[present.get(key, key) if release is versions.before else key] = None
    return [key for key in keys if _is_known(versions.after, key)]


def _is_known(release: Release, key: str) -> bool:
    app, _, entity = key.partition(".")
    return app in release.apps and entity in release.apps[app].entities


def differences(versions: Versions, roles: RoleSet, keys: list[str]) -> Iterator[Difference]:
    """What is another right than before for whoever holds exactly these roles."""
    somebody = Actor(id=-1, login="", name="", roles=roles)
    for key in keys:
        former = versions.former_key(key)
        read = _pair(versions, somebody, key, former, "read")
        for action in ACTIONS:
            wanted = read if action == "read" else _pair(versions, somebody, key, former, action)
            found = Difference(key, former, action, wanted, read, *_fields(versions, key, action, wanted))
            if not (found.was_allowed or found.is_allowed):
                continue
            if found.is_noticeable:
                yield found


_CLOSED = Access(False, (), frozenset(), frozenset(), ())


def _pair(versions: Versions, actor: Actor, key: str, former: str, action: str) -> tuple[Access, Access]:
    before = access(versions.before, actor, former, action) if former else _CLOSED
    return before, access(versions.after, actor, key, action)


def _fields(
    versions: Versions, key: str, action: str, wanted: tuple[Access, Access]
) -> tuple[tuple[frozenset[str], frozenset[str]], tuple[frozenset[str], frozenset[str]]]:
    """Fields opened and closed for sight and for writing, of those that were there before, while the action itself stays."""
    before, after = wanted
    nothing: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    if not (before.allowed and after.allowed):
        return nothing, nothing
    if action == "read":
        return _opened(versions, key, before.hidden, after.hidden), nothing
    if action not in ("create", "update"):
        return nothing, nothing
    written = _opened(versions, key, before.locked, after.locked)
    seen = _opened(versions, key, before.hidden, after.hidden)
    return nothing, (written[0] - seen[0], written[1] - seen[1])


def _opened(
    versions: Versions, key: str, before: frozenset[str], after: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that were kept back and are not any more, and the other way round, by their present names."""
    names = {name: versions.former_field(key, name) for name in _names(versions.after, key)}
    opened = (name for name, was in names.items() if was and was in before and name not in after)
    closed = (name for name, was in names.items() if was and was not in before and name in after)
    return frozenset(opened), frozenset(closed)


def _names(release: Release, key: str) -> Iterator[str]:
    for field in release.entity(key).fields.values():
        yield field.id
        if field.type == "table":
            yield from (f"{field.id}.{column}" for column in release.entity(field.table).fields)
