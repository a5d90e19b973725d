"""The first argument of every verb: who asks, through which door, when, and against which release and transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from dougong.people.actor import Actor
from dougong.storage.release import Release

EVERYTHING = "*"
"""Stands among what was confirmed for every warning there may be."""
DOORS: tuple[str, ...] = ("screen", "api", "import", "workflow", "cli", "job", "demo", "public")


@dataclass(frozen=True, slots=True)
class Call:
    """One request for data. The caller opens and commits the transaction of `connection`; a verb that refuses has changed nothing."""

    release: Release
    connection: Connection
    actor: Actor
    door: str
    at: datetime
    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    batch: str | None = None
    keeps_numbers: bool = False
    """Whether new records may bring serial numbers along: an admin's import of records that have theirs already."""
    keeps_origin: bool = False
    """Whether new records may say when and by whom they were created elsewhere: an admin's import."""

    confirmed: frozenset[str] = frozenset()
    """The warnings that whoever asks has confirmed, by their keys."""
    steps: frozenset[str] = frozenset()
    """What a workflow is at, as rules name it: `workflow.<id>` and `workflow.<id>.<node>`."""

    @property
    def doors(self) -> frozenset[str]:
        """The names that rules may give to the door: its own, and those of the steps of a workflow."""
        return self.steps | {self.door}

    @property
    def dialect(self) -> str:
        """The database's name: sqlite or postgresql."""
        return self.connection.dialect.name


def call_for(
    release: Release, connection: Connection, actor: Actor, door: str, batch: str | None = None
) -> Call:
    """A call made now, in the language and the time zone of the actor."""
    if door not in DOORS:
        raise ValueError(f"unknown door {door!r}")
    return Call(release, connection, actor, door, datetime.now(UTC), actor.language, actor.timezone, batch)


def without_asking(call: Call) -> Call:
    """The same call for what follows from it without anybody being there to confirm warnings."""
    return replace(call, confirmed=frozenset({EVERYTHING}))


def as_actor(call: Call, actor: Actor) -> Call:
    """The same call made by somebody else."""
    return replace(call, actor=actor)
