"""What the roles of an app may do with its entities, as a table that shows rows and hidden fields at a glance."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.model.app import App
from dougong.model.role import ACTIONS, Permission
from dougong_renderers.diagrams.svg import ACCENT, Drawing, shortened

FIRST = 168.0
COLUMN = 300.0
LINE = 30.0
HEAD = 44.0
_CELL = 18.0
_LEGEND = 56.0
_ACTIONS = {
    "read": ("看", "R", "查看", "read"),
    "create": ("建", "C", "新建", "create"),
    "update": ("改", "U", "修改", "update"),
    "delete": ("删", "D", "删除", "delete"),
    "purge": ("清", "P", "彻底删除", "delete for good"),
    "import": ("导", "I", "导入", "import"),
    "export": ("出", "E", "导出", "export"),
    "reveal": ("显", "V", "显示全文", "reveal"),
    "copy": ("复", "Y", "复制", "copy"),
    "batch": ("批", "B", "批量", "many at once"),
    "transfer": ("交", "T", "移交", "give away"),
    "share": ("享", "S", "共享", "share"),
    "print": ("印", "N", "打印", "print"),
}
_WORDS = {
    "title": ("{label}：角色与权限", "{label}: roles and rights"),
    "all": ("全部记录", "all records"),
    "some": ("部分记录", "some records"),
    "none": ("不允许", "not allowed"),
    "hidden": ("有隐藏或锁定的字段", "some fields hidden or locked"),
    "may": ("{role}：{entity}（{actions}）", "{role}: {entity} ({actions})"),
}


def draw_roles(app: App, language: str) -> str:
    """A table as SVG: entities down, roles across, in each cell one mark for every action."""
    entities = [entity for entity in app.entities.values() if not entity.parent]
    drawing = Drawing(
        _say("title", language).format(label=app.label.get(language)), _description(app, language)
    )
    width = max(FIRST + COLUMN * len(app.roles), _legend(drawing, language))
    top = _LEGEND + HEAD
    for place, role in enumerate(app.roles.values()):
        x = FIRST + COLUMN * place
        label = shortened(role.label.get(language), 13, COLUMN - 12)
        drawing.text(x, _LEGEND + 28, label, bold=True)
    drawing.rule(0, top, width, top, strength=0.4)
    for line, entity in enumerate(entities):
        y = top + LINE * line
        drawing.text(0, y + 20, shortened(entity.label.get(language), 13, FIRST - 12))
        for place, role in enumerate(app.roles.values()):
            _cell(
                drawing,
                FIRST + COLUMN * place,
                y + 6,
                role.grants.get(entity.id, {}),
                language,
                f"{role.id} {entity.id}",
            )
        drawing.rule(0, y + LINE, width, y + LINE, strength=0.12)
    return drawing.document(width, top + LINE * len(entities))


def _cell(
    drawing: Drawing, x: float, y: float, grants: Mapping[str, Permission], language: str, name: str
) -> None:
    for place, action in enumerate(ACTIONS):
        _mark(drawing, x + place * (_CELL + 4), y, action, grants.get(action), language, name)


def _mark(
    drawing: Drawing, x: float, y: float, action: str, permission: Permission | None, language: str, name: str
) -> None:
    """Full ground: all records; light ground with a border: some; nothing but a dot: none. A line below: fields are kept."""
    if permission is None:
        drawing.parts.append(
            f'<circle cx="{x + _CELL / 2:.1f}" cy="{y + _CELL / 2:.1f}" r="1.5" fill="currentColor" fill-opacity="0.3"/>'
        )
        return
    fill = 0.2 if permission.rows is None else 0.0
    drawing.box(
        x,
        y,
        _CELL,
        _CELL,
        radius=4,
        fill=fill,
        line=0.6 if permission.rows is not None else 0.2,
        name=f"{name} {action}",
    )
    sign = _ACTIONS[action][0 if language.startswith("zh") else 1]
    drawing.text(x + _CELL / 2, y + 13, sign, size=11, anchor="middle")
    if permission.except_fields:
        drawing.parts.append(
            f'<line x1="{x + 3:.1f}" y1="{y + _CELL + 2.5:.1f}" x2="{x + _CELL - 3:.1f}" y2="{y + _CELL + 2.5:.1f}" '
            f'stroke="{ACCENT}" stroke-width="2"/>'
        )


def _legend(drawing: Drawing, language: str) -> float:
    """The meaning of the signs; returns how wide it is."""
    x = 0.0
    for action in ACTIONS:
        short, word = _ACTIONS[action][0::2] if language.startswith("zh") else _ACTIONS[action][1::2]
        drawing.text(x, 12, f"{short} {word}", size=12, soft=True)
        x += _words_wide(word, language)
    wide = x
    samples = (("all", Permission("read")), ("hidden", Permission("read", None, ("x",))), ("none", None))
    x = 0.0
    for word, permission in samples:
        _mark(drawing, x, 24, "read", permission, language, f"legend {word}")
        drawing.text(x + 26, 37, _say(word, language), size=12, soft=True)
        x += 20 + _words_wide(_say(word, language), language)
    drawing.box(x, 24, _CELL, _CELL, radius=4, fill=0, line=0.6, name="legend some")
    drawing.text(x + 26, 37, _say("some", language), size=12, soft=True)
    return wide


def _words_wide(words: str, language: str) -> float:
    """The room for a sign and some words beside it."""
    return 40 + len(words) * (12 if language.startswith("zh") else 7)


def _description(app: App, language: str) -> str:
    found = []
    for role in app.roles.values():
        for name, grants in role.grants.items():
            words = [
                _ACTIONS[action][2 if language.startswith("zh") else 3]
                for action in ACTIONS
                if action in grants
            ]
            parts = {"role": role.label.get(language), "entity": app.entities[name].label.get(language)}
            found.append(_say("may", language).format(**parts, actions=", ".join(words)))
    return "; ".join(found)


def _say(key: str, language: str) -> str:
    return _WORDS[key][0 if language.startswith("zh") else 1]
