"""The environment variables that are read, from their registry."""

from __future__ import annotations

from dougong.reference.markdown import Language, code, page, pick, table
from dougong.web.settings import REGISTRY


def settings(language: Language) -> str:
    """One row a variable."""
    title = pick(language, "Settings", "设置")
    lead = pick(
        language,
        "Everything is set by environment variables; an option of the command line goes before the variable. "
        "`dougong settings` prints this list.",
        "全部设置来自环境变量；命令行选项优先。`dougong settings` 会列出它们。",
    )
    heads = (
        pick(language, "Variable", "变量"),
        pick(language, "Default", "默认"),
        pick(language, "Meaning", "含义"),
    )
    rows = [
        (code(each.environment), code(each.default), pick(language, each.en, each.zh)) for each in REGISTRY
    ]
    return page(f"# {title}", lead, table(heads, rows))
