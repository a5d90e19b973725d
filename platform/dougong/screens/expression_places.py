"""Where the definition of an app holds conditions over the records of an entity, and figures of them: views, roles, reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dougong.definitions import edit
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.text import Text
from dougong.screens.texts import text

VIEW, ROLE, REPORT, MEASURE = "view", "role", "report", "measure"
KINDS = (VIEW, ROLE, REPORT, MEASURE)
ENDINGS = (".yaml", ".yml", ".json")
ACTIONS = ("read", "create", "update", "delete", "purge", "import", "export", "reveal")
ICONS: Mapping[str, str] = {VIEW: "filter", ROLE: "shield-lock", REPORT: "chart-bar", MEASURE: "sum"}


@dataclass(frozen=True, slots=True)
class ExpressionPlace:
    """One such place: `path` leads to its expression in `file`, `written` is what stands there ("" = nothing).

    `is_plain` tells that a grant is written as `true`, which a condition makes a mapping of.
    """

    id: str
    kind: str
    label: Text
    file: str
    path: tuple[str, ...]
    written: str = ""
    is_plain: bool = False
    action: str = ""

    @property
    def purpose(self) -> str:
        """What the expression is for."""
        return "measure" if self.kind == MEASURE else "condition"


def places(app: App, entity: Entity, sources: Mapping[str, str], views_path: str) -> list[ExpressionPlace]:
    """The places that stand in the files, in the order of the page."""
    return [
        *_views(app, entity, sources, views_path),
        *_roles(app, entity, sources),
        *_reports(app, entity, sources),
    ]


def place_title(place: ExpressionPlace, language: str) -> str:
    """What a place is called."""
    label = place.label.get(language)
    return f"{label} · {text(f'place_{place.action}', language)}" if place.action else label


def _data(sources: Mapping[str, str], path: str) -> Mapping[str, Any]:
    found = edit.value_at(sources[path], [], path) if path in sources else None
    return found if isinstance(found, Mapping) else {}


def _path(sources: Mapping[str, str], stem: str) -> str:
    return next((stem + ending for ending in ENDINGS if stem + ending in sources), "")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _views(app: App, entity: Entity, sources: Mapping[str, str], path: str) -> Iterator[ExpressionPlace]:
    written = _data(sources, path).get("views")
    for view in app.views[entity.id]:
        own = written.get(view.id) if isinstance(written, Mapping) else None
        if isinstance(own, Mapping):
            way = ("views", view.id, "filter")
            yield ExpressionPlace(f"view:{view.id}", VIEW, view.label, path, way, _text(own.get("filter")))


def _roles(app: App, entity: Entity, sources: Mapping[str, str]) -> Iterator[ExpressionPlace]:
    for role in app.roles.values():
        path = _path(sources, f"roles/{role.id}")
        grants = _data(sources, path).get("grants")
        granted = grants.get(entity.id) if isinstance(grants, Mapping) else None
        for action in ACTIONS if isinstance(granted, Mapping) else ():
            given = granted.get(action) if isinstance(granted, Mapping) else None
            if given is not True and not isinstance(given, Mapping):
                continue
            rows = _text(given.get("rows")) if isinstance(given, Mapping) else ""
            way = ("grants", entity.id, action, "rows")
            name = f"role:{role.id}:{action}"
            yield ExpressionPlace(name, ROLE, role.label, path, way, rows, given is True, action)


def _reports(app: App, entity: Entity, sources: Mapping[str, str]) -> Iterator[ExpressionPlace]:
    for report in app.reports.values():
        path = _path(sources, f"reports/{report.id}")
        data = _data(sources, path)
        if data.get("from") != entity.id:
            continue
        name, label = f"report:{report.id}", report.label
        yield ExpressionPlace(name, REPORT, label, path, ("filter",), _text(data.get("filter")))
        written = data.get("measures")
        for measure in report.measures:
            own = written.get(measure.id) if isinstance(written, Mapping) else None
            if own is None:
                continue
            way: tuple[str, ...] = ("measures", measure.id)
            way, own = ((*way, "value"), own.get("value")) if isinstance(own, Mapping) else (way, own)
            both = Text(
                tuple((each, f"{label.get(each)} · {measure.label.get(each)}") for each in ("zh", "en"))
            )
            yield ExpressionPlace(f"measure:{report.id}:{measure.id}", MEASURE, both, path, way, _text(own))
