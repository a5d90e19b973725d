"""The rules of an entity: what they ask of a record and what they do to its fields while their condition holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from dougong.compiler.context import BOOLEAN, Context, type_of
from dougong.compiler.formulas import is_masked
from dougong.compiler.item import Item
from dougong.compiler.rule_messages import messages
from dougong.compiler.rule_scopes import acts_of, doors_of
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.masks import mask_of
from dougong.model.entity import Entity, Rule
from dougong.model.expression import Call, Expression
from dougong.model.field import Field
from dougong.model.text import Text

Fields = Mapping[str, Field]

_ACTIONS = ("require", "check", "show", "hide", "readonly", "set", "options", "block", "warn", "lock")
_CONDITIONAL = ("show", "block", "warn", "lock")
"""Actions that without a condition would do nothing, or refuse every record."""
_REFUSING = ("block", "warn")
_CHOICES = frozenset({"choice", "choices", "stage"})
_NEVER_SET = FILES | {"table", "embed", "links", "address", "location", "json", "rich_text", "tags"}
"""Types whose values no expression gives."""


def compile_rules(context: Context, entity: Entity, item: Item, fields: Fields) -> tuple[Rule, ...]:
    """The rules of an entity or of the rows of a sub-table, whose `fields` are complete, other than those of `entity`.

    What an entry blocks or warns of becomes a check of its own.
    """
    return tuple(rule for entry in item.items("rules") for rule in _compiled(context, entity, entry, fields))


def _compiled(context: Context, entity: Entity, item: Item, fields: Fields) -> Iterator[Rule]:
    scope = context.scope(entity)
    given = _actions(context, item)
    acts = acts_of(context, item, given)
    rule = Rule(
        when=context.optional(item, "when", scope, BOOLEAN),
        require=context.field_names(item, "require", entity),
        check=context.optional(item, "check", scope, BOOLEAN),
        message=(message := context.text(item, "message")),
        figures=messages(context, entity, item.get("message"), message),
        fields=context.field_names(item, "fields", entity),
        show=context.field_names(item, "show", entity),
        hide=context.field_names(item, "hide", entity),
        readonly=tuple(_writable(context, entity, item, fields)),
        assign=tuple(_assigned(context, entity, item, fields)),
        options=tuple(_limited(context, entity, item)),
        on=acts,
        doors=doors_of(context, entity, item, acts),
        place=item.place,
    )
    texts = {name: context.text(item, name) for name in _REFUSING if name in given}
    if rule.when is None and item.get("when") is not None:
        return
    if "lock" in given and rule.when is not None:
        locking = acts_of(context, item, ["lock"])
        yield Rule(
            when=rule.when,
            message=rule.message,
            figures=rule.figures,
            locks=True,
            on=locking,
            doors=rule.doors,
            place=rule.place,
        )
    if any(name not in (*_REFUSING, "lock") for name in given):
        yield rule
    for name, message in texts.items():
        if rule.when is not None:
            said = replace(rule, message=message, figures=messages(context, entity, item.get(name), message))
            yield _refusing(entity, said, rule.when, name == "warn")


def _actions(context: Context, item: Item) -> list[str]:
    """What an entry does; one that does nothing, or nothing without a condition, is noted."""
    given = [name for name in _ACTIONS if item.get(name) is not None]
    taken = context.checked.damaged.get(item.document, frozenset())
    if not given and not any(path[: len(item.path)] == item.path for path in taken):
        context.report("D530", item, known=", ".join(_ACTIONS))
    for name in given:
        entry = item.get(name)
        if name in _CONDITIONAL and entry is not None and item.get("when") is None:
            context.report_at_key("D531", entry, name=name)
    return given


def _refusing(entity: Entity, rule: Rule, when: Expression, is_warning: bool) -> Rule:
    """The check that is broken while a condition holds."""
    check = replace(when, text=f"NOT ({when.text})", tree=Call("NOT", (when.tree,), BOOLEAN))
    return Rule(
        check=check,
        message=rule.message,
        figures=rule.figures,
        fields=rule.fields,
        is_warning=is_warning,
        key=_fingerprint(entity, when.text, rule.message) if is_warning else "",
        on=rule.on,
        doors=rule.doors,
        place=rule.place,
    )


def _fingerprint(entity: Entity, condition: str, message: Text) -> str:
    """What a warning is confirmed by: another one as soon as it asks or says something else."""
    said = "|".join([entity.key, condition, *(f"{language}={text}" for language, text in message.texts)])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _writable(context: Context, entity: Entity, item: Item, fields: Fields) -> Iterator[str]:
    for each in item.items("readonly"):
        field = context.named_field(each, entity)
        if field is None:
            continue
        if fields[field.id].is_computed:
            _report_type(context, each, field, "a field that people fill in")
            continue
        yield field.id


def _named(context: Context, entity: Entity, item: Item, key: str) -> Iterator[tuple[Item, Field]]:
    """What stands under a key by field, as far as there are such fields."""
    for name, entry in item.entries(key):
        field = context.named_field(entry, entity, name)
        if field is not None:
            yield entry, field


def _assigned(
    context: Context, entity: Entity, item: Item, fields: Fields
) -> Iterator[tuple[str, Expression]]:
    for entry, field in _named(context, entity, item, "set"):
        if fields[field.id].is_computed or field.type in _NEVER_SET:
            _report_type(context, entry, field, "a field that an expression can fill")
            continue
        wanted = BOOLEAN if field.type == "boolean" else type_of(field)
        value = context.expression(entry, context.scope(entity), wanted)
        if value is None:
            continue
        for road in value.roads if mask_of(field) is None else ():
            if is_masked(context, entity, road):
                context.report("D467", entry, name=road.written)
        yield field.id, value


def _limited(context: Context, entity: Entity, item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry, field in _named(context, entity, item, "options"):
        if field.type not in _CHOICES:
            _report_type(context, entry, field, "a choice")
            continue
        known = {option.id for option in field.options}
        for each in entry.items():
            if each.text not in known:
                context.unknown("D316", each, each.text, known)
        yield field.id, tuple(each.text for each in entry.items() if each.text in known)


def _report_type(context: Context, item: Item, field: Field, needed: str) -> None:
    context.report("D450", item, name=field.id, type=field.type, needed=needed, advice="")
