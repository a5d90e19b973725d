"""What a plan says to people, in Chinese and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "CreateTable": ("新建数据表 {table}", "create table {table}"),
    "DropTable": ("删除索引表 {table}", "drop index table {table}"),
    "RemoveTable": (
        "移除数据表 {table}（数据保留，可回滚）",
        "remove table {table} (its rows are kept for rollback)",
    ),
    "RestoreTable": ("恢复数据表 {table} 及其数据", "restore table {table} with its rows"),
    "RenameTable": ("数据表 {old} 更名为 {table}", "rename table {old} to {table}"),
    "AddColumn": ("{table}：新增字段 {column}", "{table}: add field {column}"),
    "RemoveColumn": (
        "{table}：移除字段 {column}（数据保留，可回滚）",
        "{table}: remove field {column} (its values are kept for rollback)",
    ),
    "RestoreColumn": (
        "{table}：恢复字段 {column} 及其数据",
        "{table}: restore field {column} with its values",
    ),
    "RenameColumn": ("{table}：字段 {old} 更名为 {column}", "{table}: rename field {old} to {column}"),
    "ChangeType": (
        "{table}：字段 {column} 的类型由 {old} 改为 {new}",
        "{table}: change the type of field {column} from {old} to {new}",
    ),
    "ChangeReference": (
        "{table}：更改 {column} 的删除规则",
        "{table}: change what happens to {column} on deletion",
    ),
    "AddReferences": ("{table}：建立外键", "{table}: add foreign keys"),
    "AttachReferences": ("{table}：恢复外键", "{table}: restore foreign keys"),
    "SetRequired": ("{table}：字段 {column} 改为必填", "{table}: field {column} becomes required"),
    "AddUnique": ("{table}：{columns} 不允许重复", "{table}: {columns} must be unique"),
    "DropUnique": ("{table}：{columns} 允许重复", "{table}: {columns} may repeat"),
    "AddIndex": ("{table}：为 {columns} 建立索引", "{table}: add index over {columns}"),
    "DropIndex": ("{table}：删除 {columns} 的索引", "{table}: drop index over {columns}"),
    "RebuildSearch": ("重建 {table} 的全文索引", "rebuild search index {table}"),
    "touched": ("涉及 {count} 行", "{count} rows"),
    "lost": ("{count} 个值将不再可见", "{count} values would disappear"),
    "failing": ("{count} 行不符合（编号 {ids}）", "{count} rows stand against it (ids {ids})"),
    "joint": ("，", ", "),
    "how:added": ("新增{kind} {id}", "add {kind} {id}"),
    "how:removed": ("移除{kind} {id}", "remove {kind} {id}"),
    "how:changed": ("更改{kind} {id}", "change {kind} {id}"),
    "how:granted": ("授予{kind} {id}", "grant {kind} {id}"),
    "how:revoked": ("收回{kind} {id}", "revoke {kind} {id}"),
    "how:widened": ("放宽{kind} {id}", "widen {kind} {id}"),
    "how:narrowed": ("收紧{kind} {id}", "narrow {kind} {id}"),
    "kind:app": ("应用", "app"),
    "kind:entity": ("数据表", "entity"),
    "kind:field": ("字段", "field"),
    "kind:form": ("表单", "form"),
    "kind:view": ("视图", "views of"),
    "kind:workflow": ("流程", "workflow"),
    "kind:report": ("报表", "report"),
    "kind:dashboard": ("仪表盘", "dashboard"),
    "kind:role": ("角色", "role"),
    "kind:right": ("权限", "right"),
    "kind:files": ("文件", "files of"),
}


def say(key: str, language: str, **words: str) -> str:
    """The sentence of a key in a language."""
    return _WORDS[key][0 if language == "zh" else 1].format_map(words)
