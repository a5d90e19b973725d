"""The page of one record: head, path of stages, facts, sections, related lists, timeline and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.fieldtypes.masks import STAR, mask_of
from dougong.model.entity import DELETE, UPDATE, Entity, Inverse
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access, may
from dougong.policy.masks import REVEAL, may_reveal
from dougong.policy.offers import may_design
from dougong.records.call import Call
from dougong.records.query import Query
from dougong.records.record import Record
from dougong.records.related import related, related_lists
from dougong.records.rule_states import locks_on
from dougong.records.who_can import may_ask_who
from dougong.screens.addresses import (
    designer_path,
    entity_path,
    history_path,
    merge_path,
    record_path,
    share_path,
    transfer_path,
    with_query,
)
from dougong.screens.columns import column_ids, columns_for, row_for, sub_row
from dougong.screens.filters import literal
from dougong.screens.form import layout_of
from dougong.screens.list_request import EVERYTHING
from dougong.screens.requirements import requirements
from dougong.screens.rights import locked_notices, may_do
from dougong.screens.shape import (
    Action,
    ApprovalBox,
    Confirm,
    Event,
    Fact,
    Link,
    Notice,
    PathStage,
    RecordField,
    RecordScreen,
    RecordSection,
    RelatedList,
    Requirements,
    Table,
)
from dougong.screens.showing import shown
from dougong.screens.texts import counted, text
from dougong.screens.timeline import timeline

RELATED_ROWS = 5
RELATED_COLUMNS = 4


def record_screen(
    call: Call,
    record: Record,
    approval: ApprovalBox | None = None,
    actions: tuple[Action, ...] = (),
    locked: bool = False,
    events: tuple[Event, ...] = (),
) -> RecordScreen:
    """The page of a record that was read for this reader; `actions` are those of its workflows."""
    entity = call.release.entity(record.key)
    language = call.language
    path = record_path(record.key, record.id)
    stage = entity.stage_field
    ruled = locks_on(call, record.key, record.id)
    fixed, kept = locked or UPDATE in ruled, locked or DELETE in ruled
    stages: tuple[PathStage, ...] = ()
    if stage is not None and stage.id in record.values:
        stages = _path(call, entity, stage, record, fixed)
    return RecordScreen(
        title=record.title,
        number=_number(entity, record),
        crumbs=(Link(entity.plural.get(language), entity_path(entity.key), icon=entity.icon),),
        sections=sections_of(call, entity, record),
        actions=(*actions, *_actions(call, record, path, fixed)),
        menu=_menu(call, entity, record, path, fixed, kept),
        path=stages,
        path_note=_path_note(stages, language),
        requirements=_requirements(call, entity, stage, record) if stages else None,
        facts=_facts(call, entity, record),
        notices=(
            *((Notice(text("card_locked", language), "warn"),) if locked and approval is None else ()),
            *locked_notices(ruled, language),
        ),
        related=_related(call, entity, record),
        timeline=timeline(call, record, events),
        approval=approval,
    )


def _number(entity: Entity, record: Record) -> str:
    serial = next(
        (field for field in entity.fields.values() if field.type == "serial" and field.id in record.values),
        None,
    )
    number = str(record.values.get(serial.id) or "") if serial else ""
    return "" if number == record.title else number


def _facts(call: Call, entity: Entity, record: Record) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            entity.fields[name].label.get(call.language),
            shown(call, entity, entity.fields[name], record.values[name], record.titles),
        )
        for name in layout_of(call, entity).facts
        if name in entity.fields and name in record.values
    )


def sections_of(
    call: Call, entity: Entity, record: Record, hide: frozenset[str] = frozenset()
) -> tuple[RecordSection, ...]:
    """The sections of a record with the values its reader may see."""
    found = []
    for section in layout_of(call, entity).sections:
        places = [
            each
            for each in section.fields
            if each.field in entity.fields and each.field in record.values and each.field not in hide
        ]
        unfilled = _unfilled(entity, record, [each.field for each in places])
        fields = tuple(
            _field(call, entity, entity.fields[each.field], record, each.width)
            for each in places
            if each.field not in unfilled
        )
        if fields:
            found.append(RecordSection(section.id, section.label.get(call.language), fields, section.columns))
    return tuple(found)


def _unfilled(entity: Entity, record: Record, names: list[str]) -> set[str]:
    """Of links to one of several entities all that are not filled, but for the first one where none is."""
    groups: dict[str, list[str]] = {}
    for name in names:
        written = entity.fields[name].one_of
        if written is not None:
            groups.setdefault(written.field, []).append(name)
    kept = {
        next((each for each in group if record.values[each] is not None), group[0])
        for group in groups.values()
    }
    return {each for group in groups.values() for each in group} - kept


def _field(call: Call, entity: Entity, field: Field, record: Record, width: int) -> RecordField:
    named = field.label if field.one_of is None else field.one_of.label
    label, help_text = named.get(call.language), field.help.get(call.language)
    value = record.values[field.id]
    if field.type == "table":
        table = _rows(call, field, record)
        return RecordField(field.id, label, shown(call, entity, field, None, {}), width, help_text, table)
    displayed = shown(call, entity, field, value, record.titles)
    return RecordField(field.id, label, displayed, width, help_text, reveal=_reveal(call, field, record))


def _reveal(call: Call, field: Field, record: Record) -> str:
    """Where a masked value that is there is asked for, by those who may see it whole."""
    if mask_of(field) is None or record.values[field.id] is None or STAR not in record.values[field.id]:
        return ""
    open_to = may_reveal(call.release, call.actor, record.key, field.id)
    return (
        f"{record_path(record.key, record.id)}/reveal"
        if open_to and may_do(call, record.key, record.id, REVEAL)
        else ""
    )


def _rows(call: Call, field: Field, record: Record) -> Table:
    rows_entity = call.release.entity(field.table)
    hidden = access(call.release, call.actor, field.table, "read").hidden
    names = tuple(name for name in rows_entity.fields if name not in hidden)
    rows = record.values[field.id] or []
    open_to = _revealed_columns(call, field, rows_entity, record)
    return Table(
        columns_for(call, rows_entity, names),
        tuple(
            replace(
                sub_row(call, rows_entity, row, record.titles, names),
                reveals=tuple(_reveal_path(field, row, name) if name in open_to else "" for name in names)
                if open_to
                else (),
            )
            for row in rows
        ),
        note=counted("rows", len(rows), call.language),
        reveal_action=f"{record_path(record.key, record.id)}/reveal" if open_to else "",
    )


def _revealed_columns(call: Call, field: Field, rows_entity: Entity, record: Record) -> frozenset[str]:
    """The masked columns of a sub-table whose values the reader may ask for whole."""
    names = frozenset(
        name
        for name, each in rows_entity.fields.items()
        if mask_of(each) is not None and may_reveal(call.release, call.actor, field.table, name)
    )
    return names if names and may_do(call, record.key, record.id, REVEAL) else frozenset()


def _reveal_path(field: Field, row: Mapping[str, Value], name: str) -> str:
    value = row.get(name)
    return f"{field.id}.{name}" if isinstance(value, str) and STAR in value else ""


# -- the path of stages -------------------------------------------------------------------------------------------------


def _path(call: Call, entity: Entity, field: Field, record: Record, locked: bool) -> tuple[PathStage, ...]:
    pipeline = entity.pipelines[field.pipeline]
    current = str(record.values.get(field.id) or pipeline.stages[0].id)
    position = next((index for index, stage in enumerate(pipeline.stages) if stage.id == current), 0)
    rights = access(call.release, call.actor, entity.key, "update")
    movable = rights.allowed and field.id not in rights.locked and not locked
    stages = []
    for index, stage in enumerate(pipeline.stages):
        state = "done" if index < position else "now" if index == position else "todo"
        if stage.outcome and index == position:
            state = stage.outcome
        if stage.outcome and index < position:
            state = "todo"
        action = _move(call, entity, field, record, stage.id) if movable and index != position else None
        stages.append(PathStage(stage.id, stage.label.get(call.language), state, action=action))
    return tuple(stages)


def _move(call: Call, entity: Entity, field: Field, record: Record, to: str) -> Action | None:
    refusal, needed = requirements(call, entity, field, record, to)
    if refusal:
        return None
    stage = entity.pipelines[field.pipeline].stage(to)
    label = stage.label.get(call.language) if stage else to
    missing = [each.label for each in needed if each.state == "missing"]
    facts = tuple((each, text("empty_value", call.language)) for each in missing)
    confirm = Confirm(text("stage_move", call.language, stage=label), button=label, facts=facts)
    fields = (("to", to), ("version", str(record.version)))
    return Action(
        f"move-{to}",
        label,
        f"{record_path(record.key, record.id)}/move",
        "post",
        fields=fields,
        confirm=confirm,
    )


def _path_note(stages: tuple[PathStage, ...], language: str) -> str:
    position = next(
        (index for index, stage in enumerate(stages) if stage.state in ("now", "won", "lost")), None
    )
    return "" if position is None else text("stage_step", language, number=position + 1, count=len(stages))


def _requirements(call: Call, entity: Entity, field: Field | None, record: Record) -> Requirements | None:
    """What the next stage needs, when it needs anything."""
    if field is None:
        return None
    stages = entity.pipelines[field.pipeline].stages
    position = next(
        (index for index, stage in enumerate(stages) if stage.id == record.values.get(field.id)), None
    )
    if position is None or position + 1 >= len(stages) or stages[position].outcome:
        return None
    following = stages[position + 1]
    refusal, needed = requirements(call, entity, field, record, following.id)
    if refusal or not needed:
        return None
    return Requirements(text("stage_needs", call.language, stage=following.label.get(call.language)), needed)


# -- actions ------------------------------------------------------------------------------------------------------------


def _actions(call: Call, record: Record, path: str, locked: bool) -> tuple[Action, ...]:
    if locked or not may_do(call, record.key, record.id, "update"):
        return ()
    return (Action("edit", text("edit", call.language), f"{path}/edit", icon="pencil", shortcut="E"),)


def _menu(
    call: Call, entity: Entity, record: Record, path: str, fixed: bool, kept: bool
) -> tuple[Action, ...]:
    language, menu = call.language, []
    if may(call.release, call.actor, entity.key, "create") and may_do(call, entity.key, record.id, "copy"):
        href = with_query(f"{entity_path(entity.key)}/new", [("copy", str(record.id))])
        menu.append(Action("copy", text("copy", language), href, icon="copy"))
    if not fixed and entity.owner and may_do(call, entity.key, record.id, "transfer"):
        href = transfer_path(record.key, record.id)
        menu.append(Action("transfer", text("transfer", language), href, icon="user-share"))
    if may_do(call, entity.key, record.id, "share"):
        menu.append(
            Action("share", text("share", language), share_path(record.key, record.id), icon="users-plus")
        )
    menu.append(
        Action("history", text("history", language), history_path(record.key, record.id), icon="history")
    )
    deletable = not kept and may_do(call, record.key, record.id, "delete")
    if deletable and not fixed and may_do(call, record.key, record.id, "update"):
        href = merge_path(record.key, record.id)
        menu.append(Action("merge", text("merge_more", language), href, icon="arrows-join"))
    if deletable:
        title = text("delete_title", language, title=record.title)
        confirm = Confirm(title, text("delete_one_text", language), text("delete", language))
        fields = (("version", str(record.version)),)
        menu.append(
            Action(
                "delete",
                text("delete", language),
                f"{path}/delete",
                "post",
                "trash",
                "danger",
                fields,
                confirm,
            )
        )
    if may_ask_who(call, record.key, record.id):
        href = f"{path}/access"
        menu.append(Action("access", text("seeing_title", language), href, icon="users"))
    if may_design(call.release, call.actor, entity.app):
        menu.append(
            Action("design", text("design", language), designer_path(entity.app, entity.id), icon="tools")
        )
    return tuple(menu)


# -- related records ----------------------------------------------------------------------------------------------------


def _related(call: Call, entity: Entity, record: Record) -> tuple[RelatedList, ...]:
    return tuple(_related_list(call, record, inverse) for inverse in related_lists(call, entity.key))


def _related_list(call: Call, record: Record, inverse: Inverse) -> RelatedList:
    language = call.language
    other = call.release.entity(inverse.key)
    page = related(
        call, record.key, record.id, inverse.id, Query(limit=RELATED_ROWS, count="exact", sort="-updated_at")
    )
    names = tuple(name for name in column_ids(call, other, None) if name != inverse.field)[:RELATED_COLUMNS]
    path = entity_path(inverse.key)
    add = None
    if may(call.release, call.actor, inverse.key, "create"):
        href = with_query(f"{path}/new", [(inverse.field, str(record.id))])
        add = Action(
            f"add-{inverse.id}", text("new", language, label=other.label.get(language)), href, icon="plus"
        )
    condition = (
        f"{literal(record.id)} IN {inverse.field}"
        if inverse.many
        else f"{inverse.field} = {literal(record.id)}"
    )
    everything = (
        with_query(path, [("view", EVERYTHING), ("filter", condition)])
        if (page.count or 0) > RELATED_ROWS
        else ""
    )
    rows = tuple(row_for(call, other, each, names) for each in page.rows)
    table = Table(columns_for(call, other, names), rows)
    return RelatedList(
        inverse.id,
        inverse.label.get(language),
        f"{page.count or 0:,}",
        table,
        add,
        everything,
        text("no_related", language),
    )
