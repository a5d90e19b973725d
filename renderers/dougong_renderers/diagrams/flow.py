"""The workflows of an app: who decides, in which order, and what follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dougong.model.app import App
from dougong.model.workflow import Assignee, Node, Workflow
from dougong_renderers.diagrams.layered import Edge, Point, Spot, layout
from dougong_renderers.diagrams.svg import ACCENT, BAD, GOOD, Drawing, shortened, width_of

WIDTH = 196.0
_LABEL = 20.0
_WORDS = {
    "title": ("{label}：流程", "{label}: workflows"),
    "submit": ("提交", "Submitted"),
    "create": ("新建时", "On creation"),
    "not_needed": ("无需审批", "no approval needed"),
    "otherwise": ("其他情况", "otherwise"),
    "reject": ("驳回", "rejected"),
    "any": ("任一人", "any one"),
    "all": ("全部", "everybody"),
    "role": ("角色：{name}", "role: {name}"),
    "member": ("字段：{name}", "field: {name}"),
    "user": ("成员：{name}", "member: {name}"),
    "superior": ("{name}的上级", "superior of {name}"),
    "department_head": ("{name}的部门负责人", "head of department of {name}"),
    "level": ("（第 {level} 级）", " (level {level})"),
    "initiator": ("发起人", "the initiator"),
    "condition": ("条件", "condition"),
}
_STRING = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z0-9_.]*")


@dataclass(frozen=True, slots=True)
class _Line:
    source: str
    target: str
    words: str = ""
    rejects: bool = False


def draw_workflows(app: App, language: str) -> str:
    """All workflows of an app as SVG, one below the other, each from top to bottom."""
    labels = [workflow.label.get(language) for workflow in app.workflows.values()]
    title = _say("title", language).format(label=app.label.get(language))
    drawing = Drawing(title, "; ".join(labels))
    width, y = 0.0, 0.0
    for workflow in app.workflows.values():
        drawing.text(0, y + 16, workflow.label.get(language), size=16, bold=True)
        size = _draw(drawing, app, workflow, language, y + 36)
        width, y = max(width, size[0]), y + 36 + size[1] + 44
    return drawing.document(width, max(0.0, y - 44))


def _draw(drawing: Drawing, app: App, workflow: Workflow, language: str, top: float) -> tuple[float, float]:
    lines = _lines(app, workflow, language)
    sizes: dict[str, tuple[float, float]] = {"": (36.0, WIDTH)}
    for node in workflow.nodes.values():
        sizes[node.id] = (44.0 + (18.0 * len(node.assignees) if node.kind == "approve" else 0), WIDTH)
    edges: list[Edge] = []
    for place, line in enumerate(lines):
        if line.words:
            sizes[f"{place} label"] = (_LABEL, width_of(line.words, 12) + 16)
            edges += [Edge(line.source, f"{place} label"), Edge(f"{place} label", line.target)]
        else:
            edges.append(Edge(line.source, line.target))
    plan = layout(sizes, edges)
    spots = {
        str(name): Spot(spot.y, spot.x + top, spot.height, spot.width) for name, spot in plan.spots.items()
    }
    routes = iter([[(y, x + top) for x, y in route] for route in plan.routes])
    for place, line in enumerate(lines):
        _draw_line(drawing, workflow, line, place, spots, routes)
    _draw_start(drawing, spots[""], workflow, language)
    for node in workflow.nodes.values():
        _draw_node(drawing, app, workflow, node, spots[node.id], language)
    return plan.height, plan.width


def _draw_line(
    drawing: Drawing, workflow: Workflow, line: _Line, place: int, spots: Mapping[str, Spot], routes: object
) -> None:
    colour = BAD if line.rejects else "currentColor"
    name = f"{workflow.id} {line.source or 'start'} {line.target}"
    first: Sequence[Point] = next(routes)  # type: ignore[call-overload]
    if not line.words:
        drawing.curve(first, down=True, dashed=line.rejects, colour=colour, arrow=True, name=name)
        return
    second: Sequence[Point] = next(routes)  # type: ignore[call-overload]
    drawing.curve(first, down=True, dashed=line.rejects, colour=colour, name=f"{name} out")
    drawing.curve(second, down=True, dashed=line.rejects, colour=colour, arrow=True, name=f"{name} in")
    spot = spots[f"{place} label"]
    drawing.text(spot.x + spot.width / 2, spot.y + 14.5, line.words, size=12, soft=True, anchor="middle")


def _draw_start(drawing: Drawing, spot: Spot, workflow: Workflow, language: str) -> None:
    drawing.box(
        spot.x,
        spot.y,
        spot.width,
        spot.height,
        radius=spot.height / 2,
        colour=ACCENT,
        fill=0.1,
        name=f"{workflow.id} start",
    )
    words = _say(workflow.start_on, language)
    drawing.text(spot.x + spot.width / 2, spot.y + 23, words, bold=True, anchor="middle")


def _draw_node(drawing: Drawing, app: App, workflow: Workflow, node: Node, spot: Spot, language: str) -> None:
    is_end = node.kind == "end"
    colour = "currentColor" if not is_end else BAD if node.outcome == "rejected" else GOOD
    radius = spot.height / 2 if is_end else 8
    drawing.box(
        spot.x,
        spot.y,
        spot.width,
        spot.height,
        radius=radius,
        colour=colour,
        fill=0.1 if is_end else 0.04,
        name=f"{workflow.id} {node.id}",
    )
    middle = spot.x + spot.width / 2
    label = node.label.get(language) or (_say("condition", language) if node.kind == "condition" else node.id)
    drawing.text(middle, spot.y + 27, shortened(label, 13, spot.width - 20), bold=True, anchor="middle")
    for place, assignee in enumerate(node.assignees):
        words = _who(app, workflow, assignee, language)
        if place == 0 and node.kind == "approve":
            words = f"{words} · {_say(node.mode, language)}"
        drawing.text(
            middle,
            spot.y + 47 + 18 * place,
            shortened(words, 12, spot.width - 16),
            size=12,
            soft=True,
            anchor="middle",
        )


def _lines(app: App, workflow: Workflow, language: str) -> list[_Line]:
    """Every way on, from the start too, with what it depends on."""
    needed = _condition(app, workflow, workflow.start_if.text, language) if workflow.start_if else ""
    lines = [_Line("", workflow.first, needed)]
    ends = [node.id for node in workflow.nodes.values() if node.kind == "end"]
    if workflow.start_if is not None:
        approved = next((name for name in ends if workflow.nodes[name].outcome != "rejected"), "")
        lines += [_Line("", approved, _say("not_needed", language))] if approved else []
    for node in workflow.nodes.values():
        for way in node.next:
            words = _condition(app, workflow, way.condition.text, language) if way.condition else ""
            if not words and len(node.next) > 1:
                words = _say("otherwise", language)
            lines += [_Line(node.id, target, words) for target in way.to]
        if node.kind == "approve":
            rejected = node.on_reject or next(
                (name for name in ends if workflow.nodes[name].outcome == "rejected"), ""
            )
            lines += [_Line(node.id, rejected, _say("reject", language), rejects=True)] if rejected else []
    return lines


def _who(app: App, workflow: Workflow, assignee: Assignee, language: str) -> str:
    fields = app.entities[workflow.entity].fields
    name = assignee.value
    if assignee.kind == "role":
        name = app.roles[name].label.get(language) if name in app.roles else name
    elif assignee.kind != "user":
        name = fields[name].label.get(language) if name in fields else _say("initiator", language)
    words = _say(assignee.kind, language).format(name=name)
    return words + (_say("level", language).format(level=assignee.level) if assignee.level > 1 else "")


def _condition(app: App, workflow: Workflow, text: str, language: str) -> str:
    """An expression in which fields go by their labels."""
    fields = app.entities[workflow.entity].fields

    def named(found: re.Match[str]) -> str:
        first, _, rest = found[0].partition(".")
        field = fields.get(first)
        if field is None:
            return found[0]
        inner = app.entities[field.table.partition(".")[2]].fields if field.type == "table" else {}
        label = field.label.get(language)
        return (
            f"{label}.{inner[rest].label.get(language)}"
            if rest in inner
            else f"{label}.{rest}"
            if rest
            else label
        )

    return shortened(_STRING.sub(named, text), 12, 420)


def _say(key: str, language: str) -> str:
    return _WORDS[key][0 if language.startswith("zh") else 1]
