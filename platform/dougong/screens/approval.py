"""The approvals of a record: where they stand, their way, and what the reader may do about them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from dougong.model.workflow import Workflow
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.screens.addresses import record_path
from dougong.screens.approval_events import events_of
from dougong.screens.approval_path import box_of, people_text
from dougong.screens.rights import is_locked, may_do
from dougong.screens.shape import Action, ApprovalBox, Confirm, Event
from dougong.screens.texts import text
from dougong.storage.system import INSTANCE, TASK
from dougong.workflow.delegated import asking, to_decide
from dougong.workflow.path import Way, preview, ways_of
from dougong.workflow.submit import workflows_of


@dataclass(frozen=True, slots=True)
class Approval:
    """What a record's page says about approvals."""

    box: ApprovalBox | None = None
    actions: tuple[Action, ...] = ()
    locked: bool = False
    events: tuple[Event, ...] = ()


def approval_of(call: Call, record: Record) -> Approval:
    """The approvals of a record, as the reader may see them: the one that runs, else the last."""
    ways = ways_of(call, record.key, record.id)
    running = [each for each in ways if each.state == "running"]
    shown = (*running, *ways)[:1]
    return Approval(
        box=box_of(call, shown[0]) if shown else None,
        actions=(
            *_decide(call, running),
            *_submit_all(call, record, ways),
            *_withdraw_all(call, record, running),
        ),
        locked=is_locked(call, record.key, record.id),
        events=tuple(event for way in ways for event in events_of(call, way)),
    )


def _decide(call: Call, running: list[Way]) -> tuple[Action, ...]:
    """The way to the reader's own task, where the step shows what it lets one change."""
    wanted = [way.instance_id for way in running]
    tasks = select(TASK.c.id).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
    mine = tasks.where(TASK.c.instance_id.in_(wanted), TASK.c.state == "open", to_decide())
    first = mine.order_by(TASK.c.id).limit(1).params(asking(call))
    task = call.connection.execute(first).scalar() if wanted else None
    if task is None:
        return ()
    return (
        Action(
            "decide",
            text("decide", call.language),
            f"/inbox/{task}",
            icon="checks",
            kind="primary",
            shortcut="A",
        ),
    )


# -- submitting ---------------------------------------------------------------------------------------------------------


def _submit_all(call: Call, record: Record, ways: tuple[Way, ...]) -> tuple[Action, ...]:
    offered = [each for each in workflows_of(call, record.key) if each.start_on == "submit"]
    wanted = [each for each in offered if _may_be_submitted(record, each, ways)]
    if (
        not wanted
        or is_locked(call, record.key, record.id)
        or not may_do(call, record.key, record.id, "update")
    ):
        return ()
    return tuple(_submit(call, record, each, len(offered) > 1) for each in wanted)


def _may_be_submitted(record: Record, workflow: Workflow, ways: tuple[Way, ...]) -> bool:
    """Whether submitting makes sense: it does not run, and what was approved has been changed since."""
    last = next((each for each in ways if each.workflow == workflow.id), None)
    if last is None:
        return True
    if last.state == "running":
        return False
    changed = last.finished_at is None or record.updated_at is None or record.updated_at > last.finished_at
    return last.outcome != "approved" or changed


def _submit(call: Call, record: Record, workflow: Workflow, several: bool) -> Action:
    """Submitting, with who will decide said before it is done."""
    language = call.language
    steps = preview(call, workflow, record.key, record.id)
    stuck = next((each for each in steps if each.state == "todo" and each.reason), None)
    if not steps:
        words = text("submit_nobody_needed", language)
    elif stuck is not None:
        words = text(
            "submit_refused", language, step=stuck.label, reason=text(f"stuck_{stuck.reason}", language)
        )
    else:
        words = text("submit_who", language)
    facts = tuple((each.label, people_text(call, each)) for each in steps)
    label = text("submit", language)
    confirm = Confirm(
        text("submit_title", language, title=record.title),
        words,
        label,
        facts,
        "optional",
        text("submit_remark", language),
    )
    return Action(
        f"submit-{workflow.id}",
        workflow.label.get(language) if several else label,
        f"{record_path(record.key, record.id)}/submit",
        "post",
        "send",
        "primary",
        (("workflow", workflow.id),),
        None if stuck is not None else confirm,
        disabled=words if stuck is not None else "",
    )


# -- withdrawing --------------------------------------------------------------------------------------------------------


def _withdraw_all(call: Call, record: Record, running: list[Way]) -> tuple[Action, ...]:
    return tuple(_withdraw(call, record, each) for each in running if _may_be_withdrawn(call, each))


def _may_be_withdrawn(call: Call, way: Way) -> bool:
    return call.actor.is_admin or (way.initiator_id == call.actor.id and way.allow_withdraw)


def _withdraw(call: Call, record: Record, way: Way) -> Action:
    language = call.language
    word = "withdraw" if way.initiator_id == call.actor.id else "stop"
    title, words, button = (text(each, language) for each in (f"{word}_title", f"{word}_text", word))
    path = f"{record_path(record.key, record.id)}/withdraw"
    confirm = Confirm(
        title, words, button, comment="optional", comment_label=text("withdraw_remark", language)
    )
    fields = (("workflow", way.workflow),)
    return Action(
        f"withdraw-{way.instance_id}", button, path, "post", "arrow-back-up", fields=fields, confirm=confirm
    )
