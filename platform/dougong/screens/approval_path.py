"""The way of an approval as a reader sees it: its steps with names, durations and opinions, and what follows."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dougong.records.call import Call
from dougong.screens.shape import ApprovalBox, ApprovalStep, Piece
from dougong.screens.texts import counted, text
from dougong.screens.timeline import day_text
from dougong.workflow.path import Decider, Step, Way

TONES = {"running": "info", "approved": "ok", "rejected": "bad", "withdrawn": "warn", "cancelled": "warn"}


def box_of(call: Call, way: Way) -> ApprovalBox:
    """One approval with its whole way, from whoever started it to its end."""
    status = way.outcome or "running"
    return ApprovalBox(
        label=way.label,
        status=text(f"approval_{status}", call.language),
        tone=TONES[status],
        path=(_start(call, way), *(_step(call, each) for each in way.steps), *_end(call, way)),
    )


def consequences(call: Call, way: Way) -> tuple[str, ...]:
    """What follows when the step that waits is approved."""
    following = next_steps(call, way)
    if not following:
        return (text("approved_last", call.language),)
    return tuple(text("approved_next", call.language, step=each) for each in following)


def next_steps(call: Call, way: Way) -> tuple[str, ...]:
    """The step to come with the people it will ask; empty at the last one."""
    following = next((each for each in way.steps if each.state == "todo"), None)
    if following is None:
        return ()
    who = people_text(call, following)
    return (f"{following.label} {who}" if who else following.label,)


def name_of(each: Decider, language: str) -> str:
    """What a person at a step is called, with who decided for them."""
    if not each.delegate:
        return each.name
    return text("decided_for", language, name=each.name, delegate=each.delegate)


def people_text(call: Call, step: Step) -> str:
    """The people of a step by name, with the rule where there are several, or why nobody is asked."""
    language = call.language
    if step.state == "skipped":
        return text(f"skip_{step.reason}", language)
    if step.reason:
        return text(f"stuck_{step.reason}", language)
    names = text("names_and", language).join(name_of(each, language) for each in step.people)
    return text(f"several_{step.rule}", language, names=names) if len(step.people) > 1 else names


def duration(now: datetime, since: datetime, language: str) -> str:
    """How long something has lasted, in the one unit that matters."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return text("under_minute", language)
    if minutes < 60:
        return text("minutes", language, count=minutes)
    if minutes < 24 * 60:
        return text("hours", language, count=minutes // 60)
    return counted("days", minutes // (24 * 60), language)


def ago(call: Call, at: datetime) -> str:
    """How long ago something was."""
    if (call.at - at).total_seconds() < 60:
        return text("just_now", call.language)
    return text("ago", call.language, time=duration(call.at, at, call.language))


def when(call: Call, at: datetime) -> str:
    """A moment as one speaks of it: the day and the time on the reader's clock."""
    local = at.astimezone(ZoneInfo(call.timezone))
    return f"{day_text(call, local.date())} {local:%H:%M}"


def _start(call: Call, way: Way) -> ApprovalStep:
    who = (Piece(way.initiator, "person"),) if way.initiator else ()
    return ApprovalStep(
        text("initiator", call.language), "done", who, when(call, way.started_at), way.opinion
    )


def _step(call: Call, step: Step) -> ApprovalStep:
    asked = _named(step)
    several = len(asked) > 1 and step.state in ("now", "todo")
    return ApprovalStep(
        label=step.label,
        state="skipped" if step.state == "cancelled" else step.state,
        people=tuple(Piece(each.name, "person", note=_word(call, each)) for each in asked),
        text=_words(call, step),
        opinion="\n".join(_opinion(each, len(asked) > 1, call.language) for each in asked if each.opinion),
        rule=text(f"rule_{step.rule}", call.language) if several else "",
    )


def _named(step: Step) -> tuple[Decider, ...]:
    """Whom to name: where it has been decided those who did, otherwise everybody who is asked."""
    decided = tuple(each for each in step.people if each.decision in ("approved", "rejected"))
    return decided if decided and step.state in ("done", "rejected") else step.people


def _word(call: Call, each: Decider) -> str:
    words = {"approved": "approve", "rejected": "reject"}
    return text(words[each.decision], call.language) if each.decision in words else ""


def _words(call: Call, step: Step) -> str:
    language = call.language
    if step.state == "cancelled":
        return text("skip_cancelled", language)
    if step.state == "skipped":
        return text(f"skip_{step.reason}", language)
    if step.reason:
        return text(f"stuck_{step.reason}", language)
    if step.state == "now" and step.since is not None:
        return text("waiting_since", language, time=duration(call.at, step.since, language))
    if step.until is None:
        return ""
    took = duration(step.until, step.since, language) if step.since is not None else ""
    return (
        f"{when(call, step.until)} · {text('took', language, time=took)}" if took else when(call, step.until)
    )


def _opinion(each: Decider, several: bool, language: str) -> str:
    mark = "：" if language == "zh" else ": "
    return f"{each.name}{mark}{each.opinion}" if several else each.opinion


def _end(call: Call, way: Way) -> tuple[ApprovalStep, ...]:
    language = call.language
    if way.outcome in ("withdrawn", "cancelled"):
        label, by = text(f"approval_{way.outcome}", language), way.ended_by
        who = (Piece(by.name, "person"),) if by is not None else ()
        at = when(call, way.finished_at) if way.finished_at else ""
        return (ApprovalStep(label, "rejected", who, at, by.opinion if by is not None else ""),)
    if way.outcome == "rejected":
        return (ApprovalStep(text("finish", language), "rejected", text=text("approval_rejected", language)),)
    done = way.outcome == "approved"
    words = text("approval_approved", language) if done else ""
    return (ApprovalStep(text("finish", language), "done" if done else "todo", text=words),)
