"""What the findings mean that have no catalogue of their own: those of the command line and of sample data."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

FAMILIES: Mapping[str, Pair] = {
    "P": ("Databases, versions and plans", "数据库、版本与计划"),
    "V": ("Integrity, found by `dougong verify`", "完整性，由 `dougong verify` 检查"),
    "C": ("Command line", "命令行"),
    "M": ("Sample data (`data/demo.yaml`)", "演示数据（`data/demo.yaml`）"),
}
MEANINGS: Mapping[str, Pair] = {
    "P106": (
        "There is no dougong in this database yet; apply an app first.",
        "此数据库中还没有 dougong；请先应用一个应用。",
    ),
    "C101": ("There is no account with this login.", "没有这个登录名的账号。"),
    "C102": ("There is no such entity; it is written `app.entity`.", "没有这个实体；应写作 `应用.实体`。"),
    "C103": ("The app is not installed.", "该应用没有安装。"),
    "C104": ("There is no such role; it is written `app.role`.", "没有这个角色；应写作 `应用.角色`。"),
    "C105": ("There is no token with this number.", "没有这个编号的令牌。"),
    "C106": ("There is no department at this path.", "没有这个路径的部门。"),
    "C107": ("There is no team of this name.", "没有这个名称的团队。"),
    "C110": ("Somebody else listens at this port.", "端口已被占用。"),
    "C120": (
        "What is to be explained is written `app.entity`, `app.entity/id` or `app.entity/id.field`.",
        "要解释的对象应写作 `应用.实体`、`应用.实体/编号` 或 `应用.实体/编号.字段`。",
    ),
    "C123": (
        "A serial number field is written `app.entity.field`.",
        "流水号字段应写作 `应用.实体.字段`。",
    ),
    "C130": ("A date is written like 2026-12-31.", "日期应写作 2026-12-31。"),
    "C131": ("A file to import is missing.", "缺少要导入的文件。"),
    "C132": (
        "The file of `--map` is not a JSON object of header and field.",
        "`--map` 的文件不是“表头: 字段”的 JSON 对象。",
    ),
    "C133": (
        "The ending of the file says its format: .csv, .xlsx or .jsonl.",
        "文件扩展名决定格式：.csv、.xlsx 或 .jsonl。",
    ),
    "C134": (
        "A line of the file is no operation, or there are more than 10,000.",
        "文件中某一行不是操作，或超过 10,000 项。",
    ),
    "C135": (
        "What was removed is purged only after the days that the setting keeps it.",
        "已移除的内容只能在设置规定的保留天数之后清除。",
    ),
    "C170": (
        "The audit trail is asked for in a way that cannot be understood: a login, a record or a day.",
        "审计记录的查询条件有误：登录名、记录编号或日期。",
    ),
    "C171": (
        "The file holds no heads of the sealed chain as `dougong audit seal --to` writes them.",
        "文件中没有 `dougong audit seal --to` 写出的链首。",
    ),
    "C172": ("The two stores of a move are the same.", "迁移的来源和目标相同。"),
    "C173": (
        "A store of files is `folder`, or a bucket as `s3://bucket/folder`.",
        "附件存储应为 `folder` 或 `s3://存储桶/目录`。",
    ),
    "C136": (
        "The calendar of the company does not take that: a line of the file is no day, or nothing is known of the year.",
        "公司日历无法录入：文件中某一行不是一天，或没有该年的安排。",
    ),
    "C137": (
        "The entity has no formula of that name.",
        "该实体没有这个名称的公式。",
    ),
    "C141": ("The package cannot be written there.", "无法在该位置写入应用包。"),
    "C140": ("`DOUGONG_SMTP_URL` cannot be read.", "无法读取 `DOUGONG_SMTP_URL`。"),
    "C142": ("A backup cannot be read or written there.", "无法在该位置读取或写入备份。"),
    "C143": ("There is no such template.", "没有这个应用包。"),
    "C150": (
        "The folder for the demo holds a database of something else, or accounts that cannot be read; name another folder.",
        "演示文件夹中已有其他数据库，或其中的账号文件无法读取；请换一个文件夹。",
    ),
    "M101": (
        "Something of another kind is expected here, or a number is out of range.",
        "此处应为其他类型，或数字超出范围。",
    ),
    "M102": ("A name stands for nothing in this app.", "该应用中没有这个名称。"),
    "M103": ("Exactly one way to draw a value is expected.", "取值方式必须恰好有一种。"),
    "M104": ("There is nothing, or not enough, to choose from.", "没有可供选择的内容，或数量不足。"),
    "M105": ("The app brings no sample data.", "该应用没有演示数据。"),
}
