"""Clients that send or take slowly, or only hold on, do not keep others waiting, and are left when they take too long."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.security.slow import Shipped, drip, is_closed, opened, shipped
from tests.servers.databases import Databases
from tests.web_server import prepare, server_of

FORM = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BEGINNINGS = {
    "nothing": b"",
    "half a line": b"GET /hea",
    "half of its headers": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "half of a form": FORM + b"Content-Length: 100000\r\n\r\nlogin=",
    "half of a piece": FORM + b"Transfer-Encoding: chunked\r\n\r\nff\r\nlogin=",
}
DRIPS = {"half of its headers", "half of a form", "half of a piece"}
MANY = 200
LARGE = 19 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Library:
    """A library with a large file, and the token of who may read it."""

    url: str
    folder: Path
    token: str
    file: str

    def download(self) -> bytes:
        """A request for the large file."""
        head = f"GET /api/v1/files/{self.file} HTTP/1.1\r\nHost: localhost\r\n"
        return f"{head}Authorization: Bearer {self.token}\r\n\r\n".encode()


@pytest.fixture(scope="module")
def library(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("slow")
    url = databases.fresh("sqlite")
    server = server_of(url, prepare(url), folder)
    api = server.api("ada")
    content = {"file": (io.BytesIO(b"x" * LARGE), "large.txt")}
    file = api("POST", "/library/book/files?field=cover", None, data=content)
    assert file.status_code == 201, file.text
    api.made("/library/book", title="with a large file", cover=[file.json["id"]])
    server.database.dispose()
    yield Library(url, folder, server.tokens["ada"], file.json["id"])
    databases.drop(url)


@pytest.fixture(scope="module")
def impatient(library: Library) -> Iterator[Shipped]:
    """A server that waits a second for its clients."""
    with shipped(library.url, library.folder, DOUGONG_PATIENCE="1") as server:
        yield server


@pytest.fixture(scope="module")
def patient(library: Library) -> Iterator[Shipped]:
    """A server that waits much longer than the tests take."""
    with shipped(library.url, library.folder, DOUGONG_PATIENCE="300") as server:
        yield server


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_many_who_are_slow_keep_nobody_waiting(patient: Shipped, kind: str) -> None:
    """None of them would be left for five minutes: whoever waited for them would wait longer than the test."""
    with opened(patient, MANY, BEGINNINGS[kind]) as clients:
        for _ in range(10):
            if kind in DRIPS:
                assert drip(clients, b"a") == MANY
            status, _ = patient.ask(seconds=60)
            assert status == 200


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_who_does_not_go_on_is_left(impatient: Shipped, kind: str) -> None:
    with opened(impatient, 20, BEGINNINGS[kind]) as clients:
        wait_until_left(clients)


def test_who_drips_for_ever_is_left(impatient: Shipped) -> None:
    """Each byte comes in time, and yet it would take a day."""
    with opened(impatient, 5, BEGINNINGS["half of a form"]) as clients:
        wait_until_left(clients, b"a")


def wait_until_left(clients: list[socket.socket], piece: bytes = b"") -> None:
    end = time.monotonic() + 120
    left = list(clients)
    while left:
        assert time.monotonic() < end, f"{len(left)} are still connected"
        if piece:
            drip(left, piece)
        left = [client for client in left if not is_closed(client)]


def test_who_takes_a_large_file_slowly_keeps_nobody_waiting(patient: Shipped, library: Library) -> None:
    with opened(patient, 40, library.download()) as clients:
        for client in clients:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        for _ in range(10):
            status, _ = patient.ask("/api/v1/library/book", {"Authorization": f"Bearer {library.token}"})
            assert status == 200


def test_who_never_takes_a_large_file_is_left(impatient: Shipped, library: Library) -> None:
    with opened(impatient, 3, library.download()) as clients:
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            assert client.recv(100)
        end = time.monotonic() + 120
        while time.monotonic() < end and impatient.sockets() > 0:
            time.sleep(0.1)
        assert impatient.sockets() == 0


def test_what_is_sent_and_taken_in_good_time_arrives_whole(impatient: Shipped, library: Library) -> None:
    with opened(impatient, 1, library.download()) as [client]:
        taken = bytearray()
        while len(taken) < LARGE:
            piece = client.recv(1_000_000)
            assert piece
            taken += piece
        head, _, body = bytes(taken).partition(b"\r\n\r\n")
    assert f"content-length: {LARGE}" in head.decode().lower()
    assert body == b"x" * LARGE
    document = json.dumps({"title": "书" * 60}).encode()
    begin = (
        f"POST /api/v1/library/book HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {library.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(document)}\r\nConnection: close\r\n\r\n"
    ).encode()
    with opened(impatient, 1, begin) as [client]:
        for at in range(0, len(document), 40):
            client.sendall(document[at : at + 40])
        answer = client.recv(100_000)
    assert answer.startswith(b"HTTP/1.1 201"), answer
