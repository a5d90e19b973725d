"""Every finding by its code, from the catalogues that say them."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.definitions import reference as of_definitions
from dougong.fieldtypes import messages as of_values
from dougong.people import messages as of_people
from dougong.records import messages as of_records
from dougong.reference.finding_words import FAMILIES, MEANINGS
from dougong.reference.markdown import Language, code, page, pick, table
from dougong.storage import problems as of_storage
from dougong.web import catalogue as of_requests

Pair = tuple[str, str]
SPOKEN: tuple[tuple[Pair, Mapping[str, Pair]], ...] = (
    (("Requests", "请求"), of_requests.MESSAGES),
    (("Values of fields", "字段的值"), of_values.MESSAGES),
    (("Records, imports and exports", "记录、导入与导出"), of_records.MESSAGES),
    (("People, sessions and tokens", "人员、会话与令牌"), of_people.MESSAGES),
)


def findings(language: Language) -> str:
    """All codes: first those of definitions, with an example each, then the others as tables."""
    title = pick(language, "Findings", "诊断代码")
    lead = pick(
        language,
        "Whatever a person can correct is a finding: a code that never changes its meaning, a place where it has one, a "
        "message and a hint. On the command line it reads `file:line:column: error CODE: message (hint)`; over HTTP it stands "
        "in `errors` of the problem document.",
        "凡是可以由人更正的问题都是一条诊断：代码的含义永不改变，有位置时给出位置，并附消息和提示。"
        "命令行中写作 `文件:行:列: error 代码: 消息（提示）`；HTTP 中位于问题文档的 `errors`。",
    )
    spoken = [_spoken(titles, messages, language) for titles, messages in SPOKEN]
    others = [_family(letter, language) for letter in FAMILIES]
    return page(f"# {title}", lead, _of_definitions(language), *spoken, *others)


def _of_definitions(language: Language) -> str:
    """The catalogue of definitions, one level down, with this page's heading."""
    written = of_definitions.findings(language).replace("\n## ", "\n### ").partition("\n")[2].strip()
    return f"## {pick(language, 'Definitions', '定义')}\n\n{written}"


def _spoken(titles: Pair, messages: Mapping[str, Pair], language: Language) -> str:
    heads = (pick(language, "Code", "代码"), pick(language, "Message", "消息"))
    rows = [(code(name), pick(language, english, chinese)) for name, (chinese, english) in messages.items()]
    return f"## {pick(language, *titles)}\n\n{table(heads, rows)}"


def _family(letter: str, language: Language) -> str:
    heads = (
        pick(language, "Code", "代码"),
        pick(language, "Meaning", "含义"),
        pick(language, "What to do", "处理办法"),
    )
    rows = [(code(name), pick(language, *words), "") for name, words in MEANINGS.items()]
    rows += [
        (code(key.partition("/")[0]), pick(language, *entry.message), pick(language, *entry.hint))
        for key, entry in of_storage.ENTRIES.items()
    ]
    ours = sorted(row for row in rows if row[0].startswith(f"`{letter}"))
    return f"## {pick(language, *FAMILIES[letter])}\n\n{table(heads, ours)}"
