"""What stands against a plan is mended from the command line; what was removed is purged by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dougong.cli.program import main

ENTITY = "label: Thing\ntitle: '{name}'\nfields:\n  name: {type: text}\n  size: {type: text}\n"
ROWS = "name,size\nAda,12\nBob,large\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app with two records whose sizes are texts."""
    monkeypatch.chdir(tmp_path)
    app = tmp_path / "shop"
    (app / "entities").mkdir(parents=True)
    (app / "app.yaml").write_text("id: shop\nversion: 1.0.0\nlabel: Shop\n", "utf-8")
    (app / "entities" / "thing.yaml").write_text(ENTITY, "utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")
    assert main(["apply", str(app), "--yes"]) == 0
    assert main(["import", "shop.thing", "rows.csv"]) == 0
    changed = ENTITY.replace("size: {type: text}", "size: {type: integer}")
    (app / "entities" / "thing.yaml").write_text(changed, "utf-8")
    return app


def test_values_are_mended_and_purged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(folder), "--yes"]) == 1
    refused = capsys.readouterr().err
    assert "P130" in refused
    assert "#2 Bob: large" in refused
    assert "--aside shop.thing.size" in refused
    assert main(["plan", str(folder), "--backfill", "shop.thing.size=LEN(size)"]) == 0
    assert "large → 5" in capsys.readouterr().out
    assert main(["apply", str(folder), "--yes", "--aside", "shop.thing.size"]) == 0
    assert main(["plan", str(folder), "--detailed-exitcode"]) == 0
    assert main(["verify"]) == 0
    assert main(["purge", "--removed", "--days", "1"]) == 1
    assert "C135" in capsys.readouterr().err
    assert main(["purge", "--removed", "--dry-run"]) == 0
    assert main(["rollback", "shop"]) == 0
    capsys.readouterr()
    assert main(["export", "shop.thing", "--to", "out.csv"]) == 0
    exported = Path("out.csv").read_text("utf-8-sig")
    assert "large" in exported
    assert "12" in exported


@pytest.mark.parametrize(
    "given",
    [["--aside", "shop.thing.nothing"], ["--backfill", "other.thing.size=1"], ["--use-default", "size"]],
)
def test_wishes_for_nothing_are_refused(
    folder: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply", str(folder), "--yes", *given]) == 1
    assert "P137" in capsys.readouterr().err
