"""The words that grants are written with, from the schema of roles, and what each of them allows."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.definitions.schemas.role import SCHEMA
from dougong.reference.markdown import Language, code, codes, page, pick, table

MEANINGS: Mapping[str, tuple[str, str]] = {
    "read": (
        "See records everywhere. `rows` keeps to those for which it is true; fields under `hide` do not exist for the role.",
        "在各处查看记录。`rows` 只保留表达式成立的记录；`hide` 中的字段对该角色不存在。",
    ),
    "create": (
        "Add records. `rows` must hold for the new record; `fields` says which fields may be filled in.",
        "新建记录。新记录必须满足 `rows`；`fields` 限定可填写的字段。",
    ),
    "update": (
        "Change records for which `rows` holds before the change; `fields` says which fields may be changed.",
        "修改在修改前满足 `rows` 的记录；`fields` 限定可修改的字段。",
    ),
    "delete": ("Put records into the recycle bin.", "把记录放入回收站。"),
    "copy": (
        "Begin a new record as a copy of another. Implied by create, unless the role says something of it.",
        "以另一条记录为底稿新建。未写明时随 create 一并授予。",
    ),
    "batch": (
        "Change or delete many records in one act. Implied by update and by delete, unless the role says something of it.",
        "一次修改或删除多条记录。未写明时随 update 或 delete 一并授予。",
    ),
    "transfer": (
        "Give records to another owner. Implied by an update that covers the field of the owner, unless the role says something of it.",
        "把记录移交给另一负责人。未写明时随可修改负责人字段的 update 一并授予。",
    ),
    "share": (
        "Lend single records to people, departments, teams or roles for a time. To lend for changes, one has to be allowed to change.",
        "把单条记录限时共享给人员、部门、团队或角色。共享修改权者自己须可修改。",
    ),
    "print": (
        "Open the form for printing. Implied by read, unless the role says something of it.",
        "打开打印视图。未写明时随 read 一并授予。",
    ),
    "purge": (
        "Delete records of the recycle bin for good. Others may read, restore and delete; this cannot be taken back.",
        "彻底删除回收站中的记录，不可恢复；与放入回收站的权限分开授予。",
    ),
    "import": (
        "Bring records in from files. Adding and changing need their own grants, too.",
        "从文件导入记录。新增和修改仍需各自的授权。",
    ),
    "export": ("Take records out as a file; only what may be read.", "把记录导出为文件；仅限可查看的内容。"),
    "reveal": (
        (
            "See a masked value whole, one at a time; each time is kept in the history. Who may reveal on all rows may also filter "
            "and sort by it. Lists, exports and the API show the mask to everybody."
        ),
        "逐个查看被掩码的完整值，每次查看都记入历史。可查看全部行的人也可以按它筛选和排序。列表、导出和接口对所有人都只给掩码。",
    ),
}


def rights(language: Language) -> str:
    """What a role may grant."""
    grants = SCHEMA["properties"]["grants"]["additionalProperties"]["properties"]
    heads = (
        pick(language, "Action", "操作"),
        pick(language, "Name", "名称"),
        pick(language, "Keys", "键"),
        pick(language, "Meaning", "含义"),
    )
    rows = [
        (code(name), schema["x-title"][language], codes(_keys(schema)), pick(language, *MEANINGS[name]))
        for name, schema in grants.items()
    ]
    lead = pick(
        language,
        "Rights are closed by default: who has no role that grants an action may not do it. Each action is `true`, `false` "
        "or a mapping of the keys below; the grants of several roles add up. Sub-tables follow their record. "
        "`dougong explain USER ACTION APP.ENTITY/ID` says why somebody may or may not.",
        "权限默认关闭：没有角色授权的操作不能执行。每个操作写作 `true`、`false` 或含下列键的映射；多个角色的授权相加。子表随所属记录。"
        "`dougong explain 用户 操作 应用.实体/编号` 说明某人为何可以或不可以。",
    )
    special = pick(
        language,
        "`design: true` lets a role change the app's definitions in the browser and over the API. An administrator may do "
        "everything. Every app has a role `owner` that may do everything in it, unless it defines one itself. A token has "
        "the rights of its person, narrowed by its scopes: `read`, `write` (with read), `admin` (with both).",
        "`design: true` 允许角色在浏览器和接口中修改应用定义。管理员可以做一切。每个应用都有可做一切的角色 `owner`，除非应用自行定义了它。"
        "令牌拥有其所属人员的权限，并受范围限制：`read`、`write`（含 read）、`admin`（含两者）。",
    )
    return page(f"# {pick(language, 'Rights', '权限')}", lead, table(heads, rows), special)


def _keys(schema: Mapping[str, object]) -> list[str]:
    branches = schema["anyOf"]
    assert isinstance(branches, list)
    return [name for branch in branches for name in branch.get("properties", {})]
