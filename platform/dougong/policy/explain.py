"""Says which rules allow or refuse an action, naming the file and the line that each stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.access import Access, access
from dougong.policy.grants import Denied, Grant, denials_for, grants_for, level_of
from dougong.policy.row_sets import RowSet
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
        "本记录满足 {rule}，角色 {role} 因此授予 {action} [{place}]",
        "this record meets {rule}, for which role {role} grants {action} [{place}]",
    ),
    "fails": (
        "本记录不满足 {rule}，角色 {role} 只为满足者授予 {action} [{place}]",
        "this record does not meet {rule}, for which alone role {role} grants {action} [{place}]",
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
    "lent": (
        "记录已共享给此人，角色 {role} 因此授予 {action} [{place}]",
        "the record is shared with the person, for which role {role} grants {action} [{place}]",
    ),
    "shared": (
        "角色 {role} 授予共享给此人的记录的 {action} [{place}]",
        "role {role} grants {action} on records that are shared with the person [{place}]",
    ),
    "denied": (
        "角色 {role} 的禁止项 {denial} 不许 {action}{reason} [{place}]",
        "the denial {denial} of role {role} forbids {action}{reason} [{place}]",
    ),
    "denied_rows": (
        "角色 {role} 的禁止项 {denial} 不许对满足 {rule} 的记录 {action}{reason} [{place}]",
        "the denial {denial} of role {role} forbids {action} where {rule}{reason} [{place}]",
    ),
    "spared": (
        "角色 {role} 的禁止项 {denial} 不涉及本记录：不满足 {rule} [{place}]",
        "the denial {denial} of role {role} is not about this record, which does not meet {rule} [{place}]",
    ),
    "denied_field": (
        "角色 {role} 的禁止项 {denial} 不许 {action} 字段 {field}{reason} [{place}]",
        "the denial {denial} of role {role} forbids {action} of the field {field}{reason} [{place}]",
    ),
    "open_where": (
        "角色 {role} 在满足 {rule} 的记录中不限制字段 {field} [{place}]",
        "role {role} does not restrict the field {field} where {rule} [{place}]",
    ),
    "approval": ("审批进行中，记录暂时锁定", "an approval is running, which locks the record"),
    "kept": ("规则锁定了记录：{reason}", "a rule keeps the record as it is: {reason}"),
}
FOR = frozenset({"admin", "whole", "holds", "lent", "open_field"})
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
        "denied",
        "denied_field",
        "approval",
        "kept",
    }
)
_ABOUT_ROWS = frozenset(
    {"rule", "holds", "fails", "denied", "denied_rows", "denied_field", "spared", "open_where"}
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that took part: `kind` says what, `grant` or `denial` is the rule, where it is one."""

    kind: str
    action: str = ""
    entity: str = ""
    field: str = ""
    grant: Grant | None = None
    denial: Denied | None = None
    reason: str = ""

    @property
    def speaks(self) -> bool | None:
        """Whether it speaks for the action, against it, or (nothing) for some records only."""
        return True if self.kind in FOR else False if self.kind in AGAINST else None

    @property
    def source(self) -> Grant | Denied | None:
        """The rule that it is."""
        return self.grant or self.denial

    @property
    def role(self) -> str:
        """The role whose rule it is."""
        return f"{self.source.app}.{self.source.role}" if self.source is not None else ""

    @property
    def rows(self) -> Expression | None:
        """The condition on records that it is about."""
        if self.kind not in _ABOUT_ROWS:
            return None
        if self.denial is not None:
            return self.denial.denial.rows
        return self.grant.permission.rows if self.grant is not None else None

    def describe(self, language: str, rule: str | None = None) -> str:
        """The cause as a line for a person; `rule` is said instead of a condition that the person may not know."""
        chinese, english = _WORDS[self.kind]
        reason = self.reason
        if self.denial is not None and (said := self.denial.denial.reason.get(language)):
            reason = f"（{said}）" if language == "zh" else f" ({said})"
        words = {
            "action": self.action,
            "entity": self.entity,
            "field": self.field,
            "reason": reason,
            "role": self.role,
            "denial": self.denial.denial.id if self.denial is not None else "",
            "rule": rule or (self.rows.text if self.rows is not None else ""),
            "place": str((self.source.place if self.source else None) or "-"),
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


@dataclass(frozen=True, slots=True)
class Trial:
    """One record that is asked about: which conditions are true for it, and for what it was shared with the actor."""

    holds: Callable[[Expression], bool]
    lent: Callable[[str], bool]


def explain(
    release: Release,
    actor: Actor,
    entity_key: str,
    action: str,
    field: str = "",
    trial: Trial | None = None,
    language: str = "en",
) -> Explanation:
    """Why the actor may or may not do `action`; with `trial` for one record."""
    answer = access(release, actor, entity_key, action)
    kind = answer.reasons[0].kind
    if kind in ("scope", "admin"):
        return Explanation(answer.allowed, (Cause(kind, action, entity_key),), language)
    entity = release.entity(entity_key)
    causes: list[Cause] = []
    for needed in dict.fromkeys(("read", action)):
        named = (release.apps, actor.roles, entity.app, entity.id, needed)
        grants, denials = grants_for(*named), denials_for(*named)
        if not grants:
            causes.append(Cause("no_read" if needed != action else "no_role", needed, entity_key))
        causes.extend(_of_rows(grant, needed, entity_key, trial) for grant in grants)
        causes.extend(_denied(denials, needed, entity_key, field, trial))
        if grants and field:
            causes.extend(_of_field(grants, needed, entity_key, field, trial))
    return Explanation(_verdict(release, actor, entity_key, action, field, trial), tuple(causes), language)


def _verdict(release: Release, actor: Actor, key: str, action: str, field: str, trial: Trial | None) -> bool:
    """What the compiled rights say, which every verb goes by."""
    read, wanted = access(release, actor, key, "read"), access(release, actor, key, action)
    if not (read.allowed and wanted.allowed):
        return False
    asked = (wanted,) if action in NO_RECORD else (read, wanted)
    if trial is not None and not all(_meets(each.row_set, trial) for each in asked):
        return False
    return not field or _open(read, wanted, action, field, trial)


NO_RECORD = frozenset({"create", "import"})
"""Actions that are about no record that stands there already."""


def _open(read: Access, wanted: Access, action: str, field: str, trial: Trial | None) -> bool:
    """Whether a field, or a column of a sub-table, is open to the action in the record, or in any where none is asked about."""
    looks = action == "read"
    for name in dict.fromkeys((field, field.partition(".")[0])):
        if name in (wanted.hidden if looks else wanted.locked):
            return False
        sets = filter(None, (read.veils.get(name),)) if looks else wanted.bars.get(name, ())
        if trial is not None and not all(_meets(each, trial) for each in sets):
            return False
    return True


def _meets(rows: RowSet, trial: Trial) -> bool:
    """Whether the record is among some."""
    if any(trial.holds(rule) for rule in rows.none_of):
        return False
    if rows.any_of is None or any(trial.holds(rule) for rule in rows.any_of):
        return True
    return bool(rows.shared) and trial.lent(rows.shared)


def _of_rows(grant: Grant, action: str, key: str, trial: Trial | None) -> Cause:
    rule, shared = grant.permission.rows, grant.permission.shared
    if rule is None:
        return Cause("whole", action, key, grant=grant)
    if trial is None:
        return Cause("rule", action, key, grant=grant)
    if trial.holds(rule):
        return Cause("holds", action, key, grant=grant)
    lent = shared and trial.lent(level_of(action))
    return Cause("lent" if lent else "fails", action, key, grant=grant)


def _denied(denials: list[Denied], action: str, key: str, field: str, trial: Trial | None) -> Iterator[Cause]:
    """The denials of the action, and of the field where one is asked about."""
    for each in denials:
        fields, rows = each.denial.fields, each.denial.rows
        if fields and not (field and (field in fields or field.partition(".")[0] in fields)):
            continue
        kind = "denied_field" if fields else "denied"
        if rows is not None:
            if trial is None:
                kind = "denied_rows"
            elif not trial.holds(rows):
                kind = "spared"
        yield Cause(kind, action, key, field if fields else "", denial=each)


def _of_field(grants: list[Grant], action: str, key: str, field: str, trial: Trial | None) -> Iterator[Cause]:
    for grant in grants:
        kept = grant.permission.except_fields
        if field in kept or field.partition(".")[0] in kept:
            yield Cause("hidden" if action == "read" else "locked", action, key, field, grant)
            continue
        rows = grant.permission.rows
        holds = rows is None or (trial is not None and _gives(grant, action, trial))
        yield Cause("open_field" if holds else "open_where", action, key, field, grant)


def _gives(grant: Grant, action: str, trial: Trial) -> bool:
    rows = grant.permission.rows
    shared = grant.permission.shared and trial.lent(level_of(action))
    return rows is None or trial.holds(rows) or shared
