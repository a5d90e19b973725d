"""Every mistake answers with its code, its place and advice, in both languages; golden files hold the English words."""

import re

import pytest

from dougong.compiler import check_sources
from dougong.definitions.catalogue import CATALOGUE, say
from dougong.definitions.load import load_app
from tests.definitions.samples import BAD, CASES, findings, texts_of


@pytest.mark.parametrize("case", CASES)
def test_findings_are_the_expected_ones(case: str) -> None:
    found = "".join(f"{finding}\n" for finding in findings(BAD / case))
    assert found == (BAD / f"{case}.expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_texts_and_folders_answer_alike(case: str) -> None:
    """What the command line says about a folder is what HTTP says about the same files."""
    shown = load_app(BAD / case).name  # the id of the app, or the folder's name where it has none
    outcome = check_sources(texts_of(BAD / case), name="" if shown == "shop" else shown)
    assert outcome == findings(BAD / case)


@pytest.mark.parametrize("case", CASES)
def test_places_are_real(case: str) -> None:
    """Every finding that names a file stands inside it."""
    for finding in findings(BAD / case):
        assert finding.place is not None
        path = BAD / case / finding.place.file.partition("/")[2]
        lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else [""]
        assert 1 <= finding.place.line <= len(lines)
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1


@pytest.mark.parametrize("case", CASES)
def test_findings_are_said_in_chinese(case: str) -> None:
    for finding in findings(BAD / case):
        assert say(finding, "en") == (finding.message, finding.hint)
        message, hint = say(finding, "zh")
        assert re.search("[一-鿿]", message) or finding.code == "D462", message
        assert "{" not in CATALOGUE[finding.code].title[1]
        assert bool(hint) == bool(finding.hint), finding


def test_one_broken_thing_hides_no_other_and_makes_no_noise() -> None:
    """Five mistakes give five findings, though forms, views, roles and rules use what they broke."""
    assert [finding.code for finding in findings(BAD / "no_cascade")] == [
        "D204",
        "D202",
        "D201",
        "D201",
        "D204",
    ]
