"""The job that writes a notice in its reader's language and puts it into the outbox, unless it is out of date by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from dougong.jobs import Job, Task
from dougong.jobs.mail import queue_mail
from dougong.people.actor import load_actor
from dougong.records.call import Call, call_for
from dougong.storage.release import Releases
from dougong.storage.system import INSTANCE, TASK, USER
from dougong.workflow.letters import Letter, letter
from dougong.workflow.notices import TASK_NAME
from dougong.workflow.pinned import workflow_of
from dougong.workflow.showing import shown_at, titles_of


def task(releases: Releases, public_url: str) -> Task:
    """The task of notices; `public_url` is where their links lead, empty when it is not known."""

    def write(job: Job, arguments: Mapping[str, Any]) -> None:
        with job.writing() as connection:
            person = connection.execute(select(USER).where(USER.c.id == arguments["person"])).one_or_none()
            row = connection.execute(
                select(INSTANCE).where(INSTANCE.c.id == arguments["instance"])
            ).one_or_none()
            mail = None
            if person is not None and person.disabled_at is None and person.email and row is not None:
                call = call_for(
                    releases.pinned(connection), connection, load_actor(connection, person.id), "workflow"
                )
                mail = _letter(call, row, arguments["occasion"], public_url.rstrip("/"))
            sent = None
            if mail is not None and person is not None:
                key = f"{TASK_NAME}:{job.id}"
                sent = queue_mail(connection, [person.email], mail.subject, mail.text, key=key)
            job.complete(connection, {"outbox": sent})

    return Task(TASK_NAME, write)


def _letter(call: Call, row: Row[Any], occasion: str, address: str) -> Letter | None:
    waiting = None
    if occasion == "task":
        mine = (TASK.c.instance_id == row.id, TASK.c.user_id == call.actor.id, TASK.c.state == "open")
        waiting = call.connection.execute(
            select(TASK).where(*mine).order_by(TASK.c.id.desc()).limit(1)
        ).one_or_none()
        if waiting is None:
            return None
    workflow = workflow_of(call, row.app, row.workflow, row.version_number)
    node = workflow.nodes[waiting.node] if waiting is not None else None
    shown = shown_at(call, row.entity, row.record_id, node)
    title = titles_of(call, [shown])[shown]
    initiator = call.connection.execute(
        select(USER.c.name).where(USER.c.id == row.initiator_id)
    ).scalar_one_or_none()
    step = node.label.get(call.language) if node is not None else ""
    entity = row.entity.partition(".")[2]
    path = f"/inbox/{waiting.id}" if waiting is not None else f"/{row.app}/{entity}/{row.record_id}"
    return letter(
        call.language,
        occasion,
        title=title,
        workflow=workflow.label.get(call.language),
        step=step,
        initiator=initiator or "",
        link=f"{address}{path}" if address else "",
    )
