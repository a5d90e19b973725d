"""`dougong renumber`: shows first, asks, does it once, and says what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from dougong.cli import main
from tests.cli.test_commands import Capture, as_json, database, english

__all__ = ["database", "english"]

DESK = {
    "app.yaml": "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en]\n",
    "entities/note.yaml": """
label: Note
title: "{subject}"
fields:
  subject: {type: text}
  number: {type: serial, parts: [PARTS, {count: 3}]}
""",
}


def write(folder: Path, prefix: str) -> str:
    for name, text in DESK.items():
        path = folder / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("PARTS", prefix), "utf-8")
    return str(folder / "desk")


@pytest.fixture
def notes(database: str, tmp_path: Path) -> str:
    """Three notes numbered A001 to A003, whose field then asks for B."""
    assert main(["apply", write(tmp_path, "A"), "--yes"]) == 0
    lines = tmp_path / "notes.csv"
    lines.write_text("subject\none\ntwo\nthree\n", "utf-8")
    assert main(["import", "desk.note", str(lines)]) == 0
    assert main(["apply", write(tmp_path, "B"), "--yes"]) == 0
    return database


def test_records_are_numbered_again_after_a_preview(notes: str, capsys: Capture) -> None:
    shown = as_json(capsys, "renumber", "desk.note.number", "--dry-run")
    assert (shown["records"], shown["changed"], shown["batch"]) == (3, 3, None)
    assert shown["first"][0] == {"id": "1", "before": "A001", "after": "B001"}
    assert main(["renumber", "desk.note.number"]) == 1, "without a terminal nothing is changed unasked"
    assert "3 of 3 records get another number" in capsys.readouterr().err
    done = as_json(capsys, "renumber", "desk.note.number", "--yes")
    assert done["changed"] == 3
    assert done["batch"]
    assert as_json(capsys, "renumber", "desk.note.number", "--yes")["changed"] == 0
    assert as_json(capsys, "verify") == {"clean": True, "errors": []}


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("desk.note", "is written app.entity.field"),
        ("desk.note.number.x", "is written app.entity.field"),
        ("desk.nota.number", "did you mean 'desk.note'?"),
        ("desk.note.subject", "no serial number field 'subject'"),
        ("desk.note.%%", "is written app.entity.field"),
    ],
)
def test_what_cannot_be_numbered_is_refused(notes: str, capsys: Capture, subject: str, said: str) -> None:
    assert main(["renumber", subject, "--yes"]) == 1
    assert said in capsys.readouterr().err
