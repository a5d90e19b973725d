"""What somebody who has signed in must do before anything else: choose a password of their own, add a second factor."""

from __future__ import annotations

from dougong.people.actor import Actor
from dougong.web.catalogue import refuse
from dougong.web.identity import Identity
from dougong.web.settings import Settings

OF_NO_APP = frozenset({"/api/v1/apps", "/openapi.json", "/api/v1/files", "/api/v1/jobs"})
"""Where programs may ask whose token is limited to apps, besides what lies in one of these."""
NEW_PASSWORD, SECURITY = "/profile/new-password", "/profile"


def is_asked_of(settings: Settings, actor: Actor) -> bool:
    """Whether the settings ask for a second factor of this person."""
    asked = settings.second_factor
    if not asked:
        return False
    roles = {f"{app}.{role}" for app, role in actor.roles}
    return "all" in asked or (actor.is_admin and "admins" in asked) or not roles.isdisjoint(asked)


def next_step(settings: Settings, identity: Identity | None) -> str:
    """Where a person has to go first; nothing for who may go on. Looked at on every request, as settings and roles change."""
    if identity is None or identity.session is None or identity.actor.seen_by is not None:
        return ""
    if identity.session.must_change_password:
        return NEW_PASSWORD
    if not identity.session.is_strong and is_asked_of(settings, identity.actor):
        return SECURITY
    return ""


def check_apps(identity: Identity | None, rule: str, app: str | None) -> None:
    """Refuse what lies beyond the apps that a token is limited to: another app as if it were not there, and all that is of no
    app, such as people and approvals."""
    if identity is None or identity.actor.apps is None:
        return
    if app is not None and not identity.actor.may_enter(app):
        raise refuse("missing", "W404")
    if app is None and not any(rule == each or rule.startswith(f"{each}/") for each in OF_NO_APP):
        raise refuse("forbidden", "W454", name=", ".join(sorted(identity.actor.apps)))
