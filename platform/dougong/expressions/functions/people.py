"""Who acts: ME, roles, departments, teams, subordinates, the company of who comes from outside."""

from __future__ import annotations

from dougong.expressions.registry import Function, words
from dougong.model.expression import Type

PEOPLE: tuple[Function, ...] = (
    Function(
        "ME",
        "我",
        "people",
        "ME()",
        words("The member who is signed in; empty for a visitor.", "当前登录的成员；访客为空。"),
        ("ME() IS EMPTY", "FALSE"),
        result=Type("member"),
    ),
    Function(
        "HAS_ROLE",
        "有角色",
        "people",
        "HAS_ROLE('role')",
        words(
            "Whether the member holds a role of this app, or 'app.role' of another; an administrator holds every role.",
            "成员是否拥有本应用的角色，或其他应用的 '应用.角色'；管理员视为拥有所有角色。",
        ),
        ("HAS_ROLE('other.nobody')", "FALSE"),
        ("text",),
        typing="has_role",
    ),
    Function(
        "MY_DEPARTMENT",
        "我的主部门",
        "people",
        "MY_DEPARTMENT()",
        words(
            "The main department of the member; empty for a visitor and for who belongs to none.",
            "成员的主部门；访客及没有主部门的成员为空。",
        ),
        ("MY_DEPARTMENT() = 4", "TRUE"),
        result=Type("department"),
    ),
    Function(
        "MY_DEPARTMENTS",
        "我的部门",
        "people",
        "MY_DEPARTMENTS()",
        words("The departments the member belongs to, for use with IN.", "成员所属的部门，与 IN 连用。"),
        ("1 IN MY_DEPARTMENTS()", "TRUE"),
        result=Type("department", many=True),
    ),
    Function(
        "MY_SUBORDINATES",
        "我的下属",
        "people",
        "MY_SUBORDINATES()",
        words(
            "Everybody in the departments the member heads, and below, for use with IN.",
            "成员所负责的部门及其下级部门的所有人，与 IN 连用。",
        ),
        ("ME() IN MY_SUBORDINATES()", "FALSE"),
        result=Type("member", many=True),
    ),
    Function(
        "MY_DEPARTMENT_TREE",
        "我的部门及下级",
        "people",
        "MY_DEPARTMENT_TREE()",
        words(
            "The departments the member belongs to or heads, with all below them, for use with IN.",
            "成员所属或所负责的部门及其所有下级部门，与 IN 连用。",
        ),
        ("7 IN MY_DEPARTMENT_TREE()", "TRUE"),
        result=Type("department", many=True),
    ),
    Function(
        "MY_TEAMMATES",
        "我的队友",
        "people",
        "MY_TEAMMATES()",
        words(
            "Everybody in the teams of the member, the member included; for use with IN.",
            "成员所在团队的所有人（含成员本人），与 IN 连用。",
        ),
        ("ME() IN MY_TEAMMATES()", "TRUE"),
        result=Type("member", many=True),
    ),
    Function(
        "MY_COMPANY",
        "我的公司",
        "people",
        "MY_COMPANY('entity')",
        words(
            "For who comes from outside: the record of that entity which the person belongs to, such as the customer; else empty.",
            "外部人员所属的该实体的记录，例如客户；内部成员为空。",
        ),
        ("MY_COMPANY('stock') IS EMPTY", "TRUE"),
        ("text",),
        typing="my_company",
    ),
)
