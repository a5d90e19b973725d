"""The table of OWASP ASVS says of every row how it stands, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (V[0-9.]+) \| ([123]) \| (.+?) \| (met|not applicable|not met) \| (.+?) \|")
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")


def rows() -> list[tuple[str, str, str, str, str]]:
    text = (ROOT / "platform/asvs.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| V")]
    found = [ROW.fullmatch(line) for line in lines]
    assert all(found), [line for line, row in zip(lines, found, strict=True) if not row]
    return [(row[1], row[2], row[3], row[4], row[5]) for row in found if row]


def test_every_row_is_there_once_and_says_why() -> None:
    items = [item for item, *_ in rows()]
    assert len(items) == len(set(items)) == 95
    assert items == sorted(items, key=lambda each: [int(part) for part in each[1:].split(".")])
    for item, _, _, state, reason in rows():
        assert TEST.search(reason) if state == "met" else len(reason) > 20, item


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{item}: {file}::{name}"
        for item, *_, reason in rows()
        for file, name in TEST.findall(reason)
        if name not in named_in(file)
    ]
    assert missing == []


def named_in(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    return {each.name for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.FunctionDef)}
