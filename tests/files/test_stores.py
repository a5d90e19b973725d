"""What every store does, and what is said when a bucket cannot be reached."""

from __future__ import annotations

import secrets
import socket
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dougong.diagnostics import Refusal
from dougong.storage.stores import s3
from dougong.storage.stores.base import Absent, Store
from dougong.storage.stores.folder import FolderStore
from dougong.storage.stores.s3 import S3Store
from tests.files.conftest import Bench


def named(ending: str = "") -> str:
    return secrets.token_urlsafe(24) + ending


def put(store: Store, name: str, content: bytes) -> None:
    with store.workspace() as folder:
        path = folder / name
        path.write_bytes(content)
        store.put(name, path)


def content_of(store: Store, name: str) -> bytes:
    with store.opened(name) as found:
        return found.read()


def test_what_was_put_is_opened_listed_and_deleted(store: Store) -> None:
    one, two = named(), named(".small")
    big = secrets.token_bytes(5 << 20)
    put(store, one, big)
    put(store, two, b"")
    assert content_of(store, one) == big
    assert content_of(store, two) == b""
    assert (store.size(one), store.size(two)) == (len(big), 0)
    assert set(store.names()) == {one, two}
    assert set(store.names(before=datetime.now(UTC) - timedelta(hours=1))) == set()
    assert set(store.names(before=datetime.now(UTC) + timedelta(hours=1))) == {one, two}
    put(store, two, b"again")
    assert content_of(store, two) == b"again"
    store.delete(one)
    store.delete(one)
    assert store.size(one) is None
    with pytest.raises(Absent):
        store.opened(one)


@pytest.mark.parametrize(
    "name", ["", "a", "../" + "a" * 29, "a" * 32 + "/..", "a" * 33, "a" * 32 + ".SMALL", "a" * 31 + "é"]
)
def test_only_names_of_the_platform_are_taken(store: Store, name: str, tmp_path: Path) -> None:
    for act in (store.opened, store.size, store.delete):
        with pytest.raises(ValueError, match="not the name"):
            act(name)
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(ValueError, match="not the name"):
        store.put(name, tmp_path / "x")


def test_other_things_in_a_folder_are_left_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    name = named()
    put(store, name, b"x")
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / named()).write_bytes(b"an import")
    (tmp_path / name[:2] / "note.txt").write_bytes(b"a note")
    assert list(store.names()) == [name]
    assert store.path(name).stat().st_mode & 0o777 == 0o600


def test_all_pages_of_a_bucket_are_listed(bench: Bench) -> None:
    store = S3Store(bench.bucket())
    names = {named() for _ in range(7)}
    for each in names:
        put(store, each, b"x")
    original = store._client.list_objects_v2
    store._client.list_objects_v2 = lambda **more: original(**more, MaxKeys=3)
    assert set(store.names()) == names


def test_a_signed_address_serves_for_a_moment_and_nothing_else(bench: Bench) -> None:
    bucket = bench.bucket(redirect_seconds=60)
    store, name = S3Store(bucket), named()
    put(store, name, b"<script>alert(1)</script>")
    address = store.address(name, 'attachment; filename="a.html"', "application/octet-stream")
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"<script>alert(1)</script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a.html"'
    for wrong in (address.replace("octet-stream", "xhtml"), address.split("?")[0]):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(wrong)
        assert caught.value.code in (400, 401, 403)
        caught.value.close()
    assert S3Store(bench.bucket()).address(name, "attachment", "text/plain") == ""


def refused(act: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()  # type: ignore[operator]
    assert (caught.value.kind, caught.value.problems[0].code) == ("unavailable", "P170")
    return caught.value


def test_a_store_that_is_not_there_is_refused_clearly(bench: Bench, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        store = S3Store(bench.bucket(endpoint=f"http://127.0.0.1:{closed.getsockname()[1]}"))
        path = tmp_path / "x"
        path.write_bytes(b"x")
        for act in (
            lambda: store.put(named(), path),
            lambda: store.opened(named()),
            lambda: store.size(named()),
            lambda: list(store.names()),
        ):
            problem = refused(act).problems[0]
            assert "127.0.0.1" not in problem.message


def test_a_store_that_hangs_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_READ_SECONDS", 1)
    monkeypatch.setattr(s3, "_ATTEMPTS", 1)
    store, name = S3Store(bench.bucket()), named()
    put(store, name, b"x")
    with bench.running.frozen():
        refused(lambda: store.opened(name))
    assert content_of(store, name) == b"x"


def test_wrong_keys_and_a_missing_bucket_are_refused(bench: Bench) -> None:
    from dataclasses import replace

    refused(lambda: S3Store(replace(bench.bucket(), secret_key="wrong")).size(named()))
    refused(lambda: list(S3Store(replace(bench.bucket(), name="no-such-bucket")).names()))


def test_an_answer_that_breaks_off_is_never_taken_for_the_file(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for _ in range(2):
                peer, _ = listening.accept()
                with peer:
                    peer.recv(65_536)
                    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "x"\r\n\r\nhalf')

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        store = S3Store(bench.bucket(endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}"))
        refused(lambda: store.opened(named()))
