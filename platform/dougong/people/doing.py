"""What the administration of people needs of a call: who acts, through which door, when, in which transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from dougong.people import audit
from dougong.people.actor import Actor
from dougong.people.messages import refuse
from dougong.storage.release import Release


class Doing(Protocol):
    """The first argument of every verb that changes people or the organisation; a call for records is one."""

    @property
    def release(self) -> Release: ...
    @property
    def connection(self) -> Connection: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def door(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def check_admin(doing: Doing) -> None:
    """Refuse whoever is no administrator, or asks with a token that is for less."""
    if not doing.actor.is_admin or not doing.actor.has_scope("admin"):
        raise refuse("forbidden", "admins_only")


def noted(doing: Doing, action: str, subject: str, **details: object) -> None:
    """Write down what was done, with what it was before where that is known."""
    audit.note(doing.connection, doing.actor, doing.door, doing.at, action, subject, **details)
