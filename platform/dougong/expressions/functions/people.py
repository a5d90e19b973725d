"""Who acts: ME, roles, departments, subordinates."""

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
)
