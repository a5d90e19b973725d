"""Has people told by mail that something waits for them or has been decided: a job in the same transaction as the decision."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from dougong.jobs import enqueue
from dougong.records.call import Call
from dougong.storage.system import INSTANCE, USER

TASK_NAME = "workflow.notice"


class _Post:
    """Whether this process sends notices at all: where mail is not set up nothing is put into the queue."""

    is_open = False


def open_post(is_open: bool) -> None:
    """Say whether mail is set up in this process."""
    _Post.is_open = is_open


def tell_assignees(call: Call, instance_id: int, people: Iterable[int]) -> None:
    """Tell people that an approval waits for their decision; whoever brought it about knows already."""
    _tell(call, instance_id, (each for each in people if each != call.actor.id), "task")


def tell_outcome(call: Call, instance_id: int, outcome: str) -> None:
    """Tell whoever started an approval how it ended."""
    initiator = call.connection.execute(
        select(INSTANCE.c.initiator_id).where(INSTANCE.c.id == instance_id)
    ).scalar_one()
    if initiator != call.actor.id:
        _tell(call, instance_id, [initiator], outcome)


def _tell(call: Call, instance_id: int, people: Iterable[int], occasion: str) -> None:
    if not _Post.is_open:
        return
    wanted = sorted(set(people))
    query = select(USER.c.id).where(USER.c.id.in_(wanted), USER.c.email.is_not(None), USER.c.email != "")
    for person in call.connection.execute(query.order_by(USER.c.id)).scalars().all():
        arguments = {"instance": instance_id, "person": person, "occasion": occasion}
        enqueue(call.connection, TASK_NAME, arguments, actor_id=call.actor.id)
