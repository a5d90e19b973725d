"""`dougong batch`, `dougong undo` and `dougong purge`: many changes at once, back again, and the end of the recycle bin."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from dougong import assembly
from dougong.cli import main
from tests.cli.test_commands import Capture, as_json, database, english

__all__ = ["database", "english"]

DESK = {
    "app.yaml": "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en]\n",
    "entities/note.yaml": """
label: Note
title: "{subject}"
fields:
  subject: {type: text, required: true}
  follows: {type: link, to: note}
""",
}


@pytest.fixture
def desk(database: str, tmp_path: Path) -> str:
    """An installed app without records."""
    for name, text in DESK.items():
        path = tmp_path / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert main(["apply", str(tmp_path / "desk"), "--yes"]) == 0
    return database


def lines(folder: Path, *operations: Any) -> str:
    path = folder / "operations.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in operations), "utf-8")
    return str(path)


def create(subject: str, **values: Any) -> dict[str, Any]:
    return {"action": "create", "values": {"subject": subject, **values}}


def test_operations_of_a_file_are_done_and_taken_back(desk: str, tmp_path: Path, capsys: Capture) -> None:
    file = lines(tmp_path, create("one"), create("two", follows="$0"), {"action": "delete", "id": "$1"})
    capsys.readouterr()
    done = as_json(capsys, "batch", "desk.note", file)
    assert [each["id"] for each in done["results"]] == ["1", "2", "2"]
    rehearsed = as_json(capsys, "undo", done["batch"], "--dry-run")
    assert (rehearsed["deleted"], rehearsed["batch"]) == (2, None)
    undone = as_json(capsys, "undo", done["batch"])
    assert (undone["deleted"], undone["skipped"], undone["conflicts"]) == (2, 0, [])
    assert main(["undo", done["batch"]]) == 1
    assert main(["undo", done["batch"], "--skip"]) == 1
    assert main(["undo", undone["batch"]]) == 0
    assert (
        as_json(
            capsys,
            "verify",
        )["clean"]
        is True
    )


def test_what_is_refused_is_told(desk: str, tmp_path: Path, capsys: Capture) -> None:
    file = lines(tmp_path, create("one"), create(""))
    assert main(["batch", "desk.note", file]) == 1
    assert "1/subject" in capsys.readouterr().err
    assert main(["batch", "desk.note", file, "--each", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [each.get("refused") for each in found["results"]] == [None, "invalid"]


def test_a_line_that_is_no_operation_is_named(desk: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "bad.jsonl"
    for line in (
        '{"action": "explode"}',
        "[]",
        "{",
        '{"action": "update"}',
        '{"action": "delete", "id": 7}',
        "\xff",
    ):
        path.write_bytes(b'{"action": "create", "values": {"subject": "a"}}\n\n' + line.encode("latin-1"))
        assert main(["batch", "desk.note", str(path)]) == 1
        assert "line 2" in capsys.readouterr().err
    for name in ("7", "batch-0", "9" * 30):
        assert main(["undo", name]) == 1
        assert capsys.readouterr().err


def test_the_bin_is_emptied_by_command(desk: str, tmp_path: Path, capsys: Capture) -> None:
    file = lines(tmp_path, create("one"), create("two"), {"action": "delete", "id": "$0"})
    assert main(["batch", "desk.note", file]) == 0
    capsys.readouterr()
    assert as_json(capsys, "purge")["records"] == {}
    database = assembly.open_database(desk)
    with database.writing() as connection:
        table = assembly.releases(database).pinned(connection).table("desk.note")
        column = table.c.deleted_at
        old = connection.execute(table.select().where(column.is_not(None))).mappings().one()
        moved = old["deleted_at"] - timedelta(days=40)
        connection.execute(update(table).where(table.c.id == old["id"]).values(deleted_at=moved))
    database.dispose()
    assert as_json(capsys, "purge")["records"] == {}
    assert as_json(capsys, "purge", "--days", "30", "--dry-run")["records"] == {"desk.note": 1}
    assert as_json(capsys, "purge", "--days", "30")["records"] == {"desk.note": 1}
    assert as_json(capsys, "purge", "--days", "30")["records"] == {}


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999"])
def test_days_are_a_sensible_number(days: str) -> None:
    assert main(["purge", "--days", days]) == 2
