"""Says in words which rule allows or refuses an action, naming the file and the line it stands in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.access import WRITES, Access, access
from dougong.policy.grants import Grant, grants_for
from dougong.storage.release import Release

_WORDS: dict[str, tuple[str, str]] = {
    "scope": ("访问令牌的范围不包括 {action}", "the token's scopes do not include {action}"),
    "admin": ("管理员可以做任何事", "an administrator may do everything"),
    "no_role": ("没有任何角色授予 {entity} 的 {action}", "no role grants {action} on {entity}"),
    "no_read": (
        "没有任何角色授予 {entity} 的 read，其他操作也就不可能",
        "no role grants read on {entity}, which every other action needs",
    ),
    "whole": (
        "角色 {role} 授予全部记录的 {action} [{place}]",
        "role {role} grants {action} on every record [{place}]",
    ),
    "rule": (
        "角色 {role} 授予满足 {rule} 的记录的 {action} [{place}]",
        "role {role} grants {action} where {rule} [{place}]",
    ),
    "holds": (
        "本记录满足角色 {role} 的 {rule} [{place}]",
        "this record meets {rule} of role {role} [{place}]",
    ),
    "fails": (
        "本记录不满足角色 {role} 的 {rule} [{place}]",
        "this record does not meet {rule} of role {role} [{place}]",
    ),
    "hidden": ("角色 {role} 隐藏字段 {field} [{place}]", "role {role} hides the field {field} [{place}]"),
    "locked": (
        "角色 {role} 不许写字段 {field} [{place}]",
        "role {role} keeps the field {field} from being written [{place}]",
    ),
    "open_field": (
        "角色 {role} 不限制字段 {field} [{place}]",
        "role {role} does not restrict the field {field} [{place}]",
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict and the rules it came from, each as a line for a person."""

    allowed: bool
    lines: tuple[str, ...]


def explain(
    release: Release,
    actor: Actor,
    entity_key: str,
    action: str,
    field: str = "",
    holds: Callable[[Expression], bool] | None = None,
    language: str = "en",
) -> Explanation:
    """Why the actor may or may not do `action`; `holds` tells whether a row rule is true for one record, where one is asked about."""
    answer = access(release, actor, entity_key, action)
    kind = answer.reasons[0].kind
    if kind in ("scope", "admin"):
        return Explanation(answer.allowed, (_say(kind, language, action=action),))
    entity = release.entity(entity_key)
    lines: list[str] = []
    allowed = answer.allowed
    for needed in dict.fromkeys(("read", action)):
        grants = grants_for(release.apps, actor.roles, entity.app, entity.id, needed)
        if not grants:
            word = "no_read" if needed != action else "no_role"
            lines.append(_say(word, language, action=needed, entity=entity_key))
            allowed = False
        lines.extend(_of_rows(grant, needed, holds, language) for grant in grants)
        if grants and holds is not None:
            allowed = allowed and any(
                grant.permission.rows is None or holds(grant.permission.rows) for grant in grants
            )
        if grants and field:
            lines.extend(_of_field(grant, needed, field, language) for grant in grants)
    return Explanation(allowed and not _left_out(answer, action, field), tuple(lines))


def _left_out(answer: Access, action: str, field: str) -> bool:
    return field in (answer.locked if action in WRITES else answer.hidden)


def _of_rows(grant: Grant, action: str, holds: Callable[[Expression], bool] | None, language: str) -> str:
    rule = grant.permission.rows
    if rule is None:
        return _say("whole", language, grant, action=action)
    if holds is None:
        return _say("rule", language, grant, action=action, rule=rule.text)
    return _say("holds" if holds(rule) else "fails", language, grant, rule=rule.text)


def _of_field(grant: Grant, action: str, field: str, language: str) -> str:
    if field not in grant.permission.except_fields:
        return _say("open_field", language, grant, field=field)
    return _say("hidden" if action == "read" else "locked", language, grant, field=field)


def _say(word: str, language: str, grant: Grant | None = None, **parameters: str) -> str:
    chinese, english = _WORDS[word]
    if grant is not None:
        parameters |= {"role": f"{grant.app}.{grant.role}", "place": str(grant.place or "-")}
    return (chinese if language == "zh" else english).format(**parameters)
