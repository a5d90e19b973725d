"""The designer's page of rules: each in words, one opened to be changed, examples where there are none yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.screens.addresses import designer_path, rules_path, with_query
from dougong.screens.designer_head import DraftState, designer_head
from dougong.screens.draft_names import draft_names
from dougong.screens.rule_editor import MODES, act_ticks, action_inputs, builder_of, door_ticks, place_ticks
from dougong.screens.rule_entry import KNOWN, RuleEntry, fingerprint
from dougong.screens.rule_examples import example_cards
from dougong.screens.rule_words import does_words, only_words, when_words
from dougong.screens.shape import Notice, Problem, RuleCard, RuleEditor, RulesScreen, Tab
from dougong.screens.texts import text

Documents = Sequence[Mapping[str, Any]]
NEW = "new"
_UNCHANGED = DraftState()


@dataclass(frozen=True, slots=True)
class Opened:
    """The rule that is being changed: its place ("new" for one that is none yet), what it said when it was opened, what stands in
    its inputs, and what is wrong by place.
    """

    rule: str
    was: str
    entry: RuleEntry
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of an entity of the draft, or with `table` those of the rows of a sub-table; `installed` are the published ones."""

    app: App
    entity: Entity
    documents: Documents
    table: str = ""
    installed: Documents = ()
    opened: Opened | None = None
    problems: Sequence[Problem] = ()
    draft: DraftState = _UNCHANGED
    is_outdated: bool = False


def rules_screen(call: Call, ruling: Ruling) -> RulesScreen:
    """The page of rules."""
    app, entity, language = ruling.app, ruling.entity, call.language
    path = rules_path(app.id, entity.id)
    over = rows_entity(app, entity, ruling.table)
    about = draft_names(call, app, over)
    chosen = ruling.opened.rule if ruling.opened else ""
    outdated = (Notice(text("draft_outdated", language), "warn"),) if ruling.is_outdated else ()
    return RulesScreen(
        head=designer_head(call, app, entity, "rules", ruling.draft),
        title=text("rules_title", language, label=entity.label.get(language)),
        action=path,
        table=ruling.table,
        tables=_tables(app, entity, ruling.table, path, language),
        cards=tuple(
            RuleCard(
                number,
                fingerprint(document),
                when_words(document, about),
                does_words(document, over, about),
                only_words(document, app, language),
                with_query(path, [("table", ruling.table), ("rule", str(number))]),
                chosen == str(number),
                document not in ruling.installed,
            )
            for number, document in enumerate(ruling.documents)
        ),
        editor=_editor(call, ruling, over, path),
        add_href=with_query(path, [("table", ruling.table), ("rule", NEW)]),
        examples=example_cards(over, about, path, ruling.table),
        problems=tuple(ruling.problems),
        notices=outdated,
        preview_href=f"{path}/preview",
    )


def rows_entity(app: App, entity: Entity, table: str) -> Entity:
    """What the rules are about: the record, or the rows of a sub-table."""
    return app.entities[f"{entity.id}/{table}"] if table else entity


def _tables(app: App, entity: Entity, table: str, path: str, language: str) -> tuple[Tab, ...]:
    tables = [each for each in entity.fields.values() if each.type == "table"]
    if not tables:
        return ()
    record = Tab("", entity.label.get(language), path, active=not table)
    return (
        record,
        *(
            Tab(
                each.id,
                each.label.get(language),
                with_query(path, [("table", each.id)]),
                active=each.id == table,
            )
            for each in tables
        ),
    )


def _editor(call: Call, ruling: Ruling, over: Entity, path: str) -> RuleEditor | None:
    opened, language = ruling.opened, call.language
    if opened is None:
        return None
    about = draft_names(call, ruling.app, over)
    check = f"{designer_path(ruling.app.id, ruling.entity.id)}/check"
    is_new = opened.rule == NEW
    title = (
        text("rule_new", language) if is_new else text("rule_numbered", language, number=int(opened.rule) + 1)
    )
    present = ruling.documents[int(opened.rule)] if not is_new else {}
    return RuleEditor(
        title=title,
        hidden=(
            ("operation", "add_rule" if is_new else "set_rule"),
            ("rule", opened.rule),
            ("was", opened.was),
            ("table", ruling.table),
        ),
        builder=builder_of(opened.entry, about, MODES, check, ruling.table, opened.problems),
        acts=act_ticks(opened.entry, language),
        doors=door_ticks(opened.entry, ruling.app, ruling.entity, language),
        actions=action_inputs(opened.entry, over, language, opened.problems),
        messages=opened.entry.messages.get("message", ("", "")),
        places=place_ticks(opened.entry, over, language),
        check=f"{path}/check",
        check_expression=check,
        cancel_href=with_query(path, [("table", ruling.table)]),
        kept=tuple(str(each) for each in present if each not in KNOWN),
    )
