"""Small web servers for tests that answer byte for byte what they are told, on free ports of this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Serve = Callable[[socket.socket, bytes], None]
"""Answers one request over its connection; the bytes are the request's head."""


@dataclass
class Web:
    """One server: where it listens and what it was asked."""

    port: int = 0
    scheme: str = "http"
    heads: list[bytes] = field(default_factory=list)

    def at(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """An address of this server."""
        return f"{self.scheme}://{host}:{self.port}{path}"


def saying(*parts: bytes) -> Serve:
    """Answers with these bytes, whatever is asked."""

    def serve(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"".join(parts))

    return serve


def page(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def web(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve until the end of the block, one thread for each connection."""
    it = Web(scheme="https" if context else "http")
    listener = socket.create_server(("127.0.0.1", 0))
    it.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def one(raw: socket.socket) -> None:
        with suppress(OSError), raw:
            connection = context.wrap_socket(raw, server_side=True) if context else raw
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                it.heads.append(head)
                serve(connection, head)

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=one, args=(raw,), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield it
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(10)
        for thread in threads:
            thread.join(10)
