"""For administrators: versions and going back."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.people.directory import names_of
from dougong.screens.administration import versions_screen
from dougong.screens.texts import text
from dougong.storage import ledger
from dougong.storage.apply import apply_in
from dougong.storage.rollback import plan_rollback
from dougong.web.catalogue import refuse
from dougong.web.changing import is_long, order_return
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.work import work_path


def versions(exchange: Exchange) -> Response:
    """GET /versions."""
    with exchange.reading() as call:
        found = {app: ledger.versions(call.connection, app)[:20] for app in call.release.apps}
        names = names_of(
            call.connection, {each.actor_id for some in found.values() for each in some if each.actor_id}
        )
        return show(exchange, call, versions_screen(call, found, names))


def rollback(exchange: Exchange, app: str) -> Response:
    """POST /versions/{app}/rollback: back to an earlier version, as a new version."""
    wanted = number(first(form_data(exchange), "to"))
    with exchange.writing() as call:
        if app not in call.release.apps:
            raise refuse("missing", "W404")
        plan = plan_rollback(exchange.runtime.releases, call.connection, app, wanted)
        if is_long(plan):
            return exchange.redirect(work_path(order_return(call, plan)))
        apply_in(
            plan,
            call.connection,
            actor_id=call.actor.id,
            allow_loss=True,
            afterwards=exchange.runtime.afterwards,
        )
    return go(exchange, "/versions", text("rolled_back", exchange.language, version=wanted))
