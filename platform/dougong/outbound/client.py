"""The HTTP client: it connects only to addresses that were looked at, and gives up on what is slow, large or leads elsewhere."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin

from dougong.outbound.addresses import Resolve, Target, addresses_of, resolve, target_of
from dougong.outbound.problems import OutboundError

_PIECE = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one request may take in all, how large its answer may be, and how often it may lead elsewhere."""

    seconds: float = 10
    size: int = 1024 * 1024
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _secure() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Client:
    """How requests leave. `allowed` are hosts (`name` or `name:port`) that may lie in the own network.

    No proxy of the environment is used, no cookie is kept, nothing is unpacked. Every name is resolved once for each request,
    and the connection goes to the very address that was looked at, so that a second answer of its name server changes nothing.
    """

    allowed: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    resolver: Resolve = resolve
    context: Callable[[], ssl.SSLContext] = _secure

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something; OutboundError when there is no answer to be had."""
        return self.send("GET", url, headers)

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send a request and read the whole answer, whatever its status; OutboundError when there is none to be had.

        Only a GET is followed to where an answer leads, never from https to http, and credentials stay with their origin.
        """
        deadline = time.monotonic() + self.limits.seconds
        target, sent = target_of(url), dict(headers or {})
        for _ in range(self.limits.redirects + 1):
            answer = self._exchange(method, target, sent, body, deadline)
            place = answer.headers.get("location")
            if (
                method != "GET"
                or answer.status not in _REDIRECTS
                or place is None
                or not self.limits.redirects
            ):
                return answer
            following = target_of(urljoin(f"{target.scheme}://{target.shown_host}{target.path}", place))
            if (target.scheme, following.scheme) == ("https", "http"):
                raise OutboundError("redirect", f"{target.host} leads from https to http")
            if following.origin != target.origin:
                sent = {name: value for name, value in sent.items() if name.lower() not in _CREDENTIALS}
            target = following
        raise OutboundError("redirect", f"{target.host} leads on and on")

    def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None, deadline: float
    ) -> Answer:
        addresses = addresses_of(target, self.allowed, self.resolver)
        context = self.context() if target.scheme == "https" else None
        connection = _Pinned(target, addresses, deadline, context)
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.give_up)
        watch.daemon = True
        watch.start()
        try:
            usual = {"Host": target.shown_host, "User-Agent": "dougong", "Accept-Encoding": "identity"}
            connection.request(method, target.path, body, {**usual, **headers, "Connection": "close"})
            with connection.getresponse() as response:
                answer = self._read(response, target)
        except (http.client.HTTPException, OSError) as error:
            raise _failure(error, target, connection.is_over) from error
        except ValueError as error:  # a header with a line break in it
            raise OutboundError("address", "the request cannot be written") from error
        finally:
            watch.cancel()
            connection.close()
        if connection.is_over:  # an answer without a length then looks whole though it was cut off
            raise OutboundError("time", f"{target.host} did not answer in time")
        return answer

    def _read(self, response: http.client.HTTPResponse, target: Target) -> Answer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise OutboundError("encoding", f"{target.host} packs its answer though it was asked not to")
        if (response.length or 0) > self.limits.size:
            raise _too_large(target)
        pieces, size = [], 0
        while piece := response.read(min(_PIECE, self.limits.size - size + 1)):
            pieces.append(piece)
            size += len(piece)
            if size > self.limits.size:
                raise _too_large(target)
        if response.length:
            raise OutboundError("connection", f"{target.host} broke off in the middle of its answer")
        return Answer(response.status, headers, b"".join(pieces))


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were looked at, which ends with its deadline whatever it is waiting for."""

    def __init__(
        self, target: Target, addresses: tuple[str, ...], deadline: float, context: ssl.SSLContext | None
    ) -> None:
        super().__init__(target.host, target.port)
        self._target, self._addresses, self._deadline, self._context = target, addresses, deadline, context
        self._raw: socket.socket | None = None

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._deadline

    def connect(self) -> None:
        """Connect to the first address that answers."""
        trouble: OSError = TimeoutError()
        for address in self._addresses:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                self._raw = socket.create_connection((address, self._target.port), timeout=left)
            except OSError as error:
                trouble = error
                continue
            self.sock = self._raw
            if self._context is not None:
                self._secure(self._raw, self._context)
            return
        raise trouble

    def _secure(self, raw: socket.socket, context: ssl.SSLContext) -> None:
        """Begin TLS; the handshake comes after the socket is known, so that it too ends when the time is up."""
        name = self._target.host
        secured = context.wrap_socket(raw, server_hostname=name, do_handshake_on_connect=False)
        self.sock = self._raw = secured
        secured.do_handshake()

    def give_up(self) -> None:
        """End what is being waited for; called by another thread when the time is up."""
        raw = self._raw
        if raw is not None:
            with suppress(OSError):
                socket.socket.shutdown(raw, socket.SHUT_RDWR)


def _too_large(target: Target) -> OutboundError:
    return OutboundError("size", f"the answer of {target.host} is too large")


def _failure(error: Exception, target: Target, is_over: bool) -> OutboundError:
    """What a failure of the connection comes to."""
    if is_over or isinstance(error, TimeoutError):
        return OutboundError("time", f"{target.host} did not answer in time")
    if isinstance(error, ssl.SSLError):
        return OutboundError("tls", f"{target.host} cannot prove who it is: {error.reason or 'TLS failed'}")
    if isinstance(error, http.client.HTTPException) and not isinstance(error, OSError):
        return OutboundError("answer", f"{target.host} does not answer as a web server does")
    return OutboundError("connection", f"{target.host} cannot be reached")
