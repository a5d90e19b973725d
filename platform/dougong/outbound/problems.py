"""Why a request to another server came to nothing."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "address",
    "forbidden",
    "unknown_host",
    "connection",
    "tls",
    "time",
    "size",
    "encoding",
    "redirect",
    "answer",
]


class OutboundError(Exception):
    """A request that was not sent or not answered; `kind` is stable, the text is for logs and administrators.

    The text names the host at most, as the rest of an address may hold a secret.
    """

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind: Kind = kind
