"""Approvals in the timeline of a record: submitted, decided, withdrawn, ended."""

from __future__ import annotations

from datetime import datetime

from dougong.records.call import Call
from dougong.records.record import MEMBER
from dougong.screens.approval_path import name_of
from dougong.screens.shape import Event
from dougong.screens.texts import text
from dougong.screens.timeline import event_at
from dougong.workflow.path import Decider, Step, Way


def events_of(call: Call, way: Way) -> list[Event]:
    """What happened in one approval, in no certain order."""
    found = [_submitted(call, way)]
    for step in way.steps:
        found += [
            _decided(call, step, each, each.at)
            for each in step.people
            if each.at is not None and each.decision in ("approved", "rejected")
        ]
    by = way.ended_by
    if by is not None and by.at is not None:
        words = text("ev_withdrawn", call.language, label=way.label)
        names = {(MEMBER, by.id): by.name}
        found.append(event_at(call, "withdrawn", words, by.at, by.id, names, quote=by.opinion))
    return found


def _submitted(call: Call, way: Way) -> Event:
    words = text("ev_submitted", call.language, label=way.label)
    names = {(MEMBER, way.initiator_id): way.initiator}
    return event_at(call, "submitted", words, way.started_at, way.initiator_id, names, quote=way.opinion)


def _decided(call: Call, step: Step, each: Decider, at: datetime) -> Event:
    approved = each.decision == "approved"
    return event_at(
        call,
        each.decision,
        text("ev_decided", call.language, step=step.label),
        at,
        each.id,
        {(MEMBER, each.id): name_of(each, call.language)},
        quote=each.opinion,
        word=text("approve" if approved else "reject", call.language),
        tone="ok" if approved else "bad",
    )
