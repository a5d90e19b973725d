"""The question why somebody may or may not do something, as it comes over HTTP: admins ask about everybody, others about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.diagnostics import nearest
from dougong.model.role import ACTIONS
from dougong.people import accounts
from dougong.people.actor import SCOPES, Actor, as_person, load_actor
from dougong.policy.explain import Cause, Explanation
from dougong.records.call import Call
from dougong.records.who_can import RANKED
from dougong.records.why import why, why_oneself
from dougong.screens.seeing import PAGE, Wanted
from dougong.screens.shape import WhyReason
from dougong.screens.why import reasons
from dougong.web.catalogue import refuse
from dougong.web.parameters import whole_number

PARAMETERS = ("person", "action", "entity", "record", "field", "scope")
Answer = tuple[Actor | None, str, Explanation, tuple[WhyReason, ...]]


def answered(call: Call, given: Mapping[str, str]) -> Answer:
    """Who it is about, what they are called, the explanation and its reasons as whoever asks may know them."""
    action, key, field = given.get("action", "") or "read", given.get("entity", ""), given.get("field", "")
    if action not in ACTIONS:
        raise refuse(
            "malformed", "W206", "action", nearest(action, ACTIONS), name="action", allowed=", ".join(ACTIONS)
        )
    identifier = _identifier(given.get("record", ""))
    login = given.get("person", "")
    if not call.actor.is_admin and login not in ("", call.actor.login):
        raise refuse("forbidden", "W411", "person")
    if not call.actor.is_admin:
        found = why_oneself(_narrowed(call, given), key, action, identifier, field)
        seen = None if any(each.kind == "missing" for each in found.causes) else identifier
        return call.actor, call.actor.name, found, reasons(call, call.actor, key, found, seen)
    account = accounts.find(call.connection, login) if login else None
    if login and account is None:
        raise refuse("missing", "W416", "person", name=login[:60])
    if account is not None and account.is_disabled:
        why(call, call.actor, key, action, identifier, field)
        found = Explanation(False, (Cause("disabled", action, key),), call.language)
        return None, account.name, found, reasons(call, call.actor, key, found)
    person = load_actor(call.connection, account.id) if account is not None else call.actor
    person = _scoped(person, given.get("scope", ""))
    found = why(call, person, key, action, identifier, field)
    return person, person.name, found, reasons(call, person, key, found, identifier)


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Which of the people who can see a record are asked for."""
    best = given.get("best", "")
    if best and best not in RANKED:
        raise refuse("malformed", "W206", "best", name="best", allowed=", ".join(RANKED))
    offset = whole_number(given, "offset", 0, 0, 1_000_000)
    return Wanted(given.get("q", "")[:100], best, offset, whole_number(given, "limit", PAGE, 1, 1000))


def _narrowed(call: Call, given: Mapping[str, str]) -> Call:
    return replace(call, actor=_scoped(call.actor, given.get("scope", "")))


def _scoped(person: Actor, scope: str) -> Actor:
    """The person behind a token of that scope, or as they are."""
    if not scope:
        return person
    if scope not in SCOPES:
        raise refuse("malformed", "W206", "scope", name="scope", allowed=", ".join(SCOPES))
    return as_person(person, [scope] if person.has_scope(scope) else person.scopes or ())


def _identifier(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 18):
        raise refuse("missing", "W404")
    return int(written)
