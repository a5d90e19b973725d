"""Imports that stop and go on, lines that name the same record, what is ambiguous, and the file of what failed."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import text

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.records import import_, import_log, importer
from dougong.records.failed_lines import failed_lines
from dougong.records.files import download
from dougong.records.history import history
from dougong.records.import_ import Counts, Options, Result, resume, run
from dougong.records.undo import undo
from dougong.storage import statistics
from dougong.storage.stores.folder import FolderStore
from dougong_renderers.tables.xlsx import write_xlsx
from tests.installed import open_database
from tests.records.conftest import Shop, publish_shop
from tests.records.test_import import C, bring, failed_file, figures, rows
from tests.servers.databases import DIALECTS, Databases
from tests.storage.first_schema import install_first
from tests.stored_files import whole


class Stopped(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "CHUNK", 10)


def begin(shop: Shop, path: Path, after: int, **options: Any) -> int:
    """Run an import until so many records are in, and give its id."""

    def stop(counts: Counts) -> None:
        if counts.total >= after:
            raise Stopped

    begun: list[int] = []
    with pytest.raises(Stopped):
        run(
            shop.database,
            shop.release,
            shop.people["mia"],
            C,
            path,
            Options(**options),
            progress=stop,
            begun=lambda _, identity: begun.append(identity),
        )
    return begun[0]


def go_on(shop: Shop, import_id: int, login: str = "mia", path: Path | None = None) -> Result:
    return resume(shop.database, shop.release, shop.people[login], import_id, path, "en")


def test_an_interrupted_import_goes_on_where_it_was(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = [f"N{number},n{number}@x.example,{'x' if number == 3 else number}" for number in range(45)]
    path.write_text("name,email,visits\n" + "\n".join(lines))
    identity = begin(shop, path, 20)
    assert len(rows(shop)) == 19
    result = go_on(shop, identity)
    assert figures(result) == (45, 44, 0, 0, 1)
    assert [failure.line for failure in result.failures] == [5]
    assert [(each.path, each.code, each.count) for each in result.reasons] == [("visits", "not_a_number", 1)]
    assert [record.values["name"] for record in rows(shop)] == [f"N{n}" for n in range(45) if n != 3]
    with pytest.raises(Refusal) as refusal:
        go_on(shop, identity)
    assert refusal.value.problems[0].code == "import_ended"
    with shop.writing("mia") as call:
        assert undo(call, identity).deleted == 44
    assert rows(shop) == []


def test_an_interrupted_import_can_be_undone_instead(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "\n".join(f"N{number}" for number in range(45)))
    identity = begin(shop, path, 30)
    with shop.writing("mia") as call:
        assert undo(call, identity).deleted == 30
    with pytest.raises(Refusal):
        go_on(shop, identity)
    assert rows(shop) == []


def test_only_its_owner_goes_on_with_an_import_and_only_with_the_file(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "\n".join(f"N{number}" for number in range(15)))
    identity = begin(shop, path, 10)
    for login in ("ann", "eve"):
        with pytest.raises(Refusal) as refusal:
            go_on(shop, identity, login)
        assert refusal.value.kind == "missing"
    other = tmp_path / "other.csv"
    other.write_text("name,notes\nN0,x\n")
    with pytest.raises(Refusal) as refusal:
        go_on(shop, identity, path=other)
    assert refusal.value.problems[0].code == "import_other_file"
    moved = path.rename(tmp_path / "elsewhere.csv")
    with pytest.raises(Refusal) as refusal:
        go_on(shop, identity)
    assert refusal.value.problems[0].code == "import_file_gone"
    assert figures(go_on(shop, identity, path=moved)) == (15, 15, 0, 0, 0)


def test_two_who_go_on_with_one_import_take_no_line_twice(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "\n".join(f"N{number}" for number in range(40)))
    identity = begin(shop, path, 10)

    def overtake(counts: Counts) -> None:
        if counts.total == 20:
            go_on(shop, identity)

    with pytest.raises(Refusal) as refusal:
        resume(shop.database, shop.release, shop.people["mia"], identity, progress=overtake, language="en")
    assert refusal.value.problems[0].code == "import_elsewhere"
    assert len(rows(shop)) == 40


def test_a_trial_that_was_broken_off_begins_anew(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "name,visits\n" + "\n".join(f"N{number},{'x' if number % 5 == 0 else 1}" for number in range(40))
    )
    identity = begin(shop, path, 20, dry_run=True)
    assert figures(go_on(shop, identity)) == (40, 32, 0, 0, 8)
    assert rows(shop) == []


def test_a_refusal_in_the_middle_keeps_what_is_in_and_goes_on_when_mended(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_, "SAMPLED", 5)
    path = tmp_path / "in.csv"
    good = "name\n" + "\n".join(f"N{number}" for number in range(25)) + "\n"
    path.write_text(good + '"never closed\n')
    begun: list[int] = []
    with pytest.raises(Refusal) as refusal:
        run(
            shop.database,
            shop.release,
            shop.people["mia"],
            C,
            path,
            Options(),
            begun=lambda _, identity: begun.append(identity),
        )
    assert refusal.value.problems[0].code == "import_format"
    assert len(rows(shop)) == 20
    path.write_text(good + "mended\n")
    assert figures(go_on(shop, begun[0])) == (26, 26, 0, 0, 0)


@pytest.mark.parametrize("mode", ["upsert", "update"])
def test_a_key_that_comes_twice_is_taken_once(shop: Shop, tmp_path: Path, mode: str) -> None:
    shop.customer(name="Old", email="old@x.example")
    content = "name,email\nA,new@x.example\nB,new@x.example\nC,old@x.example\nD,old@x.example\n"
    result = bring(shop, content, tmp_path, mode=mode, match=("email",))
    codes = {failure.line: failure.problems[0].code for failure in result.failures}
    assert codes == {3: "import_repeated", 5: "import_repeated"} | (
        {2: "import_unmatched"} if mode == "update" else {}
    )
    assert [record.values["name"] for record in rows(shop)] == (["C"] if mode == "update" else ["C", "A"])


@pytest.mark.parametrize(
    ("match", "cell"),
    [
        ("name", "Ünïcode 😀"),
        ("credit", "1234567890123456.78"),
        ("active", "true"),
        ("since", "2026-03-14"),
        ("seen_at", "2026-03-14T09:26:53+00:00"),
        ("visits", "42"),
        ("grade", "silver"),
        ("owner", "bob"),
    ],
)
def test_values_of_every_kind_find_their_record(shop: Shop, tmp_path: Path, match: str, cell: str) -> None:
    columns = match if match == "name" else f"name,{match}"
    cells = cell if match == "name" else f"Known,{cell}"
    assert figures(bring(shop, f"{columns}\n{cells}\n", tmp_path)) == (1, 1, 0, 0, 0)
    for keys in ((match,), (match, "name")):
        again = f"{columns},notes\n{cells},{len(keys)}\n"
        result = bring(shop, again, tmp_path, mode="update", match=tuple(dict.fromkeys(keys)))
        assert figures(result) == (1, 0, 1, 0, 0), result.failures


def test_a_field_of_several_values_is_no_key(shop: Shop, tmp_path: Path) -> None:
    shop.customer(name="Known", tags=["a", "b"])
    for match in (("tags",), ("name", "tags")):
        with pytest.raises(Refusal) as refusal:
            bring(shop, "name,tags\nKnown,a;b\n", tmp_path, mode="upsert", match=match)
        assert [found.code for found in refusal.value.problems] == ["import_match"]
    assert [record.values["name"] for record in rows(shop)] == ["Known"]


def test_several_keys_match_together(shop: Shop, tmp_path: Path) -> None:
    for name, visits in (("A", 1), ("A", 2), ("B", 1)):
        shop.customer(name=name, visits=visits)
    content = "name,visits,notes\nA,2,x\nB,1,y\nB,2,z\nA,,w\n"
    result = bring(shop, content, tmp_path, mode="upsert", match=("name", "visits"))
    assert figures(result) == (4, 2, 2, 0, 0)
    found = [(each.values["name"], each.values["visits"], each.values["notes"]) for each in rows(shop)]
    assert found == [("A", 1, None), ("A", 2, "x"), ("B", 1, "y"), ("B", 2, "z"), ("A", None, "w")]


def test_what_is_ambiguous_is_reported_with_the_candidates(shop: Shop, tmp_path: Path) -> None:
    twins = [shop.customer(name="Twin") for _ in range(2)]
    with shop.database.writing() as connection:
        for login in ("li1", "li2"):
            accounts.add(connection, login, name="Li", language="en")
        accounts.change(connection, shop.people["bob"].id, phone="13800000000")
    content = f"name,referrer,owner\nX,Twin,bob\nY,,Li\nZ,#{twins[1]},13800000000\n"
    result = bring(shop, content, tmp_path)
    messages = {failure.line: failure.problems[0].message for failure in result.failures}
    assert f"#{twins[0]}, #{twins[1]}" in messages[2]
    assert "li1, li2" in messages[3]
    record = rows(shop)[-1]
    assert (record.values["referrer"], record.values["owner"]) == (twins[1], shop.people["bob"].id)
    several = bring(shop, "name,notes\nTwin,x\n", tmp_path, mode="update", match=("name",))
    assert f"#{twins[0]}, #{twins[1]}" in several.failures[0].problems[0].message


def test_the_workbook_of_failed_rows_marks_the_cells_and_comes_in_again_when_mended(
    shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["Name", "visits", "since", "extra"])
    page.write_row(1, 0, ["Good", 1])
    page.write_row(2, 0, ["Bad", "many", 46082.25])
    page.write_row(3, 0, ["=1+1", -5, "someday"])
    book.close()
    result = run(
        shop.database,
        shop.release,
        shop.people["mia"],
        C,
        path,
        Options(mapping={"extra": None}),
        language="en",
    )
    assert figures(result) == (3, 1, 0, 0, 2)
    content = failed_file(shop, result, tmp_path, "xlsx", "in.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        comments = package.read("xl/comments1.xml").decode()
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert set(re.findall(r'ref="([A-Z]+[0-9]+)"', comments)) == {"B2", "C2", "C3"}
    assert "many" in comments
    assert "<f>" not in sheet
    again = run_again(shop, tmp_path, content)
    assert figures(again) == (2, 0, 0, 0, 2)
    assert again.ignored == ("extra", "Reason for refusal")
    csv_again = failed_file(shop, result, tmp_path, "csv", "in.xlsx").decode("utf-8-sig")
    mended = csv_again.replace("many", "3").replace("46082.25", "46082").replace("-5,someday", "5,2026/3/1")
    assert figures(bring(shop, mended, tmp_path, mapping={"extra": None})) == (2, 2, 0, 0, 0)


def run_again(shop: Shop, folder: Path, content: bytes) -> Result:
    return bring(shop, content, folder, name="again.xlsx", mapping={"extra": None})


def test_rows_of_sub_tables_fail_and_come_back_as_a_whole(shop: Shop, tmp_path: Path) -> None:
    shop.product("p1")
    customer = shop.customer()
    content = (
        f"customer,lines.product,lines.quantity\n#{customer},p1,1\n,nothing,2\n,p1,many\n#{customer},p1,3\n"
    )
    result = bring(shop, content, tmp_path, key="shop.order")
    assert figures(result) == (2, 1, 0, 0, 1)
    lines = failed_file(shop, result, tmp_path).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        [f"#{customer}", "p1", "1"],
        ["", "nothing", "2"],
        ["", "p1", "many"],
    ]


def archive(folder: Path, files: dict[str, bytes]) -> str:
    path = folder / "files.zip"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return str(path)


def test_files_come_by_name_out_of_an_archive(shop: Shop, tmp_path: Path) -> None:
    zipped = archive(
        tmp_path,
        {
            "合同/a.txt": b"first",
            "b.pdf": b"%PDF-1.7 second",
            "odd.pdf": b"no such thing",
            "x/twin.txt": b"1",
            "y/twin.txt": b"2",
            "big.txt": b"x" * 2000,
        },
    )
    content = "name,contract\nA,a.txt\nB,b.pdf\nNobody,missing.txt\nTwo,twin.txt\nExact,x/twin.txt\nBig,big.txt\nNone,\nOdd,odd.pdf\n"
    path = tmp_path / "in.csv"
    path.write_text(content)
    stored = tmp_path / "stored"

    def once(dry_run: bool) -> Result:
        options = Options(dry_run=dry_run, attachments=zipped)
        people = shop.people["mia"]
        return run(
            shop.database, shop.release, people, C, path, options, language="en", files=FolderStore(stored)
        )

    assert figures(once(dry_run=True)) == (8, 4, 0, 0, 4)
    assert not stored.exists()
    result = once(dry_run=False)
    codes = {failure.line: failure.problems[0].code for failure in result.failures}
    assert codes == {4: "import_no_file", 5: "import_several_files", 7: "file_too_large", 9: "file_content"}
    assert figures(result) == (8, 4, 0, 0, 4)
    held = {record.values["name"]: record.values["contract"] for record in rows(shop)}
    assert held["None"] is None
    with shop.reading() as call:
        for name, wanted in (("A", b"first"), ("B", b"%PDF-1.7 second"), ("Exact", b"1")):
            [file] = held[name]
            assert whole(download(call, FolderStore(stored), file["id"])) == wanted
    assert sum(each.is_file() for each in stored.rglob("*")) == 3


def test_an_archive_that_is_none_is_refused(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    with pytest.raises(Refusal):
        bring(shop, "name,contract\nA,a.txt\n", tmp_path, attachments=str(tmp_path / "no.zip"))
    assert rows(shop) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_older_database_learns_how_far_its_imports_are(
    databases: Databases, dialect: str, tmp_path: Path
) -> None:
    with databases.database(dialect) as url:
        older = open_database(url)
        with older.writing() as connection:
            install_first(connection)
        older.dispose()
        publish_shop(url)
        shop = Shop(open_database(url))
        assert figures(bring(shop, "name,visits\nA,1\nB,x\n", tmp_path)) == (2, 1, 0, 0, 1)
        shop.database.dispose()


def test_a_cell_that_cannot_be_read_is_skipped_when_that_is_wanted(shop: Shop, tmp_path: Path) -> None:
    content = (
        "name,visits,since,referrer,owner,active\n"
        "one,many,2026-03-01,,nobody,yes\n"
        "two,3,someday,,ann,perhaps\n"
        ",4,,,,\n"
        "four,5,2026-03-02,Nowhere,bob,no\n"
    )
    assert figures(bring(shop, content, tmp_path, dry_run=True)) == (4, 0, 0, 0, 4)
    for dry_run in (True, False):
        result = bring(shop, content, tmp_path, skip_cells=True, dry_run=dry_run)
        assert figures(result) == (4, 2, 0, 0, 2)
        assert result.partial == 2
        assert {(each.path, each.count) for each in result.skipped} == {
            ("visits", 1),
            ("owner", 1),
            ("since", 1),
            ("active", 1),
        }
    one, two = rows(shop)
    assert (one.values["name"], one.values["visits"], str(one.values["since"])) == ("one", None, "2026-03-01")
    assert one.values["owner"] == shop.people["mia"].id  # what stands there when nothing is said
    assert (two.values["visits"], two.values["since"], two.values["active"]) == (3, None, True)
    assert [each.line for each in result.failures] == [4, 5]


def test_a_skipped_cell_leaves_what_stands_there_and_keys_are_never_skipped(
    shop: Shop, tmp_path: Path
) -> None:
    bring(shop, "name,visits,credit\none,1,5\n", tmp_path)
    changed = bring(
        shop,
        "name,visits,credit\none,many,7\n",
        tmp_path,
        mode="update",
        match=("name",),
        skip_cells=True,
    )
    assert (figures(changed), changed.partial) == ((1, 0, 1, 0, 0), 1)
    [record] = rows(shop)
    assert (record.values["visits"], record.values["credit"]) == (1, 7)
    keyed = bring(
        shop, "name,visits\none,many\n", tmp_path, mode="upsert", match=("name", "visits"), skip_cells=True
    )
    assert figures(keyed) == (1, 0, 0, 0, 1)


def test_the_workbook_of_skipped_cells_marks_them(shop: Shop, tmp_path: Path) -> None:
    for code in ("p1", "p2"):
        shop.product(code)
    customer = shop.customer()
    content = f"customer,lines.product,lines.quantity,lines.price\n#{customer},p1,1,5\n,p2,2,much\n"
    result = bring(shop, content, tmp_path, key="shop.order", skip_cells=True)
    assert (figures(result), result.partial) == ((1, 1, 0, 0, 0), 1)
    target = io.BytesIO()
    with shop.database.reading() as connection:
        sheet = failed_lines(
            connection, shop.release, result.id, tmp_path / "in.csv", "en", import_log.PARTIAL
        )
        write_xlsx(sheet, target)
    with zipfile.ZipFile(target) as package:
        comments = package.read("xl/comments1.xml").decode()
    assert re.findall(r'ref="([A-Z]+[0-9]+)"', comments) == ["D3"]


def test_records_keep_when_and_by_whom_they_were_created(shop: Shop, tmp_path: Path) -> None:
    with shop.writing() as call:
        accounts.disable(call.connection, shop.people["eve"].id)
    content = (
        "name,Created at,创建人\n"
        "one,2019-05-06 07:08,eve\n"
        "two,,bob\n"
        "three,2019-05-06 07:08,\n"
        "four,2919-05-06 07:08,bob\n"
        "five,2019-05-06,nobody\n"
    )
    result = bring(shop, content, tmp_path, login="root", keep_origin=True)
    assert figures(result) == (5, 3, 0, 0, 2)
    assert [each.problems[0].code for each in result.failures] == ["import_origin", "unknown_target"]
    one, two, three = rows(shop)
    at = datetime(2019, 5, 6, 7, 8, tzinfo=ZoneInfo(shop.people["root"].timezone))
    assert (one.created_at, one.created_by) == (at, shop.people["eve"].id)
    assert (two.created_by, three.created_by) == (shop.people["bob"].id, shop.people["root"].id)
    assert three.created_at == at
    assert one.updated_at != at
    assert one.updated_by == shop.people["root"].id
    with shop.reading() as call:
        [entry] = history(call, C, one.id).entries
    assert (entry.actor_id, entry.at.year >= 2026) == (shop.people["root"].id, True)
    with shop.writing() as call:
        undo(call, result.id)
    assert rows(shop) == []


def test_only_an_admin_may_say_who_created_records_and_nobody_by_accident(shop: Shop, tmp_path: Path) -> None:
    content = "name,created_at,created_by\none,2019-05-06 07:08,eve\n"
    with pytest.raises(Refusal) as refusal:
        bring(shop, content, tmp_path, keep_origin=True)
    assert refusal.value.problems[0].path == "keep_origin"
    assert bring(shop, content, tmp_path, login="root").ignored == ("created_at", "created_by")
    [record] = rows(shop)
    assert record.created_by == shop.people["root"].id
    changed = bring(
        shop,
        content.replace("one,2019", "one,2018"),
        tmp_path,
        login="root",
        mode="upsert",
        match=("name",),
        keep_origin=True,
    )
    assert figures(changed) == (1, 0, 0, 1, 0)
    assert rows(shop)[0].created_at == record.created_at


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
def test_what_many_new_rows_hold_is_known_when_an_import_ends(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "MANY", 40)
    lines = "name,visits\n" + "\n".join(f"N{number},{number % 2}" for number in range(45))
    known = text("SELECT count(*) FROM pg_stats WHERE tablename = 'shop__customer' AND attname = 'visits'")
    with shop.reading() as call:
        assert call.connection.execute(known).scalar_one() == 0
    assert bring(shop, lines, tmp_path).counts.added == 45
    with shop.reading() as call:
        assert call.connection.execute(known).scalar_one() == 1
