"""The approvals of a record: where they stand, their way, what the reader may do, and how they appear in the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dougong.records.call import Call
from dougong.records.record import MEMBER, Record
from dougong.screens.addresses import record_path
from dougong.screens.rights import is_locked, may_do
from dougong.screens.shape import Action, ApprovalBox, ApprovalStep, Confirm, Event, Piece
from dougong.screens.showing import moment
from dougong.screens.texts import counted, text
from dougong.screens.timeline import event_at
from dougong.workflow.inbox import InboxLine, inbox
from dougong.workflow.path import Decider, Step, Way, ways_of
from dougong.workflow.submit import workflows_of

TONES = {"running": "info", "approved": "ok", "rejected": "bad", "withdrawn": "warn"}
STATES = {"done": "done", "rejected": "rejected", "now": "now", "todo": "todo", "skipped": "skipped"}


@dataclass(frozen=True, slots=True)
class Approval:
    """What a record's page says about approvals."""

    box: ApprovalBox | None = None
    actions: tuple[Action, ...] = ()
    locked: bool = False
    events: tuple[Event, ...] = ()


def approval_of(call: Call, record: Record) -> Approval:
    """The approvals of a record, as the reader may see them."""
    offered = workflows_of(call, record.key)
    if not offered:
        return Approval(locked=is_locked(call, record.key, record.id))
    ways = ways_of(call, record.key, record.id)
    running = next((each for each in ways if each.state == "running"), None)
    events = tuple(event for way in ways for event in _events(call, way))
    box = box_of(call, ways[0], _task(call, running)) if ways else None
    actions: tuple[Action, ...] = ()
    if running is None and may_do(call, record.key, record.id, "update"):
        actions = tuple(
            _submit(call, record, each.id, each.label.get(call.language), len(offered) > 1)
            for each in offered
            if each.start_on == "submit"
        )
    elif running is not None and running.initiator_id == call.actor.id:
        actions = (_withdraw(call, record),)
    return Approval(box, actions, is_locked(call, record.key, record.id), events)


def _task(call: Call, way: Way | None) -> InboxLine | None:
    """The reader's own open task in a running approval."""
    if way is None:
        return None
    return next((each for each in inbox(call, "todo", 200) if each.instance_id == way.instance_id), None)


def _submit(call: Call, record: Record, workflow: str, label: str, several: bool) -> Action:
    language = call.language
    confirm = Confirm(text("submit_title", language, title=record.title), button=text("submit", language))
    words = label if several else text("submit", language)
    path = f"{record_path(record.key, record.id)}/submit"
    return Action(
        f"submit-{workflow}", words, path, "post", "send", "primary", (("workflow", workflow),), confirm
    )


def _withdraw(call: Call, record: Record) -> Action:
    language = call.language
    confirm = Confirm(text("withdraw_title", language), button=text("withdraw", language))
    path = f"{record_path(record.key, record.id)}/withdraw"
    return Action("withdraw", text("withdraw", language), path, "post", "arrow-back-up", confirm=confirm)


def box_of(call: Call, way: Way, task: InboxLine | None) -> ApprovalBox:
    """The box of one approval; with the reader's own task it holds what the reader may decide."""
    status = way.outcome or "running" if way.state != "running" else "running"
    return ApprovalBox(
        label=way.label,
        status=text(f"approval_{status}", call.language) if status in TONES else status,
        tone=TONES.get(status, "info"),
        path=tuple(_step(call, each) for each in (_start(call, way), *way.steps) if isinstance(each, Step)),
        actions=decisions(call, task) if task is not None else (),
        consequences=_consequences(call, way) if task is not None else (),
        comment=("required" if task.comment_required else "optional") if task is not None else "",
    )


def _start(call: Call, way: Way) -> Step:
    people = (Decider(way.initiator_id, way.initiator, at=way.started_at),)
    return Step(
        "", text("initiator", call.language), "done", people, since=way.started_at, until=way.started_at
    )


def _step(call: Call, step: Step) -> ApprovalStep:
    language = call.language
    names = tuple(Piece(each.name, "person", note=_decided(call, each)) for each in step.people)
    opinions = "\n".join(
        f"{each.name}：{each.opinion}" if len(step.people) > 1 else each.opinion
        for each in step.people
        if each.opinion
    )
    words = step.reason
    if not words and step.until is not None:
        words = moment(step.until, call.timezone)
    if not words and step.state == "now" and step.since is not None:
        words = text("waiting_since", language, time=duration(call.at, step.since, language))
    rule = (
        text(f"rule_{step.rule}", language) if len(step.people) > 1 and step.state in ("now", "todo") else ""
    )
    return ApprovalStep(step.label, STATES.get(step.state, "todo"), names, words, opinions, rule)


def _decided(call: Call, each: Decider) -> str:
    if each.decision not in ("approved", "rejected"):
        return ""
    return text("approve" if each.decision == "approved" else "reject", call.language)


def _consequences(call: Call, way: Way) -> tuple[str, ...]:
    following = next((each for each in way.steps if each.state == "todo"), None)
    if following is None:
        return (text("approved_last", call.language),)
    names = "、".join(each.name for each in following.people)
    step = (
        f"{following.label}（{names}）"
        if names and call.language == "zh"
        else f"{following.label} ({names})"
        if names
        else following.label
    )
    return (text("approved_next", call.language, step=step),)


def decisions(call: Call, task: InboxLine, following: str = "") -> tuple[Action, ...]:
    """Approving and rejecting a task, each with its confirmation."""
    language, path = call.language, f"/inbox/{task.task_id}"
    asked = "required" if task.comment_required else "optional"
    facts = ((text("step_fact", language), task.node_label), (text("initiator", language), task.initiator))
    fields = (("next", following),) if following else ()
    yes = Confirm(
        text("approve_title", language, title=task.title),
        button=text("approve", language),
        facts=facts,
        comment=asked,
    )
    no = Confirm(
        text("reject_title", language, title=task.title),
        button=text("reject", language),
        facts=facts,
        comment="required",
    )
    return (
        Action(
            "approve",
            text("approve", language),
            f"{path}/approve",
            "post",
            "check",
            "primary",
            fields,
            yes,
            shortcut="A",
        ),
        Action(
            "reject",
            text("reject", language),
            f"{path}/reject",
            "post",
            "x",
            "danger",
            fields,
            no,
            shortcut="R",
        ),
    )


def duration(now: datetime, since: datetime, language: str) -> str:
    """How long something has lasted, in the one unit that matters."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return text("just_now", language)
    if minutes < 60:
        return text("minutes", language, count=minutes)
    if minutes < 24 * 60:
        return text("hours", language, count=minutes // 60)
    return counted("days", minutes // (24 * 60), language)


def _events(call: Call, way: Way) -> list[Event]:
    """The steps of an approval as events of the timeline."""
    language = call.language
    titles = {(MEMBER, way.initiator_id): way.initiator}
    found = [
        event_at(
            call,
            "submitted",
            text("ev_submitted", language, label=way.label),
            way.started_at,
            way.initiator_id,
            titles,
        )
    ]
    for step in way.steps:
        for each in step.people:
            if each.at is None or each.decision not in ("approved", "rejected"):
                continue
            word = text("approve" if each.decision == "approved" else "reject", language)
            tone = "ok" if each.decision == "approved" else "bad"
            said = text("ev_decided", language, step=step.label)
            names = {(MEMBER, each.id): each.name}
            found.append(
                event_at(
                    call,
                    each.decision,
                    said,
                    each.at,
                    each.id,
                    names,
                    quote=each.opinion,
                    word=word,
                    tone=tone,
                )
            )
    if way.outcome == "withdrawn" and way.finished_at is not None:
        said = text("ev_withdrawn", language, label=way.label)
        found.append(event_at(call, "withdrawn", said, way.finished_at, way.initiator_id, titles))
    return found
