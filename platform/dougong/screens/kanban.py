"""A board: records in the columns of a stage or choice, and where each card may go."""

from __future__ import annotations

from dataclasses import replace

from dougong.definitions.catalogue import say
from dougong.diagnostics import Refusal
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.form import View
from dougong.policy.access import access, may
from dougong.records.aggregate import aggregate, totals
from dougong.records.call import Call
from dougong.records.query import list_records
from dougong.records.record import Record
from dougong.screens.addresses import entity_path, record_path, with_query
from dougong.screens.columns import cell, column_ids, columns_for, visible_fields
from dougong.screens.filters import conjunction, literal
from dougong.screens.list import query_of
from dougong.screens.list_head import count_text, list_head
from dougong.screens.list_request import ListRequest
from dougong.screens.list_views import Opened
from dougong.screens.requirements import requirements
from dougong.screens.shape import CardMove, Empty, KanbanCard, KanbanColumn, KanbanScreen, Piece, Shown, Total
from dougong.screens.showing import option_piece, shown, stage_piece
from dougong.screens.texts import text

OTHERS = 20
"""Columns of a board for answers that are none of the options; those that are rarer still are found in the list."""
CARDS = 30


def group_field(call: Call, entity: Entity, view: View | None) -> Field | None:
    """The field whose values are the columns: the view's, else the stage; None when the reader may not see it."""
    fields = visible_fields(call, entity)
    if view is not None and view.group:
        return fields.get(view.group)
    stage = entity.stage_field
    return fields.get(stage.id) if stage else None


def kanban_screen(call: Call, key: str, look: Opened) -> KanbanScreen:
    """The board of an entity as it was opened."""
    entity, asked, view = call.release.entity(key), look.asked, look.view
    group = group_field(call, entity, view)
    if group is None:
        raise LookupError(f"{key} has nothing to group a board by")
    problem = _problem(call, key, asked, view)
    columns = () if problem else _columns(call, entity, asked, view, group)
    count = sum(int(column.count.replace(",", "")) for column in columns)
    return KanbanScreen(
        head=list_head(call, entity, look, None if problem else count, problem),
        columns=columns,
        totals=() if problem else _totals(call, entity, asked, view),
        count_text=count_text(count, call.language),
        empty=None
        if columns
        else Empty(text("nothing_found", call.language, label=entity.plural.get(call.language))),
    )


def _problem(call: Call, key: str, asked: ListRequest, view: View | None) -> str:
    try:
        list_records(call, key, replace(query_of(asked, view), limit=1, count="none", offset=0, cursor=None))
    except Refusal as refusal:
        if refusal.kind == "invalid" and refusal.problems:
            return say(refusal.problems[0], call.language)[0]
        raise
    return ""


def _columns(
    call: Call, entity: Entity, asked: ListRequest, view: View | None, group: Field
) -> tuple[KanbanColumn, ...]:
    figures = _figures(call, entity, asked, view, group)
    names = column_ids(call, entity, view)
    columns = []
    groups = _groups(entity, group, call.language)
    known = {identifier for identifier, _ in groups}
    others = [each for each in figures if each and each not in known][:OTHERS]
    for identifier, piece in [
        *groups,
        *((each, option_piece(group, each, call.language)) for each in others),
    ]:
        count, total = figures.get(identifier, (0, ""))
        narrowed = replace(
            asked,
            filter=conjunction((asked.filter, f"{group.id} = {literal(identifier)}")),
            page=1,
            cursor="",
        )
        cards: tuple[KanbanCard, ...] = ()
        slim = bool(piece.outcome)
        if count and not slim:
            page = list_records(
                call, entity.key, replace(query_of(narrowed, view), limit=CARDS, count="none")
            )
            cards = tuple(_card(call, entity, group, record, names) for record in page.rows)
        href = (
            with_query(entity_path(entity.key), narrowed.parameters(kind="grid"))
            if count > len(cards)
            else ""
        )
        more = text("show_all", call.language, count=f"{count:,}") if href else ""
        columns.append(KanbanColumn(identifier, piece, f"{count:,}", cards, total, slim, href, more))
    return tuple(columns)


def _groups(entity: Entity, group: Field, language: str) -> list[tuple[str, Piece]]:
    if group.type == "stage":
        stages = entity.pipelines[group.pipeline].stages
        return [(stage.id, stage_piece(entity, group, stage.id, language)) for stage in stages]
    return [(option.id, option_piece(group, option.id, language)) for option in group.options]


def _figures(
    call: Call, entity: Entity, asked: ListRequest, view: View | None, group: Field
) -> dict[str, tuple[int, str]]:
    """How many records each column has and what they sum up to, over the whole filter."""
    fields = visible_fields(call, entity)
    summed = next((name for name in (view.totals if view else ()) if name in fields), "")
    measures = {"count": "COUNT()"} | ({"total": f"SUM({summed})"} if summed else {})
    found = {}
    for row in aggregate(call, entity.key, [group.id], measures, query=query_of(asked, view)).rows:
        total = row[2] if summed else None
        words = shown(call, entity, fields[summed], total, {}).text if total is not None else ""
        found[row[0] or ""] = (int(row[1]), words)
    return found


def _card(call: Call, entity: Entity, group: Field, record: Record, names: tuple[str, ...]) -> KanbanCard:
    by_role: dict[str, Shown] = {}
    for column in columns_for(call, entity, names):
        if column.id != group.id and column.role:
            by_role.setdefault(column.role, cell(call, entity, record, column.id))
    movable = (
        may(call.release, call.actor, entity.key, "update")
        and group.id not in access(call.release, call.actor, entity.key, "update").locked
    )
    subtitle, figure, person = by_role.get("subtitle"), by_role.get("figure"), by_role.get("person")
    return KanbanCard(
        id=str(record.id),
        title=record.title,
        href=record_path(entity.key, record.id),
        version=record.version,
        subtitle=subtitle.text if subtitle else "",
        figure=figure.text if figure else "",
        date=by_role.get("date"),
        person=person.pieces[0] if person and person.pieces else None,
        move_action=f"{record_path(entity.key, record.id)}/move" if movable else "",
        moves=tuple(
            _move(call, entity, group, record, identifier)
            for identifier, _ in _groups(entity, group, call.language)
        )
        if movable
        else (),
    )


def _move(call: Call, entity: Entity, group: Field, record: Record, to: str) -> CardMove:
    if group.type != "stage" or record.values.get(group.id) == to:
        return CardMove(to)
    refusal, needed = requirements(call, entity, group, record, to)
    return CardMove(to, refusal, needed)


def _totals(call: Call, entity: Entity, asked: ListRequest, view: View | None) -> tuple[Total, ...]:
    fields = visible_fields(call, entity)
    names = [name for name in (view.totals if view else ()) if name in fields]
    if not names:
        return ()
    sums = totals(call, entity.key, query_of(asked, view), names)
    return tuple(
        Total(
            fields[name].label.get(call.language),
            shown(call, entity, fields[name], sums[name], {}).text,
            name,
        )
        for name in names
        if sums.get(name) is not None
    )
