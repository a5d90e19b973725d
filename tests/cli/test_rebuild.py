"""`dougong rebuild`: counts wrong values, puts them right with what is computed from them, and finds none the second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from dougong.cli import main
from dougong.storage.release import releases_of
from tests.cli.test_commands import Capture, as_json, database, english
from tests.installed import open_database

__all__ = ["database", "english"]

SOURCES = {
    "app.yaml": "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en]\n",
    "entities/item.yaml": """
label: Item
title: "{name}"
fields:
  name: {type: text}
  price: {type: money, decimals: 2}
  taxed: {type: money, decimals: 2, formula: price * 1.2}
""",
    "entities/sale.yaml": """
label: Sale
title: "{name}"
fields:
  name: {type: text}
  item: {type: link, to: item}
  cost: {type: money, decimals: 2, formula: item.taxed}
  lines: {type: table, fields: {item: {type: link, to: item}, cost: {type: money, decimals: 2, formula: item.taxed}}}
""",
}


@pytest.fixture
def desk(database: str, tmp_path: Path, capsys: Capture) -> str:
    """Three items, each sold once."""
    for name, text in SOURCES.items():
        path = tmp_path / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert main(["apply", str(tmp_path / "desk"), "--yes"]) == 0
    for entity, lines in (
        ("item", "name,price\na,1\nb,2\nc,3\n"),
        ("sale", "name,item\nx,a\ny,b\nz,c\n"),
    ):
        (tmp_path / f"{entity}.csv").write_text(lines, "utf-8")
        assert main(["import", f"desk.{entity}", str(tmp_path / f"{entity}.csv")]) == 0
    capsys.readouterr()
    return database


def spoil(url: str, entity: str, **values: object) -> None:
    opened = open_database(url)
    table = releases_of(opened).current().table(entity)
    with opened.writing() as connection:
        connection.execute(update(table).where(table.c.id == 1).values(values))
    opened.dispose()


def test_nothing_is_wrong_as_long_as_nobody_meddles(desk: str, capsys: Capture) -> None:
    assert as_json(capsys, "rebuild") == {"records": 6, "wrong": 0, "formulas": [], "dry_run": False}
    assert main(["rebuild", "desk", "--dry-run"]) == 0
    assert capsys.readouterr().out == "6 records looked at, 0 values are wrong\n"


def test_wrong_values_are_put_right_with_what_follows(desk: str, capsys: Capture) -> None:
    spoil(desk, "desk.item", price=10)
    for _ in range(2):
        assert main(["rebuild", "desk.item.taxed", "--dry-run"]) == 1
        assert "3 records looked at, 1 values are wrong" in capsys.readouterr().out
    assert main(["rebuild", "desk.item.taxed"]) == 1
    shown = capsys.readouterr().out
    assert "taxed    desk.item  1      0" in shown
    assert "cost     desk.sale  1      0" in shown
    assert main(["rebuild"]) == 0


def test_a_value_that_does_not_fit_is_told_and_left(desk: str, capsys: Capture) -> None:
    spoil(desk, "desk.item", price=9 * 10**15)
    assert main(["rebuild", "desk.item"]) == 1
    assert "taxed    desk.item  0      1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("dusk", "C103: there is no app 'dusk' installed (did you mean 'desk'?)"),
        ("desk.sails", "C102: there is no entity 'desk.sails' (did you mean 'desk.sale'?)"),
        ("desk.sale.cots", "C137: 'desk.sale' has no formula 'cots' (did you mean 'cost'?)"),
        ("desk.sale.name", "C137: 'desk.sale' has no formula 'name'"),
        (
            "desk.sale.lines.coast",
            "C137: 'desk.sale' has no formula 'lines.coast' (did you mean 'lines.cost'?)",
        ),
    ],
)
def test_subjects_that_are_not_there(desk: str, capsys: Capture, subject: str, said: str) -> None:
    assert main(["rebuild", subject]) == 1
    assert said in capsys.readouterr().err
