"""What stands above a list or a board: views, search, filter, order and the actions over all records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.model.entity import Entity
from dougong.model.expression import Expression, ListOf, Literal, Node
from dougong.model.field import Field
from dougong.model.form import View
from dougong.model.joint import joints_of, written_label
from dougong.policy.access import may
from dougong.policy.offers import may_design, offered_views
from dougong.records.call import Call
from dougong.records.scope import condition as read_filter
from dougong.screens.addresses import designer_path, entity_path, with_query
from dougong.screens.columns import SYSTEM, UNLISTED, column_ids, visible_fields
from dougong.screens.filters import Condition, conditions, conjunction, unparse
from dougong.screens.list_request import EVERYTHING, NO_FILTER, ListRequest, is_saved
from dougong.screens.list_views import Opened
from dougong.screens.numbering import numbering_actions
from dougong.screens.recycle_bin import bin_action
from dougong.screens.shape import (
    Action,
    ColumnChoice,
    Filter,
    FilterChip,
    FilterField,
    ListHead,
    Notice,
    SortChoice,
    Tab,
)
from dougong.screens.showing import option_piece
from dougong.screens.texts import counted, listed, text
from dougong.screens.view_menu import view_menu


def list_head(call: Call, entity: Entity, look: Opened, count: int | None, problem: str) -> ListHead:
    """The head of a list; `problem` says why the filter could not be read."""
    asked, view, language = look.asked, look.view, call.language
    path = entity_path(entity.key)
    active_sort, descending = asked.sort.lstrip("-"), asked.sort.startswith("-")
    return ListHead(
        title=entity.plural.get(language),
        filter=_filter(call, entity, asked, view, problem),
        count=f"{count:,}" if count is not None else "",
        views=_views(call, entity, look),
        saving=view_menu(call, entity, look, problem),
        kinds=_kinds(entity, view, asked, language),
        search=asked.q,
        sort_label=_sort_label(entity, asked, language),
        sorts=tuple(
            SortChoice(
                each.label.get(language),
                with_query(
                    path,
                    asked.parameters(sort=f"-{name}" if active_sort == name and not descending else name),
                ),
                active_sort == name,
                active_sort == name and descending,
            )
            for name, each in visible_fields(call, entity).items()
            if TYPES[each.type].sortable
        ),
        actions=_actions(call, entity),
        menu=_menu(call, entity, asked),
        columns=_columns(call, entity, view),
        columns_action=f"{path}/columns",
        notices=_notices(call, look, problem),
        help=view.help.get(language) if view else "",
    )


def _views(call: Call, entity: Entity, look: Opened) -> tuple[Tab, ...]:
    """The views of the definition, then those that people saved; the one that is looked at stands among them."""
    path, active = entity_path(entity.key), look.view
    defined = tuple(
        Tab(
            view.id,
            view.label.get(call.language),
            with_query(path, [("view", view.id)]),
            icon="layout-kanban" if view.kind == "kanban" else "",
            active=look.saved is None and active is not None and view.id == active.id,
        )
        for view in offered_views(call.release, call.actor, entity)
    )
    saved = tuple(
        Tab(
            str(each.id),
            each.name,
            with_query(path, [("view", str(each.id))]),
            icon="bookmark" if each.owner_id == call.actor.id else "users",
            active=look.saved is each,
        )
        for each in look.offered
    )
    tabs = (*defined, *saved)
    if look.asked.view != EVERYTHING:
        return tabs
    href = with_query(path, [("view", EVERYTHING)])
    return (*tabs, Tab(EVERYTHING, text("all_records", call.language), href, active=True))


def _columns(call: Call, entity: Entity, view: View | None) -> tuple[ColumnChoice, ...]:
    """The columns one may show: those that are shown in their order, then the others."""
    fields = visible_fields(call, entity)
    shown = column_ids(call, entity, view)
    others = (name for name, each in fields.items() if name not in shown and each.type not in UNLISTED)
    system = (name for name in SYSTEM if name not in shown)
    return tuple(
        ColumnChoice(
            name,
            fields[name].label.get(call.language) if name in fields else text(name, call.language),
            name in shown,
        )
        for name in (*shown, *others, *system)
    )


def _notices(call: Call, look: Opened, problem: str) -> tuple[Notice, ...]:
    """What is wrong with the list, and what can be done about it."""
    language, found = call.language, []
    if look.is_lost:
        found.append(Notice(text("view_lost", language), "warn"))
    if look.saved is not None and look.saved.problems and problem:
        found.append(Notice(text("view_broken", language, reason=problem), "bad"))
    elif problem:
        found.append(Notice(text("bad_filter", language, reason=problem), "bad"))
    if look.left_out:
        found.append(Notice(text("view_left_out", language, names=listed(look.left_out, language)), "warn"))
    return tuple(found)


def _kinds(entity: Entity, view: View | None, asked: ListRequest, language: str) -> tuple[Tab, ...]:
    """Grid or board: an entity with a stage can be seen as both."""
    if entity.stage_field is None and (view is None or view.kind != "kanban"):
        return ()
    kind = asked.kind or (view.kind if view else "grid")
    path = entity_path(entity.key)
    return tuple(
        Tab(
            each,
            text(each, language),
            with_query(path, asked.parameters(kind=each)),
            icon=icon,
            active=kind == each,
        )
        for each, icon in (("grid", "table"), ("kanban", "layout-kanban"))
    )


def _sort_label(entity: Entity, asked: ListRequest, language: str) -> str:
    name = asked.sort.lstrip("-").split(",")[0]
    if not name:
        return text("default_sort", language)
    known = entity.fields.get(name)
    label = (
        known.label.get(language)
        if known
        else text(name, language)
        if name in ("created_at", "updated_at")
        else name
    )
    return text("sorted_by", language, label=label)


def _actions(call: Call, entity: Entity) -> tuple[Action, ...]:
    path, language = entity_path(entity.key), call.language
    actions = []
    if may(call.release, call.actor, entity.key, "import"):
        actions.append(Action("import", text("import", language), f"{path}/import", icon="upload"))
    if may(call.release, call.actor, entity.key, "create"):
        label = text("new", language, label=entity.label.get(language))
        actions.append(Action("new", label, f"{path}/new", icon="plus", kind="primary", shortcut="C"))
    return tuple(actions)


def _menu(call: Call, entity: Entity, asked: ListRequest) -> tuple[Action, ...]:
    path, language = entity_path(entity.key), call.language
    menu = []
    if may(call.release, call.actor, entity.key, "export"):
        for kind in ("csv", "xlsx"):
            href = with_query(f"{path}/export", [*asked.parameters(), ("format", kind)])
            menu.append(Action(f"export-{kind}", text(f"export_{kind}", language), href, icon="download"))
        href = with_query(f"{path}/export/new", asked.parameters())
        menu.append(Action("export", text("export_more", language), href, icon="download"))
    if may(call.release, call.actor, entity.key, "update"):
        href = with_query(f"{path}/change", asked.parameters())
        menu.append(Action("change-all", text("change_all", language), href, icon="pencil"))
    if may(call.release, call.actor, entity.key, "delete"):
        menu.append(bin_action(entity.key, language))
    menu += numbering_actions(call, entity)
    if may_design(call.release, call.actor, entity.app):
        menu.append(
            Action("design", text("design", language), designer_path(entity.app, entity.id), icon="tools")
        )
    return tuple(menu)


# -- the filter ---------------------------------------------------------------------------------------------------------


def _filter(call: Call, entity: Entity, asked: ListRequest, view: View | None, problem: str) -> Filter:
    path = entity_path(entity.key)
    savable = bool(asked.filter) and not problem and may_design(call.release, call.actor, entity.app)
    base = view.id if view is not None and not is_saved(view.id) else ""
    saved = (("filter", asked.filter), ("sort", asked.sort), ("view", base))
    others = asked.parameters(filter="", q="")
    kept = tuple(pair for pair in others if pair[1] and pair[0] != "filter")
    return Filter(
        action=path,
        expression=asked.filter,
        stated=asked.filter or (NO_FILTER if is_saved(asked.view) else ""),
        chips=_chips(call, entity, asked, problem),
        fields=kept,
        choices=filter_fields(call, entity),
        problem=problem,
        clear_href=with_query(path, asked.parameters(filter="", q="")) if asked.filter or asked.q else "",
        check=f"/api/v1{path}/check",
        save_action=designer_path(entity.app, entity.id) if savable else "",
        save_fields=(("operation", "add_view"), *saved) if savable else (),
    )


def _chips(call: Call, entity: Entity, asked: ListRequest, problem: str) -> tuple[FilterChip, ...]:
    if not asked.filter:
        return ()
    path = entity_path(entity.key)
    whole = FilterChip(
        text("condition", call.language),
        "",
        asked.filter,
        with_query(path, asked.parameters(filter="")),
        problem,
    )
    expression = None if problem else _compiled(call, entity, asked.filter)
    found = conditions(expression.tree) if expression else None
    if not found:
        return (whole,)
    chips = []
    for index, condition in enumerate(found):
        others = conjunction(each.text for place, each in enumerate(found) if place != index)
        chips.append(_chip(call, entity, condition, with_query(path, asked.parameters(filter=others))))
    return tuple(chips)


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
    question = ("filter fields", entity.key, call.language, tuple(visible))
    found = call.release.cache.get(question)
    if not isinstance(found, tuple):
        own = _filter_fields(entity, visible, call.language)
        found = call.release.cache[question] = (*own, *_record_kinds(call, visible))
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


def count_text(count: int, language: str) -> str:
    """How many records there are, in words."""
    return counted("count", count, language)
