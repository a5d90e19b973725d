"""The designer's page of rules: written into the draft like everything else that is designed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.screens.addresses import rules_path, with_query
from dougong.screens.designer_head import DraftState
from dougong.screens.draft_names import draft_names
from dougong.screens.rule_entry import RuleEntry, entry_of, fingerprint
from dougong.screens.rule_examples import examples
from dougong.screens.rule_preview import preview
from dougong.screens.rule_words import in_words
from dougong.screens.rules import NEW, Opened, Ruling, rows_entity, rules_screen
from dougong.screens.shape import Problem, RulePreview
from dougong.screens.texts import text
from dougong.web import drafting
from dougong.web.catalogue import refuse
from dougong.web.designing import Bench, Files, bench_of
from dougong.web.designing_rules import add_rule, move_rule, remove_rule, rule_at, rules_in, set_rule
from dougong.web.drafting import Draft
from dougong.web.exchange import Exchange
from dougong.web.pages.design import compiled_draft, draft_of, merge_files
from dougong.web.pages.frame import first, form_data, go, show
from dougong.web.problems import hint_of, message_of
from dougong.web.rule_entries import ReadRule, judged, read_rule, sent_entry

OPERATIONS = ("add_rule", "set_rule", "move_rule", "remove_rule", "undo", "redo", "discard")
_RULE = re.compile(r"(?:^|[/.\[])rules[/.\[]\d+\]?[/.](.*)$")


def rules_page(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /design/{app}/{entity}/rules: the rules in words; `rule` opens one, or a new one, `example` fills it in."""
    given = exchange.parameters
    with exchange.reading() as call:
        table, rule = given.get("table", ""), given.get("rule", "")
        draft = draft_of(call, app)
        compiled, found, broken = compiled_draft(call, draft, entity)
        bench = _bench(call, compiled, found, draft, table)
        opened = _opened(call, bench, table, rule, given.get("example", "")) if rule else None
        return _page(exchange, call, draft, bench, table, opened, broken)


def _bench(call: Call, app: App, entity: Entity, draft: Draft, table: str) -> Bench:
    if table and f"{entity.id}/{table}" not in app.entities:
        raise refuse("missing", "W404")
    return bench_of(app, entity, draft.sources, call.language)


def _opened(call: Call, bench: Bench, table: str, rule: str, example: str) -> Opened:
    over = rows_entity(bench.app, bench.entity, table)
    about = draft_names(call, bench.app, over)
    if rule == NEW:
        known = {each.id: each.document for each in examples(over, about)}
        document = known.get(example)
        return Opened(NEW, "", entry_of(document, about) if document is not None else RuleEntry("all"))
    number = rule_at(bench, table, rule, "")
    document = rules_in(bench.entity_text, table, bench.entity_path)[number]
    return Opened(rule, fingerprint(document), entry_of(document, about))


def _page(
    exchange: Exchange,
    call: Call,
    draft: Draft,
    bench: Bench,
    table: str,
    opened: Opened | None,
    problems: Sequence[Diagnostic],
    status: int = 200,
) -> Response:
    path = bench.entity_path
    installed = draft.installed.get(path, "")
    ruling = Ruling(
        bench.app,
        bench.entity,
        rules_in(bench.entity_text, table, path),
        table,
        rules_in(installed, table, path) if installed else (),
        opened,
        [_shown(each, call.language) for each in problems],
        DraftState(len(draft.changed), bool(draft.undo), bool(draft.redo)),
        draft.is_outdated,
    )
    return show(exchange, call, rules_screen(call, ruling), status)


def _shown(problem: Diagnostic, language: str) -> Problem:
    return Problem(message_of(problem, language), "", "", hint_of(problem, language), problem.code)


def change(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}/rules: one operation; a rule that would break the app is shown again with what is wrong."""
    data = form_data(exchange)
    operation, table = first(data, "operation"), first(data, "table")
    if operation not in OPERATIONS:
        raise refuse("malformed", "W206", "operation", name="operation", allowed=", ".join(OPERATIONS))
    read: ReadRule | None = None
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
                bench = _bench(call, compiled, found, draft, table)
                if operation in ("add_rule", "set_rule"):
                    read = _read(call, bench, table, data)
                    if read.problems:
                        raise Refusal("invalid", read.problems)
                merge_files(call, draft, _files(bench, table, operation, data, read))
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        return _again(exchange, app, entity, table, data, read, refusal)
    said = text("rule_saved", exchange.language) if read is not None else ""
    return go(exchange, with_query(rules_path(app, entity), [("table", table)]), said)


def _read(call: Call, bench: Bench, table: str, data: Mapping[str, Sequence[str]]) -> ReadRule:
    over = rows_entity(bench.app, bench.entity, table)
    about = draft_names(call, bench.app, over)
    before: Mapping[str, object] = {}
    rule = str((data.get("rule") or [NEW])[0])
    if rule != NEW:
        number = rule_at(bench, table, rule, str((data.get("was") or [""])[0]))
        before = rules_in(bench.entity_text, table, bench.entity_path)[number]
    return read_rule(call, sent_entry(data, over), before, over, about)


def _files(
    bench: Bench, table: str, operation: str, data: dict[str, list[str]], read: ReadRule | None
) -> Files:
    if operation == "add_rule" and read is not None:
        return add_rule(bench, table, read.document)
    number = rule_at(bench, table, first(data, "rule"), first(data, "was"))
    if operation == "set_rule" and read is not None:
        return set_rule(bench, table, number, read.document)
    if operation == "remove_rule":
        return remove_rule(bench, table, number)
    position = first(data, "position")
    if not (position.isascii() and position.isdigit() and len(position) < 5):
        raise refuse("invalid", "W205", "position", name="position", lowest=0, highest=9999)
    return move_rule(bench, table, number, int(position))


def _again(
    exchange: Exchange,
    app: str,
    entity: str,
    table: str,
    data: dict[str, list[str]],
    read: ReadRule | None,
    refusal: Refusal,
) -> Response:
    """The page as it is now; a rule that was sent stands in its inputs with what is wrong at each."""
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, _ = compiled_draft(call, draft, entity)
        bench = _bench(call, compiled, found, draft, table)
        opened = None
        if read is not None and refusal.kind == "invalid":
            at_place = {
                place_of(each): message_of(each, call.language) for each in reversed(refusal.problems)
            }
            opened = Opened(first(data, "rule") or NEW, first(data, "was"), read.entry, at_place)
        status = 422 if refusal.kind == "invalid" else 409
        return _page(exchange, call, draft, bench, table, opened, refusal.problems, status)


def place_of(problem: Diagnostic) -> str:
    """The place of the input that a finding is about: that of this page, or one of the definition's (`rules/2/set/price`)."""
    found = _RULE.search(problem.path)
    return found[1] if found else problem.path


def check(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /design/{app}/{entity}/rules/check: the form of a rule as it stands, in words, with what is wrong by place; with `take`
    the expression as conditions.
    """
    data = form_data(exchange)
    table = first(data, "table")
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, _ = compiled_draft(call, draft, entity)
        bench = _bench(call, compiled, found, draft, table)
        over = rows_entity(bench.app, bench.entity, table)
        about = draft_names(call, bench.app, over)
        read = _read(call, bench, table, data)
        said = in_words({**read.document, "when": read.when}, compiled, over, about)
        take = bool(first(data, "take"))
        return exchange.json(judged(call, read.entry, read.when, read.problems, about, take, said))


def try_out(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /design/{app}/{entity}/rules/preview: the form of a new record as the draft has it, to be tried and never saved."""
    with exchange.reading() as call:
        draft = draft_of(call, app)
        compiled, found, broken = compiled_draft(call, draft, entity)
        waits = RulePreview(found.label.get(call.language), message=text("rule_preview_waits", call.language))
        if broken:
            return show(exchange, call, waits)
        try:
            with call.connection.begin_nested():
                screen = preview(call, compiled, found)
        except DBAPIError:
            screen = waits
        return show(exchange, call, screen)
