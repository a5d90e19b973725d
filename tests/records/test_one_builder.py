"""There is one builder of questions to the tables of entities: whoever lists, counts, groups or exports goes through it."""

from __future__ import annotations

import re
from pathlib import Path

import dougong

ROOT = Path(dougong.__file__).parent
BELOW = ("records", "storage")
ALLOWED = {
    "people/person_values.py": "asks whether the record stands that somebody from outside belongs to",
    "web/taking_back.py": "asks whether there are so many records that numbering them again takes long",
    "workflow/figures.py": "counts approvals, not records",
    "workflow/instances.py": "locks the record of an approval",
}
ASKERS = (
    "aggregate",
    "duplicates",
    "export",
    "bin",
    "history",
    "merge",
    "purge",
    "related",
    "suggest",
    "undo",
)
_TABLE = re.compile(r"(?<!labels)\.table\(|tables\.of\(|tables\.links\(|\.tables\.search\(|shape\.table\b")


def test_only_the_records_know_the_tables_of_entities() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in BELOW and _TABLE.search(path.read_text("utf-8"))
    }
    assert found == set(ALLOWED)


def test_whoever_asks_for_records_begins_with_the_rights() -> None:
    for name in ASKERS:
        text = (ROOT / "records" / f"{name}.py").read_text("utf-8")
        assert re.search(r"import .*(Selection|Query|list_narrowed|list_records|stands)", text), name
