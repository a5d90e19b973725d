"""What of an app an actor is offered besides records: its entities, reports and dashboards, and whether it may be designed."""

from __future__ import annotations

from dougong.model.entity import Entity
from dougong.model.form import View
from dougong.model.role import Role
from dougong.people.actor import Actor
from dougong.policy.access import access, may
from dougong.storage.release import Release


def roles_in(release: Release, actor: Actor, app: str) -> list[Role]:
    """The roles of one app that the actor holds and that still exist."""
    roles = release.app(app).roles
    return [roles[role] for role_app, role in sorted(actor.roles) if role_app == app and role in roles]


def may_open_report(release: Release, actor: Actor, app: str, report: str) -> bool:
    """Whether the actor may open a report or dashboard; its rows stay limited by the grants for reading."""
    if actor.is_admin:
        return True
    return any(role.reports is None or report in role.reports for role in roles_in(release, actor, app))


def may_design(release: Release, actor: Actor, app: str) -> bool:
    """Whether the actor may change the definitions of an app; a token needs the scope `admin` for it."""
    if actor.scopes is not None and "admin" not in actor.scopes:
        return False
    return actor.is_admin or any(role.can_design for role in roles_in(release, actor, app))


def readable_entities(release: Release, actor: Actor, app: str) -> list[Entity]:
    """The entities of an app (without rows of sub-tables) of which the actor may see any record."""
    entities = release.app(app).entities.values()
    return [entity for entity in entities if not entity.parent and may(release, actor, entity.key, "read")]


def may_open_app(release: Release, actor: Actor, app: str) -> bool:
    """Whether the app concerns the actor at all."""
    return (
        actor.is_admin or bool(roles_in(release, actor, app)) or bool(readable_entities(release, actor, app))
    )


def offered_views(release: Release, actor: Actor, entity: Entity) -> tuple[View, ...]:
    """The saved views of an entity that tell the actor nothing of hidden fields: a filter, an order or columns by such a
    field would show what it holds."""
    views = release.app(entity.app).views.get(entity.id, ())
    return tuple(
        view for view in views if not any(_hides(release, actor, entity, road) for road in _roads(view))
    )


def _roads(view: View) -> list[tuple[str, ...]]:
    roads = list(view.filter.reads) if view.filter is not None else []
    roads += [(sort.field,) for sort in view.sort]
    return [*roads, (view.group,)] if view.group else roads


def _hides(release: Release, actor: Actor, entity: Entity, road: tuple[str, ...]) -> bool:
    """Whether a field, or one behind a link, is kept from the actor."""
    name, *further = road
    if name in access(release, actor, entity.key, "read").hidden:
        return True
    field = entity.fields.get(name)
    if not further or field is None:
        return False
    key = field.table if field.type == "table" else field.target.key if field.target is not None else ""
    if not key or field.type == "member":
        return False
    known = key.partition(".")[0] in release.apps
    return not known or _hides(release, actor, release.entity(key), tuple(further))
