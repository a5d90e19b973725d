"""What links of mails open: an invitation, a new password, a new address. Looking uses nothing up, only sending the form does.

The secret leaves the address at once: it goes into a cookie, and the browser on to a page without it, so that it stands neither in
the history of the browser nor in what other servers are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import address_changes, invitations, links, resets
from dougong.people.links import OpenLink
from dougong.screens.addresses import with_query
from dougong.screens.shape import EntryField, EntryScreen, Link, Problem
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data
from dougong.web.pages.languages import language_tabs, remember_language, switched
from dougong.web.problems import message_of
from dougong.web.security import comes_from_here

COOKIE_SECONDS = 3600


def follow(exchange: Exchange, secret: str) -> Response:
    """GET /link/{secret}: the secret into a cookie, the browser to the page without it."""
    response = exchange.redirect("/link")
    if 1 <= len(secret) <= links.LONGEST_SECRET and secret.isascii():
        _set_cookie(exchange, response, secret, COOKIE_SECONDS)
    return _private(response)


def page(exchange: Exchange) -> Response:
    """GET /link: the form of what the link is for."""
    changed = switched(exchange)
    if changed is not None:
        return _private(changed)
    with exchange.runtime.database.reading() as connection:
        link = links.find(connection, _secret(exchange))
    if link is None:
        return _private(exchange.page(_over(exchange), 410))
    return _private(exchange.page(_screen(exchange, link, {}, ())))


def use(exchange: Exchange) -> Response:
    """POST /link: do what the link is for, which uses it up; then to the page for signing in."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    data, secret = form_data(exchange), _secret(exchange)
    with exchange.runtime.database.reading() as connection:
        link = links.find(connection, secret)
    if link is None:
        return _private(exchange.page(_over(exchange), 410))
    try:
        login = _used(exchange, link, secret, data)
    except Refusal as refusal:
        if refusal.kind == "forbidden":
            return _private(exchange.page(_over(exchange), 410))
        return _private(exchange.page(_screen(exchange, link, data, refusal.problems), 422))
    done = with_query("/sign-in", [("done", link.purpose), ("login", login)])
    response = exchange.redirect(done)
    _set_cookie(exchange, response, "", 0)
    if link.purpose == "invitation":
        remember_language(exchange, response, exchange.language)
    return _private(response)


def _used(exchange: Exchange, link: OpenLink, secret: str, data: dict[str, list[str]]) -> str:
    password = (data.get("password") or [""])[0]
    rules = exchange.runtime.settings.password_rules
    with exchange.runtime.database.writing() as connection:
        match link.purpose:
            case "invitation":
                name = first(data, "name")
                made = invitations.accept(
                    connection, secret, name=name, password=password, language=exchange.language, rules=rules
                )
                return made.login
            case "reset":
                return resets.reset(connection, secret, password, rules)
            case "email":
                return address_changes.confirm(connection, secret)


def _screen(
    exchange: Exchange, link: OpenLink, data: dict[str, list[str]], problems: Sequence[Diagnostic]
) -> EntryScreen:
    language = exchange.language

    def said(name: str) -> tuple[str, ...]:
        return tuple(message_of(each, language) for each in problems if each.path == name)

    login = EntryField("login", text("login", language), value=link.login, fills="username", is_fixed=True)
    password = EntryField(
        "password", text("new_password", language), "password", fills="new-password",
        help=text("password_rule", language, count=exchange.runtime.settings.password_length), problems=said("password"),
    )  # fmt: skip
    name = EntryField(
        "name",
        text("name", language),
        value=first(data, "name") or link.name,
        fills="name",
        problems=said("name"),
    )
    fields = {"invitation": (login, name, password), "reset": (login, password), "email": ()}[link.purpose]
    known = {each.name for each in fields}
    return EntryScreen(
        text(f"link_{link.purpose}_title", language),
        text(f"link_{link.purpose}_text", language, login=link.login, email=link.email),
        "/link",
        text(f"link_{link.purpose}_submit", language),
        fields,
        tuple(
            Problem(message_of(each, language), code=each.code) for each in problems if each.path not in known
        ),
        language_tabs(exchange, "/link"),
    )


def _over(exchange: Exchange) -> EntryScreen:
    language = exchange.language
    return EntryScreen(
        text("link_over_title", language),
        text("link_over_text", language),
        languages=language_tabs(exchange, "/link"),
        links=(Link(text("sign_in_page", language), "/sign-in"),),
    )


def _private(response: Response) -> Response:
    """No other server is told where the browser comes from."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _cookie(exchange: Exchange) -> str:
    return "__Host-dg_link" if exchange.runtime.settings.secure else "dg_link"


def _secret(exchange: Exchange) -> str:
    return exchange.request.cookies.get(_cookie(exchange), "")


def _set_cookie(exchange: Exchange, response: Response, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie(exchange),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=exchange.runtime.settings.secure,
    )
