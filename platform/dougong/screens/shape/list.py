"""A list of records as a grid, and the head that grid and kanban share."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.parts import Action, Column, Empty, Notice, Row, Tab, Total


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One condition of the filter in words; `remove_href` is the list without it. `problem` marks a
    condition that no longer holds.
    """

    field: str
    operator: str
    value: str
    remove_href: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field one may filter by: `operators` are (id, label); `widget` is text | number | date | choice;
    `options` are (value, label).
    """

    id: str
    label: str
    operators: tuple[tuple[str, str], ...]
    widget: str = "text"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """The filter of a list: chips where it is a simple conjunction, and always the expression it stands
    for.

    `action` is a GET address that takes `filter` (the expression) or one more condition as `add_field`,
    `add_operator`, `add_value`; `fields` holds the other parameters to keep (view, sort, q). `check` takes POST {text, purpose,
    caret} while somebody types. `save_action` takes POST operation=add_view, `label` and `save_fields` of who may design the app.
    """

    action: str
    expression: str = ""
    chips: tuple[FilterChip, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    choices: tuple[FilterField, ...] = ()
    problem: str = ""
    clear_href: str = ""
    check: str = ""
    save_action: str = ""
    save_fields: tuple[tuple[str, str], ...] = ()
    stated: str = ""
    """What other forms send along as `filter`, so that it stays; `*` where a saved view has one and the reader wants none."""


@dataclass(frozen=True, slots=True)
class SortChoice:
    """One order of the list: choosing it opens `href`."""

    label: str
    href: str
    active: bool = False
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column one may show or hide."""

    id: str
    label: str
    shown: bool


@dataclass(frozen=True, slots=True)
class ViewMenu:
    """What one may do with the list as it stands as a view of one's own.

    `label` names the saved view that is open ("" = none), `is_changed` says that the list differs from it. `save_action` takes
    POST `name`, `shared` (one of `sharing`, where there are any) and `save_fields`.
    """

    label: str = ""
    is_changed: bool = False
    note: str = ""
    save_action: str = ""
    save_fields: tuple[tuple[str, str], ...] = ()
    sharing: tuple[Choice, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class ListHead:
    """What stands above the records: title and count, views as tabs, kinds of display, filter, search,
    order, actions.

    `search` is the text searched for; it is sent as `q` to `filter.action`. `columns_action` takes POST
    `column` (repeated), `next`.
    """

    title: str
    filter: Filter
    count: str = ""
    views: tuple[Tab, ...] = ()
    kinds: tuple[Tab, ...] = ()
    search: str = ""
    sort_label: str = ""
    sorts: tuple[SortChoice, ...] = ()
    columns: tuple[ColumnChoice, ...] = ()
    columns_action: str = ""
    saving: ViewMenu | None = None
    actions: tuple[Action, ...] = ()
    menu: tuple[Action, ...] = ()
    """Behind the three dots: export, recycle bin, design."""
    notices: tuple[Notice, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where the page stands: `text` says "1–25 / 96"; empty addresses mean there is no such page. `sizes`
    are page sizes.
    """

    text: str
    previous_href: str = ""
    next_href: str = ""
    sizes: tuple[Tab, ...] = ()


@dataclass(frozen=True, slots=True)
class ListScreen:
    """A page of records. `totals` are over the whole filter. `selection` are actions on chosen rows (POST
    with repeated `id`).

    `empty` is shown instead of the table when there is nothing to list. `count_text` is said at the foot
    ("96 条").
    """

    head: ListHead
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    paging: Paging
    totals: tuple[Total, ...] = ()
    count_text: str = ""
    selection: tuple[Action, ...] = ()
    empty: Empty | None = None
