"""What of an app an actor is offered besides records: its entities, reports and dashboards, and whether it may be designed."""

from __future__ import annotations

from dougong.model.entity import Entity
from dougong.model.expression import Road
from dougong.model.form import View
from dougong.model.role import Role
from dougong.people.actor import Actor
from dougong.policy.access import access, may
from dougong.policy.roads import passed
from dougong.storage.release import Release


def roles_in(release: Release, actor: Actor, app: str) -> list[Role]:
    """The roles of one app that the actor holds and that still exist."""
    roles = release.app(app).roles
    return [roles[role] for role_app, role in sorted(actor.roles) if role_app == app and role in roles]


def may_open_report(release: Release, actor: Actor, app: str, report: str) -> bool:
    """Whether the actor may open a report or dashboard; its rows stay limited by the grants for reading."""
    if not actor.may_enter(app):
        return False
    if actor.is_admin:
        return True
    return any(role.reports is None or report in role.reports for role in roles_in(release, actor, app))


def may_design(release: Release, actor: Actor, app: str) -> bool:
    """Whether the actor may change the definitions of an app; a token needs the scope `admin` for it."""
    if not actor.may_enter(app) or (actor.scopes is not None and "admin" not in actor.scopes):
        return False
    return actor.is_admin or any(role.can_design for role in roles_in(release, actor, app))


def readable_entities(release: Release, actor: Actor, app: str) -> list[Entity]:
    """The entities of an app (without rows of sub-tables) of which the actor may see any record."""
    entities = release.app(app).entities.values()
    return [entity for entity in entities if not entity.parent and may(release, actor, entity.key, "read")]


def may_open_app(release: Release, actor: Actor, app: str) -> bool:
    """Whether the app concerns the actor at all."""
    return actor.may_enter(app) and (
        actor.is_admin or bool(roles_in(release, actor, app)) or bool(readable_entities(release, actor, app))
    )


def offered_views(release: Release, actor: Actor, entity: Entity) -> tuple[View, ...]:
    """The saved views of an entity that tell the actor nothing of hidden fields: a filter, an order or columns by such a
    field would show what it holds."""
    views = release.app(entity.app).views.get(entity.id, ())
    return tuple(
        view for view in views if not any(_hides(release, actor, entity, road) for road in _roads(view))
    )


def _roads(view: View) -> list[Road]:
    roads = list(view.filter.roads) if view.filter is not None else []
    roads += [Road((), sort.field) for sort in view.sort]
    return [*roads, Road((), view.group)] if view.group else roads


def _hides(release: Release, actor: Actor, entity: Entity, road: Road) -> bool:
    """Whether a field on the road, or at its end, is kept from the actor."""
    return any(
        key.partition(".")[0] not in release.apps or name in access(release, actor, key, "read").hidden
        for key, name in passed(entity.key, road)
    )
