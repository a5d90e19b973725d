"""How the writers of files write: dates and numbers of several habits, told by the file or by a person, and shown beforehand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.habits import EVERY
from dougong.records.import_options import ColumnHabits, column_habits
from dougong.records.preview import preview
from dougong.records.reading import open_table
from dougong.records.shape import shape_of
from tests.records.conftest import Shop
from tests.records.test_import import C, bring, figures, rows


def column(shop: Shop, folder: Path, field: str, cells: list[str], **options: Any) -> list[Any]:
    """What a column of cells becomes; a text instead of a value is the code of the problem."""
    content = f"name;{field}\n" + "".join(f"N{number};{cell}\n" for number, cell in enumerate(cells))
    result = bring(shop, content, folder, **options)
    wrong = {failure.line - 2: failure.problems[0].code for failure in result.failures}
    stored = {record.values["name"]: record.values[field] for record in rows(shop)}
    return [wrong.get(number, stored.get(f"N{number}")) for number in range(len(cells))]


D = Decimal


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,56", "7,5"], [D("1234.56"), D("7.50")]),
        (["1,234.56", "7.5"], [D("1234.56"), D("7.50")]),
        (["1 234,56", "7"], [D("1234.56"), D(7)]),
        (["1.5万", "2亿", "￥1,200", "１２．５"], [D(15000), D(200000000), D(1200), D("12.50")]),
        (["1,234", "5,678"], [D(1234), D(5678)]),
        (["1,5", "1.5"], ["ambiguous_number", D("1.50")]),
        (["¥1.234,00", "12,50元"], [D(1234), D("12.50")]),
    ],
)
def test_numbers_are_read_as_the_column_writes_them(
    shop: Shop, tmp_path: Path, cells: list[str], values: list[Any]
) -> None:
    assert column(shop, tmp_path, "credit", cells) == values


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["2026/3/1", "2026年3月1日", "20260301"], [date(2026, 3, 1)] * 3),
        (["01.03.2026", "01.03.26"], [date(2026, 3, 1)] * 2),
        (["3/4/2026", "3/13/2026"], [date(2026, 3, 4), date(2026, 3, 13)]),
        (["3/4/2026", "13/3/2026"], [date(2026, 4, 3), date(2026, 3, 13)]),
        (["3/4/26", "13/3/45"], [date(2026, 4, 3), date(2045, 3, 13)]),
        (["26/3/4", "99/3/13"], [date(2026, 3, 4), date(1999, 3, 13)]),
        (["3/4/26"], ["ambiguous_date"]),
        (["46082", "46083"], [date(2026, 3, 1), date(2026, 3, 2)]),
        (["46082", "2026-03-02"], [date(2026, 3, 1), date(2026, 3, 2)]),
    ],
)
def test_dates_are_read_as_the_column_writes_them(
    shop: Shop, tmp_path: Path, cells: list[str], values: list[Any]
) -> None:
    assert column(shop, tmp_path, "since", cells) == values


def test_what_a_person_says_goes_before_what_was_found(shop: Shop, tmp_path: Path) -> None:
    said = {"since": ColumnHabits(date_order="dmy")}
    assert column(shop, tmp_path, "since", ["3/4/26"], habits=said) == [date(2026, 4, 3)]
    said = {EVERY: ColumnHabits(decimal_mark=",")}
    assert column(shop, tmp_path, "credit", ["1.234", "1,5"], habits=said) == [D(1234), D("1.50")]
    with pytest.raises(ValueError, match="date_order"):
        column_habits({"date_order": "yesterday"})


def test_a_column_that_proves_nothing_follows_another_one(shop: Shop, tmp_path: Path) -> None:
    content = "name;since;seen_at\nA;3/4/2026;13/3/2026 08:00\n"
    assert figures(bring(shop, content, tmp_path)) == (1, 1, 0, 0, 0)
    assert rows(shop)[0].values["since"] == date(2026, 4, 3)


def test_the_preview_shows_examples_and_what_to_look_at(shop: Shop, tmp_path: Path) -> None:
    content = "Name;since (day);credit;visits;Colour;owner\nA;3/4/26;1.234,50;7;red;ann\nB;5/6/26;2;1.234;;\n"
    path = tmp_path / "in.csv"
    path.write_text(content)
    with open_table(path, "in.csv", "en") as reading, shop.reading("mia") as call:
        head = list(reading.lines)
        shape = shape_of(call.release, C)
        found = {each.header: each for each in preview(call, shape, reading.header, head, {}, {})}
        chosen = {"since (day)": ColumnHabits(date_order="dmy")}
        mapping = {"Colour": "notes"}
        again = {each.header: each for each in preview(call, shape, reading.header, head, mapping, chosen)}
    since = found["since (day)"]
    assert (since.target, since.kind, since.written, since.read, since.unsure) == (
        "since",
        "date",
        "3/4/26",
        "",
        True,
    )
    assert "3/4/26" in since.problem
    assert (found["credit"].read, found["credit"].habits.decimal_mark) == ("¥1,234.50", ",")
    assert (found["visits"].written, found["visits"].read) == ("1.234", "1,234")
    assert (found["Colour"].target, found["owner"].target, found["owner"].kind) == ("", "owner", "")
    assert (again["since (day)"].read, again["since (day)"].unsure) == ("Apr 3, 2026", False)
    assert again["Colour"].target == "notes"


def test_fixed_values_and_empty_cells(shop: Shop, tmp_path: Path) -> None:
    content = "name,email,notes\nA,a@x.example,old\n"
    constants = {"grade": "Silver", "owner": "Bob", "since": "2026/3/1"}
    assert figures(bring(shop, content, tmp_path, constants=constants)) == (1, 1, 0, 0, 0)
    stored = rows(shop)[0].values
    assert (stored["grade"], stored["owner"], stored["since"]) == (
        "silver",
        shop.people["bob"].id,
        date(2026, 3, 1),
    )
    again = "name,email,notes,credit\n,a@x.example,,5\nB,,,\n"
    options: dict[str, Any] = {"mode": "upsert", "match": ("email",), "keep_empty": True}
    assert figures(bring(shop, again, tmp_path, **options)) == (2, 1, 1, 0, 0)
    first, second = rows(shop)
    assert (first.values["name"], first.values["notes"], first.values["credit"]) == ("A", "old", D(5))
    assert second.values["active"] is True
    assert figures(bring(shop, again, tmp_path, mode="upsert", match=("email",)))[4] == 1


def test_a_fixed_value_must_fit_its_field(shop: Shop, tmp_path: Path) -> None:
    wrong = bring(shop, "name\nA\nB\n", tmp_path, constants={"since": "someday"})
    assert [each.problems[0].path for each in wrong.failures] == ["since", "since"]
    for constants in ({"nothing": "x"}, {"name": "x"}, {"lines.product": "x"}):
        with pytest.raises(Refusal):
            bring(shop, "name\nA\n", tmp_path, constants=constants)
    with pytest.raises(Refusal):
        bring(shop, "name\nA\n", tmp_path, login="ann", constants={"secret": "x"})
    assert rows(shop) == []
