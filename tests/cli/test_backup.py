"""`dougong backup`, `restore` and `verify` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dougong.cli.program import main

CRM = Path(__file__).parents[2] / "app_definitions" / "crm"


def test_a_backup_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = "sqlite:///one.db", "sqlite:///two.db"
    assert main(["apply", str(CRM), "--yes", "--database", one]) == 0
    assert main(["backup", "all.zip", "--database", one]) == 0
    capsys.readouterr()
    assert main(["restore", "all.zip", "--database", two, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] > 0
    assert main(["verify", "--database", two]) == 0
    assert main(["plan", str(CRM), "--database", two, "--detailed-exitcode"]) == 0
    assert main(["restore", "all.zip", "--database", two]) == 1
    assert "P150" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_files_that_are_not_there_are_refused(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["apply", str(CRM), "--yes"]) == 0
    capsys.readouterr()
    assert main([command, "nowhere/all.zip"]) == 1
    assert "C142" in capsys.readouterr().err
