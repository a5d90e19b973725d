"""The words: both languages, the same parameters, all of them used, and no text of its own in a template."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from dougong.screens.words import WORDS, count, say
from dougong_renderers.html.environment import TEMPLATES

LITERAL = re.compile(r">([^<>{}]*[A-Za-z\u4e00-\u9fff][^<>{}]*)<")
SPOKEN = re.compile(r'(?:title|aria-label|placeholder|alt)="([^"{]+)"')
CLASSES = {"btn", "s-", "e-", "h-", "form-control"}
ALLOWED = {"Ctrl K", "Ctrl S", "Esc", "J", "K", "A", "R", "xxxx-xxxx-xxxx-xxxx", "000000"}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", WORDS)
def test_words_stand_in_both_languages(key: str) -> None:
    chinese, english = WORDS[key]
    assert chinese.strip()
    assert english.strip()
    assert names(chinese) == names(english)
    if not key.startswith("language_"):
        assert not re.search(r"[\u4e00-\u9fff]", english)


def test_counting() -> None:
    assert count("rows", "en", 1) == "1 row"
    assert count("rows", "en", 1200) == "1,200 rows"
    assert count("rows", "zh", 1) == "1 行"


def test_unknown_key_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("there is no such key", "zh")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_template_has_no_text_of_its_own(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    source = re.sub(r"\{\{.*?\}\}", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}", "", source, flags=re.S)
    source = re.sub(r"<meta[^>]*>", "", source)
    found = [text.strip() for text in LITERAL.findall(source) + SPOKEN.findall(source)]
    words = [text for text in found if text and '="' not in text and not set(text.split()) <= CLASSES]
    assert [text for text in words if text not in ALLOWED] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_template_says_only_known_words(path: Path) -> None:
    source = path.read_text("utf-8")
    for key in re.findall(r"""\b(?:say|count)\(["'](\w+)["']\s*[,)]""", source):
        assert key in WORDS


def test_every_word_is_said_somewhere() -> None:
    root = TEMPLATES.parents[3]
    places = [
        *TEMPLATES.rglob("*.html"),
        *(root / "platform/dougong").rglob("*.py"),
        *Path(__file__).parent.glob("*.py"),
    ]
    source = "".join(path.read_text("utf-8") for path in places if "vocabulary" not in path.parts)
    beginnings = tuple(re.findall(r"""say\(["'](\w+_)["'] ~""", source))
    said = set(re.findall(r"""["'](\w+)["']""", source))
    unsaid = [key for key in WORDS if key.removesuffix("_one") not in said and not key.startswith(beginnings)]
    assert unsaid == []
