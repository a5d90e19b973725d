"""From the server to the application: what clients send and take slowly is waited for without keeping a thread busy.

The application is WSGI and runs in a few threads. A body is collected before a thread is given to it, and an answer that is
made on the way is asked for piece by piece, as fast as it is taken.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from dougong.web.listening import leave_silent_clients

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 256 * 1024
"""A body that is larger waits in a temporary file."""
SLOWEST = 4096
"""Bytes a second that somebody must send or take on the whole, after the time that one pause may last."""
AT_ONCE = 16
"""Pieces of an answer that are asked for together."""


class TooSlow(Exception):
    """A client took longer than the server waits."""


class Gone(Exception):
    """A client went away before it had sent all, or sent what is no HTTP."""


class Crowded(Exception):
    """So much is being sent at once that no more is taken."""


@dataclass(slots=True)
class Answer:
    """What the application answers: the beginning, and the pieces of the body or what gives them."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    whole: bytes | None = None
    pieces: Iterator[bytes] = field(default_factory=lambda: iter(()))
    close: Callable[[], None] = lambda: None

    def start(self, status: str, headers: list[tuple[str, str]], _failure: Any = None) -> None:
        """`start_response` of WSGI."""
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


class Bridge:
    """An ASGI application that runs a WSGI one in `threads` threads.

    `patience` is how many seconds a pause of a client may last; `most` is the largest body that is taken, and `waiting` how much may
    be on its way at once for all clients together.
    """

    def __init__(
        self, application: Application, threads: int, patience: float, most: int, waiting: int
    ) -> None:
        self.application = application
        self.patience = patience
        self.most = most
        self.waiting = waiting
        self._kept = 0
        self._has_begun = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if not self._has_begun:
            self._has_begun = True
            leave_silent_clients(self.patience)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                length = await self._collect(scope, receive, body)
            except Gone:
                await _refuse(send, 400)
                return
            except TooSlow:
                await _refuse(send, 408)
                return
            except Crowded:
                await _refuse(send, 503)
                return
            try:
                body.seek(0)
                environ = environ_of(scope, body, length)
                run = asyncio.get_running_loop().run_in_executor
                answer = await run(self._threads, partial(_run, self.application, environ))
                await self._give(answer, send)
            finally:
                self._kept -= length or 0

    async def _collect(self, scope: Message, receive: Receive, body: IO[bytes]) -> int | None:
        """Take the body of a request; the answer is its length, nothing without one. What is too large is taken no further: the
        application refuses it by the length that was said or counted."""
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length")
        if announced is None and b"transfer-encoding" not in headers and scope["http_version"] < "2":
            return None
        if announced is not None and announced.isdigit() and int(announced) > self.most:
            return None
        length, loop = 0, asyncio.get_running_loop()
        began = loop.time()
        try:
            while True:
                left = began + self.patience + length / SLOWEST - loop.time()
                async with asyncio.timeout(max(min(self.patience, left), 0)):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                piece = message.get("body", b"")
                if self._kept + len(piece) > self.waiting:
                    raise Crowded
                length += len(piece)
                self._kept += len(piece)
                body.write(piece)
                if not message.get("more_body") or length > self.most:
                    return length
        except TimeoutError as error:
            self._kept -= length
            raise TooSlow from error
        except BaseException:
            self._kept -= length
            raise

    async def _give(self, answer: Answer, send: Send) -> None:
        """Send an answer; who does not take it in time is left."""
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.whole is not None:
            await send({"type": "http.response.body", "body": answer.whole})
            return
        run = asyncio.get_running_loop().run_in_executor
        try:
            while piece := await run(self._threads, _next, answer.pieces):
                async with asyncio.timeout(self.patience + len(piece) / SLOWEST):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await run(self._threads, answer.close)


async def _refuse(send: Send, status: int) -> None:
    """An answer without the application, which nobody waits for any more."""
    headers = [(b"content-length", b"0"), (b"connection", b"close"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _run(application: Application, environ: dict[str, Any]) -> Answer:
    """Call the application; a body that is there already is taken whole."""
    answer = Answer()
    body = application(environ, answer.start)
    if isinstance(body, list):
        answer.whole = b"".join(body)
        return answer
    answer.pieces = iter(body)
    answer.close = getattr(body, "close", answer.close)
    return answer


def _next(pieces: Iterator[bytes]) -> bytes:
    """The next pieces of a body; nothing when there are no more."""
    while taken := list(islice(pieces, AT_ONCE)):
        if joined := b"".join(taken):
            return joined
    return b""


def environ_of(scope: Message, body: IO[bytes], length: int | None) -> dict[str, Any]:
    """The WSGI environment of a request. Headers with an underscore in their name are left out, as they would be taken for others."""
    server, client = scope.get("server") or ("", None), scope.get("client") or ("", None)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1] or ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ
