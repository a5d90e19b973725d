"""Every finding of this room is said in both languages, and every entry is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dougong.storage
from dougong.storage import problems, wording
from dougong.storage.operations import Operation

FOLDER = Path(dougong.storage.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")


def _holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("key", problems.ENTRIES)
def test_an_entry_says_the_same_in_both_languages(key: str) -> None:
    entry = problems.ENTRIES[key]
    assert _holes(entry.message[0]) == _holes(entry.message[1])
    assert bool(entry.hint[0]) == bool(entry.hint[1])
    for english, chinese in (entry.message, entry.hint):
        if re.search("[a-z]", re.sub(r"\{\w+\}", "", english)):
            assert CHINESE.search(chinese)


def test_every_entry_is_used_and_every_use_has_an_entry() -> None:
    places = (*FOLDER.rglob("*.py"), *(FOLDER.parent / "records").glob("*.py"))
    sources = "".join(path.read_text("utf-8") for path in places if path.name != "problems.py")
    used = set(re.findall(r'"([PV]\d{3}(?:/\w+)?)"', sources))
    used |= {
        f"P140/{each}"
        for each in re.findall(r'_refusal\("(\w+)"', (FOLDER / "archive.py").read_text("utf-8"))
    }
    assert used == set(problems.ENTRIES)


def test_every_operation_can_be_told() -> None:
    def kinds(kind: type[Operation]) -> set[str]:
        return (
            {kind.__name__}.union(*(kinds(each) for each in kind.__subclasses__()))
            if kind.__subclasses__()
            else {kind.__name__}
        )

    for name in kinds(Operation) - {"Operation", "CheckRecords"}:
        assert wording.is_known(name), name
