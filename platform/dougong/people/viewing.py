"""An administrator looks at the product as somebody else sees it: kept with the session, ended there, never able to change anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select, update

from dougong.diagnostics import Refusal
from dougong.people.actor import Actor, load_actor
from dougong.people.messages import refuse
from dougong.storage.system import SESSION

_KEY = "viewing"


@dataclass(frozen=True, slots=True)
class Viewing:
    """As whom somebody looks: the person with `user_id`, or anybody who holds `role` and nothing else."""

    user_id: int = 0
    role: tuple[str, str] | None = None

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return f"user:{self.user_id}" if self.role is None else f"role:{'.'.join(self.role)}"


def begin(connection: Connection, admin: Actor, session_id: int, viewing: Viewing) -> Actor:
    """Let a session of an administrator look as somebody else from its next request on, and return who that is.

    Refused for who is no administrator at the screen, for a person who cannot sign in, and for another administrator, as whom
    nothing else would be seen.
    """
    if not admin.is_admin or admin.scopes is not None or admin.seen_by is not None:
        raise refuse("forbidden", "not_viewing")
    seen = _seen(connection, admin, viewing)
    if seen.is_admin:
        raise refuse("invalid", "view_admin", "person")
    row = connection.execute(
        select(SESSION.c.data).where(SESSION.c.id == session_id, SESSION.c.user_id == admin.id)
    ).one()
    kept = {"user": viewing.user_id} if viewing.role is None else {"role": list(viewing.role)}
    _keep(connection, session_id, {**(row.data or {}), _KEY: kept})
    return seen


def end(connection: Connection, session_id: int) -> None:
    """Let a session look as who it belongs to again."""
    row = connection.execute(select(SESSION.c.data).where(SESSION.c.id == session_id)).one()
    rest = {name: value for name, value in (row.data or {}).items() if name != _KEY}
    _keep(connection, session_id, rest)


def _keep(connection: Connection, session_id: int, data: Mapping[str, Any]) -> None:
    connection.execute(update(SESSION).where(SESSION.c.id == session_id).values(data=dict(data) or None))


def viewing_of(data: Mapping[str, Any] | None) -> Viewing | None:
    """As whom a session looks, from what is kept with it."""
    kept = (data or {}).get(_KEY)
    if kept is None:
        return None
    role = kept.get("role")
    return Viewing(role=(role[0], role[1])) if role else Viewing(int(kept["user"]))


def seen_as(connection: Connection, admin: Actor, viewing: Viewing) -> Actor | None:
    """Who the administrator looks as; nothing where that is over: the person cannot sign in any more, or who looks administers
    nothing any more."""
    if not admin.is_admin:
        return None
    try:
        seen = _seen(connection, admin, viewing)
    except Refusal:
        return None
    return None if seen.is_admin else seen


def _seen(connection: Connection, admin: Actor, viewing: Viewing) -> Actor:
    """The person, or somebody in the place of the administrator with the role alone; the language stays that of who looks."""
    if viewing.role is not None:
        return replace(admin, is_admin=False, roles=frozenset({viewing.role}), seen_by=admin.id)
    return replace(load_actor(connection, viewing.user_id), language=admin.language, seen_by=admin.id)
