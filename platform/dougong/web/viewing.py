"""What a request may do whose sender looks as somebody else: read what that person would read, and end it."""

from __future__ import annotations

from dataclasses import replace

from dougong.people import viewing
from dougong.storage.database import Database
from dougong.web.catalogue import refuse
from dougong.web.identity import Identity
from dougong.web.routes import Route

OWN: frozenset[str] = frozenset({"/view-as/end", "/sign-out", "/preferences", "/preferences/language"})
"""What administrators do for themselves while they look as somebody else."""
PRIVATE: tuple[str, ...] = (
    "/profile",
    "/security",
    "/jobs",
    "/design",
    "/api/v1/jobs",
    "/api/v1/<app>/definitions",
    "/<app>/<entity>/export/<token>",
    "/<app>/<entity>/import/<token>",
)
"""What belongs to one person alone, whoever looks: credentials, drafts, and work that was ordered."""

TRYING: frozenset[str] = frozenset({"/<app>/<entity>/<identifier>/history/<entry>/revert"})
"""Pages that try a change out before it is made, in a transaction that could make it."""


def is_private(rule: str) -> bool:
    """Whether an entry point shows what belongs to one person alone."""
    return any(rule == each or rule.startswith(f"{each}/") for each in PRIVATE)


def looking(database: Database, identity: Identity | None, route: Route) -> Identity | None:
    """Who asks, as whom they look; an administrator's own doings stay their own."""
    wanted = viewing.viewing_of(identity.session.data) if identity and identity.session else None
    if identity is None or wanted is None or route.rule in OWN:
        return identity
    with database.reading() as connection:
        seen = viewing.seen_as(connection, identity.actor, wanted)
    return identity if seen is None else replace(identity, actor=seen)


def refuse_beyond_looking(identity: Identity, route: Route) -> None:
    """Refuse whatever could change something, and what belongs to the person alone."""
    if identity.actor.seen_by is None:
        return
    if route.changes or route.rule in TRYING:
        raise refuse("forbidden", "W460")
    if is_private(route.rule):
        raise refuse("forbidden", "W461")
