"""Uploading, attaching and downloading files, and choosing records for fields."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from dougong.diagnostics import Refusal
from dougong.records.choose import choose, people
from dougong.records.create import create
from dougong.records.files import StoredFile, clean_name, disposition, download, upload
from dougong.records.update import update
from dougong.storage.stores.folder import FolderStore
from tests.records.conftest import Shop
from tests.stored_files import whole

C = "shop.customer"


def put(
    shop: Shop, folder: Path, login: str = "ann", name: str = "合同.pdf", content: bytes = b"%PDF"
) -> StoredFile:
    with shop.writing(login) as call:
        return upload(call, FolderStore(folder), C, "contract", name, io.BytesIO(content))


def test_a_file_goes_from_upload_to_record_to_whoever_may_read_it(shop: Shop, tmp_path: Path) -> None:
    stored = put(shop, tmp_path)
    with shop.writing("ann") as call:
        customer = create(call, C, {"name": "A", "contract": [{"id": stored.id}]})
        assert customer.values["contract"] == (
            {"id": stored.id, "name": "合同.pdf", "size": 4, "type": "application/pdf"},
        )
    for login in ("ann", "bob", "mia"):
        with shop.reading(login) as call:
            found = download(call, FolderStore(tmp_path), stored.id)
        assert whole(found) == b"%PDF"
        assert found.disposition == "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"
    for login in ("rob", "eve"):
        with pytest.raises(Refusal) as refusal, shop.reading(login) as call:
            download(call, FolderStore(tmp_path), stored.id)
        assert refusal.value.kind == "missing"


def test_an_upload_belongs_to_who_made_it_until_it_is_attached_once(shop: Shop, tmp_path: Path) -> None:
    stored = put(shop, tmp_path)
    with pytest.raises(Refusal), shop.reading("mia") as call:
        download(call, FolderStore(tmp_path), stored.id)
    with pytest.raises(Refusal) as refusal, shop.writing("mia") as call:
        create(call, C, {"name": "A", "contract": [{"id": stored.id}]})
    assert [each.code for each in refusal.value.problems] == ["unknown_file"]
    with shop.writing("ann") as call:
        assert whole(download(call, FolderStore(tmp_path), stored.id)) == b"%PDF"
        first = create(call, C, {"name": "A", "contract": [{"id": stored.id}]})
    with pytest.raises(Refusal), shop.writing("ann") as call:
        create(call, C, {"name": "B", "contract": [{"id": stored.id}]})
    with shop.writing("ann") as call:
        same = update(call, C, first.id, {"contract": [{"id": stored.id, "name": "lie.pdf", "size": 1}]})
        assert same == first
        update(call, C, first.id, {"contract": None})
    with pytest.raises(Refusal), shop.reading("ann") as call:
        download(call, FolderStore(tmp_path), stored.id)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"x", "file_type"),
        ("a.pdf", b"x" * 1001, "file_too_large"),
        ("", b"x", "file_name"),
        ("..", b"x", "file_name"),
        ("\0", b"x", "file_name"),
    ],
)
def test_what_the_field_does_not_take_leaves_nothing_behind(
    shop: Shop, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        put(shop, tmp_path, name=name, content=content)
    assert [each.code for each in refusal.value.problems] == [code]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_uploading_needs_the_right_to_write_the_field(shop: Shop, tmp_path: Path) -> None:
    for login, field in (
        ("rob", "contract"),
        ("ann", "secret"),
        ("ann", "nothing"),
        ("ann", "name"),
        ("eve", "contract"),
    ):
        with pytest.raises(Refusal), shop.writing(login) as call:
            upload(call, FolderStore(tmp_path), C, field, "a.pdf", io.BytesIO(b"x"))


@pytest.mark.parametrize("identifier", ["../../etc/passwd", "x", "", "a" * 31 + "/", "a" * 32 + "\n"])
def test_only_given_names_are_paths(shop: Shop, tmp_path: Path, identifier: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        FolderStore(tmp_path).path(identifier)
    with pytest.raises(Refusal), shop.reading() as call:
        download(call, FolderStore(tmp_path), identifier)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("a.pdf", "a.pdf"),
        ("../../a.pdf", "a.pdf"),
        ("C:\\x\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        (" .a.pdf. ", "a.pdf"),
        ("合同.pdf", "合同.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
    ],
)
def test_names_are_cleaned(given: str, clean: str) -> None:
    assert clean_name(given) == clean
    assert "\n" not in disposition(clean, "application/pdf")
    assert disposition("a.png", "image/png").startswith("inline")
    assert disposition('a".html', "text/html").startswith('attachment; filename="a_.html"')


def test_records_and_people_can_be_chosen(shop: Shop) -> None:
    screw = shop.product("screw", "2.00")
    shop.product("nut")
    foreign = shop.customer(name="Foreign", owner=shop.people["mia"].id)
    mine = shop.customer(name="Mine", owner=shop.people["ann"].id, phone="13800001234")
    with shop.reading("ann") as call:
        assert [each.id for each in choose(call, "shop.order", "customer")] == [mine]
        assert choose(call, "shop.order", "customer", "Foreign") == []
        [found] = choose(call, "shop.order", "lines.product", "screw")
        assert (found.id, found.title) == (screw, "screw Screw")
        assert {each.title for each in choose(call, C, "owner", "m")} == {"Mia"}
        assert [each.title for each in people(call, "ROO")] == ["Root"]
        for field in ("name", "secret", "lines", "nothing", "lines.quantity"):
            with pytest.raises(Refusal):
                choose(call, "shop.order", field)
    assert foreign
