"""How an answer is handed to the server: one that is there already goes over whole, only what is made on the way is streamed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class WholeResponse(Response):
    """The answer that Flask gives to the server.

    A server sends a list at once. Anything else it has to ask for piece by piece, by way of another thread.
    """

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
        """The body as WSGI takes it."""
        if not self.is_sequence or self.direct_passthrough or self._on_close:
            return super().get_app_iter(environ)
        body = super().get_app_iter(environ)
        return list(body)
