"""Unites the grants of a set of roles, and takes away what their denials name; rights to fields follow the rows they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.app import App
from dougong.model.expression import Expression
from dougong.model.role import Denial, Permission
from dougong.policy.row_sets import TO_EDIT, TO_READ, RowSet

RoleSet = frozenset[tuple[str, str]]
"""The roles somebody holds, as pairs of app and role."""
_LENT_TO_EDIT = frozenset({"update", "delete", "batch", "transfer", "purge"})
"""The actions for which a record has to be shared to edit."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role's permission for one action, with where it was written."""

    app: str
    role: str
    permission: Permission

    @property
    def place(self) -> Place | None:
        """Where the grant stands in the definitions."""
        return self.permission.place


@dataclass(frozen=True, slots=True)
class Denied:
    """One role's denial that is about the action."""

    app: str
    role: str
    denial: Denial

    @property
    def place(self) -> Place | None:
        """Where the denial stands in the definitions."""
        return self.denial.place


@dataclass(frozen=True, slots=True)
class United:
    """What some grants and denials come to for one action.

    `rows` are the records it may be done with. `except_fields` are left out on each of them; `veils` tells of other fields for
    which of the records they are not left out.
    """

    grants: tuple[Grant, ...]
    denials: tuple[Denied, ...]
    rows: RowSet
    except_fields: frozenset[str]
    veils: Mapping[str, RowSet] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Whether any role grants the action, and no denial takes all of it away."""
        return bool(self.grants) and not any(is_total(each) for each in self.denials)


NOTHING = United((), (), RowSet(()), frozenset())


def is_total(denied: Denied) -> bool:
    """Whether a denial takes away the action itself, on every record."""
    return denied.denial.rows is None and not denied.denial.fields


def grants_for(apps: Mapping[str, App], roles: RoleSet, app: str, entity: str, action: str) -> list[Grant]:
    """Every grant for the action that the roles contain, in the order of the role ids."""
    found = []
    for role_app, role_id in sorted(roles):
        owner = apps.get(role_app)
        role = owner.roles.get(role_id) if owner else None
        if role is None:
            continue
        permission = _permission(role.grants, role_app, app, entity, action)
        if permission is not None:
            found.append(Grant(role_app, role_id, permission))
    return found


def denials_for(apps: Mapping[str, App], roles: RoleSet, app: str, entity: str, action: str) -> list[Denied]:
    """Every denial of the action that the roles contain, in the order of the role ids."""
    return [
        Denied(role_app, role_id, denial)
        for role_app, role_id in sorted(roles)
        if role_app in apps and role_id in apps[role_app].roles
        for denial in apps[role_app].roles[role_id].denials
        if action in denial.actions and denial.entity in _names(role_app, app, entity)
    ]


def row_rules(apps: Mapping[str, App], roles: RoleSet) -> list[Expression]:
    """Every row rule that the roles bring, for whatever entity and action."""
    return [rule for rule in _rules(apps, roles) if rule is not None]


def counts_shares(apps: Mapping[str, App], roles: RoleSet) -> bool:
    """Whether anything that the roles grant depends on what was shared with somebody."""
    return any(permission.shared for permission in _permissions(apps, roles))


def _rules(apps: Mapping[str, App], roles: RoleSet) -> Iterator[Expression | None]:
    for permission in _permissions(apps, roles):
        yield permission.rows
    for app, role in roles:
        if app in apps and role in apps[app].roles:
            yield from (denial.rows for denial in apps[app].roles[role].denials)


def _permissions(apps: Mapping[str, App], roles: RoleSet) -> Iterator[Permission]:
    for app, role in roles:
        if app in apps and role in apps[app].roles:
            for grants in apps[app].roles[role].grants.values():
                yield from grants.values()


def _permission(
    grants: Mapping[str, Mapping[str, Permission]], role_app: str, app: str, entity: str, action: str
) -> Permission | None:
    for name in _names(role_app, app, entity):
        if name in grants:
            return grants[name].get(action)
    return None


def _names(role_app: str, app: str, entity: str) -> tuple[str, ...]:
    """A role names entities of its own app by their id, those of other apps by `app.entity`."""
    return (f"{app}.{entity}", entity) if role_app == app else (f"{app}.{entity}",)


def unite(action: str, grants: Iterable[Grant], denials: Iterable[Denied] = ()) -> United:
    """The union: row rules are alternatives, and a field is open on the rows of the grants that do not leave it out."""
    each, denied = tuple(grants), tuple(denials)
    if not each:
        return NOTHING
    whole = [one.denial.rows for one in denied if not one.denial.fields and one.denial.rows is not None]
    rows = _rows(action, each, whole)
    left_out: set[str] = set()
    veils: dict[str, RowSet] = {}
    for name in _told_apart(each, denied):
        open_on = _open_on(action, name, each, denied)
        if open_on is None:
            left_out.add(name)
        elif not _covers(open_on, rows):
            veils[name] = open_on
    return United(each, denied, rows, frozenset(left_out), veils)


def _rows(action: str, grants: Sequence[Grant], none_of: Sequence[Expression]) -> RowSet:
    rules = [grant.permission.rows for grant in grants]
    excluded = tuple(dict.fromkeys(none_of))
    if any(rule is None for rule in rules):
        return RowSet(None, excluded)
    shared = level_of(action) if any(grant.permission.shared for grant in grants) else ""
    return RowSet(tuple(dict.fromkeys(rule for rule in rules if rule is not None)), excluded, shared)


def level_of(action: str) -> str:
    """What a record has to be shared for, so that the share counts for an action."""
    return TO_EDIT if action in _LENT_TO_EDIT else TO_READ


def _told_apart(grants: Sequence[Grant], denials: Sequence[Denied]) -> Iterable[str]:
    """The fields that some grant leaves out or some denial names."""
    left_out = (name for grant in grants for name in grant.permission.except_fields)
    return dict.fromkeys([*left_out, *(name for denied in denials for name in denied.denial.fields)])


def _open_on(action: str, name: str, grants: Sequence[Grant], denials: Sequence[Denied]) -> RowSet | None:
    """The records on which a field is open, or nothing where it is open on none."""
    giving = [grant for grant in grants if not _leaves_out(name, grant.permission.except_fields)]
    taking = [denied.denial.rows for denied in denials if _leaves_out(name, denied.denial.fields)]
    if not giving or any(rule is None for rule in taking):
        return None
    return _rows(action, giving, [rule for rule in taking if rule is not None])


def _leaves_out(name: str, fields: Sequence[str]) -> bool:
    """Whether a field, or a column of a sub-table, is among the fields: with its sub-table all of its columns are."""
    return name in fields or name.partition(".")[0] in fields


def _covers(open_on: RowSet, rows: RowSet) -> bool:
    """Whether the records on which a field is open are certainly all of those that the action may be done with."""
    if not set(open_on.none_of) <= set(rows.none_of):
        return False
    if open_on.any_of is None:
        return True
    alike = open_on.shared or not rows.shared
    return rows.any_of is not None and bool(alike) and set(rows.any_of) <= set(open_on.any_of)
