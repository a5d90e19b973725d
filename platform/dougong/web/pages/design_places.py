"""The designer's page of conditions and measures: of views, of roles and of reports."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.records.call import Call
from dougong.screens.addresses import designer_path
from dougong.screens.designer_head import DraftState
from dougong.screens.draft_names import compile_draft, draft_names
from dougong.screens.expression_places import MEASURE, ExpressionPlace, places
from dougong.screens.places import PAGE, OpenedPlace, Placing, mark, places_screen
from dougong.screens.rule_entry import EXPRESSION, RuleEntry, condition_of
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.web import drafting
from dougong.web.catalogue import finding, refuse
from dougong.web.designing_places import place_called, set_place
from dougong.web.drafting import Draft
from dougong.web.exchange import Exchange
from dougong.web.pages.design import compiled_draft, draft_of, merge_files
from dougong.web.pages.frame import first, form_data, go, show
from dougong.web.problems import hint_of, message_of
from dougong.web.rule_entries import Sent, judged, sent_entry, written_condition
from dougong.web.saved_views import path_of

OPERATIONS = ("set_place", "undo", "redo", "discard")


def places_page(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /design/{app}/{entity}/conditions: every condition and measure in words; `place` opens one."""
    name = exchange.parameters.get("place", "")
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, broken = compiled_draft(call, draft, entity)
        known = _places(compiled, found, draft)
        opened = None
        if name:
            place = place_called(known, name)
            opened = OpenedPlace(place, _entry(call, compiled, found, place), mark(place))
        return _page(exchange, call, draft, compiled, found, opened, broken)


def _places(app: App, entity: Entity, draft: Draft) -> list[ExpressionPlace]:
    return places(app, entity, draft.sources, path_of(app, entity, draft.sources))


def _entry(call: Call, app: App, entity: Entity, place: ExpressionPlace) -> RuleEntry:
    if place.kind == MEASURE:
        return RuleEntry(EXPRESSION, expression=place.written)
    mode, rows, reason = condition_of(place.written, draft_names(call, app, entity, sql=True))
    return RuleEntry(mode, rows, place.written, reason)


def _page(
    exchange: Exchange,
    call: Call,
    draft: Draft,
    app: App,
    entity: Entity,
    opened: OpenedPlace | None,
    problems: Sequence[Diagnostic],
    status: int = 200,
) -> Response:
    before = call.release.recorded[draft.app]
    was = before.entities.get(entity.id)
    published = places(before, was, draft.installed, path_of(before, was, draft.installed)) if was else []
    placing = Placing(
        app,
        entity,
        _places(app, entity, draft),
        {each.id: each.written for each in published},
        DraftState(len(draft.changed), bool(draft.undo), bool(draft.redo)),
        opened,
        [
            Problem(message_of(each, call.language), "", "", hint_of(each, call.language), each.code)
            for each in problems
        ],
        draft.is_outdated,
    )
    return show(exchange, call, places_screen(call, placing), status)


def change(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}/conditions: another expression at a place; one that would break the app is shown again."""
    data = form_data(exchange)
    operation = first(data, "operation")
    if operation not in OPERATIONS:
        raise refuse("malformed", "W206", "operation", name="operation", allowed=", ".join(OPERATIONS))
    try:
        with exchange.writing() as call:
            draft = draft_of(call, app)
            if operation in ("undo", "redo"):
                (drafting.undo if operation == "undo" else drafting.redo)(call, draft)
            elif operation == "discard":
                drafting.discard(call, app)
            else:
                compiled, found, broken = compiled_draft(call, draft, entity)
                if broken:
                    raise Refusal("invalid", broken)
                place = place_called(
                    _places(compiled, found, draft), first(data, "place"), first(data, "was")
                )
                _, written, problems = _read(call, compiled, found, place, data)
                if problems:
                    raise Refusal("invalid", problems)
                merge_files(call, draft, set_place(draft.sources, place, written))
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        return _again(exchange, app, entity, data, refusal)
    said = text("place_saved", exchange.language) if operation == "set_place" else ""
    return go(exchange, f"{designer_path(app, entity)}/{PAGE}", said)


def _read(
    call: Call, app: App, entity: Entity, place: ExpressionPlace, data: Sent
) -> tuple[RuleEntry, str, list[Diagnostic]]:
    """What was sent, the expression that it makes, and what is wrong."""
    entry, problems = sent_entry(data, entity), list[Diagnostic]()
    if place.kind != MEASURE:
        about = draft_names(call, app, entity, sql=True)
        return entry, written_condition(call, entry, place.written, about, problems), problems
    about = draft_names(call, app, entity, sql=True, aggregate=True)
    if not entry.expression:
        return entry, "", [finding("W449", "when")]
    outcome = compile_draft(about, entry.expression, None, "when")
    return entry, entry.expression, [] if isinstance(outcome, Expression) else list(outcome[:3])


def _again(
    exchange: Exchange, app: str, entity: str, data: dict[str, list[str]], refusal: Refusal
) -> Response:
    """The page as it is now; what was sent stands in its inputs, with what is wrong at each."""
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, _ = compiled_draft(call, draft, entity)
        opened = None
        if refusal.kind == "invalid" and first(data, "place"):
            place = place_called(_places(compiled, found, draft), first(data, "place"))
            at_place = {each.path: message_of(each, call.language) for each in reversed(refusal.problems)}
            opened = OpenedPlace(place, sent_entry(data, found), first(data, "was"), at_place)
        status = 422 if refusal.kind == "invalid" else 409
        return _page(exchange, call, draft, compiled, found, opened, refusal.problems, status)


def check(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}/conditions/check: the form of a place as it stands: what is wrong, the expression it makes, and with
    `take` the expression as conditions.
    """
    data = form_data(exchange)
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, _ = compiled_draft(call, draft, entity)
        place = place_called(_places(compiled, found, draft), first(data, "place"))
        entry, written, problems = _read(call, compiled, found, place, data)
        about = draft_names(call, compiled, found, sql=True, aggregate=place.kind == MEASURE)
        return exchange.json(judged(call, entry, written, problems, about, bool(first(data, "take"))))
