"""The entities of an app and how they are linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong_renderers.diagrams.layered import Edge, Layout, layout
from dougong_renderers.diagrams.svg import ACCENT, Drawing, shortened, width_of

WIDTH = 208.0
HEAD = 34.0
LINE = 22.0
PADDING = 12.0
_OTHERS = 4
"""How many fields that link nowhere are shown of each entity; links are all shown."""
_WORDS = {
    "title": ("{label}：数据模型", "{label}: data model"),
    "more": ("另有 {count} 个字段", "{count} more fields"),
    "description": (
        "{entities} 个实体，{links} 个关联。{list}",
        "{entities} entities, {links} links. {list}",
    ),
}


def draw_entities(app: App, language: str) -> str:
    """The data model as SVG: a box for every entity, a line from every link to what it points to (many to one)."""
    entities = {key: entity for key, entity in app.entities.items() if not entity.parent}
    shown = {key: _shown(entity) for key, entity in entities.items()}
    links = [
        (key, each, target)
        for key, fields in shown.items()
        for each in fields
        for target in _targets(app, each)
        if target in entities
    ]
    sizes = {key: (WIDTH, _height(entities[key], fields)) for key, fields in shown.items()}
    edges = [Edge(target, key, HEAD / 2, _row(shown[key], each)) for key, each, target in links]
    plan = layout(sizes, edges)
    drawing = Drawing(*_titles(app, language, entities, links))
    for (key, each, target), route in zip(links, plan.routes, strict=True):
        _draw_link(drawing, plan, key, each, target, route, _row(shown[key], each))
    for key, entity in entities.items():
        _draw_entity(drawing, plan, entity, shown[key], language)
    return drawing.document(plan.width, plan.height)


def _shown(entity: Entity) -> list[Field]:
    """All links and sub-tables, and before them the first fields that are neither."""
    fields = list(entity.fields.values())
    plain = [each for each in fields if not _leads_on(each)][:_OTHERS]
    return [*plain, *(each for each in fields if _leads_on(each))]


def _leads_on(each: Field) -> bool:
    return each.target is not None or each.type == "table"


def _targets(app: App, each: Field) -> list[str]:
    """The entities of the app that a field, or a field of the rows of a sub-table, points to."""
    if each.type == "table":
        rows = app.entities[each.table.partition(".")[2]]
        found = [target for inner in rows.fields.values() for target in _targets(app, inner)]
        return list(dict.fromkeys(found))
    return [each.target.entity] if each.target is not None and each.target.app == app.id else []


def _height(entity: Entity, fields: Sequence[Field]) -> float:
    more = LINE if len(entity.fields) > len(fields) else 0
    return HEAD + LINE * len(fields) + more + 8


def _row(fields: Sequence[Field], each: Field) -> float:
    return HEAD + LINE * fields.index(each) + LINE / 2 + 4


def _titles(
    app: App, language: str, entities: Mapping[str, Entity], links: Sequence[tuple[str, Field, str]]
) -> tuple[str, str]:
    listed = "; ".join(
        f"{entities[key].label.get(language)}.{each.label.get(language)} → {entities[target].label.get(language)}"
        for key, each, target in links
    )
    title = _say("title", language).format(label=app.label.get(language))
    return title, _say("description", language).format(entities=len(entities), links=len(links), list=listed)


def _draw_entity(
    drawing: Drawing, plan: Layout, entity: Entity, fields: Sequence[Field], language: str
) -> None:
    spot = plan.spots[entity.id]
    drawing.box(spot.x, spot.y, spot.width, spot.height, name=f"entity {entity.id}")
    drawing.rule(spot.x, spot.y + HEAD, spot.x + spot.width, spot.y + HEAD)
    label = shortened(entity.label.get(language), 14, spot.width - 2 * PADDING)
    drawing.text(spot.x + PADDING, spot.y + 22, label, size=14, bold=True)
    for each in fields:
        base = spot.y + _row(fields, each) + 4
        kind = TYPES[each.type].label.get(language)
        room = spot.width - 2 * PADDING - width_of(kind, 11) - 10
        words = shortened(each.label.get(language), 12, room)
        drawing.text(
            spot.x + PADDING, base, words, size=12, colour=ACCENT if _leads_on(each) else "currentColor"
        )
        drawing.text(spot.x + spot.width - PADDING, base, kind, size=11, soft=True, anchor="end")
    if len(entity.fields) > len(fields):
        more = _say("more", language).format(count=len(entity.fields) - len(fields))
        drawing.text(spot.x + PADDING, spot.y + spot.height - 12, more, size=11, soft=True)


def _draw_link(
    drawing: Drawing,
    plan: Layout,
    key: str,
    each: Field,
    target: str,
    route: Sequence[tuple[float, float]],
    row: float,
) -> None:
    name = f"link {key}.{each.id} {target}"
    if not route:
        spot = plan.spots[key]
        right, top, bottom = spot.x + spot.width, spot.y + HEAD / 2, spot.y + row
        loop = [(right, bottom), (right + 22, bottom), (right + 22, top), (right, top)]
        drawing.parts.append(
            f'<path data-name="{name}" d="M{right:.1f} {bottom:.1f}h14q8 0 8 -8V{top + 8:.1f}q0 -8 -8 -8H{right:.1f}" '
            'fill="none" stroke="currentColor" stroke-opacity="0.6" stroke-width="1.3"/>'
        )
        drawing.fork(*loop[0], 1)
        drawing.bar(*loop[-1], 1)
        return
    ahead = route[-1][0] > route[0][0]
    drawing.curve(route, name=name)
    drawing.bar(*route[0], 1 if ahead else -1)
    drawing.fork(*route[-1], -1 if ahead else 1)
    if each.type == "links":
        drawing.fork(*route[0], 1 if ahead else -1)


def _say(key: str, language: str) -> str:
    return _WORDS[key][0 if language.startswith("zh") else 1]
