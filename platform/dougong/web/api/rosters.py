"""The organisation as a file over HTTP, for administrators."""

from __future__ import annotations

import hashlib

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.web import rosters
from dougong.web.api.work import work_document
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.pages.rosters import export
from dougong.web.parameters import one_of
from dougong.web.routes import Route, administration_api
from dougong.web.working import state_of


def import_(exchange: Exchange) -> Response:
    """POST /organisation/import: a CSV or XLSX file (multipart `file`); `dry_run` only tells what it would do."""
    is_trial = one_of(exchange.parameters, "dry_run", ("false", "true")) == "true"
    table = rosters.table_of(exchange.request.files.get("file"), exchange.language)
    digest = hashlib.sha256(repr(table).encode()).hexdigest()

    def change(call: Call) -> Answer:
        if rosters.is_long(table):
            job = rosters.order_roster(call, table, is_trial)
            return Answer(202, work_document(state_of(call, job)), {"Location": f"/api/v1/jobs/{job}"})
        return Answer(200, rosters.tried(call, table) if is_trial else rosters.done(call, table))

    return change_once(exchange, change, digest)


ROUTES: tuple[Route, ...] = (
    administration_api("POST", "/organisation/import", import_, "dry_run"),
    administration_api("GET", "/organisation/export", export, "format"),
)
