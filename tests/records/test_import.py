"""Importing and exporting: encodings, headers, names, matching, what failed, undo; nothing is lost and nothing invented."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from dougong.diagnostics import Refusal
from dougong.fieldtypes.escape import escaped, unescaped
from dougong.records.create import create
from dougong.records.export import export
from dougong.records.failed_lines import failed_lines
from dougong.records.history import history
from dougong.records.import_ import Options, Result, run
from dougong.records.importer import CHUNK
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.undo import undo
from dougong.records.update import update
from dougong_renderers.tables import WRITERS
from tests.records.conftest import Shop

C = "shop.customer"


def bring(
    shop: Shop,
    content: str | bytes,
    folder: Path,
    key: str = C,
    login: str = "mia",
    name: str = "in.csv",
    **options: Any,
) -> Result:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return run(shop.database, shop.release, shop.people[login], key, path, Options(**options), language="en")


def failed_file(shop: Shop, result: Result, folder: Path, kind: str = "csv", name: str = "in.csv") -> bytes:
    """The file of the lines that failed."""
    target = io.BytesIO()
    with shop.database.reading() as connection:
        WRITERS[kind](failed_lines(connection, shop.release, result.id, folder / name, "en"), target)
    return target.getvalue()


def rows(shop: Shop, key: str = C, login: str = "root") -> list[Record]:
    with shop.reading(login) as call:
        return list(list_records(call, key, Query(sort="id", limit=1000)).rows)


def figures(result: Result) -> tuple[int, int, int, int, int]:
    counts = result.counts
    return counts.total, counts.added, counts.updated, counts.unchanged, counts.failed


TEXT = "名称,Grade,负责人,visits\nA 公司,Silver,ann,3\nB 公司,铜牌,Mia,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter(shop: Shop, tmp_path: Path, encoding: str, delimiter: str) -> None:
    result = bring(shop, TEXT.replace(",", delimiter).encode(encoding), tmp_path)
    assert figures(result) == (2, 2, 0, 0, 0)
    first, second = rows(shop)
    assert (first.values["name"], first.values["grade"], first.values["visits"]) == ("A 公司", "silver", 3)
    assert first.values["owner"] == shop.people["ann"].id
    assert (second.values["grade"], second.values["visits"], second.values["active"]) == (
        "bronze",
        None,
        True,
    )


def test_failed_lines_come_back_with_their_reasons_and_go_in_when_corrected(
    shop: Shop, tmp_path: Path
) -> None:
    content = (
        "name,visits,referrer,owner,email\n"
        "Good,1,,ann,good@x.example\n"
        ",2,,,\n"
        "Bad,many,nobody,ghost,twice\n"
        "Good,2,,,good@x.example\n"
        "=Formula,3,,,,extra\n"
        "=Formula,3,Later,,\nLater,1,Good,,\n"
    )
    result = bring(shop, content, tmp_path)
    assert figures(result) == (7, 3, 0, 0, 4)
    assert [
        (failure.line, [(each.path, each.code) for each in failure.problems]) for failure in result.failures
    ] == [
        (3, [("name", "required")]),
        (
            4,
            [
                ("visits", "not_a_number"),
                ("referrer", "unknown_target"),
                ("owner", "unknown_target"),
                ("email", "not_an_email"),
            ],
        ),
        (5, [("email", "unique")]),
        (6, [("", "import_cells")]),
    ]
    lines = list(csv.reader(io.StringIO(failed_file(shop, result, tmp_path).decode("utf-8-sig"))))
    assert len(lines) == 5
    assert lines[2][:5] == ["Bad", "many", "nobody", "ghost", "twice"]
    assert lines[4][0] == "'=Formula"
    assert all(line[5] for line in lines[1:])
    again = bring(shop, failed_file(shop, result, tmp_path), tmp_path)
    assert again.counts.added == 1
    assert [record.values["name"] for record in rows(shop)] == ["Good", "Later", "=Formula", "=Formula"]
    assert rows(shop)[2].values["referrer"] == rows(shop)[1].id


def test_the_same_file_with_match_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    lines = [f"N{number},n{number}@x.example,{number},2026-01-0{number % 9 + 1}" for number in range(50)]
    content = "name,email,credit,since\n" + "\n".join(lines)
    assert figures(bring(shop, content, tmp_path)) == (50, 50, 0, 0, 0)
    before = rows(shop)
    again = bring(shop, content, tmp_path, mode="upsert", match=("email",))
    assert figures(again) == (50, 0, 0, 50, 0)
    assert rows(shop) == before
    changed = bring(
        shop,
        content.replace("N7,", "Seven,") + "\nNew,new@x.example,1,",
        tmp_path,
        mode="upsert",
        match=("email",),
    )
    assert figures(changed) == (51, 1, 1, 49, 0)
    after = rows(shop)
    assert (after[7].values["name"], after[7].version) == ("Seven", 2)
    assert after[:7] == before[:7]
    with shop.reading() as call:
        assert [entry.action for entry in history(call, C, after[8].id).entries] == ["create"]


def test_update_needs_a_match_and_reports_what_does_not(shop: Shop, tmp_path: Path) -> None:
    for number in range(2):
        shop.customer(name="Twin", visits=number)
    shop.customer(name="Single")
    content = "name,visits\nTwin,5\nSingle,6\nSingle,7\nNobody,8\n"
    result = bring(shop, content, tmp_path, mode="update", match=("name",))
    assert figures(result) == (4, 0, 1, 0, 3)
    assert [each.code for failure in result.failures for each in failure.problems] == [
        "import_several",
        "import_repeated",
        "import_unmatched",
    ]
    for options in (
        {"mode": "update"},
        {"mode": "upsert", "match": ("email",)},
        {"mode": "bring"},
        {"mode": "upsert", "match": ("x",)},
    ):
        with pytest.raises(Refusal):
            bring(shop, content, tmp_path, **options)


def test_a_dry_run_counts_and_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.customer(name="Old", email="old@x.example")
    content = "name,email,visits\nOlder,old@x.example,1\nNew,new@x.example,2\nBad,bad@x.example,-1\n"
    before = rows(shop)
    result = bring(shop, content, tmp_path, mode="upsert", match=("email",), dry_run=True)
    assert figures(result) == (3, 1, 1, 0, 1)
    assert rows(shop) == before
    assert figures(bring(shop, content, tmp_path, mode="upsert", match=("email",))) == (3, 1, 1, 0, 1)


def test_a_dry_run_knows_what_the_file_itself_would_have_written(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dougong.records.importer.CHUNK", 2)
    content = (
        "name,email,referrer\nA,a@x.example,C\nB,b@x.example,A\nC,c@x.example,\n"
        "D,c@x.example,\nE,e@x.example,Nobody\nF,f@x.example,E\n"
    )
    rehearsed = bring(shop, content, tmp_path, dry_run=True)
    assert rows(shop) == []
    real = bring(shop, content, tmp_path)
    assert figures(real) == (6, 3, 0, 0, 3)
    assert figures(rehearsed) == (6, 3, 0, 0, 3)
    assert [record.values["name"] for record in rows(shop)] == ["C", "A", "B"]


def test_rows_of_sub_tables_stand_in_lines_of_their_own(shop: Shop, tmp_path: Path) -> None:
    customer = shop.customer(name="Acme")
    shop.product("screw", "2.00")
    shop.product("nut", "3.00")
    content = "客户,Reference,明细.产品,lines.quantity\nAcme,R1,screw,2\n,,nut Nut,3\nAcme,R2,,\nAcme,R3,screw,zero\n"
    result = bring(shop, content, tmp_path, "shop.order", mapping={"客户": "customer"})
    assert figures(result) == (3, 2, 0, 0, 1)
    assert [(each.path, each.code) for each in result.failures[0].problems] == [
        ("lines/0/quantity", "not_a_number")
    ]
    first = rows(shop, "shop.order")[0]
    with shop.reading() as call:
        order = read(call, "shop.order", first.id)
    assert order.values["customer"] == customer
    assert [row["subtotal"] for row in order.values["lines"]] == [Decimal("4.00"), Decimal("9.00")]
    again = bring(
        shop,
        content,
        tmp_path,
        "shop.order",
        mapping={"客户": "customer"},
        mode="upsert",
        match=("customer", "reference"),
    )
    assert figures(again) == (3, 0, 0, 2, 1)


@pytest.mark.parametrize(
    ("header", "mapping", "code"),
    [
        ("name,nonsense", {}, "import_header"),
        ("name,Name", {}, "import_header_twice"),
        ("name,secret", {}, "import_header"),
        ("name,x", {"x": "secret"}, "import_header"),
        ("nonsense", {"nonsense": None}, "import_no_header"),
    ],
)
def test_headers_must_match_fields_that_may_be_written(
    shop: Shop, tmp_path: Path, header: str, mapping: dict[str, str | None], code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        bring(shop, f"{header}\n1,2\n", tmp_path, mapping=mapping)
    assert [each.code for each in refusal.value.problems] == [code]


def test_rights_hold_for_imports(shop: Shop, tmp_path: Path) -> None:
    shop.customer(name="Foreign", owner=shop.people["mia"].id, email="f@x.example")
    result = bring(shop, "name,referrer\nA,Foreign\n", tmp_path, login="ann")
    assert [each.code for each in result.failures[0].problems] == ["unknown_target"]
    with pytest.raises(Refusal):
        bring(shop, "name,owner\nA,mia\n", tmp_path, login="ann", mode="upsert", match=("name",))
    for login, key in (("rob", C), ("ann", "shop.order"), ("eve", C)):
        with pytest.raises(Refusal):
            bring(shop, "name\nA\n", tmp_path, key=key, login=login)
    mine = bring(shop, "name,email\nX,f@x.example\n", tmp_path, login="ann", mode="upsert", match=("email",))
    assert [each.code for each in mine.failures[0].problems] == ["unique"]


def test_an_import_can_be_taken_back(shop: Shop, tmp_path: Path) -> None:
    old = shop.customer(name="Old", email="old@x.example", tags=["a"])
    content = "name,email,tags\nChanged,old@x.example,b;c\nNew,new@x.example,\nKept,kept@x.example,\n"
    result = bring(shop, content, tmp_path, mode="upsert", match=("email",))
    kept = next(record.id for record in rows(shop) if record.values["name"] == "Kept")
    with shop.writing() as call:
        update(call, C, kept, {"visits": 1})
    with shop.writing("mia") as call:
        undone = undo(call, result.id)
        assert (undone.deleted, undone.restored, undone.skipped) == (1, 1, 1)
        restored = read(call, C, old)
        assert (restored.values["name"], restored.values["tags"]) == ("Old", ("a",))
        with pytest.raises(Refusal):
            undo(call, result.id)
    with pytest.raises(Refusal), shop.writing("ann") as call:
        undo(call, result.id)
    assert {record.values["name"] for record in rows(shop)} == {"Old", "Kept"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", b""),
        ("in.csv", b"\n\n\n"),
        ("in.csv", bytes([0xFF, 0x00, 0xFE, 0x81, 0xFF])),
        ("in.csv", bytes(range(1, 9)) + b"\xff\xfe\x81"),
        ("in.csv", b'name\n"' + b"x" * 2_000_000),
        ("in.xlsx", b"no zip"),
        ("in.xlsx", b"PK\x03\x04 broken"),
        ("in.exe", b"name\nA\n"),
        ("in", b"name\nA\n"),
    ],
)
def test_what_is_no_table_is_refused(shop: Shop, tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        bring(shop, content, tmp_path, name=name)
    assert refusal.value.kind == "invalid"
    assert rows(shop) == []


def test_a_bomb_is_found_before_it_is_read(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(Refusal) as refusal:
        run(shop.database, shop.release, shop.people["mia"], C, path, Options())
    assert refusal.value.kind == "too_large"


def test_spreadsheets_keep_numbers_dates_and_texts(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, ["name", "credit", "since", "visits", "active", "phone"])
        page.write_row(2, 0, ["Acme", 1234.5])
        page.write_datetime(2, 2, date(2026, 3, 1), day)
        page.write_row(2, 3, [7, False, 13800001234])
    result = run(shop.database, shop.release, shop.people["mia"], C, path, Options(), language="en")
    assert figures(result) == (1, 1, 0, 0, 0), result.failures
    values = rows(shop)[0].values
    assert (values["credit"], str(values["since"]), values["visits"], values["active"]) == (
        Decimal("1234.50"),
        "2026-03-01",
        7,
        False,
    )


def test_large_files_go_in_chunk_by_chunk_with_progress(shop: Shop, tmp_path: Path) -> None:
    count = 2 * CHUNK + 10
    path = tmp_path / "in.csv"
    path.write_text("name,visits\n" + "".join(f"N{number},{number % 900}\n" for number in range(count)))
    seen: list[int] = []
    result = run(
        shop.database,
        shop.release,
        shop.people["mia"],
        C,
        path,
        Options(),
        progress=lambda each: seen.append(each.total),
    )
    assert seen == [CHUNK, 2 * CHUNK, count]
    assert figures(result) == (count, count, 0, 0, 0)
    with shop.reading() as call:
        page = list_records(call, C, Query(sort="-id", limit=1, count="exact"))
    assert (page.count, page.rows[0].values["number"]) == (count, f"C-{count}")


def test_two_imports_of_the_same_file_at_once_add_every_record_once(shop: Shop, tmp_path: Path) -> None:
    content = "name,email\n" + "".join(f"N{number},n{number}@x.example\n" for number in range(300))
    path = tmp_path / "in.csv"
    path.write_text(content)
    barrier = threading.Barrier(2)
    results: list[Result] = []

    def work() -> None:
        barrier.wait()
        results.append(
            run(shop.database, shop.release, shop.people["mia"], C, path, Options(), language="en")
        )

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert sum(result.counts.added for result in results) == 300
    assert sum(result.counts.failed for result in results) == 300
    assert {each.code for result in results for failure in result.failures for each in failure.problems} == {
        "unique"
    }
    assert len({record.values["number"] for record in rows(shop)}) == 300


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_as_it_was(shop: Shop, tmp_path: Path, kind: str) -> None:
    screw = shop.product("screw", "2.50")
    customer = shop.customer(
        name="=cmd|' /C calc'!A0", notes="a\n+b", phone="+86 138 0000 1234", credit="-5.00", tags=["a", "c"]
    )
    shop.customer(
        name="'=quoted",
        referrer=customer,
        grade="silver",
        since="2026-03-01",
        seen_at="2026-03-01T00:00:30Z",
        visits=3,
    )
    shop.order(
        customer,
        reference="@R",
        discount="0.05",
        lines=[{"product": screw, "quantity": "1.5"}] * 2,
        related=[screw],
    )
    for key in (C, "shop.order"):
        with shop.reading("mia") as call:
            sheet = export(call, key, Query(sort="id"))
            target = io.BytesIO()
            WRITERS[kind](sheet, target)
        if kind == "csv":
            cells = [
                cell
                for line in csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig")))
                for cell in line
            ]
            assert not [
                cell for cell in cells if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and cell != "-5.00")
            ]
        before = rows(shop, key)
        result = bring(
            shop, target.getvalue(), tmp_path, key, name=f"out.{kind}", mode="update", match=("id",)
        )
        assert figures(result)[2:] == (0, len(before), 0), result.failures
        assert rows(shop, key) == before


def test_json_lines_hold_records_as_the_api_gives_them(shop: Shop) -> None:
    screw = shop.product("screw", "2.50")
    order = shop.order(shop.customer(), lines=[{"product": screw, "quantity": "1.5"}])
    with shop.reading("mia") as call:
        target = io.BytesIO()
        assert WRITERS["jsonl"](export(call, "shop.order", Query()), target) == 1
    found = json.loads(target.getvalue())
    assert (found["id"], found["total"], found["customer"]) == (str(order), "3.75", "1")
    assert found["lines"][0]["subtotal"] == "3.75"


@pytest.mark.parametrize(
    ("dates", "days"), [("1/2/2026,1/13/2026", [2, 13]), ("1/2/2026,13/2/2026", [1, 13])]
)
def test_the_order_of_day_and_month_is_learnt_from_the_file(
    shop: Shop, tmp_path: Path, dates: str, days: list[int]
) -> None:
    first, second = dates.split(",")
    result = bring(shop, f"name,since\nA,{first}\nB,{second}\n", tmp_path)
    assert figures(result) == (2, 2, 0, 0, 0)
    assert [record.values["since"].day for record in rows(shop)] == days


def test_a_date_that_could_be_either_is_not_guessed(shop: Shop, tmp_path: Path) -> None:
    for dates in ("1/2/2026,3/4/2026", "1/2/2026,13/1/2026,1/13/2026"):
        lines = "".join(f"A,{each}\n" for each in dates.split(","))
        assert bring(shop, f"name,since\n{lines}", tmp_path).failures[0].problems[0].code == "ambiguous_date"


CELLS = [
    "=1",
    "+1+1",
    "-1+1",
    "@x",
    "\tx",
    "\rx",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
    "''=1",
    "-5",
    "+86 1",
    "x",
    "",
    "'x",
]


@pytest.mark.parametrize("text", CELLS)
def test_escaping_is_undone_and_leaves_no_formula(text: str) -> None:
    assert list(unescaped([escaped(text)])) == [text]
    assert escaped(text) in ("-5", "", "x") or escaped(text)[0] == "'"


def test_export_needs_its_own_right(shop: Shop) -> None:
    with pytest.raises(Refusal) as refusal, shop.reading("rob") as call:
        export(call, "shop.order", Query())
    assert refusal.value.kind == "forbidden"
    with shop.writing() as call:
        create(call, C, {"name": "x", "owner": shop.people["ann"].id, "secret": "hidden", "credit": "1"})
    with shop.reading("ann") as call:
        sheet = export(call, C, Query())
        assert {"secret", "credit"}.isdisjoint(heading.path for heading in sheet.headings)
        assert "hidden" not in repr(list(sheet.rows))
