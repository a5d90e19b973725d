"""What the findings mean that have no catalogue of their own: databases and versions, integrity, command line, sample data."""

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
    "P101": (
        "The database address cannot be read, names no known database, or its driver is not installed.",
        "数据库地址无法读取、不是已知的数据库，或未安装其驱动。",
    ),
    "P102": ("The database or its file cannot be opened.", "无法打开数据库或其文件。"),
    "P103": ("Every connection to the database is in use; try again.", "数据库连接已全部占用，请重试。"),
    "P104": (
        "The database was written by a newer dougong; start that one.",
        "数据库由更新版本的 dougong 写入，请使用该版本。",
    ),
    "P105": (
        "A version that was recorded earlier does not compile with this dougong; its files are kept, the findings follow.",
        "先前记录的版本无法用当前 dougong 编译；其文件仍然保留，原因附后。",
    ),
    "P106": (
        "There is no dougong in this database yet; apply an app first.",
        "此数据库中还没有 dougong；请先应用一个应用。",
    ),
    "P120": ("The app has no version with this number.", "该应用没有这个版本号。"),
    "P121": ("The app is not installed.", "该应用没有安装。"),
    "P122": ("The app has no earlier version to go back to.", "该应用没有更早的版本可以回退。"),
    "P123": ("The version to go back to does not compile any more.", "要回退的版本已无法编译。"),
    "P130": (
        "Records that stand there would fail the new definition; the first ids are named. Correct them, then plan again.",
        "现有记录不满足新的定义，列出了前几个编号。请先更正再重新计划。",
    ),
    "P131": (
        "The change would lose data; it is done only when loss is allowed (`--allow-loss`).",
        "该变化会丢失数据；只有允许丢失时（`--allow-loss`）才会执行。",
    ),
    "P132": (
        "Somebody has published since the plan was made; plan again.",
        "计划之后有人发布过；请重新计划。",
    ),
    "P133": (
        "The data do not allow the change; plan again and correct the records it names.",
        "数据不允许这一变化；请重新计划并更正所列记录。",
    ),
    "P134": (
        "The tables are in use by a long request or another publication; try again.",
        "数据表正被较长的请求或另一次发布占用，请稍后再试。",
    ),
    "P140": (
        "The archive is not safe to unpack: a path, a size or a kind of entry is refused.",
        "压缩包不能安全解开：路径、大小或条目类型被拒绝。",
    ),
    "P150": ("The backup cannot be made or restored.", "无法备份或恢复。"),
    "V101": ("The tables of the platform are missing.", "缺少平台自身的数据表。"),
    "V102": ("The database file is damaged; restore a backup.", "数据库文件已损坏；请恢复备份。"),
    "V103": ("Rows point to records that do not exist.", "有行指向不存在的记录。"),
    "V104": ("The ledger of versions has a gap or was altered.", "版本账本有缺口或被改动。"),
    "V105": (
        "A table, the kept values of a removed field, or the search index is missing.",
        "缺少数据表、已移除字段的保留值或搜索索引。",
    ),
    "V106": ("A column is missing.", "缺少列。"),
    "V107": ("A column has another type than recorded.", "列的类型与记录不符。"),
    "V108": (
        "A table or column is not part of any recorded version.",
        "有数据表或列不属于任何已记录的版本。",
    ),
    "V109": ("An index is missing or different.", "索引缺失或不同。"),
    "V110": ("A foreign key is missing or different.", "外键缺失或不同。"),
    "V111": ("A counter of ids stands below a record that exists.", "编号计数器低于已有记录。"),
    "V112": ("The search index does not cover the records exactly.", "搜索索引与记录不一致。"),
    "C101": ("There is no account with this login.", "没有这个登录名的账号。"),
    "C102": ("There is no such entity; it is written `app.entity`.", "没有这个实体；应写作 `应用.实体`。"),
    "C103": ("The app is not installed.", "该应用没有安装。"),
    "C104": ("There is no such role; it is written `app.role`.", "没有这个角色；应写作 `应用.角色`。"),
    "C105": ("There is no token with this number.", "没有这个编号的令牌。"),
    "C110": ("Somebody else listens at this port.", "端口已被占用。"),
    "C120": (
        "What is to be explained is written `app.entity`, `app.entity/id` or `app.entity/id.field`.",
        "要解释的对象应写作 `应用.实体`、`应用.实体/编号` 或 `应用.实体/编号.字段`。",
    ),
    "C121": ("The entity has no such field.", "该实体没有这个字段。"),
    "C122": ("There is no such record.", "没有这条记录。"),
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
    "C140": ("`DOUGONG_SMTP_URL` cannot be read.", "无法读取 `DOUGONG_SMTP_URL`。"),
    "M101": (
        "Something of another kind is expected here, or a number is out of range.",
        "此处应为其他类型，或数字超出范围。",
    ),
    "M102": ("A name stands for nothing in this app.", "该应用中没有这个名称。"),
    "M103": ("Exactly one way to draw a value is expected.", "取值方式必须恰好有一种。"),
    "M104": ("There is nothing, or not enough, to choose from.", "没有可供选择的内容，或数量不足。"),
    "M105": ("The app brings no sample data.", "该应用没有演示数据。"),
}
