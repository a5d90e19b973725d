"""The pages of the manual, and how they are written into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from dougong.reference.commands_page import commands
from dougong.reference.definitions_page import definitions
from dougong.reference.fields_page import fields
from dougong.reference.findings_page import findings
from dougong.reference.functions_page import functions
from dougong.reference.http_page import http
from dougong.reference.markdown import LANGUAGES, Language, page, pick
from dougong.reference.rights_page import rights
from dougong.reference.settings_page import settings

PAGES: Mapping[str, Callable[[Language], str]] = {
    "definitions": definitions,
    "fields": fields,
    "functions": functions,
    "rights": rights,
    "commands": commands,
    "settings": settings,
    "http": http,
    "findings": findings,
}
GENERATED = "<!-- written by `make docs`; changes made here are lost -->"


def written() -> dict[str, str]:
    """Every file of the manual by its path in it."""
    files = {}
    for language in LANGUAGES:
        made = {name: build(language) for name, build in PAGES.items()}
        files.update({f"{language}/{name}.md": f"{GENERATED}\n\n{text}" for name, text in made.items()})
        files[f"{language}/README.md"] = f"{GENERATED}\n\n{_contents(language, made)}"
    return files


def write(folder: Path) -> list[Path]:
    """Write the manual into a folder; a page of an earlier manual that exists no longer is removed."""
    files = written()
    for language in LANGUAGES:
        for old in folder.joinpath(language).glob("*.md"):
            if f"{language}/{old.name}" not in files:
                old.unlink()
    for path, text in files.items():
        folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(path).write_text(text, encoding="utf-8")
    return [folder / path for path in files]


def _contents(language: Language, made: Mapping[str, str]) -> str:
    titles = {name: text.partition("\n")[0].removeprefix("# ") for name, text in made.items()}
    links = "\n".join(f"- [{title}]({name}.md)" for name, title in titles.items())
    other = pick(language, "[中文](../zh/README.md)", "[English](../en/README.md)")
    return page(f"# {pick(language, 'Reference', '参考手册')}", other, links)
