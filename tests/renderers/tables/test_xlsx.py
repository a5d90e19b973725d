"""Workbooks as a spreadsheet reads them, and what happens when the process that writes them cannot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from dougong.model.sheet import Cell, Heading, Noted, Sheet, Unfitting
from dougong_renderers.tables import xlsx, xlsx_child
from dougong_renderers.tables.xlsx import write_xlsx

HEADINGS = (Heading("a", "=A"), Heading("b", "Amount", 2), Heading("c", "C"))


def sheet(rows: Iterator[list[Cell]], name: str = "Deals [1]") -> Sheet:
    return Sheet(name, HEADINGS, rows, iter(()))


def read(target: io.BytesIO) -> list[list[Any]]:
    target.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(target)
    assert book.sheet_names == ["Deals  1"]
    return book.get_sheet_by_index(0).to_python()


def test_cells_keep_their_kind() -> None:
    target = io.BytesIO()
    rows: list[list[Cell]] = [
        ["客户 😀", Decimal("1234.50"), True],
        ["=1+1", Decimal("12345678901234567.25"), date(2026, 3, 5)],
        [None, -7, datetime(2026, 3, 5, 14, 30, tzinfo=UTC)],
        [Noted("wrong", "there is no such name"), Noted(None, "it must be filled"), date(1800, 1, 1)],
    ]
    assert write_xlsx(sheet(iter(rows)), target) == 4
    head, *lines = read(target)
    assert head == ["'=A", "Amount", "C"]
    assert lines == [
        ["客户 😀", 1234.5, True],
        ["=1+1", "12345678901234567.25", date(2026, 3, 5)],
        ["", -7.0, "2026-03-05T14:30:00+00:00"],
        ["wrong", "", "1800-01-01"],
    ]
    with zipfile.ZipFile(target) as package:
        notes = package.read("xl/comments1.xml").decode()
    assert "there is no such name" in notes
    assert "it must be filled" in notes


def test_many_rows_arrive_in_order() -> None:
    target = io.BytesIO()
    rows: list[list[Cell]] = [[f"r{number}", number, None] for number in range(1203)]
    assert write_xlsx(sheet(iter(rows)), target) == 1203
    assert [line[0] for line in read(target)[1:]] == [f"r{number}" for number in range(1203)]


def test_an_empty_sheet_has_its_header() -> None:
    target = io.BytesIO()
    assert write_xlsx(sheet(iter(())), target) == 0
    assert len(read(target)) == 1


@pytest.mark.parametrize(("length", "fits"), [(32_767, True), (32_768, False)])
def test_a_text_is_whole_or_refused(length: int, fits: bool) -> None:
    rows: list[list[Cell]] = [["a", 1, "b"], ["a", 1, "x" * length]]
    target = io.BytesIO()
    if fits:
        assert write_xlsx(sheet(iter(rows)), target) == 2
        return
    with pytest.raises(Unfitting) as refused:
        write_xlsx(sheet(iter(rows)), target)
    assert (refused.value.line, refused.value.column) == (2, "C")
    assert target.getvalue() == b""


def test_a_failure_of_the_rows_comes_out_as_it_is() -> None:
    def rows() -> Iterator[list[Cell]]:
        for number in range(5000):
            yield ["x" * 1000, number, None]
        raise ConnectionResetError("the database is gone")

    target = io.BytesIO()
    with pytest.raises(ConnectionResetError, match="the database is gone"):
        write_xlsx(sheet(rows()), target)
    assert target.getvalue() == b""


def test_a_writer_that_ends_early_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_MEMORY", 1 << 20)
    with pytest.raises(OSError, match="could not be written"):
        write_xlsx(sheet(iter([["a", 1, "b"]] * 20_000)), io.BytesIO())


def test_a_writer_that_was_killed_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text(
        "import os, signal, sys\nsys.stdin.buffer.read(10)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    monkeypatch.setattr(xlsx_child, "__file__", str(dying))
    with pytest.raises(OSError, match="could not be written"):
        write_xlsx(sheet(iter([["a" * 500, 1, "b"]] * 20_000)), io.BytesIO())
