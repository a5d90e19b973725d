"""What another version of an app changes in the rights of a set of roles: by entity, action and field, without counting anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dougong.model.app import App
from dougong.model.role import ACTIONS, Role
from dougong.people.actor import Actor
from dougong.policy.access import Access, access
from dougong.policy.grants import RoleSet
from dougong.policy.row_sets import EVERY, RowSet
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
class FieldChange:
    """A field that can be seen in other records than before: nothing stands for none of those that may be read."""

    name: str
    former: str
    before: RowSet | None
    after: RowSet | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One action on one entity that is another one for a set of roles; each pair is what it was and what it is."""

    key: str
    former: str
    action: str
    wanted: tuple[Access, Access]
    read: tuple[Access, Access]
    fields: tuple[FieldChange, ...] = ()
    """Fields that can be seen in other records than before."""
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
        other_fields = bool(self.fields) or any(self.written)
        return other_fields or self.was_allowed != self.is_allowed or self.has_other_rows

    @property
    def has_other_rows(self) -> bool:
        """Whether the records may be others."""
        if self.action in NO_ROWS:
            return self.wanted[0].row_set != self.wanted[1].row_set
        was, now = ((self.wanted[at].row_set, self.read[at].row_set) for at in (0, 1))
        return was != now


def changed_roles(before: App | None, after: App) -> frozenset[str]:
    """The roles of an app that grant something else than before, new ones and removed ones among them."""
    old = before.roles if before is not None else {}
    names = {*old, *after.roles}
    return frozenset(name for name in names if _granted(old.get(name)) != _granted(after.roles.get(name)))


def _granted(role: Role | None) -> tuple[object, ...]:
    return () if role is None else (role.grants, role.denials, role.reports, role.can_design)


def concerned(versions: Versions, roles: frozenset[str]) -> list[str]:
    """The present keys of the entities that the changed roles speak of."""
    keys: dict[str, None] = {}
    present = {former: key for key, former in versions.former.items()}
    for release in (versions.before, versions.after):
        app = release.apps.get(versions.app)
        for name in sorted(roles & set(app.roles)) if app is not None else ():
            role = release.apps[versions.app].roles[name]
            for entity in (*role.grants, *(each.entity for each in role.denials)):
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
            fields = tuple(_fields(versions, key, wanted)) if action == "read" else ()
            written = _written(versions, key, wanted) if action in ("create", "update") else _NO_FIELDS
            found = Difference(key, former, action, wanted, read, fields, written)
            if not (found.was_allowed or found.is_allowed):
                continue
            if found.is_noticeable and not _goes_along(versions, somebody, found):
                yield found


def _goes_along(versions: Versions, actor: Actor, found: Difference) -> bool:
    """Whether the action is only implied by another one, with which its difference has been told already."""
    before, after = found.wanted
    implying = _implying(before) | _implying(after)
    if not implying or "" in implying:
        return False
    if after.allowed or not before.allowed:
        return True
    return not any(access(versions.after, actor, found.key, each).allowed for each in implying)


def _implying(wanted: Access) -> set[str]:
    """The actions that imply this one, among them nothing where a role grants it in so many words."""
    return {each.grant.permission.implied_by for each in wanted.reasons if each.grant is not None}


_CLOSED = Access(False, (), frozenset(), frozenset(), ())


def _pair(versions: Versions, actor: Actor, key: str, former: str, action: str) -> tuple[Access, Access]:
    before = access(versions.before, actor, former, action) if former else _CLOSED
    return before, access(versions.after, actor, key, action)


_NO_FIELDS: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def _fields(versions: Versions, key: str, read: tuple[Access, Access]) -> Iterator[FieldChange]:
    """The fields that were there before and can be seen in other records, where reading itself stays."""
    before, after = read
    if not (before.allowed and after.allowed):
        return
    for name in _names(versions.after, key):
        former = versions.former_field(key, name)
        found = FieldChange(name, former, _open_on(before, former), _open_on(after, name))
        if former and found.before != found.after:
            yield found


def _open_on(read: Access, field: str) -> RowSet | None:
    """The records in which a field, or a column of a sub-table, can be seen, of those that may be read."""
    table = field.partition(".")[0]
    if field in read.hidden or table in read.hidden:
        return None
    return read.veils.get(field) or read.veils.get(table) or EVERY


def _written(
    versions: Versions, key: str, wanted: tuple[Access, Access]
) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that can be written and could not, and the other way round, while the action and the sight of them stay."""
    before, after = wanted
    if not (before.allowed and after.allowed):
        return _NO_FIELDS
    opened, closed = _opened(versions, key, before.locked, after.locked)
    seen, unseen = _opened(versions, key, before.hidden, after.hidden)
    return opened - seen, closed - unseen


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
