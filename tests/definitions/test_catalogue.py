"""The catalogue is complete: whatever code is used is described, whatever is described is produced by some test."""

import re
from pathlib import Path

import dougong
from dougong.definitions.catalogue import CATALOGUE, problem, say, shown
from dougong.definitions.phrases import PHRASES
from dougong.diagnostics import Diagnostic
from tests.definitions.hard_cases import HARD_CASES
from tests.definitions.samples import BAD

_CODE = re.compile(r'"(D\d{3})"')
PACKAGES = ("definitions", "compiler", "expressions", "fieldtypes")


def _used() -> set[str]:
    root = Path(dougong.__file__).parent
    files = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    return {code for path in files for code in _CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_that_is_used_is_described() -> None:
    assert _used() - set(CATALOGUE) == set()


def test_every_code_that_is_described_is_produced_by_a_test() -> None:
    golden = "".join(path.read_text(encoding="utf-8") for path in BAD.glob("*.expected"))
    produced = set(re.findall(r" error (D\d{3}): ", golden)) | set(HARD_CASES)
    assert set(CATALOGUE) - produced == set()


def test_every_entry_is_complete_in_both_languages() -> None:
    for entry in CATALOGUE.values():
        for english, chinese in (entry.title, entry.explanation):
            assert english, entry.code
            assert re.search("[一-鿿]", chinese), entry.code
        assert bool(entry.advice[0]) == bool(entry.advice[1]), entry.code
        assert entry.example, entry.code
        placeholders = [set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text)) for text in entry.message]
        assert placeholders[0] == placeholders[1], entry.code


def test_phrases_are_said_in_both_languages() -> None:
    for english, chinese in PHRASES.values():
        assert english != chinese
        assert re.search("[一-鿿]", chinese), english


def test_words_of_an_author_cannot_garble_a_message() -> None:
    finding = problem("D201", None, "", key="{key}\n\x1b[31m" + "x" * 500, known="{nothing}")
    assert "\n" not in finding.message
    assert "\x1b" not in finding.message
    assert len(finding.message) < 300
    assert "{nothing}" in finding.hint


def test_findings_of_others_are_said_as_they_are() -> None:
    assert say(Diagnostic("X999", "something", hint="do it"), "zh") == ("something", "do it")


def test_shown_values_are_bounded() -> None:
    assert shown("a" * 1000).endswith("…")
    assert shown(" ") == " "
