"""Copies: what goes along, what does not, and what the definition says about it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.copy_ import copy_record
from dougong.records.create import create
from dougong.records.files import upload
from dougong.records.read import read
from dougong.storage.stores.folder import FolderStore
from tests.hostile.conftest import plain
from tests.records.conftest import Shop
from tests.web_server import prepare, server_of


def copied(shop: Shop, folder: Path, key: str, identifier: int, login: str = "root", **more: Any) -> Any:
    with shop.writing(login) as call:
        return copy_record(call, FolderStore(folder), key, identifier, **more)


def test_a_copy_has_a_number_rows_and_figures_of_its_own(shop: Shop, tmp_path: Path) -> None:
    product = shop.product("A")
    order = shop.order(
        shop.customer(),
        reference="r",
        related=[product],
        lines=[{"product": product, "quantity": 2, "price": "3"}],
    )
    with pytest.raises(Refusal) as refused:
        copied(shop, tmp_path, "shop.order", order)
    assert refused.value.problems[0].code == "unique"
    made = copied(shop, tmp_path, "shop.order", order, values={"reference": "other"})
    with shop.reading() as call:
        first = read(call, "shop.order", order).values
    assert made.values["number"] != first["number"]
    assert (made.values["total"], made.values["related"]) == (first["total"], (product,))
    assert [row["quantity"] for row in made.values["lines"]] == [row["quantity"] for row in first["lines"]]
    assert made.values["lines"][0]["id"] != first["lines"][0]["id"]
    bare = copied(shop, tmp_path, "shop.order", order, values={"reference": None}, rows=False)
    assert not bare.values["lines"]


def test_unique_values_and_files_stay_behind(shop: Shop, tmp_path: Path) -> None:
    with shop.writing() as call:
        file = upload(call, FolderStore(tmp_path), "shop.customer", "contract", "c.txt", io.BytesIO(b"x")).id
        values = {"name": "A", "email": "a@x.example", "tags": ["a"], "contract": [{"id": file}]}
        first = create(call, "shop.customer", values).id
    made = copied(shop, tmp_path, "shop.customer", first)
    assert (made.values["name"], made.values["tags"]) == ("A", ("a",))
    assert (made.values["email"], made.values["contract"]) == (None, None)


def test_what_may_not_be_seen_or_written_stays_behind(shop: Shop, tmp_path: Path) -> None:
    first = shop.customer(name="A", secret="s", credit="5.00", owner=shop.people["ann"].id)
    made = copied(shop, tmp_path, "shop.customer", first, "ann")
    with shop.reading() as call:
        found = read(call, "shop.customer", made.id).values
    assert (found["name"], found["secret"], found["credit"]) == ("A", None, None)
    for login in ("bob", "eve", "rob"):
        theirs = shop.customer("mia", name="Theirs")
        with pytest.raises(Refusal):
            copied(shop, tmp_path, "shop.customer", theirs, "ann" if login == "bob" else login)


def test_the_definition_says_what_goes_along(tmp_path: Path) -> None:
    """The vault says `copy` for its papers and not for its dates."""
    folder = Path(__file__).parents[1] / "apps" / "vault"
    url = f"sqlite:///{tmp_path / 'vault.db'}"
    server = server_of(url, prepare(url, folder), tmp_path)
    api = server.api("ada")
    data = {"file": (io.BytesIO(b"deed"), "deed.txt")}
    file = api("POST", "/vault/item/files?field=paper", data=data).json["id"]
    first = api.made(
        "/vault/item", name="n", code="c", day="2026-01-01", paper=[{"id": file}], lines=[{"what": "w"}]
    )
    path = f"/vault/item/{first['id']}/copy"
    status, made = plain(api("POST", path))
    assert status == 201
    assert (made["code"], made["day"]) == (None, None)
    assert made["lines"][0]["what"] == "w"
    assert made["paper"][0]["id"] != file
    assert api("GET", f"/files/{made['paper'][0]['id']}").data == b"deed"
    browser = server.browser("ada")
    page = browser.get(f"/vault/item/new?copy={first['id']}").text
    assert f'value="{file}"' in page
    form = {"name": "by hand", "paper": ["", file], "dg_copy": first["id"], "lines-sent": "1"}
    assert browser.post("/vault/item/new", form).status_code == 303
    [by_hand] = [each for each in api("GET", "/vault/item").json["data"] if each["name"] == "by hand"]
    assert by_hand["paper"][0]["id"] not in (file, made["paper"][0]["id"])
    assert api("GET", f"/files/{by_hand['paper'][0]['id']}").data == b"deed"
    refused = browser.post("/vault/item/new", {**form, "name": ""})
    assert (refused.status_code, 'name="dg_copy"' in refused.text) == (422, True)
    stranger = api.made("/vault/item", name="other")["id"]
    assert browser.post("/vault/item/new", {**form, "dg_copy": stranger}).status_code == 422
    assert browser.post("/vault/item/new", {**form, "dg_copy": "999"}).status_code == 404
    assert plain(api("POST", path, {"rows": False, "values": {"name": "m"}}))[1]["name"] == "m"
    wrong: list[dict[str, Any]] = [{"rows": 1}, {"values": []}, {"nope": 1}]
    for bad in wrong:
        assert api("POST", path, bad).status_code == 400
    assert api("POST", "/vault/item/999/copy").status_code == 404
    server.database.dispose()
