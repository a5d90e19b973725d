"""What every verb asks first: is there such an entity, and may the actor do this with any of its records."""

from __future__ import annotations

from dougong.diagnostics import nearest
from dougong.policy.access import access, may
from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.records.shape import Shape, shape_of

_ACTIONS: dict[str, str] = {
    "copy": "复制",
    "batch": "批量操作",
    "transfer": "移交",
    "share": "共享",
    "print": "打印",
    "read": "查看",
    "create": "新建",
    "update": "修改",
    "delete": "删除",
    "purge": "彻底删除",
    "merge": "合并",
    "import": "导入",
    "export": "导出",
    "reveal": "查看完整值",
}


def action_word(action: str, language: str) -> str:
    """The name of an action for a person."""
    return _ACTIONS[action] if language == "zh" else action


def open_door(call: Call, key: str, action: str) -> Shape:
    """The shape of the entity when the actor may do the action with it; refuses otherwise.

    An entity of which the actor may see nothing is answered like one that does not exist.
    """
    known_entity = _stands(call, key)
    if not known_entity or not may(call.release, call.actor, key, "read"):
        if known_entity and access(call.release, call.actor, key, "read").reasons[0].kind == "scope":
            refuse(
                "forbidden", call.language, "forbidden", action=action_word("read", call.language), label=key
            )
        known = _readable_keys(call)
        refuse("missing", call.language, "unknown_entity", hint=nearest(key, known), name=key)
    shape = shape_of(call.release, key)
    if not may(call.release, call.actor, key, action):
        refuse_denied(call, key, action)
        label = shape.entity.label.get(call.language)
        refuse(
            "forbidden", call.language, "forbidden", action=action_word(action, call.language), label=label
        )
    return shape


def refuse_denied(call: Call, key: str, action: str) -> None:
    """Refuse with its reason what a denial takes away from every record."""
    for reason in access(call.release, call.actor, key, action).reasons:
        if reason.kind == "denied" and reason.denied is not None:
            refuse(
                "forbidden", call.language, "denied", reason=reason.denied.denial.reason.get(call.language)
            )


def _stands(call: Call, key: str) -> bool:
    """Whether there is such an entity that stands for itself; rows of sub-tables are reached through their record."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    return app is not None and "/" not in entity_id and entity_id in app.entities


def _readable_keys(call: Call) -> list[str]:
    return [
        entity.key
        for app in call.release.apps.values()
        for entity in app.entities.values()
        if not entity.parent and may(call.release, call.actor, entity.key, "read")
    ]
