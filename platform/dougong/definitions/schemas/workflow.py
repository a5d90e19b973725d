"""The schema of workflows/*.yaml."""

from __future__ import annotations

from dougong.definitions.schemas.common import (
    ASSIGNMENTS,
    BOOLEAN,
    EXPRESSION,
    HELP,
    ID,
    LABEL,
    NAMES,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)

ASSIGNEE_KEYS = ("role", "member", "user", "superior_of", "head_of")
_PERSON: Schema = {"type": "string", "pattern": "^(INITIATOR|[a-z](_?[a-z0-9])*)$", "maxLength": 40}
_ASSIGNEE: Schema = record(
    {
        "role": titled(ID, "Everybody with this role", "拥有该角色的人"),
        "member": titled(ID, "The person in this field", "该字段中的人"),
        "user": titled(
            {"type": "string", "minLength": 1, "maxLength": 200}, "One person, by login", "指定人员(登录名)"
        ),
        "superior_of": titled(_PERSON, "Superior of a member field or INITIATOR", "某成员字段或发起人的上级"),
        "head_of": titled(
            _PERSON, "Department head of a member field or INITIATOR", "某成员字段或发起人的部门负责人"
        ),
        "level": titled(
            {"type": "integer", "minimum": 1, "maximum": 20},
            "Levels upwards (1 = direct)",
            "向上级数(1 为直接)",
        ),
    },
    **{"x-one-of": list(ASSIGNEE_KEYS), "oneOf": [{"required": [key]} for key in ASSIGNEE_KEYS]},
)
_APPROVE: Schema = record(
    {
        "by": titled(listed(_ASSIGNEE, minItems=1), "Who decides", "审批人"),
        "mode": titled({"type": "string", "enum": ["any", "all"]}, "One is enough, or all", "或签或会签"),
        "empty": titled(
            {"type": "string", "enum": ["skip", "admin", "stop"]}, "When there is nobody", "审批人为空时"
        ),
        "same_as_initiator": titled(
            {"type": "string", "enum": ["ask", "skip"]},
            "When the initiator would decide",
            "审批人与发起人相同时",
        ),
        "comment": titled({"type": "string", "enum": ["optional", "required"]}, "Opinion", "审批意见"),
    },
    ("by",),
)
_NEXT: Schema = listed(
    record(
        {
            "if": titled(EXPRESSION, "Condition", "条件"),
            "to": titled(either(ID, {**NAMES, "minItems": 1}), "Node", "节点"),
        },
        ("to",),
    ),
    minItems=1,
)
_NODE: Schema = record(
    {
        "label": LABEL,
        "approve": titled(_APPROVE, "Approval", "审批"),
        "fields": titled(
            record(
                {"edit": titled(NAMES, "May be edited", "可编辑"), "hide": titled(NAMES, "Hidden", "隐藏")}
            ),
            "Rights on fields",
            "字段权限",
        ),
        "next": titled(_NEXT, "Ways on", "后续"),
        "reject": titled(ID, "Node after a rejection", "驳回后的节点"),
        "end": titled({"type": "string", "enum": ["approved", "rejected"]}, "End", "结束"),
        "set": titled(ASSIGNMENTS, "Values to set", "设置字段值"),
    }
)
SCHEMA: Schema = titled(
    record(
        {
            "label": LABEL,
            "help": HELP,
            "entity": titled(ID, "Entity", "实体"),
            "start": titled(
                record(
                    {
                        "on": titled(
                            {"type": "string", "enum": ["submit", "create"]}, "Begins on", "触发方式"
                        ),
                        "if": titled(EXPRESSION, "Approval is needed if", "需要审批的条件"),
                        "to": titled(ID, "First node (default: the first one)", "起始节点(默认第一个)"),
                        "set": titled(ASSIGNMENTS, "Values to set", "设置字段值"),
                        "lock": titled(BOOLEAN, "Lock the record while it runs", "流转中锁定记录"),
                        "withdraw": titled(
                            record(
                                {
                                    "allow": titled(BOOLEAN, "Allowed", "允许"),
                                    "set": titled(ASSIGNMENTS, "Values to set", "设置字段值"),
                                }
                            ),
                            "Withdrawal by the initiator",
                            "发起人撤回",
                        ),
                    }
                ),
                "Start",
                "开始",
            ),
            "nodes": titled(by_id(_NODE, minProperties=1), "Nodes", "节点"),
        },
        ("entity", "nodes"),
    ),
    "Workflow",
    "流程",
)
