"""Files as answers: under a harmless type, with their name, and in pieces when a piece is asked for."""

from __future__ import annotations

from flask import send_file as flask_send_file
from werkzeug.wrappers import Request, Response

from dougong.records.files import Download

HARMLESS = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "text/plain",
        "text/csv",
        "application/zip",
    }
)


def send_file(request: Request, found: Download) -> Response:
    """A stored file; whatever a browser might run is sent as plain bytes to be saved."""
    kind = found.file.type if found.file.type in HARMLESS else "application/octet-stream"
    response: Response = flask_send_file(found.path, mimetype=kind, conditional=True, etag=found.file.sha256)
    response.headers["Content-Disposition"] = found.disposition
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
