"""The mail address on one's own page."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.people import accounts
from dougong.records.call import Call
from dougong.screens.own_address import email_section
from dougong.screens.shape import Problem, SettingsSection
from dougong.web.exchange import Exchange


def own_email(exchange: Exchange, call: Call, problems: Sequence[Problem]) -> tuple[SettingsSection, ...]:
    """The part about the address, where this server can send a link to a new one."""
    if not exchange.runtime.settings.sends_links:
        return ()
    email = accounts.get(call.connection, call.actor.id).email
    return (email_section(call.language, email, problems),)
