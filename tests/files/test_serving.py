"""Files over HTTP with either store: rights at every request, harmless whatever they hold, and nothing half done when the store fails."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from dougong.storage.stores.base import Store
from dougong.storage.stores.s3 import S3Store
from dougong.storage.system import FILE
from tests.files.conftest import Bench
from tests.web_server import Api, Server

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def house(sqlite_server: Server, store: Store) -> Server:
    """The library with its files in each kind of store."""
    return Server(replace(sqlite_server.runtime, files=store), sqlite_server.tokens)


def send(api: Api, content: bytes, name: str = "a.txt") -> Any:
    given = {"file": (io.BytesIO(content), name)}
    return api("POST", "/library/book/files?field=cover", data=given, content_type="multipart/form-data")


def kept(server: Server) -> int:
    with server.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(FILE)).scalar_one())


def test_a_file_is_given_to_who_may_see_its_record_now(house: Server) -> None:
    hana, nemo = house.api("hana"), house.api("nemo")
    sent = send(hana, b"a cover", "封面.txt")
    assert sent.status_code == 201, sent.text
    path = f"/files/{sent.json['id']}"
    assert (
        house.api("cleo")("GET", path).status_code == 404
    )  # nobody else's, as long as it is attached to nothing
    book = hana.made("/library/book", title="Walden", cover=[{"id": sent.json["id"]}])
    answer = house.api("cleo")("GET", path)
    assert (answer.status_code, answer.data) == (200, b"a cover")
    assert "filename*=UTF-8''%E5%B0%81%E9%9D%A2.txt" in answer.headers["Content-Disposition"]
    assert nemo("GET", path).status_code == 404
    assert house.client().get(f"/api/v1{path}").status_code == 401
    assert hana("DELETE", f"/library/book/{book['id']}").status_code == 204
    assert house.api("cleo")("GET", path).status_code == 404


def test_pieces_and_known_copies(house: Server) -> None:
    api = house.api("hana")
    identifier = send(api, bytes(range(256)) * 40).json["id"]
    whole = api("GET", f"/files/{identifier}")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert int(whole.headers["Content-Length"]) == 10_240
    piece = api("GET", f"/files/{identifier}", headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.data) == (206, (bytes(range(256)) * 40)[100:200])
    same = api("GET", f"/files/{identifier}", headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    beyond = api("GET", f"/files/{identifier}", headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", SVG), ("page.html.txt", b"<script>1</script>"), ("a.txt", b"\x00\xff")]
)
def test_nothing_is_served_so_that_a_browser_runs_it(house: Server, name: str, content: bytes) -> None:
    api = house.api("hana")
    answer = api("GET", f"/files/{send(api, content, name).json['id']}")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", SVG), ("a.jpg", b"MZ\x90\x00"), ("a.png", b"\xff\xd8\xff\xe0")]
)
def test_content_that_is_not_what_its_name_says_is_refused(house: Server, name: str, content: bytes) -> None:
    before = kept(house)
    answer = send(house.api("hana"), content, name)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "file_content"
    assert kept(house) == before
    assert list(house.runtime.files.names()) == []


def test_the_thumbnail_of_a_picture_comes_from_the_store(house: Server) -> None:
    api = house.api("hana")
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), (200, 40, 40)).save(picture, "PNG")
    identifier = send(api, picture.getvalue(), "a.png").json["id"]
    for _ in range(2):  # made when it is first asked for, then kept
        small = api("GET", f"/files/{identifier}/small")
        assert small.status_code == 200
        assert Image.open(io.BytesIO(small.data)).size == (320, 213)
    assert set(house.runtime.files.names()) == {identifier, f"{identifier}.small"}
    assert api("GET", f"/files/{send(api, b'text').json['id']}/small").status_code == 404


def test_an_app_has_no_more_room_than_its_quota(house: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = house.runtime.files
    if isinstance(store, S3Store):
        monkeypatch.setattr(store, "quota", 25)
    else:
        house = Server(replace(house.runtime, files=replace(store, quota=25)), house.tokens)  # type: ignore[type-var]
    api = house.api("hana")
    first = send(api, b"x" * 20)
    api.made("/library/book", title="Full", cover=[{"id": first.json["id"]}])
    answer = send(api, b"x" * 10)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (413, "file_quota")
    assert send(api, b"x" * 5).status_code == 201


# -- a store that fails -------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(sqlite_server: Server, bench: Bench) -> tuple[Server, Server]:
    """The library with its files in a bucket, and the same while nothing listens there."""
    well = replace(sqlite_server.runtime, files=S3Store(bench.bucket(prefix="b/")))
    ill = replace(
        sqlite_server.runtime, files=S3Store(bench.bucket(prefix="b/", endpoint="http://127.0.0.1:1"))
    )
    return Server(well, sqlite_server.tokens), Server(ill, sqlite_server.tokens)


def test_a_store_that_cannot_be_reached_is_told_as_503_and_nothing_is_half_written(
    broken: tuple[Server, Server],
) -> None:
    well, ill = broken
    identifier = send(well.api("hana"), b"a cover").json["id"]
    before = kept(ill)
    api = ill.api("hana")
    for answer in (
        send(api, b"another"),
        api("GET", f"/files/{identifier}"),
        api("GET", f"/files/{identifier}/small"),
    ):
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"]
        assert answer.json["errors"][0]["code"] == "P170"
        assert "127.0.0.1" not in answer.text
    assert kept(ill) == before
    page = ill.browser("hana").get(f"/files/{identifier}")
    assert page.status_code == 503
    assert well.api("hana")("GET", f"/files/{identifier}").data == b"a cover"


def test_downloads_are_sent_to_the_bucket_where_that_is_set(sqlite_server: Server, bench: Bench) -> None:
    import urllib.request

    runtime = replace(sqlite_server.runtime, files=S3Store(bench.bucket(redirect_seconds=30)))
    server = Server(runtime, sqlite_server.tokens)
    identifier = send(server.api("hana"), SVG, "a.txt").json["id"]
    assert server.api("cleo")("GET", f"/files/{identifier}").status_code == 404
    answer = server.api("hana")("GET", f"/files/{identifier}")
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "private, no-store"
    with urllib.request.urlopen(answer.headers["Location"]) as fetched:
        assert fetched.read() == SVG
        assert fetched.headers["Content-Type"] == "text/plain"
        assert fetched.headers["Content-Disposition"].startswith("attachment;")
