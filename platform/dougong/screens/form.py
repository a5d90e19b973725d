"""The form that creates or changes a record, built from the entity's layout and the reader's rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dougong.diagnostics import Diagnostic, Severity
from dougong.fieldtypes.file import FILES
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.form import Form
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.records.rule_states import field_states, locks_on
from dougong.records.shape import shape_of
from dougong.records.withheld import NOTHING_KEPT, kept_back
from dougong.screens.addresses import entity_path, record_path
from dougong.screens.form_entry import read_entry
from dougong.screens.form_fields import Place, form_field
from dougong.screens.form_rules import LiveRules, live_rules
from dougong.screens.live import live_fields, live_plan, reading_of
from dougong.screens.rights import locked_notices
from dougong.screens.shape import Action, FormScreen, FormSection, Link, Notice, Problem, Submitted
from dougong.screens.showing import Titles
from dougong.screens.texts import text


@dataclass(frozen=True, slots=True)
class FormEntry:
    """What a form begins with: values to show, or what was entered before with its problems."""

    values: Mapping[str, Value] = field(default_factory=dict)
    titles: Titles = field(default_factory=dict)
    entered: Mapping[str, Submitted] | None = None
    problems: Sequence[Diagnostic] = ()
    form_token: str = ""
    notices: Sequence[Notice] = ()
    version: int = 0
    hidden: Sequence[tuple[str, str]] = ()


def create_form(call: Call, key: str, entry: FormEntry) -> FormScreen:
    """The form for a new record."""
    entity = call.release.entity(key)
    title = text("create_title", call.language, label=entity.label.get(call.language))
    again = Action("again", text("save_and_new", call.language), "", "post")
    return _form(call, entity, entry, "create", title, f"{entity_path(key)}/new", entity_path(key), (again,))


def edit_form(call: Call, record: Record, entry: FormEntry) -> FormScreen:
    """The form for a record that exists; `entry` holds what was entered when it is shown again."""
    entity = call.release.entity(record.key)
    title = text("edit_title", call.language, label=entity.label.get(call.language))
    path = record_path(record.key, record.id)
    return _form(
        call, entity, entry, "update", title, f"{path}/edit", path, (), Link(record.title, path), record.id
    )


def layout_of(call: Call, entity: Entity) -> Form:
    """The layout of an entity's forms."""
    return call.release.app(entity.app).forms[entity.id]


def _form(
    call: Call,
    entity: Entity,
    entry: FormEntry,
    action: str,
    title: str,
    address: str,
    cancel: str,
    buttons: tuple[Action, ...],
    crumb: Link | None = None,
    identifier: int = 0,
) -> FormScreen:
    rights = access(call.release, call.actor, entity.key, action)
    language = call.language
    wrong = [each for each in entry.problems if each.severity == Severity.ERROR]
    warnings = () if wrong else tuple(entry.problems)
    by_path = _by_path(wrong)
    kept = kept_back(call, shape_of(call.release, entity.key), [identifier] if identifier else [], action)
    own = kept.get(identifier, NOTHING_KEPT)
    unseen, locked = own.unseen, rights.locked | own.locked | own.unseen
    place = Place(call, entity, locked, entry.values, entry.titles, entry.entered, by_path, language)
    place = replace(place, unseen=unseen)
    is_shown = bool(entry.form_token)  # a form without one is read, not shown
    present = _present(call, entity, action, entry) if is_shown else {}
    rules = LiveRules()
    locks = locks_on(call, entity.key, identifier) if is_shown and identifier else {}
    shape = shape_of(call.release, entity.key)
    if is_shown and any(each.entity.rules for each in (shape, *shape.tables.values())):
        reading = reading_of(call, entity.key, action)
        states = field_states(call, entity.key, present, identifier)
        rules = LiveRules() if states.locked else live_rules(call, shape, action, reading)
        place = replace(place, states=states, live=rules.fields)
    plan = None
    if is_shown:
        plan = live_plan(call, entity.key, action, present, rules.conditions, rules.written, identifier)
        place = replace(place, computed=live_fields(plan))
    sections = []
    for section in layout_of(call, entity).sections:
        fields = tuple(
            form_field(place, entity.fields[each.field], each.width)
            for each in section.fields
            if each.field in entity.fields and each.field not in rights.hidden | unseen
        )
        if fields:
            sections.append(FormSection(section.id, section.label.get(language), fields, section.columns))
    crumbs = (Link(entity.plural.get(language), entity_path(entity.key)),)
    return FormScreen(
        key=f"{entity.key}:{action}:{call.release.generation}:{language}",
        title=title,
        action=address,
        sections=tuple(sections),
        save_label="" if place.states.locked else text("save" if action == "update" else "create", language),
        cancel_href=cancel,
        form_token=entry.form_token,
        version=entry.version,
        problems=tuple(_summary(entity, problem, language) for problem in _once(entity, wrong)),
        warnings=tuple(_summary(entity, problem, language) for problem in _once(entity, warnings)),
        confirm=tuple(dict.fromkeys(dict(each.parameters).get("confirm", "") for each in warnings)),
        notices=(*entry.notices, *locked_notices(locks, language)),
        buttons=buttons,
        hidden=tuple(entry.hidden),
        crumbs=(*crumbs, crumb) if crumb else crumbs,
        has_files=any(each.type in FILES for section in sections for each in section.fields),
        live_plan=plan,
        rules=rules.rules,
    )


def _present(call: Call, entity: Entity, action: str, entry: FormEntry) -> Mapping[str, Value]:
    """The values that stand in a form: those it began with, and over them what was entered before."""
    if entry.entered is None:
        return entry.values
    entered, _ = read_entry(call, entity.key, action, entry.entered)
    for name, rows in entered.items():
        if entity.fields[name].type == "table":
            known = {row.get("id"): row for row in entry.values.get(name) or ()}
            entered[name] = [{**known.get(row.get("id"), {}), **row} for row in rows]
    return {**entry.values, **entered}


def html_name(path: str) -> str:
    """The name of the input that a problem's path (`lines/2/quantity`) belongs to."""
    return path.replace("/", "-")


def _by_path(problems: Sequence[Diagnostic]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for problem in problems:
        found[problem.path] = (*found.get(problem.path, ()), problem.message)
    return found


def _once(entity: Entity, problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The problems, what is said of all links that stand for one field but once."""
    found: dict[tuple[str, str], Diagnostic] = {}
    for problem in problems:
        known = entity.fields.get(problem.path)
        named = problem.path if known is None or known.one_of is None else known.one_of.field
        found.setdefault((named, problem.message), problem)
    return list(found.values())


def _summary(entity: Entity, problem: Diagnostic, language: str) -> Problem:
    first, *rest = problem.path.split("/")
    known = entity.fields.get(first)
    named = known.one_of if known is not None and known.one_of is not None else known
    label = named.label.get(language) if named is not None else ""
    if known is not None and rest and rest[0].isdigit():
        label = f"{label} · {text('row', language, number=int(rest[0]) + 1)}"
    return Problem(
        problem.message, html_name(problem.path) if known else "", label, problem.hint, problem.code
    )
