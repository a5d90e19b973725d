"""The reference of everything that can be wrong with a definition, written from the catalogue."""

from __future__ import annotations

from dougong.definitions.catalogue import CATALOGUE

_ENGLISH, _CHINESE = 0, 1
_TITLES = ("Findings of definitions", "定义检查的诊断代码")
_HEADINGS = (("Message", "消息"), ("Meaning", "含义"), ("What to do", "处理办法"), ("Example", "示例"))
_COLONS = (": ", ":")


def findings(language: str) -> str:
    """All codes with title, message, meaning, advice and an example, as Markdown in a language."""
    chosen = _CHINESE if language.startswith("zh") else _ENGLISH
    parts = [f"# {_TITLES[chosen]}"]
    for code, entry in sorted(CATALOGUE.items()):
        parts.append(f"## {code} {entry.title[chosen]}")
        texts = (_shown(entry.message[chosen]), entry.explanation[chosen], _shown(entry.advice[chosen]))
        for heading, text in zip(_HEADINGS, texts, strict=False):
            if text:
                parts.append(f"**{heading[chosen]}**{_COLONS[chosen]}{text}")
        parts.append(f"**{_HEADINGS[3][chosen]}**\n\n```\n{entry.example}\n```")
    return "\n\n".join(parts) + "\n"


def _shown(template: str) -> str:
    """A template as people read it; one that is a single parameter says nothing by itself."""
    if template.startswith("{") and template.endswith("}") and template.count("{") == 1:
        return ""
    return template.replace("{{", "{").replace("}}", "}")
