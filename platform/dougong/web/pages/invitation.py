"""Inviting people at the screen, for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, invitations, links
from dougong.people.invitations import Invited
from dougong.people.messages import refuse
from dougong.records.call import Call
from dougong.screens.invitations import PATH, invitations_screen
from dougong.screens.shape import Notice, Problem
from dougong.screens.texts import counted, text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.problems import message_of


def page(exchange: Exchange) -> Response:
    """GET /people/invitations."""
    return _page(exchange, {})


def _page(
    exchange: Exchange,
    entered: Mapping[str, Sequence[str]],
    problems: Sequence[Diagnostic] = (),
    notices: Sequence[Notice] = (),
    handed: str = "",
    status: int = 200,
) -> Response:
    settings = exchange.runtime.settings
    with exchange.reading() as call:
        told = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
        hints = () if settings.sends_links else (Notice(text("invite_no_mail", call.language), "warn"),)
        screen = invitations_screen(
            call,
            invitations.invitations(call.connection),
            entered=entered,
            problems=told,
            notices=(*hints, *notices),
            days=settings.invitation_days,
            handed=handed,
        )
        return show(exchange, call, screen, status)


def invite(exchange: Exchange) -> Response:
    """POST /people/invitations: invite everybody whose address was pasted, or nobody."""
    data = form_data(exchange)
    settings = exchange.runtime.settings
    try:
        people = invitations.addresses_in(first(data, "emails"))
        roles = [accounts.parse_role(each) for each in data.get("roles", []) if each]
        with exchange.writing() as call:
            check_roles(call, roles)
            outcomes = invitations.invite(
                call,
                people,
                roles=roles,
                language=first(data, "language") or call.language,
                timezone=settings.timezone,
                days=settings.invitation_days,
            )
            handed = shown_address(exchange, call, outcomes)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict", "missing"):
            raise
        return _page(exchange, data, refusal.problems, status=422)
    return _page(exchange, {}, notices=_told(outcomes, exchange.language), handed=handed)


def check_roles(call: Call, roles: Sequence[tuple[str, str]]) -> None:
    """Refuse roles that no app has."""
    for app, role in roles:
        known = call.release.apps.get(app)
        if known is None or role not in known.roles:
            raise refuse("invalid", "role_form", "roles", example="app.role")


def shown_address(exchange: Exchange, call: Call, outcomes: Sequence[Invited]) -> str:
    """The address of a single invitation where no mail can carry it; the administrator hands it over."""
    made = [each.link_id for each in outcomes if each.link_id is not None]
    settings = exchange.runtime.settings
    if settings.sends_links or len(made) != 1:
        return ""
    secret = links.issue(call.connection, made[0])
    return f"{settings.public_url}/link/{secret}" if secret else ""


def _told(outcomes: Sequence[Invited], language: str) -> list[Notice]:
    """What became of the addresses."""
    sent = [each for each in outcomes if each.link_id is not None]
    known = [each for each in outcomes if each.link_id is None]
    notices = [Notice(counted("invite_sent", len(sent), language), "ok")] if sent else []
    if known:
        names = ", ".join(each.email for each in known[:10])
        notices.append(Notice(text("invite_known", language, names=names), "info"))
    return notices


def resend(exchange: Exchange, identifier: str) -> Response:
    """POST /people/invitations/{id}/resend: a new link with a new end; the one before is over."""
    settings = exchange.runtime.settings
    with exchange.writing() as call:
        made = invitations.resend(call, number(identifier), settings.invitation_days)
        handed = shown_address(exchange, call, [Invited("", "again", 0, made)])
    if handed:
        return _page(exchange, {}, handed=handed)
    return go(exchange, PATH, counted("invite_sent", 1, exchange.language))


def revoke(exchange: Exchange, identifier: str) -> Response:
    """POST /people/invitations/{id}/revoke."""
    with exchange.writing() as call:
        invitations.revoke(call, number(identifier))
    return go(exchange, PATH, text("invite_revoked_done", exchange.language))
