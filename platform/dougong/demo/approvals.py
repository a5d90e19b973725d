"""Submits some of the rows for approval, and lets people decide about some of those."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from dougong.demo.description import Approval
from dougong.demo.story import author_of
from dougong.demo.world import Row
from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.storage.system import TASK
from dougong.workflow.act import approve, reject
from dougong.workflow.submit import submit

_MOST_DECISIONS = 12


def run_approval(row: Row, key: str, identifier: int, approval: Approval) -> None:
    """Submit a row if it is meant, by its author; people decide until one of them lets it wait or it is over."""
    world = row.world
    if approval.condition is not None and not row.holds(approval.condition):
        return
    drawn = approval.at.take(row)
    begun = world.clock.start_of(drawn) if isinstance(drawn, date) else world.clock.now
    moment = min(begun, world.clock.now)
    author = _actor(row, author_of(row))
    if author is None:
        return
    instance = submit(_call(row, author, moment), key, identifier, approval.workflow)
    for _ in range(_MOST_DECISIONS):
        moment = world.clock.time(row.random, moment + timedelta(minutes=20), (0, 1.6), world.clock.now)
        if moment >= world.clock.now or not _decide(row, instance, approval, moment):
            return


def _decide(row: Row, instance: int, approval: Approval, moment: datetime) -> bool:
    """Let the first person who is asked decide; tells whether there was anybody who did."""
    connection = row.world.call.connection
    query = select(TASK.c.id, TASK.c.user_id).where(TASK.c.instance_id == instance, TASK.c.state == "open")
    task = connection.execute(query.order_by(TASK.c.id).limit(1)).first()
    actor = _actor(row, task.user_id) if task else None
    decision = approval.decision.take(row)
    if task is None or actor is None or decision == "wait":
        return False
    opinion = approval.opinion.take(row)
    act = reject if decision == "reject" else approve
    act(_call(row, actor, moment), task.id, str(opinion or ""))
    return True


def _actor(row: Row, identifier: int) -> Actor | None:
    person = row.world.person(identifier)
    return person.actor if person else None


def _call(row: Row, actor: Actor, moment: datetime) -> Call:
    return replace(row.world.call, actor=actor, at=moment)
