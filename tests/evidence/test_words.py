"""Every action that the program can write into the audit trail is told in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dougong
from dougong.screens.vocabulary.audit import ACTIONS, DETAILS, RECORD_ACTIONS
from dougong.storage.evidence.anchors import ANCHORS

SOURCES = sorted(Path(dougong.__file__).parent.rglob("*.py"))


def written() -> Iterator[tuple[str, str]]:
    """Every action that stands as a text in a call of `note` or `noted`, with the file it stands in."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("note", "noted"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and _is_action(argument.value):
                        yield str(argument.value), path.name


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_action(value: object) -> bool:
    return (
        isinstance(value, str) and value.count(".") == 1 and value.replace(".", "").replace("_", "").isalpha()
    )


def test_actions_have_words() -> None:
    found = dict(written())
    assert len(found) > 15
    assert {name: where for name, where in found.items() if name not in ACTIONS} == {}
    assert set(ANCHORS) <= set(ACTIONS)


@pytest.mark.parametrize("words", [ACTIONS, RECORD_ACTIONS, DETAILS])
def test_words_stand_in_both_languages(words: dict[str, tuple[str, str]]) -> None:
    for chinese, english in words.values():
        assert chinese
        assert english
        assert not any("一" <= letter <= "鿿" for letter in english)
