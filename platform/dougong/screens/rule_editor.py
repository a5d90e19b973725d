"""The inputs of one rule: when it applies, what it does, where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dougong.compiler.rule_scopes import DOORS
from dougong.expressions.completion import Surroundings
from dougong.fieldtypes.file import FILES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.screens.condition_parts import condition_fields
from dougong.screens.rule_entry import ALWAYS, EXPRESSION, FIELDS, RuleEntry
from dougong.screens.rule_words import ICONS, USUAL, act_label, acts, door_label, labels_of
from dougong.screens.shape import ConditionBuilder, ConditionRow, RuleAction, RuleLimit, RuleTick, RuleValue
from dougong.screens.texts import counted, text

MODES = (ALWAYS, "all", "any", EXPRESSION)
NEVER_SET = FILES | {"table", "embed", "links", "address", "location", "json", "rich_text", "tags"}
Problems = Mapping[str, str]
"""What is wrong, by the place of its input: `when/0`, `when`, `set/0`, `block`."""


def builder_of(
    entry: RuleEntry,
    about: Surroundings,
    modes: tuple[str, ...],
    check: str,
    table: str,
    problems: Problems,
    purpose: str = "rule",
) -> ConditionBuilder:
    """The inputs of a condition, with one more row than it has."""
    fields = condition_fields(about)
    known = {each.id: each for each in fields}
    rows = tuple(
        ConditionRow(
            row.field,
            row.operator,
            row.against,
            row.values,
            known.get(row.field),
            problems.get(f"when/{number}", ""),
        )
        for number, row in enumerate(entry.rows)
    )
    return ConditionBuilder(
        "when",
        entry.mode,
        modes,
        fields,
        (*rows, ConditionRow()),
        entry.expression,
        check,
        purpose,
        table,
        problems.get("when", ""),
        entry.reason,
    )


def action_inputs(
    entry: RuleEntry, entity: Entity, language: str, problems: Problems
) -> tuple[RuleAction, ...]:
    """Everything that a rule can do, those that it does with what they hold."""
    fields = entity.fields
    labels = labels_of(entity, language)
    found = []
    for name in FIELDS:
        suits: Callable[[Field], bool] = _is_entered if name == "readonly" else _any
        chosen = entry.named.get(name, ())
        listed = [(each, labels[each]) for each, field in fields.items() if suits(field) or each in chosen]
        used = counted("rule_fields", len(chosen), language) if chosen else ""
        found.append(_action(name, "fields", language, problems, used, ticks=_ticks(listed, chosen)))
    found.append(_settings(entry, fields, labels, language, problems))
    found.append(_limits(entry, entity, labels, language, problems))
    for name in ("block", "warn"):
        texts = entry.messages.get(name, ("", ""))
        said = texts[0] if language == "zh" else texts[1] or texts[0]
        found.append(_action(name, "message", language, problems, said, texts=texts))
    used = text("rule_used", language) if entry.check else ""
    found.append(_action("check", "must", language, problems, used, expression=entry.check))
    if not entity.parent:
        used = text("rule_used", language) if entry.locks else ""
        found.append(_action("lock", "flag", language, problems, used, ticked=entry.locks))
    return tuple(found)


def _action(
    name: str,
    kind: str,
    language: str,
    problems: Problems,
    used: str = "",
    ticks: tuple[RuleTick, ...] = (),
    limits: tuple[RuleLimit, ...] = (),
    values: tuple[RuleValue, ...] = (),
    settable: tuple[tuple[str, str], ...] = (),
    texts: tuple[str, str] = ("", ""),
    expression: str = "",
    ticked: bool = False,
) -> RuleAction:
    label, help_text = text(f"rule_{name}", language), text(f"rule_{name}_help", language)
    return RuleAction(
        name,
        kind,
        label,
        help_text,
        ICONS[name],
        used,
        ticks,
        limits,
        values,
        settable,
        texts,
        expression,
        ticked,
        problems.get(name, ""),
    )


def _settings(
    entry: RuleEntry,
    fields: Mapping[str, Field],
    labels: Mapping[str, str],
    language: str,
    problems: Problems,
) -> RuleAction:
    settable = tuple(
        (name, labels[name])
        for name, field in fields.items()
        if _is_entered(field) and field.type not in NEVER_SET
    )
    values = tuple(
        RuleValue(name, written, problems.get(f"set/{number}", ""))
        for number, (name, written) in enumerate(entry.values)
    )
    used = counted("rule_fields", len(values), language) if values else ""
    blank = (*values, RuleValue(""))
    return _action("set", "values", language, problems, used, values=blank, settable=settable)


def _limits(
    entry: RuleEntry, entity: Entity, labels: Mapping[str, str], language: str, problems: Problems
) -> RuleAction:
    limits = tuple(
        RuleLimit(
            field.id,
            labels[field.id],
            _ticks(
                [(each.id, each.label.get(language)) for each in field.options],
                entry.options.get(field.id, ()),
            ),
        )
        for field in entity.fields.values()
        if field.type in ("choice", "choices", "stage") and field.options
    )
    limited = [each for each in limits if each.count]
    used = counted("rule_fields", len(limited), language) if limited else ""
    return _action("options", "options", language, problems, used, limits=limits)


def act_ticks(entry: RuleEntry, language: str) -> tuple[RuleTick, ...]:
    """What the rule is about."""
    return _ticks([(each, act_label(each, language)) for each in acts()], entry.on or USUAL)


def door_ticks(entry: RuleEntry, app: App, entity: Entity, language: str) -> tuple[RuleTick, ...]:
    """The doors at which it can be made to hold alone: the common ones, the workflows of the entity, and those it names already."""
    flows = [f"workflow.{each.id}" for each in app.workflows.values() if each.entity == entity.id]
    known = dict.fromkeys([*DOORS, *flows, *entry.doors])
    return _ticks([(each, door_label(each, app, language)) for each in known], entry.doors)


def place_ticks(entry: RuleEntry, entity: Entity, language: str) -> tuple[RuleTick, ...]:
    """The fields at which a message can stand."""
    labels = labels_of(entity, language)
    return _ticks([(name, labels[name]) for name in entity.fields], entry.places)


def _ticks(listed: Iterable[tuple[str, str]], chosen: Iterable[str]) -> tuple[RuleTick, ...]:
    ticked = frozenset(chosen)
    return tuple(RuleTick(value, label, value in ticked) for value, label in listed)


def _any(field: Field) -> bool:
    return True


def _is_entered(field: Field) -> bool:
    return not field.is_computed
