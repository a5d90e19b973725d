"""The designer and publishing: changes gather in a draft, the plan is shown, and exactly it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.rights_effects import with_effects
from dougong.records.trying import try_on
from dougong.screens.addresses import designer_path, entity_path, with_query
from dougong.screens.designer import Designing, changed_fields, designer_screen
from dougong.screens.publish import publish_screen
from dougong.screens.texts import text
from dougong.storage.mends import WAYS, Wish, Wishes
from dougong.storage.plan import Plan
from dougong.web import drafting
from dougong.web.catalogue import refuse
from dougong.web.changing import is_long, order_publication
from dougong.web.designing import Bench, Files, bench_of, operate
from dougong.web.designing_typed import PURPOSES, expected, look_over_draft
from dougong.web.drafting import Draft
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.work import work_path
from dougong.web.problems import message_of
from dougong.web.typed import Typing, document, tried_document, typing_of


def start(exchange: Exchange, app: str) -> Response:
    """GET /design/{app}: the first entity of the app."""
    with exchange.reading() as call:
        drafting.refuse_unless_designer(call, app)
        if app not in call.release.apps:
            raise refuse("missing", "W404")
        entity = next((each for each in call.release.app(app).entities.values() if not each.parent), None)
        if entity is None:
            raise refuse("missing", "W404")
        return exchange.redirect(designer_path(app, entity.id))


def designer(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /design/{app}/{entity}: the designer, with a field or section selected."""
    given = exchange.parameters
    with exchange.reading() as call:
        return _page(exchange, call, app, entity, given.get("field", ""), given.get("section", ""))


def diagram(exchange: Exchange, app: str, kind: str) -> Response:
    """GET /design/{app}/diagrams/{kind}: the installed app drawn, in the reader's language."""
    with exchange.reading() as call:
        drafting.refuse_unless_designer(call, app)
        draw = exchange.runtime.renderers.diagrams.get(kind)
        if app not in call.release.apps or draw is None:
            raise refuse("missing", "W404")
        drawn = draw(call.release.app(app), call.language)
    return Response(drawn, mimetype="image/svg+xml")


def draft_of(call: Call, app: str) -> Draft:
    """The actor's draft of an installed app; the designer begins with what is there."""
    drafting.refuse_unless_designer(call, app)
    if app not in call.release.apps:
        raise refuse("missing", "W404")
    return drafting.load_draft(call, app)


def _page(
    exchange: Exchange,
    call: Call,
    app: str,
    entity: str,
    field: str = "",
    section: str = "",
    problems: Sequence[Diagnostic] = (),
) -> Response:
    draft = draft_of(call, app)
    compiled, found, broken = compiled_draft(call, draft, entity)
    bench = bench_of(compiled, found, draft.sources, call.language)
    installed = call.release.recorded[app].entities.get(entity)
    every = [*broken, *problems]
    designing = Designing(
        app=compiled,
        entity=found,
        changed=draft.changed,
        changed_fields=changed_fields(installed.fields if installed else {}, found.fields),
        field=field,
        section=section,
        problems=[(each, message_of(each, call.language)) for each in every],
        can_undo=bool(draft.undo),
        can_redo=bool(draft.redo),
        is_outdated=draft.is_outdated,
        file_path=bench.form_path if section else bench.entity_path,
        file_text=bench.form_text if section else bench.entity_text,
    )
    return show(exchange, call, designer_screen(call, designing), 422 if problems else 200)


def compiled_draft(call: Call, draft: Draft, entity: str) -> tuple[App, Entity, Sequence[Diagnostic]]:
    """The draft's app and entity; where the draft does not compile, the installed ones with what is wrong."""
    outcome = drafting.compile_sources(call, draft.app, draft.sources)
    compiled = outcome if isinstance(outcome, App) else call.release.recorded[draft.app]
    found = compiled.entities.get(entity)
    if found is None or found.parent:
        raise refuse("missing", "W404")
    return compiled, found, () if isinstance(outcome, App) else outcome


def change(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}: one operation; one that would break the app is refused and changes nothing."""
    data = form_data(exchange)
    given = {name: values[-1] for name, values in data.items()} | {"to": " ".join(data.get("to", ()))}
    operation = first(data, "operation")
    try:
        with exchange.writing() as call:
            draft = draft_of(call, app)
            if operation in ("undo", "redo"):
                (drafting.undo if operation == "undo" else drafting.redo)(call, draft)
            elif operation == "discard":
                drafting.discard(call, app)
            else:
                _operate(call, draft, app, entity, operation, given)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        with exchange.reading() as call:
            return _page(
                exchange,
                call,
                app,
                entity,
                given.get("field", ""),
                given.get("section", ""),
                refusal.problems,
            )
    if exchange.request.headers.get("HX-Request"):
        with exchange.reading() as call:
            return _page(exchange, call, app, entity, *_selected(operation, given))
    if operation == "add_view":
        return exchange.redirect(designer_path(app, "publish"))
    field, section = _selected(operation, given)
    return exchange.redirect(with_query(designer_path(app, entity), [("field", field), ("section", section)]))


UNTRIED = frozenset({"measure", "filter"})
"""Purposes whose expressions are no value of one record: figures over many, and limits, which are about another record."""


def check(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}/check: what is wrong with an expression of the draft, and what may follow."""
    body = exchange.an_object("text", "purpose", "caret", "field", "table", "record")
    asked, name, table = typing_of(body, PURPOSES), body.get("field", ""), body.get("table", "")
    record = body.get("record", "")
    for key, given in (("field", name), ("table", table), ("record", record)):
        if not isinstance(given, str):
            raise refuse("malformed", "W313", key, name=key, expected="text")
    with exchange.reading() as call:
        compiled, found, _ = compiled_draft(call, draft_of(call, app), entity)
        over = compiled.entities.get(f"{entity}/{table}") if table else found
        field = over.fields.get(name) if over is not None else None
        if over is None or (name and field is None):
            raise refuse("missing", "W404")
        looked = look_over_draft(call, compiled, over, asked, field)
        answer = document(asked.text, looked, call.language)
        if "record" in body and not table and looked.type is not None and asked.purpose not in UNTRIED:
            answer["tried"] = _tried(call, f"{app}.{entity}", asked, field, record)
        return exchange.json(answer)


def _tried(call: Call, key: str, asked: Typing, field: Field | None, record: str) -> dict[str, Any]:
    """What the expression gives for a record of the published app; a draft has none of its own."""
    if key.partition(".")[2] not in call.release.app(key.partition(".")[0]).entities:
        raise refuse("missing", "W404")
    identifier = number(record) if record else 0
    into = field if asked.purpose not in ("condition", "rule") else None
    found = try_on(call, key, asked.text, expected(asked.purpose, field), into, identifier)
    return tried_document(found, call.language)


def _selected(operation: str, given: Mapping[str, str]) -> tuple[str, str]:
    if operation in ("set_field", "move_field"):
        return given.get("field", ""), ""
    return "", given.get("section", "") if operation in ("set_section", "move_section") else ""


def _operate(
    call: Call, draft: Draft, app: str, entity: str, operation: str, given: Mapping[str, str]
) -> None:
    compiled, found, broken = compiled_draft(call, draft, entity)
    if broken:
        raise Refusal("invalid", broken)
    bench: Bench = bench_of(compiled, found, draft.sources, call.language)
    merge_files(call, draft, operate(bench, operation, given))


def merge_files(call: Call, draft: Draft, files: Files) -> None:
    """Put changed files into a draft, unless the app would not compile with them."""
    merged = {path: text for path, text in {**draft.sources, **files}.items() if text is not None}
    outcome = drafting.compile_sources(call, draft.app, merged)
    if not isinstance(outcome, App):
        raise Refusal("invalid", outcome)
    drafting.change_files(call, draft, files)


def publish_page(exchange: Exchange, app: str) -> Response:
    """GET /design/{app}/publish: the plan in plain words."""
    with exchange.reading() as call:
        draft = draft_of(call, app)
        plan = with_effects(call, drafting.plan_sources(call, app, draft.sources))
        return show(exchange, call, publish_screen(call, plan, draft.installed, draft.sources))


def publish(exchange: Exchange, app: str) -> Response:
    """POST /design/{app}/publish: do the plan that was shown; another one is shown first."""
    data = form_data(exchange)
    wishes = _wishes(data)
    if first(data, "look"):
        return _publish_again(exchange, app, (), wishes)
    problems: list[str] = []
    try:
        with exchange.writing() as call:
            draft = draft_of(call, app)
            plan = drafting.plan_sources(call, app, draft.sources, wishes)
            problems = _missing_consent(call, plan, data)
            if problems:
                raise Refusal("invalid", [])
            if plan.is_empty:
                raise Refusal("invalid", [])
            allow_loss, entity = bool(first(data, "allow_loss")), _changed_entity(plan.app, draft.changed)
            path = entity_path(entity.key)
            if is_long(plan) and not plan.obstacles():
                job = order_publication(call, plan, draft.sources, wishes, allow_loss, "", path)
                return exchange.redirect(work_path(job))
            version = drafting.publish(call, plan, allow_loss, "", exchange.runtime.afterwards)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        problems += [message_of(each, exchange.language) for each in refusal.problems]
        return _publish_again(exchange, app, problems, wishes)
    return go(exchange, path, text("published", exchange.language, version=version.number))


def _changed_entity(app: App, changed: Sequence[str]) -> Entity:
    """The entity whose files were changed, to show what has become of it; the app's first one where there is none."""
    own = [each for each in app.entities.values() if not each.parent]
    names = {PurePosixPath(path).stem for path in changed}
    return next((each for each in own if each.id in names), own[0])


def _missing_consent(call: Call, plan: Plan, data: dict[str, list[str]]) -> list[str]:
    missing = []
    if first(data, "plan") != plan.state:
        missing.append(message_of(refuse("conflict", "W425").problems[0], call.language))
    if plan.widened and not first(data, "acknowledged"):
        missing.append(text("need_acknowledge", call.language))
    if plan.is_loss and not first(data, "allow_loss"):
        missing.append(text("need_loss", call.language))
    return missing


def _wishes(data: dict[str, list[str]]) -> Wishes:
    """The ways of mending that were chosen on the page."""
    wishes: dict[str, Wish] = {}
    for name in data:
        kind, _, path = name.partition(":")
        chosen = next((way for way in WAYS if way == first(data, name)), None)
        if kind == "mend" and chosen is not None:
            wishes[path] = Wish(chosen, first(data, f"backfill:{path}").strip())
    return wishes


def _publish_again(exchange: Exchange, app: str, problems: Sequence[str], wishes: Wishes) -> Response:
    with exchange.reading() as call:
        draft = draft_of(call, app)
        plan = with_effects(call, drafting.plan_sources(call, app, draft.sources, wishes))
        screen = publish_screen(call, plan, draft.installed, draft.sources, problems, wishes)
        return show(exchange, call, screen, 422 if problems else 200)
