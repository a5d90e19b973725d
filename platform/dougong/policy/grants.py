"""Unites the grants of a set of roles: what one of them allows is allowed, what none of them allows is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dougong.diagnostics import Place
from dougong.model.app import App
from dougong.model.expression import Expression
from dougong.model.role import Permission

RoleSet = frozenset[tuple[str, str]]
"""The roles somebody holds, as pairs of app and role."""


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
class United:
    """The union of some grants: `rows` None means every row; `except_fields` are the fields that every grant leaves out."""

    grants: tuple[Grant, ...]
    rows: tuple[Expression, ...] | None
    except_fields: frozenset[str]

    @property
    def allowed(self) -> bool:
        """Whether any role grants the action at all."""
        return bool(self.grants)


NOTHING = United((), (), frozenset())


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


def row_rules(apps: Mapping[str, App], roles: RoleSet) -> list[Expression]:
    """Every row rule that the roles bring, for whatever entity and action."""
    return [
        permission.rows
        for app, role in roles
        if app in apps and role in apps[app].roles
        for grants in apps[app].roles[role].grants.values()
        for permission in grants.values()
        if permission.rows is not None
    ]


def _permission(
    grants: Mapping[str, Mapping[str, Permission]], role_app: str, app: str, entity: str, action: str
) -> Permission | None:
    """A role grants on entities of its own app by their id, on those of other apps by `app.entity`."""
    names = (f"{app}.{entity}", entity) if role_app == app else (f"{app}.{entity}",)
    for name in names:
        if name in grants:
            return grants[name].get(action)
    return None


def unite(grants: Iterable[Grant]) -> United:
    """The union: row rules are alternatives, a field is left out only where every grant leaves it out."""
    each = tuple(grants)
    if not each:
        return NOTHING
    rules = [grant.permission.rows for grant in each]
    rows = (
        None
        if any(rule is None for rule in rules)
        else tuple(dict.fromkeys(rule for rule in rules if rule is not None))
    )
    left_out = frozenset(each[0].permission.except_fields)
    for grant in each[1:]:
        left_out &= frozenset(grant.permission.except_fields)
    return United(each, rows, left_out)
