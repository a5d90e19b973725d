"""The generated reference names every code once, in either language."""

import re

import pytest

from dougong.definitions.catalogue import CATALOGUE
from dougong.definitions.reference import findings


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_code_has_its_paragraphs(language: str) -> None:
    text = findings(language)
    assert re.findall(r"^## (D\d{3}) ", text, re.MULTILINE) == sorted(CATALOGUE)
    assert text.count("```") == 2 * len(CATALOGUE)
    assert "{{" not in text


def test_the_languages_differ() -> None:
    assert "What to do" in findings("en")
    assert "处理办法" in findings("zh")
