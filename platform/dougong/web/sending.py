"""Files as answers: under a harmless type, with their name, and in pieces when a piece is asked for."""

from __future__ import annotations

from flask import send_file as flask_send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response

from dougong.records.files import Download, served_type


def send_file(request: Request, found: Download) -> Response:
    """A stored file, or the way to where it may be fetched for a moment; nothing of it can run as a page of this site."""
    if found.content is None:
        response = Response("", 302, {"Location": found.address})
    else:
        response = flask_send_file(found.content, mimetype=served_type(found.file.type), etag=False)
        response.content_length = found.file.size
        response.set_etag(found.file.sha256)
        response.accept_ranges = "bytes"
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=found.file.size)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise
        response.headers["Content-Disposition"] = found.disposition
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
