"""Why somebody may or may not do something, as people and programs are told: every rule with its place, and its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dougong.diagnostics import Refusal
from dougong.expressions.completion import reading
from dougong.model.expression import Expression
from dougong.model.role import ACTIONS
from dougong.people.actor import Actor
from dougong.policy.access import access
from dougong.policy.explain import Cause, Explanation
from dougong.policy.offers import readable_entities
from dougong.policy.roads import passed
from dougong.records.call import Call
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.why import Part, parts_of
from dougong.screens.addresses import record_path, with_query
from dougong.screens.draft_names import draft_names
from dougong.screens.filters import unparse
from dougong.screens.shape import Choice, Link, Notice, Problem, WhyPart, WhyReason, WhyScreen
from dougong.screens.showing import shown
from dougong.screens.texts import text
from dougong.storage.wording import is_known, say

SPEAKS = {True: "for", False: "against", None: "some"}
OUTCOMES = {True: "yes", False: "no", None: "empty"}
JOINED = {"AND": "why_all", "OR": "why_any", "NOT": "why_not"}


def why_path(person: str = "", action: str = "", entity: str = "", record: str = "", field: str = "") -> str:
    """Where a question is answered."""
    given = {"person": person, "action": action, "entity": entity, "record": record, "field": field}
    return with_query("/why", [(name, value) for name, value in given.items() if value])


def reasons(
    call: Call, person: Actor, key: str, found: Explanation, identifier: int | None = None
) -> tuple[WhyReason, ...]:
    """The causes of an explanation for the actor of the call: what they may not see of a record or a rule is left out."""
    record = _record(call, key, identifier)
    return tuple(_reason(call, person, key, each, identifier, record) for each in found.causes)


def _record(call: Call, key: str, identifier: int | None) -> Record | None:
    """The record as whoever asks may see it."""
    if identifier is None:
        return None
    try:
        return read(call, key, identifier)
    except Refusal:
        return None


def _reason(
    call: Call, person: Actor, key: str, cause: Cause, identifier: int | None, record: Record | None
) -> WhyReason:
    rule, said = cause.rows, None
    if rule is not None and not may_know(call, key, rule):
        rule, said = None, text("why_secret_rule", call.language)
    parts: tuple[WhyPart, ...] = ()
    if rule is not None and identifier is not None and cause.kind != "open_where":
        taken = parts_of(call, person, key, identifier, rule)
        parts = tuple(_part(call, key, each, record) for each in taken)
    place = cause.source.place if cause.source is not None else None
    return WhyReason(
        text=cause.describe(call.language, said),
        speaks=SPEAKS[cause.speaks],
        kind=cause.kind,
        action=cause.action,
        role=cause.role,
        role_label=role_label(call, cause),
        rule=rule.text if rule is not None else "",
        reading=_reading(call, key, rule) if rule is not None else "",
        place=str(place) if place is not None else "",
        file=place.file if place is not None else "",
        line=place.line if place is not None else 0,
        parts=parts,
    )


def may_know(call: Call, key: str, rule: Expression) -> bool:
    """Whether a rule tells whoever asks of no field that is hidden from them."""
    if call.actor.is_admin:
        return True
    return not any(
        name in access(call.release, call.actor, other, "read").hidden
        or not access(call.release, call.actor, other, "read").allowed
        for road in rule.roads
        for other, name in passed(key, road)
    )


def _part(call: Call, key: str, part: Part, record: Record | None) -> WhyPart:
    entity = call.release.entity(key)
    values = []
    for name in part.fields if record is not None and not part.joined else ():
        if record is not None and name in entity.fields and name in record.values:
            field = entity.fields[name]
            said = shown(call, entity, field, record.values[name], record.titles).text
            values.append((field.label.get(call.language), said or text("empty_value", call.language)))
    outcome = OUTCOMES[part.outcome]
    joined = text(JOINED[part.joined], call.language) if part.joined else ""
    label = text(f"why_{outcome}", call.language)
    return WhyPart(
        joined or unparse(part.node) or "…", outcome, label, part.depth, part.joined, tuple(values)
    )


def role_label(call: Call, cause: Cause) -> str:
    """What the role of a cause is called."""
    app, _, role = cause.role.partition(".")
    found = call.release.apps[app].roles.get(role) if app in call.release.apps else None
    return found.label.get(call.language) if found is not None else ""


def _reading(call: Call, key: str, rule: Expression) -> str:
    """The rule in the reader's words."""
    app, _, name = key.partition(".")
    about = draft_names(call, call.release.app(app), call.release.app(app).entities[name])
    return reading(rule.text, about)


def document(found: Explanation, told: tuple[WhyReason, ...]) -> dict[str, Any]:
    """The answer as data, over HTTP and on the command line."""
    return {
        "allowed": found.allowed,
        "reasons": [each.text for each in told],
        "causes": [_cause_document(each) for each in told],
    }


def _cause_document(each: WhyReason) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "speaks": each.speaks,
        "action": each.action or None,
        "role": each.role or None,
        "rule": each.rule or None,
        "file": each.file or None,
        "line": each.line or None,
        "parts": [
            {
                "text": part.text,
                "outcome": part.outcome,
                "depth": part.depth,
                "values": [{"field": name, "value": value} for name, value in part.values],
            }
            for part in each.parts
        ],
    }


def lines(told: tuple[WhyReason, ...]) -> Iterator[str]:
    """The reasons as lines of text, the parts of a rule indented under it."""
    for each in told:
        yield each.text
        for part in each.parts if len(each.parts) > 1 or any(part.values for part in each.parts) else ():
            values = ", ".join(f"{name} = {value}" for name, value in part.values)
            yield f"{'  ' * (part.depth + 1)}{part.outcome_label}  {part.text}" + (
                f"  ({values})" if values else ""
            )


def why_screen(
    call: Call,
    given: Mapping[str, str],
    answer: tuple[Actor | None, str, Explanation, tuple[WhyReason, ...]] | None,
    problems: tuple[Problem, ...] = (),
) -> WhyScreen:
    """The page: the question as it was asked, and its answer; `answer` has who it is about and what they are called."""
    language = call.language
    screen = WhyScreen(
        title=text("why_title", language),
        action="/why",
        people=call.actor.is_admin,
        person=given.get("person", ""),
        chosen_action=given.get("action", "") or "read",
        entity=given.get("entity", ""),
        record=given.get("record", ""),
        field=given.get("field", ""),
        actions=tuple(Choice(each, action_label(each, language)) for each in ACTIONS),
        entities=tuple(_entities(call)),
        problems=problems,
    )
    if answer is None:
        return replace(screen, notices=(Notice(text("why_text", language)),)) if not problems else screen
    _, name, found, told = answer
    return replace(
        screen,
        verdict="yes" if found.allowed else "no",
        sentence=_sentence(call, given, name, found.allowed),
        subject=_subject(call, given),
        reasons=told,
    )


def action_label(action: str, language: str) -> str:
    """What an action is called."""
    return say(f"action:{action}", language) if is_known(f"action:{action}") else action


def _entities(call: Call) -> Iterator[Choice]:
    for app in call.release.apps.values():
        for entity in readable_entities(call.release, call.actor, app.id):
            label = f"{app.label.get(call.language)} / {entity.label.get(call.language)}"
            yield Choice(entity.key, label)


def _sentence(call: Call, given: Mapping[str, str], name: str, allowed: bool) -> str:
    language, key = call.language, given["entity"]
    entity = call.release.entity(key)
    label = entity.label.get(language)
    words = {"name": name, "action": action_label(given.get("action") or "read", language), "label": label}
    field = given.get("field", "")
    if field:
        known = entity.fields.get(field)
        words["label"] = f"{label} · {known.label.get(language) if known is not None else field}"
    return text("why_may" if allowed else "why_may_not", language, **words)


def _subject(call: Call, given: Mapping[str, str]) -> Link | None:
    """The record that was asked about, where whoever asks may see it."""
    if not given.get("record"):
        return None
    record = _record(call, given["entity"], int(given["record"]))
    return None if record is None else Link(record.title, record_path(record.key, record.id))
