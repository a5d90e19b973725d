"""The view that a list is looked at through: one of the definition, or one that somebody saved and the reader may change as they look.

What a saved view says of a list takes the place of what its address leaves out, so that each of its conditions can be taken
away or added to; a view of the definition stands below the reader's own filter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dougong.model.entity import Entity
from dougong.model.form import Sort, View
from dougong.model.text import Text
from dougong.policy.offers import offered_views
from dougong.records.call import Call
from dougong.records.order import parse_sort
from dougong.records.saved_views import SavedView, views_to_begin
from dougong.records.view_settings import SYSTEM_COLUMNS, groupable, readable, sortable
from dougong.screens.list_request import EVERYTHING, ListRequest, is_saved


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as it is looked at: the request with everything that its view adds to it, and the view."""

    asked: ListRequest
    view: View | None
    saved: SavedView | None = None
    offered: tuple[SavedView, ...] = ()
    """The saved views that the reader has of this entity."""
    begins_with: str = ""
    """The view that the reader chose for the list to begin with."""
    is_lost: bool = False
    """Whether a saved view was asked for that the reader does not have."""
    left_out: tuple[str, ...] = ()
    """What an own view names and is not there any more."""
    is_changed: bool = False
    """Whether the list differs from the saved view that it began as."""


def opened(call: Call, entity: Entity, asked: ListRequest) -> Opened:
    """The list that an address means: without a view, the one that the reader chose to begin with, else the first."""
    offered, begins_with = views_to_begin(call, entity.key)
    wanted = asked.view or begins_with
    saved = next((each for each in offered if str(each.id) == wanted), None)
    if saved is not None:
        return _through(call, entity, asked, saved, offered, begins_with)
    known = [each.id for each in offered_views(call.release, call.actor, entity)]
    is_lost = is_saved(asked.view)
    chosen = replace(asked, view=EVERYTHING if is_lost else wanted if wanted in known else asked.view)
    view = _with_columns(call, entity, view_of(call, entity, chosen.view), chosen)
    return Opened(chosen, view, None, offered, begins_with, is_lost)


def _through(
    call: Call,
    entity: Entity,
    asked: ListRequest,
    saved: SavedView,
    offered: tuple[SavedView, ...],
    begins_with: str,
) -> Opened:
    left = _readable(call, entity, saved)
    settled = preset(left, replace(asked, view=str(saved.id)))
    left_out = _left_out(saved, left) if saved.owner_id == call.actor.id else ()
    is_changed = bool(left_out) or settled.stated != preset(left, ListRequest()).stated
    view = _shown(entity, left, settled)
    return Opened(settled, view, saved, offered, begins_with, False, left_out, is_changed)


def view_of(call: Call, entity: Entity, wanted: str) -> View | None:
    """The definition's view that was asked for, else the first; `*` is all records without a view, as figures lead to them.

    A saved view says everything in the request itself.
    """
    if wanted == EVERYTHING or is_saved(wanted):
        return None
    views = offered_views(call.release, call.actor, entity)
    return next((view for view in views if view.id == wanted), views[0] if views else None)


def preset(saved: SavedView, asked: ListRequest) -> ListRequest:
    """The request with what the saved view says where the address says nothing."""
    return replace(
        asked,
        filter=asked.filter if "filter" in asked.given else saved.filter,
        sort=asked.sort or saved.sort,
        columns=asked.columns or saved.columns,
        kind=asked.kind or saved.kind,
        size=asked.size if "size" in asked.given else saved.size or asked.size,
        given=("filter", "size"),
    )


def sort_text(sort: tuple[Sort, ...]) -> str:
    """An order as the address of a list spells it."""
    return ",".join(f"-{each.field}" if each.descending else each.field for each in sort)


def _readable(call: Call, entity: Entity, saved: SavedView) -> SavedView:
    """The view without what the reader cannot see."""
    columns, orders = readable(call, entity), sortable(call, entity)
    return replace(
        saved,
        sort=sort_text(tuple(each for each in parse_sort(saved.sort) if each.field in orders)),
        columns=tuple(name for name in saved.columns if name in columns or name in SYSTEM_COLUMNS),
        group=saved.group if saved.group in groupable(call, entity) else "",
    )


def _left_out(saved: SavedView, left: SavedView) -> tuple[str, ...]:
    kept = {*left.columns, *(each.field for each in parse_sort(left.sort)), left.group}
    named = (*saved.columns, *(each.field for each in parse_sort(saved.sort)), saved.group)
    return tuple(dict.fromkeys(name for name in named if name not in kept))


def _shown(entity: Entity, left: SavedView, asked: ListRequest) -> View:
    is_board = left.kind == "kanban" and (left.group or entity.stage_field is not None)
    return View(
        id=str(left.id),
        entity=entity.id,
        label=Text.of(left.name),
        kind="kanban" if is_board else "grid",
        columns=asked.columns,
        group=left.group,
    )


def _with_columns(call: Call, entity: Entity, view: View | None, asked: ListRequest) -> View | None:
    """The view with the columns that the address names."""
    known = readable(call, entity)
    columns = tuple(name for name in asked.columns if name in known or name in SYSTEM_COLUMNS)
    if not columns:
        return view
    if view is None:
        return View(EVERYTHING, entity.id, Text(), columns=columns)
    return replace(view, columns=columns)
