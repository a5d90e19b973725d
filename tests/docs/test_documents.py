"""What the documents name exists: targets of make, files and folders, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ROOT / "platform/README.md",
    ROOT / "app_definitions/README.md",
    *sorted((ROOT / "platform/decisions").glob("*.md")),
]
PLACE = re.compile(r"`((?:platform|renderers|tests|tools|app_definitions|reference|pictures)/[\w./-]*)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    missing = [place for place in PLACE.findall(text) if not (ROOT / place).exists()]
    assert not missing
    prose = re.sub(r"`[^`]*`", "", text)
    links = [link for link in re.findall(r"\]\(([^)#]+)", prose) if not link.startswith("https://")]
    assert not [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_document_names_a_machine_or_a_workplace(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not re.search(r"/(?:work|root|home)/|/tmp/(?!lending)|\bTODO\b|\bWIP\b", text)
