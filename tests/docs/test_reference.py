"""The reference in the repository is the one that the registries give, and they say everything in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.definitions import schemas
from dougong.definitions.catalogue import CATALOGUE
from dougong.definitions.schemas.entity import definitions
from dougong.definitions.schemas.role import SCHEMA
from dougong.expressions.functions import FUNCTIONS, GROUPS
from dougong.fieldtypes import TYPES
from dougong.reference import pages, rights_page, route_words
from dougong.reference.commands_page import actions, parsers
from dougong.reference.definitions_page import keys
from dougong.reference.finding_words import MEANINGS
from dougong.reference.findings_page import SPOKEN
from dougong.reference.http_page import meaning
from dougong.reference.markdown import LANGUAGES
from dougong.storage.problems import ENTRIES
from dougong.web.settings import REGISTRY
from dougong.web.table import API, OPEN, PAGES, ROUTES
from tests.conftest import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")
FOREIGN = {"S256"}
"""What looks like a code and is a word of a protocol: how PKCE hashes."""
CODE = re.compile(r'"([A-Z]\d{3})(?:/[a-z_]+)?"')


def both(english: str, chinese: str, whose: str) -> None:
    """Both texts are there, and the English one is not the Chinese one."""
    assert english.strip(), f"{whose} is not documented in English"
    assert chinese.strip(), f"{whose} is not documented in Chinese"
    assert len(CHINESE.findall(english)) < 5, f"{whose}: the English text is Chinese: {english}"


def test_the_repository_holds_the_manual_of_this_very_code() -> None:
    fresh = pages.written()
    standing = {
        path.relative_to(ROOT / "reference").as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "reference").rglob("*.md")
    }
    assert sorted(standing) == sorted(fresh), "run: make docs"
    outdated = [path for path, text in fresh.items() if standing[path] != text]
    assert not outdated, f"run make docs: {outdated} differ from what the code says"


def test_writing_removes_pages_that_are_no_more(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "gone.md").write_text("old")
    (tmp_path / "notes.md").write_text("somebody's")
    written = pages.write(tmp_path)
    assert not (tmp_path / "en" / "gone.md").exists()
    assert (tmp_path / "notes.md").read_text() == "somebody's"
    assert all(path.is_file() for path in written)


def test_links_inside_the_manual_lead_somewhere() -> None:
    for path, text in pages.written().items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (ROOT / "reference" / path).parent.joinpath(target).resolve().exists(), f"{path}: {target}"


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_every_key_of_a_definition_has_a_meaning(kind: str) -> None:
    titles = schemas.schema(kind)["x-title"]
    both(titles["en"], titles["zh"], kind)
    for key in keys(schemas.schema(kind), "en"):
        both(key.titles.get("en", ""), key.titles.get("zh", ""), f"{kind}: {key.path}")


@pytest.mark.parametrize("name", list(TYPES))
def test_every_field_type_is_documented(name: str) -> None:
    kind = TYPES[name]
    both(kind.label.get("en"), kind.label.get("zh"), name)
    both(kind.documentation.get("en"), kind.documentation.get("zh"), name)
    for operator in kind.operators:
        both(operator.label.get("en"), operator.label.get("zh"), f"{name}: {operator.id}")
    for setting, schema in definitions()[f"field_{name}"]["properties"].items():
        if setting != "type":
            titles = schema.get("x-title", {})
            both(titles.get("en", ""), titles.get("zh", ""), f"{name}: {setting}")


def test_every_function_is_documented() -> None:
    for function in FUNCTIONS.values():
        both(function.documentation.get("en"), function.documentation.get("zh"), function.name)
        assert CHINESE.search(function.alias), function.name
        assert all(function.example), function.name
        assert function.group in GROUPS, function.name
        assert function.name in function.signature, function.name


def test_every_setting_and_entry_point_is_documented() -> None:
    for setting in REGISTRY:
        both(setting.en, setting.zh, setting.environment)
    for route in ROUTES:
        both(meaning(route, "en"), meaning(route, "zh"), route.endpoint)


def test_no_words_are_left_of_entry_points_that_are_gone() -> None:
    assert set(route_words.SERVER) == {route.endpoint for route in OPEN}
    assert set(route_words.PAGES) == {route.endpoint for route in PAGES}
    assert set(route_words.API) == {f"{route.method} {route.rule.removeprefix('/api/v1')}" for route in API}


def test_every_command_and_option_is_documented() -> None:
    english, chinese = (dict(parsers(language)) for language in ("en", "zh"))
    assert list(english) == list(chinese)
    for name, parser in english.items():
        both(parser.description or "", chinese[name].description or "", name)
        for one, other in zip(actions(parser), actions(chinese[name]), strict=True):
            both(one.help or "", other.help or "", f"{name} {one.dest}")


def test_every_action_of_a_role_is_documented() -> None:
    grants = SCHEMA["properties"]["grants"]["additionalProperties"]["properties"]
    assert set(grants) == set(rights_page.MEANINGS)
    for name, (english, chinese) in rights_page.MEANINGS.items():
        both(english, chinese, name)


def test_every_finding_is_documented() -> None:
    for entry in CATALOGUE.values():
        both(entry.title[0], entry.title[1], entry.code)
        both(entry.explanation[0], entry.explanation[1], entry.code)
    for _, messages in SPOKEN:
        for code, (chinese, english) in messages.items():
            both(english, chinese, code)
    for code, problem in ENTRIES.items():
        both(*problem.message, code)
        assert bool(problem.hint[0]) == bool(problem.hint[1]), code
    for code, (english, chinese) in MEANINGS.items():
        both(english, chinese, code)


def codes_in_the_sources() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "platform/dougong").rglob("*.py")):
        if "reference" not in path.parts:
            for code in CODE.findall(path.read_text(encoding="utf-8")):
                yield code, path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_the_program_uses_is_in_the_manual(language: str) -> None:
    text = pages.written()[f"{language}/findings.md"]
    listed = set(re.findall(r"^(?:### |\| `)([A-Z]\d{3})\b", text, flags=re.MULTILINE))
    unknown = {code: name for code, name in codes_in_the_sources() if code not in listed | FOREIGN}
    assert not unknown
    used = {code for code, _ in codes_in_the_sources()}
    assert set(MEANINGS) <= used, "a code is described that nothing uses"
