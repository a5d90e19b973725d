"""The real server: started as people start it, asked over a socket, told to stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from dougong.people import accounts, tokens
from tests.web_server import LIBRARY, prepare

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(url: str, folder: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own, and its address."""
    port = free_port()
    path = os.pathsep.join(str(ROOT / each) for each in ("platform", "renderers"))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "DOUGONG_DATABASE": url,
        "LANG": "en",
        "DOUGONG_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "dougong", "serve", *arguments, "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise AssertionError(process.stderr.read() if process.stderr else "the server ended")
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def get(address: str, token: str) -> Any:
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_it_serves_follows_changes_and_stands_slow_clients(database_url: str, tmp_path: Path) -> None:
    from dougong import assembly

    app = tmp_path / "library"
    shutil.copytree(LIBRARY, app)
    issued = prepare(database_url)
    with serving(database_url, tmp_path, str(app), "--workers", "2") as (address, process):
        document = get(f"{address}/api/v1/library", issued["hana"])
        assert isinstance(document, dict)
        slow = [socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) for _ in range(200)]
        for each in slow:
            each.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        begun = time.monotonic()
        get(f"{address}/api/v1/apps", issued["hana"])
        assert time.monotonic() - begun < 5
        for each in slow:
            each.close()
        book = app / "entities/book.yaml"
        book.write_text(book.read_text("utf-8") + "  colour: {type: text}\n", "utf-8")
        for _ in range(150):
            document = get(f"{address}/api/v1/library", issued["hana"])
            fields = [
                each["id"]
                for entity in document["entities"]
                if entity["id"] == "book"
                for each in entity["fields"]
            ]
            if "colour" in fields:
                break
            time.sleep(0.2)
        else:
            raise AssertionError("the change did not arrive")
        assert process.poll() is None
    database = assembly.open_database(database_url)
    with database.reading() as connection:
        assert accounts.count(connection) == 5
        assert tokens.list_tokens(connection)
    database.dispose()


def test_first_use_prints_a_token_and_makes_no_account(sqlite_url: str, tmp_path: Path) -> None:
    with serving(sqlite_url, tmp_path) as (address, process):
        with urllib.request.urlopen(f"{address}/sign-in", timeout=10) as page:
            assert page.url.endswith("/set-up")
        process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr else ""
        assert "set-up token" in said


def test_a_taken_port_is_said_plainly(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = os.pathsep.join(str(ROOT / each) for each in ("platform", "renderers"))
        environment = {**os.environ, "PYTHONPATH": path, "DOUGONG_DATABASE": sqlite_url, "LANG": "en"}
        command = [sys.executable, "-m", "dougong", "serve", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.returncode == 1
    assert "C110" in ended.stderr
    assert "Traceback" not in ended.stderr


def raw(address: str, sent: bytes) -> bytes:
    """What the server answers to these bytes before it closes or has nothing more to say."""
    host, _, port = address.removeprefix("http://").partition(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=3) as there:
        try:
            there.sendall(sent)
            while block := there.recv(65_536):
                answer += block
                if b"\r\n\r\n" in answer:
                    break
        except OSError:  # closed, or nothing more to say
            pass
    return answer


def test_it_stands_what_is_no_http(sqlite_url: str, tmp_path: Path) -> None:
    """Requests that are cut off, oversized or malformed are refused or dropped; nobody else notices."""
    issued = prepare(sqlite_url)
    token = f"Authorization: Bearer {issued['hana']}\r\n".encode()
    book = b"POST /api/v1/library/book HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + token
    json_head = book + b"Content-Type: application/json\r\n"
    strange: list[bytes] = [
        b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Long: " + b"x" * 2_000_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: 1\r\n" * 50_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"a=1; " * 400_000 + b"\r\n\r\n",
        json_head + b'Content-Length: 1000\r\n\r\n{"title": "half',
        json_head + b"Content-Length: -5\r\n\r\n{}",
        json_head + b"Content-Length: 99999999999999999999\r\n\r\n{}",
        json_head + b'Content-Length: 15\r\nContent-Length: 3\r\n\r\n{"title": "two"}',
        json_head + b'Transfer-Encoding: chunked\r\n\r\nzz\r\n{"title": "chunk"}\r\n0\r\n\r\n',
        json_head + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"tit',
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"\x00" * 5_000,
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/%zz%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/apps HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n",
    ]
    with serving(sqlite_url, tmp_path) as (address, process):
        with ThreadPoolExecutor(len(strange)) as together:
            answers = list(together.map(partial(raw, address), strange))
        for sent, answer in zip(strange, answers, strict=True):
            assert not answer or answer.startswith(b"HTTP/1."), answer[:200]
            assert not answer or 400 <= int(answer[9:12]) < 500, (sent[:80], answer[:300])
        assert sum(map(bool, answers)) > len(strange) / 2
        titles = [each["title"] for each in get(f"{address}/api/v1/library/book", issued["hana"])["data"]]
        assert titles == []
        assert process.poll() is None
