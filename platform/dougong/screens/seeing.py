"""Who can see a record: people, the most that each may do with it, and why, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dougong.expressions.completion import reading
from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.explain import Cause
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.records.who_can import RANKED, Seeing, Seer
from dougong.screens.addresses import entity_path, record_path, with_query
from dougong.screens.draft_names import draft_names
from dougong.screens.filters import unparse
from dougong.screens.shape import AccessPerson, AccessScreen, Link, Piece, Shown, Tab
from dougong.screens.texts import text
from dougong.screens.why import action_label, may_know, role_label, why_path

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the people are asked for: by name or login, by the most they may do, and from which one on."""

    q: str = ""
    best: str = ""
    offset: int = 0
    limit: int = PAGE


def chosen(seers: Sequence[Seer], wanted: Wanted) -> list[Seer]:
    """The people that are meant, all pages of them."""
    letters = wanted.q.strip().casefold()
    return [
        each
        for each in seers
        if (not wanted.best or each.best == wanted.best)
        and (letters in each.person.name.casefold() or letters in each.person.login)
    ]


def reasons_of(call: Call, found: Seeing, seer: Seer) -> tuple[str, ...]:
    """Why somebody may do the most that they may do, as whoever asks may know it."""
    said = (_reason(call, found, seer.person, each) for each in found.causes(seer.person, seer.best))
    return tuple(dict.fromkeys(each for each in said if each))


def _reason(call: Call, found: Seeing, person: Actor, cause: Cause) -> str:
    language, role = call.language, role_label(call, cause)
    if cause.kind == "admin":
        return text("seeing_admin", language)
    if cause.kind == "whole":
        return text("seeing_whole", language, role=role)
    if cause.kind == "lent":
        return text("seeing_lent", language, role=role)
    if cause.kind != "holds" or cause.rows is None:
        return ""
    if not may_know(call, found.key, cause.rows):
        return text("seeing_rule", language, role=role, rule=text("why_secret_rule", language))
    return text("seeing_rule", language, role=role, rule=_read_out(call, found, person, cause.rows))


def _read_out(call: Call, found: Seeing, person: Actor, rule: Expression) -> str:
    """The first alternative of a rule that is true, in the reader's words."""
    app, _, name = found.key.partition(".")
    about = draft_names(call, call.release.app(app), call.release.app(app).entities[name])
    parts = found.true_parts(person, rule)
    written = (unparse(parts[0]) if parts else None) or rule.text
    return reading(written, about) or written


def access_screen(
    call: Call, record: Record, found: Seeing, seers: Sequence[Seer], wanted: Wanted
) -> AccessScreen:
    """The page of a record."""
    language, path = call.language, access_path(record.key, record.id)
    entity = call.release.entity(record.key)
    meant = chosen(seers, wanted)
    shown = meant[wanted.offset : wanted.offset + wanted.limit]
    last = wanted.offset + len(shown)

    def at(offset: int) -> str:
        return with_query(path, [("q", wanted.q), ("best", wanted.best), ("offset", str(offset))])

    return AccessScreen(
        title=text("seeing_title", language),
        crumbs=(
            Link(entity.plural.get(language), entity_path(record.key), icon=entity.icon),
            Link(record.title, record_path(record.key, record.id)),
        ),
        action=path,
        q=wanted.q,
        best=wanted.best,
        text=text("seeing_text", language),
        people=tuple(_person(call, record, found, each) for each in shown),
        tabs=tuple(_tabs(call, path, seers, wanted)),
        previous_href=at(max(0, wanted.offset - wanted.limit)) if wanted.offset else "",
        next_href=at(last) if last < len(meant) else "",
        range=text(
            "seeing_range",
            language,
            first=wanted.offset + 1 if shown else 0,
            last=last,
            count=f"{len(meant):,}",
        ),
    )


def access_path(key: str, identifier: int | str) -> str:
    """Where it stands who can see a record."""
    return f"{record_path(key, identifier)}/access"


def _tabs(call: Call, path: str, seers: Sequence[Seer], wanted: Wanted) -> list[Tab]:
    language = call.language
    tabs = [Tab("all", text("seeing_all", language), path, f"{len(seers):,}", active=not wanted.best)]
    for best in reversed(RANKED):
        count = sum(each.best == best for each in seers)
        href = with_query(path, [("best", best)])
        tabs.append(
            Tab(best, text(f"seeing_{best}", language), href, f"{count:,}", active=wanted.best == best)
        )
    return tabs


def _person(call: Call, record: Record, found: Seeing, seer: Seer) -> AccessPerson:
    person = seer.person
    why = why_path(person.login, seer.best, record.key, str(record.id)) if call.actor.is_admin else ""
    return AccessPerson(
        person=Shown(person.name, "member", (Piece(person.name, "person"),)),
        login=person.login,
        action=seer.best,
        action_label=text(f"seeing_{seer.best}", call.language),
        reasons=reasons_of(call, found, seer),
        why_href=why,
    )


def access_document(call: Call, found: Seeing, seers: Sequence[Seer], wanted: Wanted) -> dict[str, Any]:
    """The same as data."""
    meant = chosen(seers, wanted)
    shown = meant[wanted.offset : wanted.offset + wanted.limit]
    last = wanted.offset + len(shown)
    return {
        "data": [
            {
                "person": {"id": str(each.person.id), "login": each.person.login, "name": each.person.name},
                "action": each.best,
                "label": action_label(each.best, call.language),
                "reasons": list(reasons_of(call, found, each)),
            }
            for each in shown
        ],
        "page": {"next": last if last < len(meant) else None, "count": len(meant)},
        "counts": {best: sum(each.best == best for each in seers) for best in RANKED},
    }
