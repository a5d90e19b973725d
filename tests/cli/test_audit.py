"""`dougong audit`: the trail is read, sealed, kept elsewhere, verified and cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from dougong import assembly
from dougong.cli import main
from dougong.storage.system import AUDIT, SEAL
from tests.cli.test_commands import Capture, as_json, database, english

__all__ = ["database", "english"]


def changed(url: str, *statements: object) -> None:
    """What somebody does to the database past dougong."""
    opened = assembly.open_database(url)
    with opened.writing() as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
    opened.dispose()


@pytest.fixture
def used(database: str, english: None, capsys: Capture) -> str:
    """A database in which accounts were added and one was closed."""
    for login in ("li.wei", "wang.fang"):
        assert main(["user", "add", login]) == 0
    assert main(["user", "disable", "li.wei"]) == 0
    capsys.readouterr()
    return database


def test_the_trail_is_read_with_filters(used: str, capsys: Capture) -> None:
    assert main(["audit", "list"]) == 0
    shown = capsys.readouterr().out
    assert "disabled the account" in shown
    assert "command line" in shown
    found = as_json(capsys, "audit", "list", "--action", "account.", "--limit", "2")
    assert [each["action"] for each in found] == ["account.disable", "account.add"]
    assert found[0]["agent"].startswith("dougong/")
    assert as_json(capsys, "audit", "list", "--address", "6.6.6.6") == []
    for wrong in (["--person", "nobody"], ["--since", "soon"], ["--record", "x"]):
        assert main(["audit", "list", *wrong]) == 1
    assert "C170" in capsys.readouterr().err


def test_a_head_kept_elsewhere_tells_a_chain_made_anew(used: str, tmp_path: Path, capsys: Capture) -> None:
    kept = tmp_path / "heads.jsonl"
    sealed = as_json(capsys, "audit", "seal", "--to", str(kept))
    assert sealed["sealed"] >= 3
    assert json.loads(kept.read_text())["hash"] == sealed["hash"]
    assert as_json(capsys, "audit", "seal", "--to", str(kept))["sealed"] == 0
    assert len(kept.read_text().splitlines()) == 2
    found = as_json(capsys, "audit", "verify", "--against", str(kept))
    assert (found["clean"], found["entries"], found["waiting"]) == (True, sealed["sealed"], 0)
    changed(used, update(AUDIT).where(AUDIT.c.id == 1).values(actor_id=7))
    assert main(["audit", "verify"]) == 1
    assert "entry 1 of audit was altered" in capsys.readouterr().err
    assert main(["verify"]) == 1
    changed(used, delete(SEAL))
    assert main(["audit", "seal"]) == 0
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--against", str(kept)]) == 1
    assert "made anew" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "x", '{"number": "1", "hash": "a"}', '{"hash": "a"}', "[]"])
def test_a_file_without_heads_is_refused(used: str, tmp_path: Path, content: str, capsys: Capture) -> None:
    file = tmp_path / "heads"
    file.write_text(content)
    assert main(["audit", "verify", "--against", str(file)]) == 1
    assert "C171" in capsys.readouterr().err


def test_old_entries_go_and_leave_their_anchor(used: str, capsys: Capture) -> None:
    assert as_json(capsys, "audit", "cut", "--before", "2999-01-01")["cut"] == 0  # nothing is sealed yet
    sealed = as_json(capsys, "audit", "seal")["sealed"]
    assert as_json(capsys, "audit", "cut", "--before", "2001-01-01")["cut"] == 0
    assert as_json(capsys, "audit", "cut", "--before", "2999-01-01")["cut"] == sealed
    [left] = as_json(capsys, "audit", "list")
    assert (left["action"], left["details"]["count"]) == ("audit.cut", sealed)
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "cut", "--before", "yesterday"]) == 2
