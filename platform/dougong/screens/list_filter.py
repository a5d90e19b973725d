"""The filter of a list or report as people see it and add to it: chips, the conditions that fields offer, what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.model.entity import Entity
from dougong.model.expression import Expression, ListOf, Literal, Node
from dougong.model.field import Field
from dougong.model.joint import joints_of, written_label
from dougong.records.call import Call
from dougong.records.scope import condition as read_filter
from dougong.screens.columns import visible_fields
from dougong.screens.filters import Condition, conditions, conjunction, unparse
from dougong.screens.list_request import ListRequest
from dougong.screens.shape import (
    FilterChip,
    FilterField,
)
from dougong.screens.showing import option_piece
from dougong.screens.texts import listed, text


def chips(
    call: Call, entity: Entity, written: str, problem: str, link: Callable[[str], str]
) -> tuple[FilterChip, ...]:
    """The conditions of a filter in words; `link` gives the address with what is left of it without one of them."""
    if not written:
        return ()
    whole = FilterChip(text("condition", call.language), "", written, link(""), problem)
    expression = None if problem else _compiled(call, entity, written)
    found = conditions(expression.tree) if expression else None
    if not found:
        return (whole,)
    return tuple(
        _chip(call, entity, each, link(conjunction(other.text for other in found if other is not each)))
        for each in found
    )


def _chip(call: Call, entity: Entity, condition: Condition, remove: str) -> FilterChip:
    language = call.language
    field_label, last, owner = _path_label(call, entity, condition.path)
    operator = condition.operator
    if last is not None:
        offered = {each.id: each.label.get(language) for each in TYPES[last.type].operators}
        dated = {"less": "before", "more": "after"} if last.type in ("date", "datetime") else {}
        label = offered.get(dated.get(operator, operator), "") or offered.get(operator, "")
    else:
        label = ""
    symbols = {"is": "=", "is_not": "≠", "less": "<", "at_most": "≤", "more": ">", "at_least": "≥"}
    words = listed((_operand(call, owner, last, operand) for operand in condition.operands), call.language)
    return FilterChip(
        field_label,
        label or symbols.get(operator, operator),
        "" if operator in ("is_me", "yes", "no") else words,
        remove,
    )


def _path_label(call: Call, entity: Entity, path: tuple[str, ...]) -> tuple[str, Field | None, Entity]:
    """The labels along a path, and the field at its end with its entity."""
    labels, current, last = [], entity, None
    for name in path:
        last = current.fields.get(name)
        if last is None:
            labels.append(
                text(name, call.language)
                if name in ("created_at", "updated_at", "created_by", "updated_by", "id")
                else name
            )
            continue
        labels.append(last.label.get(call.language))
        if last.target is not None and last.type in ("link", "links"):
            current = call.release.entity(last.target.key)
    return " › ".join(labels), last, current


def _operand(call: Call, entity: Entity, last: Field | None, operand: Node) -> str:
    if isinstance(operand, ListOf):
        return listed((_operand(call, entity, last, item) for item in operand.items), call.language)
    if isinstance(operand, Literal):
        return _constant(call, entity, last, operand.value)
    return unparse(operand) or ""


def _constant(call: Call, entity: Entity, last: Field | None, value: object) -> str:
    if last is not None and isinstance(value, str):
        if last.type in ("choice", "choices"):
            return option_piece(last, value, call.language).text
        if last.type == "stage":
            pipeline = entity.pipelines.get(last.pipeline)
            stage = pipeline.stage(value) if pipeline else None
            return stage.label.get(call.language) if stage else value
        return value
    if last is not None and value is not None:
        try:
            return TYPES[last.type].to_text(value, last, call.language, ZoneInfo(call.timezone))
        except (TypeError, ValueError, AttributeError):
            return str(value)
    return "" if value is None else str(value)


def _compiled(call: Call, entity: Entity, source: str) -> Expression | None:
    try:
        return read_filter(call, entity.key, source)
    except Refusal:
        return None


def filter_fields(call: Call, entity: Entity) -> tuple[FilterField, ...]:
    """The fields one may filter by, with the conditions their types offer."""
    visible = visible_fields(call, entity)
    question = (entity.key, call.language, tuple(visible))
    fields: dict[object, tuple[FilterField, ...]] = call.release.room("filter fields")
    found = fields.get(question)
    if found is None:
        own = _filter_fields(entity, visible, call.language)
        found = fields[question] = (*own, *_record_kinds(call, visible))
    return found


def _filter_fields(entity: Entity, visible: Mapping[str, Field], language: str) -> tuple[FilterField, ...]:
    found = []
    for name, each in visible.items():
        kind = TYPES[each.type]
        if not kind.operators:
            continue
        operators = tuple((operator.id, operator.label.get(language)) for operator in kind.operators)
        options = tuple((option.id, option.label.get(language)) for option in each.options)
        if each.type == "stage":
            pipeline = entity.pipelines[each.pipeline]
            options = tuple((stage.id, stage.label.get(language)) for stage in pipeline.stages)
        kinds = {"date": "date", "datetime": "date", "time": "time", "colour": "color"}
        widget = "choice" if options else kinds.get(each.type, "text")
        widget = "number" if each.type in ("integer", "decimal", "money", "percent", "rating") else widget
        found.append(FilterField(name, each.label.get(language), operators, widget, options))
    return tuple(found)


def _record_kinds(call: Call, visible: Mapping[str, Field]) -> tuple[FilterField, ...]:
    """For each link to one of several entities the condition which of them a record links to."""
    language, operators = call.language, ((IS_KIND, text("filter_kind", call.language)),)
    return tuple(
        FilterField(
            name,
            written_label(links[0]).get(language),
            operators,
            "choice",
            tuple(
                (each.id, call.release.entity(each.target.key).label.get(language))
                for each in links
                if each.target is not None
            ),
        )
        for name, links in joints_of(visible.values()).items()
    )


IS_KIND = "is_kind"


def with_added_condition(call: Call, entity: Entity, asked: ListRequest) -> ListRequest:
    """The request with the chosen condition put into its filter; refused with a reason when the value does not fit."""
    name, operator_id, value = asked.added
    visible = visible_fields(call, entity)
    each = visible.get(name)
    if operator_id == IS_KIND and value in [link.id for link in joints_of(visible.values()).get(name, ())]:
        condition = f"{value} IS NOT EMPTY"
        return replace(
            asked, filter=conjunction((asked.filter, condition)), added=("", "", ""), cursor="", page=1
        )
    if each is None:
        return replace(asked, added=("", "", ""))
    kind = TYPES[each.type]
    operator = next((operator for operator in kind.operators if operator.id == operator_id), None)
    if operator is None:
        return replace(asked, added=("", "", ""))
    condition = operator.condition(name, _literals(call, each, operator.arity, value))
    return replace(
        asked, filter=conjunction((asked.filter, condition)), added=("", "", ""), cursor="", page=1
    )


def _literals(call: Call, each: Field, arity: int, value: str) -> tuple[str, ...]:
    """The operands of a condition as they are written in an expression: one, two, or with arity -1 any number."""
    if arity == 0:
        return ()
    parts = [value.strip()] if arity == 1 else [part.strip() for part in value.replace("，", ",").split(",")]
    words = tuple(word for part in parts if part for word in _operands(call, each, part))
    if not words or (arity > 0 and len(words) != arity):
        raise Refusal("invalid", [])
    return words


def _operands(call: Call, each: Field, part: str) -> tuple[str, ...]:
    kind = TYPES[each.type]
    try:
        parsed = kind.parse(part, each, Habits(call.language, ZoneInfo(call.timezone)))
    except Invalid as error:
        raise Refusal("invalid", [error.problem.diagnostic(each.id, call.language)]) from error
    return () if parsed is None else kind.literals(parsed, each)
