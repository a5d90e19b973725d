"""Every finding of this room, in both languages: P1xx while a database is opened, planned or restored, V1xx when it is verified.

The key of an entry is its code, or code and variant where one code stands for one kind of trouble with several causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """A message and a hint, each in English and Chinese; braces take the words of the finding."""

    message: tuple[str, str]
    hint: tuple[str, str] = ("", "")


_ADDRESS = (
    "write sqlite:///file.db or postgresql://user:password@host/name",
    "请写 sqlite:///文件.db 或 postgresql://用户:密码@主机/库名",
)
_AGAIN = ("plan again", "请重新生成发布计划")
_BACKUP = ("restore a backup, or ask for help", "请恢复备份或寻求支持")
_TAMPERED = (
    "somebody changed the database past dougong; compare with a backup",
    "有人绕过平台改动了数据库，请与备份比对",
)
_ARCHIVE = ("ask whoever made the archive for a proper one", "请向提供者索取正常的压缩包")

ENTRIES: Mapping[str, Entry] = {
    "P101/unreadable": Entry(("the database address cannot be read", "无法识别数据库地址"), _ADDRESS),
    "P101/unknown": Entry(("'{name}' is no database that dougong knows", "不支持的数据库“{name}”"), _ADDRESS),
    "P101/memory": Entry(("a SQLite database needs a file", "SQLite 数据库需要一个文件"), _ADDRESS),
    "P101/threshold": Entry(
        ("prepare_threshold is a number or none", "prepare_threshold 须为数字或 none"), _ADDRESS
    ),
    "P101/driver": Entry(
        ("the driver for PostgreSQL is not installed", "尚未安装 PostgreSQL 驱动"),
        ("install the extra: pip install 'dougong[postgres]'", "请安装：pip install 'dougong[postgres]'"),
    ),
    "P102/open": Entry(("the database cannot be opened", "无法打开数据库"), ("{reason}", "{reason}")),
    "P102/file": Entry(
        ("the database file '{name}' cannot be opened", "无法打开数据库文件“{name}”"),
        ("{reason}", "{reason}"),
    ),
    "P103": Entry(("the database is busy", "数据库繁忙"), ("try again in a moment", "请稍后再试")),
    "P104": Entry(
        (
            "the database was made by a newer dougong (schema {found}, this one knows {known})",
            "数据库由更新版本的 dougong 创建（结构 {found}，当前支持 {known}）",
        ),
        ("start the newer version of dougong", "请使用更新版本的 dougong"),
    ),
    "P105": Entry(
        (
            "the recorded version {number} of app '{app}' does not compile",
            "应用“{app}”的第 {number} 版无法编译",
        ),
        ("roll the app back to an earlier version", "请将应用回滚到更早的版本"),
    ),
    "P106": Entry(
        ("the connection to the database was lost", "与数据库的连接已中断"),
        ("try again in a moment; what was not confirmed was not done", "请稍后再试；未确认的操作没有生效"),
    ),
    "P107": Entry(
        ("there is no more room for the database", "数据库所在磁盘已满"),
        ("free some space on the disk; nothing was changed", "请释放磁盘空间；数据未作更改"),
    ),
    "P107/device": Entry(
        ("the disk of the database reports an error", "数据库所在磁盘报告错误"),
        (
            "look at the disk and at the limits of the process; nothing was changed",
            "请检查磁盘以及进程的限制；数据未作更改",
        ),
    ),
    "P108": Entry(
        (
            "this takes longer than the {seconds} seconds that a request may keep the database busy",
            "此操作占用数据库超过 {seconds} 秒，已中止",
        ),
        (
            "narrow the filter, ask for fewer columns or rows, or sort by an indexed field",
            "请缩小筛选范围、减少列或行数，或按有索引的字段排序",
        ),
    ),
    "P109": Entry(
        (
            "a record holds more than PostgreSQL keeps in one row",
            "一条记录的内容超过了 PostgreSQL 单行的容量",
        ),
        (
            "fill in fewer of its fields, or put fields that belong together into a sub-table; nothing was changed",
            "请减少填写的字段，或把相关字段放入子表；数据未作更改",
        ),
    ),
    "P120": Entry(("app '{app}' has no version {number}", "应用“{app}”没有第 {number} 版")),
    "P121": Entry(("app '{app}' is not installed", "尚未安装应用“{app}”")),
    "P122": Entry(("app '{app}' has no earlier version", "应用“{app}”没有更早的版本")),
    "P123": Entry(
        (
            "version {number} of app '{app}' does not compile any more",
            "应用“{app}”的第 {number} 版已无法编译",
        ),
        ("correct its definitions and publish them as a new version", "请修正定义后作为新版本发布"),
    ),
    "P130": Entry(("{step}", "{step}"), ("correct these records first", "请先更正这些记录")),
    "P130/mend": Entry(
        ("{step}", "{step}"),
        (
            "correct these records first, or mend {field}: {ways}",
            "请先更正这些记录，或修整 {field}：{ways}",
        ),
    ),
    "P131": Entry(
        ("{step}", "{step}"),
        (
            "allow the loss, or keep the field; removed values can be brought back by a rollback",
            "请确认允许，或保留该字段；移除的值可通过回滚找回",
        ),
    ),
    "P132": Entry(
        ("somebody else has published since this plan was made", "计划生成之后已有其他人发布"), _AGAIN
    ),
    "P133/data": Entry(
        ("the data do not allow this change", "现有数据不允许这项更改"),
        ("plan again and correct the records it names", "请重新生成计划并更正其中列出的记录"),
    ),
    "P133/value": Entry(("{step}: {reason}", "{step}：{reason}"), _AGAIN),
    "P134": Entry(
        (
            "the tables are in use by a long request or another publication",
            "数据表正被其他发布或长时间的请求占用",
        ),
        ("try again in a moment", "请稍后再试"),
    ),
    "P135": Entry(
        ("app '{app}' would no longer compile: {reasons}", "应用“{app}”将无法编译：{reasons}"),
        (
            "publish a version of that app that fits, or allow this",
            "请发布与之相符的该应用新版本，或确认允许",
        ),
    ),
    "P136": Entry(
        ("the backfill of '{field}' cannot be computed: {reason}", "“{field}”的补值公式无法计算：{reason}"),
        (
            "it may name the fields that the record had in the version before, but follows no links",
            "公式可使用该记录上一版本的字段，但不能跨关联取值",
        ),
    ),
    "P137": Entry(
        ("there is no field '{name}' whose values could be mended", "没有可补值的字段“{name}”"),
        ("write app.entity.field, for example {nearest}", "请写成 应用.实体.字段，例如 {nearest}"),
    ),
    "P140/missing": Entry(("the archive holds no such file", "压缩包中没有这个文件"), _ARCHIVE),
    "P140/large": Entry(
        ("the archive inflates to more than is allowed", "压缩包解压后超出允许的大小"), _ARCHIVE
    ),
    "P140/many": Entry(
        ("the archive holds more than {count} files", "压缩包中的文件超过 {count} 个"), _ARCHIVE
    ),
    "P140/damaged": Entry(("the archive is damaged, or it is none", "压缩包已损坏或不是压缩包"), _ARCHIVE),
    "P140/link": Entry(
        ("only plain files may be in an archive, no links", "压缩包中只允许普通文件，不允许链接"), _ARCHIVE
    ),
    "P140/secret": Entry(("encrypted files cannot be read", "无法读取加密文件"), _ARCHIVE),
    "P140/double": Entry(("two files of the archive have the same name", "压缩包中有同名文件"), _ARCHIVE),
    "P140/name": Entry(
        ("the name of a file in the archive is no plain relative path", "压缩包中的文件名不是普通的相对路径"),
        _ARCHIVE,
    ),
    "P160/foreign": Entry(
        ("this archive is no packed app", "这个压缩包不是打包的应用"),
        ("make one with: dougong template pack", "请用 dougong template pack 打包"),
    ),
    "P160/newer": Entry(
        (
            "the package has format {found}, this dougong knows {known}",
            "打包格式为 {found}，当前支持 {known}",
        ),
        ("use a newer dougong", "请使用更新版本的 dougong"),
    ),
    "P160/text": Entry(("a file of the package is no UTF-8 text", "打包文件中有不是 UTF-8 文本的文件")),
    "P160/installed": Entry(
        ("the app '{app}' is installed already", "应用“{app}”已经安装"),
        ("upgrade it instead", "请改为升级"),
    ),
    "P160/absent": Entry(
        ("the app '{app}' is not installed", "应用“{app}”尚未安装"),
        ("install it instead", "请改为安装"),
    ),
    "P160/unknown_base": Entry(
        ("the app '{app}' was not installed from a package", "应用“{app}”不是由打包文件安装的"),
        ("apply its folder instead", "请改为应用其文件夹"),
    ),
    "P150/damaged": Entry(("the backup is damaged", "备份已损坏"), ("try another backup", "请尝试其他备份")),
    "P150/foreign": Entry(("this archive is no backup of dougong", "这不是 dougong 的备份")),
    "P150/altered": Entry(
        ("the backup is damaged: '{name}' is not what was written", "备份已损坏：“{name}”与写入时不一致"),
        ("try another backup", "请尝试其他备份"),
    ),
    "P150/inconsistent": Entry(
        ("what the backup holds does not fit together", "备份内容前后不一致"),
        ("try another backup", "请尝试其他备份"),
    ),
    "P150/version": Entry(
        ("the backup was made by another version of dougong", "备份由其他版本的 dougong 创建"),
        ("restore it with the version that made it, then upgrade", "请用创建它的版本恢复后再升级"),
    ),
    "P150/used": Entry(
        ("this database is not empty, nothing was restored", "数据库不是空的，没有恢复任何内容"),
        ("name a new database with --database", "请用 --database 指定一个新数据库"),
    ),
    "P150/folder": Entry(
        (
            "the backup holds uploaded files, but there is no place for them",
            "备份中含有上传的文件，但没有存放位置",
        ),
        ("name the folder for uploaded files", "请指定上传文件的目录"),
    ),
    "V101": Entry(
        ("the platform's tables are missing", "缺少平台数据表"),
        ("apply an app to this database first", "请先在此数据库安装应用"),
    ),
    "V102": Entry(
        ("the database file is damaged: {reason}", "数据库文件已损坏：{reason}"),
        ("restore a backup", "请恢复备份"),
    ),
    "V103/row": Entry(
        ("row {row} points to a record that is not in '{target}'", "第 {row} 行指向“{target}”中不存在的记录"),
        _BACKUP,
    ),
    "V103/rows": Entry(
        ("{count} rows point to records that do not exist", "{count} 行指向不存在的记录"), _BACKUP
    ),
    "V104/missing": Entry(
        ("version {number} is missing in the ledger", "版本记录缺少第 {number} 版"), _BACKUP
    ),
    "V104/altered": Entry(
        (
            "the ledger was altered: the hash does not cover what is recorded",
            "版本记录被篡改：校验值与内容不符",
        ),
        _BACKUP,
    ),
    "V104/present": Entry(
        (
            "the app is at version {number}, which is not the newest of the ledger",
            "应用处于第 {number} 版，与版本记录不符",
        ),
        _BACKUP,
    ),
    "V105/rows": Entry(("the kept rows of a removed table are gone", "已移除数据表的保留数据丢失"), _BACKUP),
    "V105/values": Entry(
        ("the kept values of a removed field are gone", "已移除字段的保留数据丢失"), _BACKUP
    ),
    "V105/search": Entry(("the search index is missing", "缺少全文索引"), _BACKUP),
    "V105/table": Entry(("the table is missing", "缺少数据表"), _BACKUP),
    "V106": Entry(("the column is missing", "缺少列"), _BACKUP),
    "V107": Entry(
        ("the column is of type {found}, not {expected}", "列的类型是 {found}，应为 {expected}"), _BACKUP
    ),
    "V108/column": Entry(
        ("the column is not part of any recorded version", "该列不属于任何已记录的版本"), _BACKUP
    ),
    "V108/table": Entry(
        ("the table is not part of any recorded version", "该数据表不属于任何已记录的版本"), _BACKUP
    ),
    "V109": Entry(
        ("the index over {columns} is missing or different", "{columns} 的索引缺失或不一致"), _BACKUP
    ),
    "V110": Entry(("the foreign key is missing or different", "外键缺失或不一致"), _BACKUP),
    "V111": Entry(
        (
            "the counter of ids stands at {last}, but there is a record {highest}",
            "编号计数器为 {last}，但存在记录 {highest}",
        ),
        _BACKUP,
    ),
    "V112": Entry(
        (
            "{found} records are indexed, but there are {expected}",
            "已索引 {found} 条记录，实际有 {expected} 条",
        ),
        ("rebuild the search index", "请重建全文索引"),
    ),
    "V117": Entry(
        ("{count} rows hold nothing in a column that is always filled", "必有值的列中有 {count} 行为空"),
        _BACKUP,
    ),
    "V113": Entry(
        ("the index '{name}' is not part of any recorded version", "索引“{name}”不属于任何已记录的版本"),
        ("drop it, or declare it in the definition", "请删除该索引，或在定义中声明"),
    ),
    "V114": Entry(
        ("the table has a trigger '{name}' that dougong did not make", "数据表有非平台创建的触发器“{name}”"),
        ("drop the trigger", "请删除该触发器"),
    ),
    "P170/driver": Entry(
        ("the client for S3 is not installed", "尚未安装 S3 客户端"),
        ("install the extra: pip install 'dougong[s3]'", "请安装：pip install 'dougong[s3]'"),
    ),
    "P170/unreachable": Entry(
        (
            "the store of the files does not answer as it should ({reason})",
            "文件存储没有正常响应（{reason}）",
        ),
        ("try again in a moment", "请稍后再试"),
    ),
    "V120/missing": Entry(
        ("block {number} of the sealed chain is missing", "封存链缺少第 {number} 块"), _TAMPERED
    ),
    "V120/altered": Entry(
        ("block {number} of the sealed chain was altered", "封存链的第 {number} 块被改动"), _TAMPERED
    ),
    "V120/form": Entry(
        ("block {number} was sealed by a newer dougong", "第 {number} 块由更新版本的 dougong 封存"),
        ("verify with the newer version of dougong", "请用更新版本的 dougong 校验"),
    ),
    "V120/other": Entry(
        (
            "block {number} is not the one that was kept elsewhere: the chain was made anew",
            "第 {number} 块与外部留存的不同：封存链被重新生成",
        ),
        _TAMPERED,
    ),
    "V120/short": Entry(
        (
            "block {number} was kept elsewhere, but the chain ends before it",
            "外部留存了第 {number} 块，但封存链在此之前已结束",
        ),
        _TAMPERED,
    ),
    "V130/missing": Entry(("the content of the file '{name}' is missing", "文件“{name}”的内容丢失"), _BACKUP),
    "V130/altered": Entry(
        ("the content of the file '{name}' was altered", "文件“{name}”的内容被改动"), _BACKUP
    ),
    "V121/altered": Entry(
        ("entry {id} of {source} was altered after it was sealed", "{source} 的第 {id} 条在封存后被改动"),
        _TAMPERED,
    ),
    "V121/removed": Entry(
        ("entry {id} of {source} was removed after it was sealed", "{source} 的第 {id} 条在封存后被删除"),
        _TAMPERED,
    ),
    "V121/inserted": Entry(
        ("entry {id} of {source} was inserted among sealed ones", "{source} 的第 {id} 条是在封存后插入的"),
        _TAMPERED,
    ),
    "V115": Entry(
        ("{count} rows hold values of another type than the column's", "{count} 行的值与列的类型不符"),
        _BACKUP,
    ),
}


def problem(key: str, path: str = "", /, **words: object) -> Diagnostic:
    """The finding of an entry; what it says in Chinese goes along as parameters `zh` and `zh_hint`."""
    return told(key, path, words, words)


def told(key: str, path: str, english: Mapping[str, object], chinese: Mapping[str, object]) -> Diagnostic:
    """The finding of an entry whose words differ between the languages."""
    entry = ENTRIES[key]
    spoken = (("zh", entry.message[1].format_map(chinese)), ("zh_hint", entry.hint[1].format_map(chinese)))
    message, hint = entry.message[0].format_map(english), entry.hint[0].format_map(english)
    return Diagnostic(key.partition("/")[0], message, path, hint=hint, parameters=spoken)


def refusal(kind: str, key: str, path: str = "", /, **words: object) -> Refusal:
    """A refusal for one reason."""
    return Refusal(kind, [problem(key, path, **words)])
