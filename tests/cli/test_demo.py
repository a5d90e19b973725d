"""`dougong demo` makes its own database once, uses it again, and touches no other."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dougong.cli import main
from dougong.cli.demo import ACCOUNTS, BUILDING, DATABASE

Capture = pytest.CaptureFixture[str]


def test_a_demo_is_made_once_and_used_again(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / BUILDING).write_bytes(b"what an interrupted demo left")
    (folder / f"{BUILDING}-wal").write_bytes(b"more of it")
    assert main(["demo", str(folder), "--no-serve"]) == 0
    first = capsys.readouterr().out
    assert {each.name for each in folder.iterdir() if each.is_file()} == {ACCOUNTS, DATABASE}
    assert (folder / ACCOUNTS).stat().st_mode & 0o077 == 0
    for account in json.loads((folder / ACCOUNTS).read_text("utf-8")):
        assert account["password"] in first
    assert main(["demo", str(folder), "--no-serve"]) == 0
    assert capsys.readouterr().out == first


def test_a_database_of_something_else_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE mine (name TEXT)")
    connection.commit()
    connection.close()
    before = (tmp_path / DATABASE).read_bytes()
    assert main(["demo", str(tmp_path), "--no-serve"]) == 1
    assert "C150" in capsys.readouterr().err
    assert (tmp_path / DATABASE).read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [DATABASE]


@pytest.mark.parametrize("content", ["", "{", '[{"login": "a"}]', "\x00"])
def test_accounts_that_cannot_be_read_are_said(tmp_path: Path, capsys: Capture, content: str) -> None:
    (tmp_path / DATABASE).write_bytes(b"")
    (tmp_path / ACCOUNTS).write_text(content, "utf-8")
    assert main(["demo", str(tmp_path), "--no-serve"]) == 1
    said = capsys.readouterr().err
    assert "C150" in said
    assert ACCOUNTS in said
