"""A filtered list written out as a saved view of the definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.form import View
from dougong.screens.filters import conjunction

BEGINNING = "views:\n  all: {label: {zh: 全部, en: All}}\n"
"""The views of an entity that no file names yet: the one that it has all the same, of all records."""


def path_of(app: App, entity: Entity, sources: Mapping[str, str]) -> str:
    """The file that the views of an entity stand in, or will."""
    places = [view.place.file for view in app.views[entity.id] if view.place is not None]
    written_in = [path for path in sources if path.removeprefix("local/").startswith("views/")]
    found = [path for path in written_in if places and places[0].endswith(path)]
    return max(found, key=len, default=f"views/{entity.id}.yaml")


def written(label: str, base: View | None, filter_text: str, sort: str) -> dict[str, Any]:
    """What a definition says of a view: that of another one, narrowed by a filter and in another order."""
    view: dict[str, Any] = {"label": label}
    if base is not None and base.kind == "kanban":
        view |= {"type": "kanban", "group": base.group}
    narrowed = base.filter.text if base is not None and base.filter is not None else ""
    both = conjunction((narrowed, filter_text.strip()))
    if both:
        view["filter"] = both
    if base is not None:
        view["columns"] = list(base.columns)
    order = [each.strip() for each in sort.split(",") if each.strip()] or _order(base)
    if order:
        view["sort"] = order
    if base is not None and base.totals:
        view["totals"] = list(base.totals)
    return view


def _order(base: View | None) -> list[str]:
    sorts = base.sort if base is not None else ()
    return [f"-{each.field}" if each.descending else each.field for each in sorts]
