"""Workbooks as people make them: titles, headers of two lines, merged cells, errors of formulas, several sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from dougong.diagnostics import Refusal
from dougong.records import import_chunks, importer
from dougong.records.import_ import Options, Result, run
from dougong.records.marked import Fault
from dougong.records.read import read
from dougong.records.reading import Layout, open_table
from tests.records.conftest import Shop
from tests.records.test_import import C, failed_file, figures, rows
from tests.records.test_reading import repacked

ORDER = "shop.order"


def sheet(folder: Path, fill: Callable[[Any, Any], None], name: str = "in.xlsx") -> Path:
    """A workbook whose only sheet was filled by a function of the sheet and a cell format."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        fill(book.add_worksheet("数据"), book.add_format())
    return path


def bring_sheet(shop: Shop, path: Path, key: str = C, **options: Any) -> Result:
    return run(shop.database, shop.release, shop.people["mia"], key, path, Options(**options), language="en")


def codes(result: Result) -> list[tuple[int, str, str]]:
    return [(each.line, one.path, one.code) for each in result.failures for one in each.problems]


def lines_of(shop: Shop, identifier: int) -> Any:
    with shop.reading() as call:
        return read(call, ORDER, identifier).values["lines"]


def form_of_orders(customers: tuple[int, int]) -> Callable[[Any, Any], None]:
    """Two orders as a person writes them: a title, a header of two lines, the order's own cells merged over its lines."""

    def fill(page: Any, plain: Any) -> None:
        page.merge_range("A1:D1", "Orders of 2026", plain)
        page.merge_range("A2:A3", "customer", plain)
        page.merge_range("B2:B3", "reference", plain)
        page.merge_range("C2:D2", "明细", plain)
        page.write_row("C3", ["产品", "Quantity"])
        page.merge_range("A4:A7", f"#{customers[0]}", plain)
        page.merge_range("B4:B5", "R1", plain)
        page.merge_range("B6:B7", "R2", plain)
        page.merge_range("C4:C5", "p1", plain)
        page.write_column("D4", [1, 2, 3])
        page.write_column("C6", ["p2", "p1"])
        page.write_formula("D7", "=1/0", None, "#DIV/0!")
        page.write_row("A8", [f"#{customers[1]}", "R3", "p2", 5])

    return fill


def test_a_form_with_merged_cells_is_read_as_a_person_reads_it(shop: Shop, tmp_path: Path) -> None:
    products = {code: shop.product(code) for code in ("p1", "p2")}
    customers = (shop.customer(), shop.customer())
    path = sheet(tmp_path, form_of_orders(customers))
    result = bring_sheet(shop, path, ORDER)
    assert codes(result) == [(6, "lines/1/quantity", "import_cell_error")]
    assert "#DIV/0!" in result.failures[0].problems[0].message
    first, second = rows(shop, ORDER)
    assert (first.values["customer"], first.values["reference"]) == (customers[0], "R1")
    lines = [(line["product"], line["quantity"]) for line in lines_of(shop, first.id)]
    assert lines == [(products["p1"], Decimal(1)), (products["p1"], Decimal(2))]
    assert (second.values["customer"], second.values["reference"]) == (customers[1], "R3")


def test_the_workbook_of_what_failed_marks_the_cell_in_its_own_line(shop: Shop, tmp_path: Path) -> None:
    for code in ("p1", "p2"):
        shop.product(code)
    customers = (shop.customer(), shop.customer())
    result = bring_sheet(shop, sheet(tmp_path, form_of_orders(customers)), ORDER)
    content = failed_file(shop, result, tmp_path, "xlsx", "in.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        comments = package.read("xl/comments1.xml").decode()
    assert re.findall(r'ref="([A-Z]+[0-9]+)"', comments) == ["D3"]
    again = tmp_path / "again.xlsx"
    again.write_bytes(content)
    with open_table(again, "again.xlsx", "en") as reading:
        lines = [list(line.cells) for line in reading.lines]
    assert reading.header == ("customer", "reference", "明细.产品", "明细.Quantity", "Reason for refusal")
    assert lines[0][:4] == [f"#{customers[0]}", "R2", "p2", 3.0]
    assert lines[1][:4] == ["", "", "p1", "#DIV/0!"]
    mended = content_with(again, b"#DIV/0!", b"4")
    result = bring_sheet(shop, mended, ORDER)
    assert figures(result) == (1, 1, 0, 0, 0)
    assert [line["quantity"] for line in lines_of(shop, rows(shop, ORDER)[-1].id)] == [Decimal(3), Decimal(4)]


def content_with(path: Path, before: bytes, after: bytes) -> Path:
    """The workbook with another text in its cells."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith(".xml")}
    changes = {name: content.replace(before, after) for name, content in parts.items() if before in content}
    assert changes
    return repacked(path, changes)


def test_cells_merged_over_records_hold_for_each(shop: Shop, tmp_path: Path) -> None:
    def fill(page: Any, plain: Any) -> None:
        page.write_row("B3", ["name", "grade", "visits"])
        page.write_column("B4", ["one", "two", "three", "four"])
        page.merge_range("C4:C6", "silver", plain)
        page.merge_range("D5:D6", 7, plain)

    assert figures(bring_sheet(shop, sheet(tmp_path, fill))) == (4, 4, 0, 0, 0)
    found = [(each.values["grade"], each.values["visits"]) for each in rows(shop)]
    assert found == [("silver", None), ("silver", 7), ("silver", 7), (None, None)]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("visits", "#REF!", "import_cell_error"),
        ("notes", "#N/A", "import_cell_error"),
        ("owner", "#N/A", "import_cell_error"),
        ("referrer", "#NAME?", "import_cell_error"),
        ("since", "", "import_cell_uncalculated"),
        ("notes", "", "import_cell_uncalculated"),
    ],
)
def test_what_a_formula_could_not_work_out_is_no_empty_cell(
    shop: Shop, tmp_path: Path, name: str, value: str, code: str
) -> None:
    def fill(page: Any, plain: Any) -> None:
        page.write_row(0, 0, ["name", name])
        page.write(1, 0, "bad")
        page.write_formula(1, 1, "=A1", None, value)
        page.write(2, 0, "good")

    path = sheet(tmp_path, fill)
    assert codes(bring_sheet(shop, path, dry_run=True)) == [(2, name, code)]
    assert codes(bring_sheet(shop, path, keep_empty=True)) == [(2, name, code)]
    assert [each.values["name"] for each in rows(shop)] == ["good"]
    assert figures(bring_sheet(shop, path, mapping={name: None})) == (2, 2, 0, 0, 0)


def test_an_error_is_told_again_when_a_chunk_is_tried_again(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(page: Any, plain: Any) -> None:
        page.write_row(0, 0, ["name", "visits"])
        page.write(1, 0, "bad")
        page.write_formula(1, 1, "=A1", None, "#N/A")

    lost = [True]

    def loses_once(*given: Any, **named: Any) -> Any:
        taken = taking(*given, **named)
        if lost:
            lost.clear()
            raise Refusal("conflict", [])
        return taken

    taking = importer.take
    monkeypatch.setattr(import_chunks, "take", loses_once)
    assert figures(bring_sheet(shop, sheet(tmp_path, fill))) == (1, 0, 0, 0, 1)


def part(path: Path, sheet_data: bytes) -> Path:
    """The workbook with other rows in its sheet."""
    with zipfile.ZipFile(path) as package:
        content = package.read("xl/worksheets/sheet1.xml")
    whole = re.sub(rb"<sheetData.*</sheetData>|<sheetData/>", lambda _: sheet_data, content, flags=re.S)
    return repacked(path, {"xl/worksheets/sheet1.xml": whole})


def cells(path: Path) -> list[list[Any]]:
    with open_table(path, path.name, "en") as reading:
        return [list(reading.header), *(list(line.cells) for line in reading.lines)]


HEADER = b'<row><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>n</t></is></c></row>'


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b'<c t="str"><v>x</v></c><c t="str"><f>A1</f><v></v></c>', ["x", ""]),
        (b'<c t="str"><v>x</v></c><c><f>A1</f></c>', ["x", Fault("")]),
        (b'<c t="str"><v>x</v></c><c><f>A1</f><v/></c>', ["x", Fault("")]),
        (b'<c t="str"><v>x</v></c><c><f t="shared" si="0"/><v></v></c>', ["x", Fault("")]),
        (b'<c t="str"><v>x</v></c><c><f>A1</f><v>5</v></c>', ["x", 5.0]),
        (b"<c t=\"str\"><v>x</v></c><c t='e'><v>#N/A</v></c>", ["x", Fault("#N/A")]),
        (b'<c t="e"><v>#N/A</v></c>', [Fault("#N/A"), ""]),
    ],
)
def test_every_way_of_writing_a_formula_without_a_result(
    tmp_path: Path, row: bytes, expected: list[Any]
) -> None:
    path = part(
        sheet(tmp_path, lambda page, _: page.write(0, 0, "x")),
        b"<sheetData>" + HEADER + b"<row>" + row + b"</row></sheetData>",
    )
    assert cells(path)[1] == expected


def test_the_last_line_may_hold_nothing_but_an_error(tmp_path: Path) -> None:
    def fill(page: Any, plain: Any) -> None:
        page.write_row(0, 0, ["name", "n"])
        page.write(1, 0, "x")
        page.write_formula(5, 1, "=A1", None, "")

    with open_table(sheet(tmp_path, fill), "in.xlsx", "en") as reading:
        assert [(line.number, line.cells[1]) for line in reading.lines] == [(2, ""), (6, Fault(""))]


def test_errors_are_looked_for_in_the_sheet_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, value in (("first", 1), ("second", "#N/A")):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["name", "n"])
            page.write_row(1, 0, ["x"])
            page.write_formula(1, 1, "=A1", None, value)
    found: dict[str, Any] = {"first": 1.0, "second": Fault("#N/A")}
    for name, expected in found.items():
        with open_table(path, "in.xlsx", "en", Layout(sheet=name)) as reading:
            assert [list(line.cells) for line in reading.lines] == [["x", expected]]


def test_a_sheet_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path, lambda page, _: page.write_row(0, 0, ["name", "n"]))
    with zipfile.ZipFile(path) as package:
        content = package.read("xl/worksheets/sheet1.xml")
    head, _, body = content.partition(b"<worksheet")
    body = body.replace(b"</sheetData>", b'<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row></sheetData>')
    repacked(path, {"xl/worksheets/sheet1.xml": head + b"<!DOCTYPE worksheet><worksheet" + body})
    with pytest.raises(Refusal):
        cells(path)
