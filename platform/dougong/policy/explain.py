"""Says which rules allow or refuse an action, naming the file and the line that each stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.access import WRITES, Access, access
from dougong.policy.grants import Grant, grants_for
from dougong.storage.release import Release

_WORDS: dict[str, tuple[str, str]] = {
    "scope": ("访问令牌的范围不包括 {action}", "the token's scopes do not include {action}"),
    "admin": ("管理员可以做任何事", "an administrator may do everything"),
    "disabled": ("账号已停用，什么都不能做", "the account is disabled and may do nothing"),
    "missing": ("没有这条记录，或无权查看", "there is no such record, or it may not be read"),
    "binned": ("记录在回收站中", "the record is in the recycle bin"),
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
    "approval": ("审批进行中，记录暂时锁定", "an approval is running, which locks the record"),
    "kept": ("规则锁定了记录：{reason}", "a rule keeps the record as it is: {reason}"),
}
FOR = frozenset({"admin", "whole", "holds", "open_field"})
AGAINST = frozenset(
    {
        "scope",
        "disabled",
        "missing",
        "binned",
        "no_role",
        "no_read",
        "fails",
        "hidden",
        "locked",
        "approval",
        "kept",
    }
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that took part: `kind` says what, `grant` is the rule, where it is one."""

    kind: str
    action: str = ""
    entity: str = ""
    field: str = ""
    grant: Grant | None = None
    reason: str = ""

    @property
    def speaks(self) -> bool | None:
        """Whether it speaks for the action, against it, or (nothing) for some records only."""
        return True if self.kind in FOR else False if self.kind in AGAINST else None

    @property
    def role(self) -> str:
        """The role whose rule it is."""
        return f"{self.grant.app}.{self.grant.role}" if self.grant is not None else ""

    @property
    def rows(self) -> Expression | None:
        """The condition on records that it is about."""
        return self.grant.permission.rows if self.grant and self.kind in ("rule", "holds", "fails") else None

    def describe(self, language: str) -> str:
        """The cause as a line for a person."""
        chinese, english = _WORDS[self.kind]
        words = {
            "action": self.action,
            "entity": self.entity,
            "field": self.field,
            "reason": self.reason,
            "role": self.role,
            "rule": self.rows.text if self.rows is not None else "",
            "place": str((self.grant.place if self.grant else None) or "-"),
        }
        return (chinese if language == "zh" else english).format(**words)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict and everything it came from."""

    allowed: bool
    causes: tuple[Cause, ...]
    language: str = "en"

    @property
    def lines(self) -> tuple[str, ...]:
        """The causes as lines for a person."""
        return tuple(each.describe(self.language) for each in self.causes)


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
        return Explanation(answer.allowed, (Cause(kind, action, entity_key),), language)
    entity = release.entity(entity_key)
    causes: list[Cause] = []
    allowed = answer.allowed
    for needed in dict.fromkeys(("read", action)):
        grants = grants_for(release.apps, actor.roles, entity.app, entity.id, needed)
        if not grants:
            causes.append(Cause("no_read" if needed != action else "no_role", needed, entity_key))
            allowed = False
        causes.extend(_of_rows(grant, needed, entity_key, holds) for grant in grants)
        if grants and holds is not None:
            allowed = allowed and any(
                grant.permission.rows is None or holds(grant.permission.rows) for grant in grants
            )
        if grants and field:
            causes.extend(_of_field(grants, needed, entity_key, field))
    return Explanation(allowed and not _left_out(answer, action, field), tuple(causes), language)


def _left_out(answer: Access, action: str, field: str) -> bool:
    kept = answer.locked if action in WRITES else answer.hidden
    return field in kept or field.partition(".")[0] in kept


def _of_rows(grant: Grant, action: str, key: str, holds: Callable[[Expression], bool] | None) -> Cause:
    rule = grant.permission.rows
    if rule is None:
        return Cause("whole", action, key, grant=grant)
    kind = "rule" if holds is None else "holds" if holds(rule) else "fails"
    return Cause(kind, action, key, grant=grant)


def _of_field(grants: list[Grant], action: str, key: str, field: str) -> Iterator[Cause]:
    for grant in grants:
        kept = grant.permission.except_fields
        if field not in kept and field.partition(".")[0] not in kept:
            yield Cause("open_field", action, key, field, grant)
        else:
            yield Cause("hidden" if action == "read" else "locked", action, key, field, grant)
