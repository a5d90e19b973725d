"""A server as it is shipped, in a process of its own, and clients that take their time, over plain sockets of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.cli.test_serving import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A running server: its port and what it was started with."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self) -> socket.socket:
        """A connection that nothing was sent on yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def sockets(self) -> int:
        """How many connections are established to the server, from its own side."""
        found = 0
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            local, _, state = line.split()[1:4]
            found += int(local.rpartition(":")[2], 16) == self.port and state == "01"
        return found

    def ask(
        self, path: str = "/healthz", headers: Mapping[str, str] | None = None, seconds: float = 60
    ) -> tuple[int, float]:
        """The status of an ordinary request and how long it took."""
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        with closing(connection):
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
        return answer.status, time.perf_counter() - began


@contextmanager
def shipped(url: str, folder: Path, **settings: str) -> Iterator[Shipped]:
    """`dougong serve` on a prepared database; settings are variables of its environment."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOUGONG_")},
        "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("platform", "renderers")),
        "DOUGONG_DATABASE": url,
        "DOUGONG_FILES": str(folder / "files"),
        "DOUGONG_LOG_LEVEL": "warning",
        **settings,
    }
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-m", "dougong", "serve", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    server = Shipped(port, process, log)
    try:
        wait_until_ready(server)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(server: Shipped) -> None:
    """Wait until the server answers; its log when it does not."""
    end = time.monotonic() + 120
    while time.monotonic() < end and server.process.poll() is None:
        with suppress(OSError):
            if server.ask()[0] == 200:
                return
        time.sleep(0.05)
    raise AssertionError(server.log.read_text()[-3_000:])


@contextmanager
def opened(server: Shipped, count: int, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Connections on each of which only the beginning of a request was sent; they are closed at the end."""
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            client = stack.enter_context(closing(server.connect()))
            client.sendall(beginning)
            made.append(client)
        yield made


def drip(clients: Sequence[socket.socket], piece: bytes) -> int:
    """Send a little more on each; how many of them the server still has open."""
    left = 0
    for client in clients:
        with suppress(OSError):
            client.sendall(piece)
            left += 1
    return left


def is_closed(client: socket.socket) -> bool:
    """Whether the server has closed a connection, after whatever it answered."""
    client.settimeout(0.2)
    try:
        while client.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
