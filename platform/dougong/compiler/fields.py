"""Fields: their settings resolved; expressions follow once all names are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from dougong.compiler import embeds, serials, virtual
from dougong.compiler.context import BOOLEAN, Context, humanised, place_for, type_of
from dougong.compiler.item import Item
from dougong.definitions.schemas.common import SYSTEM_COLUMNS
from dougong.diagnostics import Diagnostic
from dougong.expressions import check_form
from dougong.expressions.scope import Scope
from dougong.expressions.types import EMPTY
from dougong.fieldtypes import TYPES
from dougong.model.expression import Expression, Literal
from dougong.model.field import Field, LinkTarget, OneOf, Option
from dougong.model.text import Text

_COLUMNS = {*SYSTEM_COLUMNS, "deleted_at", "deleted_by", "parent", "parent_id", "position"}
_WORDS = {
    "and",
    "or",
    "not",
    "in",
    "like",
    "between",
    "is",
    "empty",
    "true",
    "false",
    "null",
    "me",
    "where",
    "this",
}
RESERVED = frozenset(_COLUMNS | _WORDS)
"""System columns and words of the expression language, which a formula could not tell from a field."""
_COMMON = frozenset(
    {
        "type",
        "label",
        "help",
        "required",
        "unique",
        "default",
        "formula",
        "stored",
        "was",
        "copy",
        "min",
        "max",
    }
    | {"backfill", "unfit", "placeholder", "grid_width", "scan", "hidden_value"}
)
_OWN = frozenset(
    {
        "max_length",
        "pattern",
        "decimals",
        "digits",
        "currency",
        "options",
        "to",
        "one_of",
        "on_delete",
        "inverse",
        "inverse_label",
        "fill",
        "filter",
    }
    | {"pipeline", "parts", "reset", "per", "multiple", "accept", "max_size", "fields", "rules"}
)

_KNOWN = _COMMON | _OWN
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MAX_SIZE = 20 * 1024 * 1024


def shell(context: Context, item: Item, entity: str) -> Field | None:
    """A field without its expressions, or nothing when its id is reserved, which is noted."""
    if item.name in RESERVED:
        context.report_at_key("D211", item, name=item.name, suggestion=f"{item.name}_value")
        context.damaged.add(item.name)
        return None
    kind = TYPES[item.string("type")]
    given = item.value
    settings: Mapping[str, Any] = {**_defaults(kind.id), **(given if isinstance(given, dict) else {})}
    own = {name: settings[name] for name in settings if name not in _KNOWN}
    return Field(
        id=item.name,
        type=kind.id,
        label=context.label(item),
        help=context.text(item, "help"),
        placeholder=context.text(item, "placeholder"),
        grid_width=str(settings.get("grid_width", "")),
        scan=bool(settings.get("scan", False)),
        required=bool(settings.get("required", False)),
        unique=bool(settings.get("unique", kind.id == "serial")),
        hidden_value=str(settings.get("hidden_value", "keep")),
        minimum=_constant(settings.get("min")),
        maximum=_constant(settings.get("max")),
        max_length=settings.get("max_length"),
        pattern=str(settings.get("pattern", "")),
        decimals=int(settings.get("decimals", 0)),
        digits=int(settings.get("digits", 18)),
        currency=str(settings.get("currency", "")) or (context.currency if kind.id == "money" else ""),
        options=_options(context, item),
        target=_target(context, item, kind.id, settings),
        one_of=_one_of(context, item),
        pipeline=str(settings.get("pipeline", "")),
        parts=serials.parts(item),
        reset=str(settings.get("reset", "never")),
        multiple=bool(settings.get("multiple", False)),
        accept=tuple(settings.get("accept", ())),
        max_size=int(settings.get("max_size", _MAX_SIZE)),
        was=str(settings.get("was", "")),
        copies=settings.get("copy"),
        backfill=_backfill(context, item),
        unfit=str(settings.get("unfit", "")),
        table=f"{context.app}.{entity}/{item.name}" if kind.id == "table" else "",
        formula=_written(item),
        stored=bool(settings.get("stored", True)),
        place=item.key_place,
        extra=MappingProxyType(own) if own else _NOTHING,
    )


def _written(item: Item) -> Expression | None:
    """A formula that is not compiled yet: whoever reads the field before knows that it is computed."""
    formula = item.get("formula")
    return Expression(formula.text, Literal(None, EMPTY), EMPTY) if formula is not None else None


def _one_of(context: Context, item: Item) -> OneOf | None:
    """What a link stands for that was made for one of several entities."""
    written = item.get("one_of")
    if written is None:
        return None
    name, required = written.string("field"), written.get("required")
    return OneOf(name, context.label(written, name), required is not None and required.value is True)


@cache
def _defaults(kind: str) -> Mapping[str, Any]:
    return TYPES[kind].defaults


def _backfill(context: Context, item: Item) -> str:
    """The text of a backfill, which speaks of the version before: only its form can be checked here, its names by a plan."""
    given = item.get("backfill")
    if given is None:
        return ""
    context.problems.extend(check_form(given.text, given.place, given.shown))
    return given.text


def _constant(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None


def _options(context: Context, item: Item) -> tuple[Option, ...]:
    return tuple(
        Option(identifier, _option_label(context, item, option), option.string("colour"))
        for identifier, option in item.entries("options")
    )


def _option_label(context: Context, item: Item, option: Item) -> Text:
    """The label of an option, which is `id: text`, `id: {label: text, colour: …}` or `id:` alone."""
    if option.get("label") is not None or option.get("colour") is not None:
        return context.label(option, option.name)
    options = item.get("options")
    if option.value is None or options is None:
        return Text.of(humanised(option.name))
    return context.text(options, option.name)


def _target(context: Context, item: Item, kind: str, settings: Mapping[str, Any]) -> LinkTarget | None:
    named = item.get("to")
    if named is None:
        return None
    app, _, entity = named.text.rpartition(".")
    label = context.text(item, "inverse_label")
    on_delete = str(settings.get("on_delete", "restrict"))
    return LinkTarget(app or context.app, entity, on_delete, str(settings.get("inverse", "")), label)


def complete(context: Context, item: Item, field: Field, scope: Scope) -> Field:
    """The field with its expressions compiled and its settings checked against each other."""
    default = _default(context, item, scope, field)
    written = item.get("formula")
    formula = (
        context.expression(written, scope, type_of(field), sql=not field.stored)
        if written is not None
        else None
    )
    minimum = _bound(context, item, "min", scope, field.minimum, field)
    maximum = _bound(context, item, "max", scope, field.maximum, field)
    known = field
    if (default, field.formula, minimum, maximum) != (None, None, None, None):
        # Most fields have none of these; those of large apps are not copied for nothing.
        known = replace(field, default=default, formula=formula, minimum=minimum, maximum=maximum)
    if field.type == "embed":
        known = embeds.complete(context, item, scope, known)
    if field.type == "serial":
        known = serials.complete(context, item, scope, known)
    for name in ("default", "required"):
        if (
            item.get("formula") is not None
            and (given := item.get(name)) is not None
            and given.value is not False
        ):
            context.report_at_key("D451", given, first="formula", second=name)
    for name in ("backfill", "unfit"):
        if item.get("formula") is not None and (given := item.get(name)) is not None:
            context.report_at_key("D451", given, first="formula", second=name)
    clearing = item.get("on_delete")
    if clearing is not None and clearing.text == "clear" and field.required:
        context.report("D451", clearing, first="required", second="on_delete: clear")
    virtual.check(context, item, field)
    _check_roles(context, item)
    context.problems.extend(_placed(finding, item) for finding in TYPES[field.type].build(known))
    return known


def _check_roles(context: Context, item: Item) -> None:
    """The roles that limit whom a field of people may hold."""
    limits = tuple(item.items("roles"))
    known = {*context.checked.folder("roles"), "owner"} if limits else set()
    for role in limits:
        if role.text not in known and not context.checked.is_damaged(f"roles/{role.text}"):
            context.unknown("D303", role, role.text, known)


def _default(context: Context, item: Item, scope: Scope, field: Field) -> Expression | None:
    return context.optional(item, "default", scope, BOOLEAN if field.type == "boolean" else type_of(field))


def _bound(
    context: Context, item: Item, name: str, scope: Scope, constant: Any, field: Field
) -> Decimal | Expression | None:
    if constant is not None:
        return Decimal(constant)
    return context.optional(item, name, scope, type_of(field))


def _placed(finding: Diagnostic, item: Item) -> Diagnostic:
    """A finding of a field type, at the setting it names, else at the field."""
    about = item
    for step in finding.path.split("/"):
        about = about.get(step) or about
    return replace(finding, place=place_for(finding, about.place), path=about.shown)
