"""Going back: a plan that leads from the present version of an app to the definitions of an earlier one, data kept."""

from __future__ import annotations

from sqlalchemy import Connection

from dougong.diagnostics import Refusal
from dougong.storage import ledger
from dougong.storage.plan import Plan, plan
from dougong.storage.problems import problem, refusal
from dougong.storage.release import Releases


def plan_rollback(releases: Releases, connection: Connection, app_id: str, number: int | None = None) -> Plan:
    """The plan to return to a version (without a number: the one before the present).

    What was removed since comes back with its data; what was added since is kept out of sight.
    """
    newest = ledger.present(connection, app_id)
    if newest is None:
        raise refusal("missing", "P121", app=app_id)
    wanted = newest.number - 1 if number is None else number
    if wanted < 1:
        raise refusal("invalid", "P122", app=app_id)
    version = ledger.version(connection, app_id, wanted)
    release = releases.pinned(connection)
    others = {name: app for name, app in release.recorded.items() if name != app_id}
    new = releases.compile(version.sources, others)
    if isinstance(new, list):
        raise Refusal("conflict", [problem("P123", app=app_id, number=wanted), *new])
    recorded = release.recorded.get(app_id)
    return plan(
        recorded,
        new,
        connection,
        template=version.template,
        returning_to=wanted,
        compile_app=releases.compile,
        earlier=lambda sources: releases.compile(sources, others),
    )
