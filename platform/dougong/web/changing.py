"""Versions applied in the background: drafts published, versions returned to and packages upgraded to while everybody goes on.

Large tables are changed ahead, chunk by chunk; only the last step, which catches up, is one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.screens.texts import text
from dougong.storage.apply import apply_in
from dougong.storage.ledger import Version
from dougong.storage.mends import Wish, Wishes
from dougong.storage.packages import Package, plan_upgrade
from dougong.storage.plan import Plan
from dougong.storage.prepare import prepare
from dougong.storage.proving import prove
from dougong.storage.rollback import plan_rollback
from dougong.web.catalogue import refuse
from dougong.web.drafting import forget_published, plan_sources
from dougong.web.planning import version_document
from dougong.web.working import Ended, Working, order

PUBLISH, ROLL_BACK, UPGRADE = "publish", "rollback", "upgrade"
LONG = 1.0
"""Estimated seconds from which on a plan is not applied while a request waits."""
_ATTEMPTS = 5
_PAUSE = 2.0
"""Seconds after which an apply that could not get its locks is tried again; each pause is longer than the one before."""


def is_long(plan: Plan) -> bool:
    """Whether nobody should have to wait for a plan in a request."""
    return plan.estimate.seconds >= LONG


# ------------------------------------------------------------------ ordering
def order_publication(
    call: Call, plan: Plan, sources: Mapping[str, str], wishes: Wishes, allow_loss: bool, note: str, href: str
) -> int:
    """Have exactly this plan applied: the files it was made from, the state it was made against."""
    given = {
        "app": plan.app.id,
        "sources": dict(sources),
        "wishes": {path: [wish.way, wish.expression] for path, wish in wishes.items()},
        "allow_loss": allow_loss,
        "note": note,
        "state": plan.state,
        "href": href,
    }
    return _order(call, PUBLISH, plan, "publish_title", f"/design/{plan.app.id}", given)


def order_return(call: Call, plan: Plan) -> int:
    """Have an app return to the version that a rollback was planned for."""
    given = {"app": plan.app.id, "to": plan.returns_to, "state": plan.state}
    return _order(call, ROLL_BACK, plan, "return_title", "/versions", given)


def order_upgrade(call: Call, plan: Plan, package: Package) -> int:
    """Have an app upgraded to a package."""
    given = {
        "app": package.app,
        "version": package.version,
        "sources": dict(package.sources),
        "state": plan.state,
    }
    return _order(call, UPGRADE, plan, "upgrade_title", "/templates", given)


def _order(call: Call, kind: str, plan: Plan, title: str, back: str, given: Mapping[str, Any]) -> int:
    said = text(title, call.language, label=plan.app.label.get(call.language))
    return order(call, kind, said, back, given, lock="apply")


# ------------------------------------------------------------------ doing
def publish(working: Working) -> None:
    """Publish the files that were sent, or that the draft had when it was published."""
    given = working.given
    wishes: Wishes = {path: Wish(way, expression) for path, (way, expression) in given["wishes"].items()}
    with working.reading() as call:
        plan = plan_sources(call, given["app"], given["sources"], wishes)

    def end(connection: Connection, version: Version) -> Ended:
        forget_published(connection, working.actor(connection).id, given["app"], given["sources"])
        said = text("published", working.language, version=version.number)
        return Ended(said, given["href"], version_document(version))

    _carry_out(working, plan, given["allow_loss"], given["note"], end)


def roll_back(working: Working) -> None:
    """Return to an earlier version; a rollback keeps what it puts out of sight."""
    given = working.given
    with working.reading() as call:
        _refuse_unless_admin(call)
        plan = plan_rollback(working.releases, call.connection, given["app"], given["to"])

    def end(connection: Connection, version: Version) -> Ended:
        said = text("rolled_back", working.language, version=given["to"])
        return Ended(said, "/versions", version_document(version))

    _carry_out(working, plan, True, "", end)


def upgrade(working: Working) -> None:
    """Upgrade an app to a package, what was changed here kept; loses no data."""
    given = working.given
    package = Package(given["app"], given["version"], given["sources"])
    with working.reading() as call:
        _refuse_unless_admin(call)
        upgraded = plan_upgrade(package, call.release.recorded, call.connection)
    kept = sum(len(each) for each in upgraded.conflicts.values())

    def end(connection: Connection, version: Version) -> Ended:
        label = upgraded.plan.app.label.get(working.language)
        words = "upgraded_kept" if kept else "upgraded_done"
        said = text(words, working.language, label=label, count=kept)
        return Ended(said, f"/{package.app}", version_document(version))

    _carry_out(working, upgraded.plan, False, f"template {package.version}", end)


def _refuse_unless_admin(call: Call) -> None:
    if not call.actor.is_admin:
        raise refuse("forbidden", "W411")


def _carry_out(
    working: Working,
    plan: Plan,
    allow_loss: bool,
    note: str,
    end: Callable[[Connection, Version], Ended],
) -> None:
    """Change large tables ahead, then apply and end in one transaction; locks that are not to be had are waited for."""
    if plan.state != working.given["state"]:
        raise refuse("conflict", "W425", "state")
    problems = plan.obstacles() + ([] if allow_loss else plan.losses())
    if problems:
        raise Refusal("conflict", problems)
    job, language = working.job, working.language
    prepare(
        plan,
        working.releases.database,
        progress=lambda what, done, total: job.progress(done, total, _called(plan, what, language)),
    )
    job.progress(0, 0, plan.estimate.describe(language) if plan.estimate.is_noticeable else "")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with job.writing() as connection:
                actor = working.actor(connection)
                version = apply_in(
                    plan,
                    connection,
                    actor_id=actor.id,
                    note=note,
                    allow_loss=allow_loss,
                    afterwards=working.afterwards,
                )
                working.end(connection, end(connection, version))
            prove(working.releases.database)
            return
        except Refusal as refusal:
            if refusal.kind != "unavailable" or attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE * attempt)


def _called(plan: Plan, what: str, language: str) -> str:
    """What is prepared, by the names that people know: a field of a table, or (`table: fields`) an index of it."""
    table, is_index, _ = what.partition(": ")
    if is_index:
        return plan.labels.table(table, language)
    table, _, field = what.rpartition(".")
    named = plan.labels.field(table.partition(".")[2], field, language)
    return f"{plan.labels.table(table, language)} · {named}"
