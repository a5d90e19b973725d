"""What the page for signing in offers beside login and password."""

from __future__ import annotations

from dougong.screens.addresses import with_query
from dougong.screens.shape import Link
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.security import local_path

PROVIDER_COOKIE = "dg_provider"
"""By which provider the browser signed in last: it is offered to sign out there too."""


def provider_links(exchange: Exchange, following: str) -> tuple[Link, ...]:
    """One link for each provider of single sign-on."""
    pairs = [("next", local_path(following, ""))]
    return tuple(
        Link(
            text("sign_on_by", exchange.language, name=each.label(exchange.language)),
            with_query(f"/sign-in/with/{each.id}", pairs),
        )
        for each in exchange.runtime.settings.sign_on
    )


def other_doors(exchange: Exchange) -> tuple[Link, ...]:
    """The links below the form: for who has forgotten the password, and for signing out at the provider too."""
    settings = exchange.runtime.settings
    last = exchange.request.cookies.get(PROVIDER_COOKIE, "")
    forgotten = (Link(text("forgotten", exchange.language), "/forgotten"),) if settings.sends_links else ()
    return forgotten + tuple(
        Link(
            text("sign_on_leave", exchange.language, name=each.label(exchange.language)),
            f"/sign-out/with/{each.id}",
        )
        for each in settings.sign_on
        if each.id == last
    )
