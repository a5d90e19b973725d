"""What refused actions on approvals say."""

from __future__ import annotations

from typing import NoReturn

from dougong.diagnostics import Diagnostic, Refusal

MESSAGES: dict[str, tuple[str, str]] = {
    "no_workflow": ("没有审批流程“{name}”", "there is no workflow '{name}'"),
    "not_submittable": ("“{label}”不由人提交", "'{label}' is not started by a person"),
    "already_running": ("这条记录正在审批中", "the record is already under approval"),
    "no_task": ("没有这项待办，或它不属于您", "there is no such task, or it is not yours"),
    "no_file": ("这项待办中没有这个文件", "the task has no such file"),
    "no_instance": ("没有这次审批，或您无权查看", "there is no such approval, or you may not see it"),
    "record_gone": ("这条记录已被删除", "the record has been deleted"),
    "not_running": ("这条记录没有正在进行的审批", "no approval runs on this record"),
    "which_workflow": ("请说明是哪个流程：{names}", "say which workflow: {names}"),
    "no_submission": ("“{label}”没有可以提交的审批", "{label} has no approval to submit to"),
    "changed_since": (
        "记录在您打开之后已被修改，请核对后再决定",
        "the record has changed since you opened it; look again",
    ),
    "token_read_only": ("这个令牌只能读取", "this token may only read"),
    "unreadable_target": (
        "{label}：找不到 {value}，或您无权查看",
        "{label}: {value} does not exist, or you may not see it",
    ),
    "withdrawn_by": ("{person}已在 {at} 撤回", "{person} withdrew it at {at}"),
    "decided_at": ("您已在 {at} {done}", "you {done} it at {at}"),
    "task_closed": (
        "{person}已在 {at} {done}，无需再处理",
        "{person} {done} at {at}; nothing is left to decide",
    ),
    "ended": ("审批已经结束", "the approval has ended"),
    "gone": ("这一步已经结束", "this step is over"),
    "not_asked": ("这一步没有请您审批", "this step does not ask you"),
    "decided": ("您已经处理过这一步", "you have decided this step already"),
    "nobody": (
        "“{node}”没有可以审批的人，请联系管理员",
        "nobody can decide at '{node}'; ask an administrator",
    ),
    "no_way": (
        "“{node}”之后没有符合条件的去向，请联系管理员",
        "no way leads on from '{node}'; ask an administrator",
    ),
    "endless": (
        "流程在“{node}”处循环，请联系管理员",
        "the workflow goes round in circles at '{node}'; ask an administrator",
    ),
    "not_initiator": ("只有发起人可以撤回", "only the person who started it can withdraw it"),
    "no_withdrawal": ("这个流程不允许撤回", "this workflow cannot be withdrawn"),
    "comment_required": ("请填写审批意见", "say why: an opinion is required"),
    "reject_comment": ("拒绝时请填写原因", "say why you reject"),
    "long_comment": ("审批意见最多 {limit} 个字符", "an opinion takes at most {limit} characters"),
    "step_field": ("这一步不能修改“{name}”", "this step cannot change '{name}'"),
    "assignment": (
        "流程不能把“{label}”设为计算出的值：{reason}",
        "the workflow cannot set '{label}': {reason}",
    ),
    "bad_kind": ("没有“{name}”这种列表", "there is no list '{name}'"),
}
HINTS: dict[str, tuple[str, str]] = {
    "already_running": ("可以先撤回，修改后再提交", "withdraw it first, then change and submit again"),
    "not_initiator": ("管理员可以终止任何审批", "an administrator can stop any approval"),
    "no_withdrawal": ("管理员可以终止任何审批", "an administrator can stop any approval"),
    "task_closed": ("刷新待办列表", "open the inbox again"),
    "nobody": (
        "为相应的部门指定主管，或为人员授予角色",
        "name a head of the department, or give somebody the role",
    ),
    "changed_since": ("重新打开这项待办", "open the task again"),
}
DONE: dict[str, tuple[str, str]] = {
    "approved": ("同意", "approved"),
    "rejected": ("拒绝", "rejected"),
    "withdrawn": ("撤回", "withdrew"),
}


def problem(language: str, code: str, path: str = "", hint: str = "", **parameters: object) -> Diagnostic:
    """A problem in the reader's language; its usual hint unless a better one is given."""
    words = {name: str(value) for name, value in parameters.items()}
    position = 0 if language == "zh" else 1
    message = MESSAGES[code][position].format_map(words)
    usual = HINTS[code][position] if code in HINTS else ""
    return Diagnostic(f"workflow_{code}", message, path, hint=hint or usual, parameters=tuple(words.items()))


def refuse(
    kind: str, language: str, code: str, path: str = "", hint: str = "", **parameters: object
) -> NoReturn:
    """Raise a refusal with a single problem."""
    raise Refusal(kind, [problem(language, code, path, hint, **parameters)])
