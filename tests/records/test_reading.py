"""Reading files: every encoding, delimiter and sheet as it was written, and hostile workbooks ended by their limits."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from dougong.diagnostics import Refusal
from dougong.records.marked import Merged
from dougong.records.reading import DETECTED, Layout, open_table
from dougong.records.sheets import open_sheet

CHINESE = "名称,金额,备注\n华东贸易有限公司,1200,首单\n中国石油,88,大客户\n"
WESTERN = "Größe;Prénom;Año\nKäse;Zoë;1999\nçedille;Ñandú;€5\n"

DAY, MOMENT = (datetime.fromisoformat(each) for each in ("2026-03-01T00:00", "2026-03-01T14:30"))


def table(
    path: Path, name: str, layout: Layout = DETECTED
) -> tuple[list[list[Any]], Layout, tuple[str, ...]]:
    with open_table(path, name, "en", layout) as reading:
        lines = [list(reading.header), *(list(line.cells) for line in reading.lines)]
        return lines, reading.layout, reading.sheets


def written(folder: Path, content: bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    return [line.split(delimiter) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gb2312", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_chinese_text_is_read_as_it_was_written(
    tmp_path: Path, encoding: str, found: str, delimiter: str, end: str
) -> None:
    text = CHINESE.replace(",", delimiter)
    lines, layout, _ = table(written(tmp_path, text.replace("\n", end).encode(encoding)), "in.csv")
    assert lines == rows_of(text, delimiter)
    assert layout == Layout(found, delimiter)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_western_text_is_not_taken_for_chinese(tmp_path: Path, encoding: str) -> None:
    lines, layout, _ = table(written(tmp_path, WESTERN.encode(encoding)), "in.csv")
    assert lines == rows_of(WESTERN, ";")
    assert layout.encoding == encoding
    old = "Größe;Prénom\nKäse;Zoë\n\x81;\x8d\n"
    assert table(written(tmp_path, old.encode("latin-1")), "in.csv")[1].encoding == "latin-1"


def test_a_wrong_guess_can_be_overridden(tmp_path: Path) -> None:
    path = written(tmp_path, "名稱,備註\n臺灣,測試\n".encode("big5"))
    assert table(path, "in.csv", Layout("big5"))[0] == [["名稱", "備註"], ["臺灣", "測試"]]
    path = written(tmp_path, b"a;b,c\n1;2,3\n")
    assert table(path, "in.csv", Layout(delimiter=";"))[0] == [["a", "b,c"], ["1", "2,3"]]
    assert table(path, "in.csv", Layout(delimiter=","))[0] == [["a;b", "c"], ["1;2", "3"]]
    for layout in (Layout("klingon"), Layout(delimiter="x"), Layout("utf-16")):
        with pytest.raises(Refusal):
            table(path, "in.csv", layout)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Amount, CNY;Name\n1,5;A\n2,5;B\n", ";"),
        ('"a;b",c\n"1;2;3",4\n', ","),
        ("one column\nx\ny\n", ","),
        ("sep=|\na|b,c\n1|2,3\n", "|"),
        ("name\tnote, long\nx\ta, b, c\ny\td\n", "\t"),
    ],
)
def test_the_delimiter_is_the_one_that_divides_evenly(tmp_path: Path, text: str, delimiter: str) -> None:
    lines, layout, _ = table(written(tmp_path, text.encode()), "in.csv")
    assert layout.delimiter == delimiter
    assert len({len(line) for line in lines}) == 1


def workbook(folder: Path, **options: Any) -> tuple[Path, Any]:
    path = folder / "in.xlsx"
    return path, xlsxwriter.Workbook(path, options)


@pytest.mark.parametrize("date_1904", [False, True])
def test_a_workbook_keeps_what_its_cells_hold(tmp_path: Path, date_1904: bool) -> None:
    path, book = workbook(tmp_path, date_1904=date_1904)
    page = book.add_worksheet("数据")
    day, moment = (book.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    page.write_row(0, 0, ["text", "day", "moment", "clock", "sum", "yes", "error"])
    page.write(1, 0, "普通")
    page.write_datetime(1, 1, DAY, day)
    page.write_datetime(1, 2, MOMENT, moment)
    page.write_number(1, 3, 0.5, book.add_format({"num_format": "hh:mm"}))
    page.write_formula(1, 4, "=1+1", None, 2)
    page.write_boolean(1, 5, True)
    page.merge_range(2, 0, 3, 0, "merged")
    page.write_number(3, 4, 7)
    book.close()
    lines, layout, sheets = table(path, "in.xlsx")
    assert lines[1][:6] == ["普通", date(2026, 3, 1), MOMENT, time(12), 2.0, True]
    assert (lines[2][0], lines[3][0], lines[3][4]) == ("merged", Merged("merged"), 7.0)
    assert (layout, sheets) == (Layout(sheet="数据"), ("数据",))


def test_one_of_several_sheets_is_chosen_and_hidden_ones_are_not_offered(tmp_path: Path) -> None:
    path, book = workbook(tmp_path)
    for name in ("甲", "乙", "secret"):
        page = book.add_worksheet(name)
        page.write_row(0, 0, ["name"])
        page.write_row(1, 0, [name])
        if name == "secret":
            page.hide()
    book.close()
    assert table(path, "in.xlsx")[0] == [["name"], ["甲"]]
    assert table(path, "in.xlsx")[2] == ("甲", "乙")
    assert table(path, "in.xlsx", Layout(sheet="乙"))[0] == [["name"], ["乙"]]
    for name in ("secret", "丙"):
        with pytest.raises(Refusal) as refusal:
            table(path, "in.xlsx", Layout(sheet=name))
        assert "甲, 乙" in str(refusal.value)


def test_a_workbook_that_needs_too_much_memory_ends_only_its_reader(tmp_path: Path) -> None:
    path, book = workbook(tmp_path, constant_memory=True)
    page = book.add_worksheet()
    for number in range(3000):
        page.write_row(number, 0, [f"{number} {column}" * 20 for column in range(20)])
    book.close()
    with open_sheet(path, "", "en") as sheet:
        assert sum(1 for _ in sheet.rows) == 3000
    with pytest.raises(Refusal) as refusal, open_sheet(path, "", "en", memory=32 << 20) as sheet:
        list(sheet.rows)
    assert refusal.value.problems[0].code == "import_sheet_limits"


def repacked(path: Path, changes: dict[str, bytes]) -> Path:
    """The same workbook with some of its parts exchanged."""
    kept = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(kept) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, changes.get(name, source.read(name)))
    return path


def plain_workbook(folder: Path) -> Path:
    path, book = workbook(folder)
    book.add_worksheet().write_row(0, 0, ["name"])
    book.close()
    return path


def test_hostile_workbooks_are_refused(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    head = b'<?xml version="1.0"?><!DOCTYPE x [' + laughs.encode() + b"]>"
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&l11;</t></is></c></row></sheetData></worksheet>'
    )
    far = sheet.replace(b'"A1"', b'"ZZZ99999999"').replace(b"&l11;", b"x")
    for content in (head + sheet, far, b"<worksheet", b""):
        path = repacked(plain_workbook(tmp_path), {"xl/worksheets/sheet1.xml": content})
        with pytest.raises(Refusal) as refusal:
            table(path, "in.xlsx")
        assert refusal.value.kind in ("invalid", "too_large")


def test_a_sheet_from_corner_to_corner_stays_within_its_limits(tmp_path: Path) -> None:
    path, book = workbook(tmp_path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["name"])
    page.write(1_048_575, 16_383, "far")
    book.close()
    with pytest.raises(Refusal) as refusal:
        table(path, "in.xlsx")
    assert refusal.value.kind == "too_large"


def test_lines_have_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    path, book = workbook(tmp_path)
    page = book.add_worksheet()
    for number, text in ((4, "name"), (5, "x"), (8, "y")):
        page.write(number, 2, text)
    book.close()
    with open_table(path, "in.xlsx", "en") as reading:
        assert [(line.number, list(line.cells)) for line in reading.lines] == [(6, ["x"]), (9, ["y"])]


def test_a_sheet_may_be_as_long_as_a_sheet_can_be(tmp_path: Path) -> None:
    path, book = workbook(tmp_path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["name", "n"])
    page.write_row(1_048_575, 0, ["last", 1])
    book.close()
    with open_table(path, "in.xlsx", "en") as reading:
        assert [(line.number, list(line.cells)) for line in reading.lines] == [(1_048_576, ["last", 1.0])]
