"""Signing in and out, setting up the first administrator; what was sent while signed out is carried along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, sessions, setup
from dougong.people.challenges import LIFE
from dougong.people.links import PURPOSES
from dougong.people.sign_in import SecondStep
from dougong.people.sign_in import enter as begin_entered
from dougong.people.sign_in import sign_in as begin_session
from dougong.screens.addresses import with_query
from dougong.screens.shape import DemoAccount, PasskeyUse, Problem, SignInScreen
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.identity import cookie_name
from dougong.web.other_doors import other_doors, provider_links
from dougong.web.pages import drafts, entering
from dougong.web.pages.frame import first, form_data
from dougong.web.pages.languages import language_tabs, switched
from dougong.web.problems import message_of
from dougong.web.security import FORGET, comes_from_here, local_path

CARRIED = "carried-"


def page(exchange: Exchange) -> Response:
    """GET /sign-in; who is signed in already goes home."""
    if exchange.identity is not None:
        return exchange.redirect(local_path(exchange.parameters.get("next", "")))
    if needs_set_up(exchange) and not _has_accounts(exchange):
        return exchange.redirect("/set-up")
    changed = switched(exchange)
    if changed is not None:
        return changed
    done = exchange.parameters.get("done", "")
    notice = text(f"link_{done}_done", exchange.language) if done in PURPOSES else ""
    following, login = exchange.parameters.get("next", ""), exchange.parameters.get("login", "")[:60]
    return sign_in_page(exchange, following, login=login, notice=notice)


def needs_set_up(exchange: Exchange) -> bool:
    """Whether nobody administers yet and this server knows a set-up token."""
    if not exchange.runtime.settings.setup_token:
        return False
    with exchange.runtime.database.reading() as connection:
        return setup.needs_administrator(connection)


def _has_accounts(exchange: Exchange) -> bool:
    """Whether there is somebody who can want to sign in, though perhaps nobody who administers."""
    with exchange.runtime.database.reading() as connection:
        return accounts.count(connection) > 0


def ask_to_sign_in(exchange: Exchange) -> Response:
    """The answer to a page that needs signing in: then back there; an entry that was sent waits behind the sign-in."""
    request = exchange.request
    if request.headers.get("HX-Request"):
        return Response(
            "", 401, {"HX-Redirect": with_query("/sign-in", [("next", _page_of(request.referrer))])}
        )
    if request.method in ("GET", "HEAD"):
        path = request.full_path.rstrip("?")
        return exchange.redirect(with_query("/sign-in", [("next", path if path != "/" else "")]))
    carried = tuple(
        (name, value)
        for name, values in form_data(exchange).items()
        for value in values
        if name not in drafts.SECRET_FIELDS
    )
    keeps = (
        drafts.RESUMABLE.match(request.path) is not None
        and sum(len(value) for _, value in carried) <= drafts.MOST
    )
    notice = text("session_over_kept" if keeps and carried else "session_over", exchange.language)
    back = request.path if keeps else "/"
    return sign_in_page(exchange, back, notice=notice, status=401, carried=carried if keeps else ())


def _page_of(referrer: str | None) -> str:
    return "/" + (referrer or "").split("//", 1)[-1].partition("/")[2]


def sign_in_page(
    exchange: Exchange,
    following: str,
    problems: Sequence[Diagnostic] = (),
    login: str = "",
    notice: str = "",
    status: int = 200,
    carried: Sequence[tuple[str, str]] = (),
) -> Response:
    """The page for signing in, with what went wrong before."""
    language = exchange.language
    screen = SignInScreen(
        workspace=text("workspace", language),
        action="/sign-in",
        login=login,
        next=local_path(following),
        problems=tuple(Problem(message_of(each, language), code=each.code) for each in problems),
        languages=language_tabs(exchange, "/sign-in", ("next", following)),
        notice=notice,
        passkey=PasskeyUse("/sign-in/passkey/begin", "/sign-in/passkey", text("passkey_sign_in", language)),
        demo=tuple(
            DemoAccount(each.login, each.password, each.name, each.titles.get(language, ""))
            for each in exchange.runtime.settings.demo_accounts
        ),
        carried=tuple((f"{CARRIED}{name}", value) for name, value in carried),
        links=other_doors(exchange),
        providers=provider_links(exchange, following),
    )
    return exchange.page(screen, status)


def enter(exchange: Exchange) -> Response:
    """POST /sign-in: a new session, then to where the person wanted to go; or the second step."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    data = form_data(exchange)
    login, password, following = first(data, "login"), (data.get("password") or [""])[0], first(data, "next")
    carried = carried_of(data)
    try:
        found = begin_session(
            exchange.runtime.database,
            login,
            password,
            entering.visitor(exchange),
            remembered=bool(data.get("remember")),
            carried={"next": local_path(following), "fields": carried},
            rules=exchange.runtime.settings.sign_in_rules,
        )
    except Refusal as refusal:
        return refused(exchange, refusal, data)
    if isinstance(found, SecondStep):
        response = exchange.redirect("/sign-in/second")
        entering.give(exchange, response, entering.STEP_COOKIE, found.secret, LIFE)
        return response
    return entering.enter(exchange, found, following, carried)


def carried_of(data: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What had been entered in a form when the session was over."""
    return {name.removeprefix(CARRIED): values for name, values in data.items() if name.startswith(CARRIED)}


def refused(exchange: Exchange, refusal: Refusal, data: dict[str, list[str]]) -> Response:
    """The sign-in page again, with the reason; what was carried along stays."""
    status = 429 if refusal.kind == "too_many" else 401
    pairs = [(name, value) for name, values in carried_of(data).items() for value in values]
    following, login = first(data, "next"), first(data, "login")
    return sign_in_page(exchange, following, refusal.problems, login, status=status, carried=pairs)


def leave(exchange: Exchange) -> Response:
    """POST /sign-out: the session is over on the server too."""
    settings = exchange.runtime.settings
    name = cookie_name(settings)
    with exchange.runtime.database.writing() as connection:
        sessions.end(connection, exchange.request.cookies.get(name, ""))
    response = exchange.redirect("/sign-in")
    response.delete_cookie(name, path="/", httponly=True, samesite="Lax", secure=settings.secure)
    response.headers["Clear-Site-Data"] = FORGET
    return response


def set_up_page(exchange: Exchange) -> Response:
    """GET /set-up: the form for the first administrator, as long as there is none."""
    if not needs_set_up(exchange):
        return exchange.redirect("/sign-in")
    return switched(exchange) or exchange.page(_set_up_screen(exchange, {}, ()))


def _set_up_screen(
    exchange: Exchange, data: Mapping[str, list[str]], problems: Sequence[Diagnostic]
) -> SignInScreen:
    language = exchange.language
    return SignInScreen(
        workspace=text("workspace", language),
        action="/set-up",
        mode="set_up",
        login=first(dict(data), "login"),
        name=first(dict(data), "name"),
        problems=tuple(Problem(message_of(each, language), each.path, code=each.code) for each in problems),
        languages=language_tabs(exchange, "/set-up"),
    )


def set_up(exchange: Exchange) -> Response:
    """POST /set-up: make the first administrator with the token that the server printed, and sign in."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    data = form_data(exchange)
    login, password = first(data, "login"), (data.get("password") or [""])[0]
    settings = exchange.runtime.settings
    try:
        if not setup.token_fits(settings.setup_token, first(data, "token")):
            raise refuse("forbidden", "W419", "token")
        with exchange.runtime.database.writing() as connection:
            user_id = setup.make_administrator(
                connection,
                login,
                name=first(data, "name"),
                password=password,
                language=exchange.language,
                timezone=settings.timezone,
                rules=settings.password_rules,
            )
            entered = begin_entered(
                connection,
                user_id,
                entering.visitor(exchange),
                False,
                sessions.PASSWORD,
                settings.sign_in_rules,
            )
    except Refusal as refusal:
        status = {"forbidden": 403, "conflict": 409}.get(refusal.kind, 422)
        return exchange.page(_set_up_screen(exchange, data, refusal.problems), status)
    return entering.enter(exchange, entered, "/", {})
