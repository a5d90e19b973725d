"""The second step of a sign-in at the screen: a code of the authenticator, a recovery code or a passkey."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import second_step
from dougong.people.second_factor import Ways
from dougong.people.second_step import Passed
from dougong.screens.shape import Link, PasskeyUse, Problem, SignInScreen
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages import entering
from dougong.web.pages.frame import first, form_data
from dougong.web.pages.passkeys import checked
from dougong.web.problems import message_of
from dougong.web.security import comes_from_here

ADDRESS = "/sign-in/second"


def page(exchange: Exchange) -> Response:
    """GET /sign-in/second; back to the beginning when nothing waits."""
    return _page(exchange, exchange.parameters.get("with", ""))


def _page(exchange: Exchange, way: str, problems: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    with exchange.runtime.database.reading() as connection:
        found = second_step.waiting(connection, entering.secret_of(exchange))
    if found is None:
        return exchange.redirect("/sign-in")
    return exchange.page(second_step_screen(exchange.language, found[1], way, problems), status)


def second_step_screen(language: str, ways: Ways, way: str, problems: Sequence[Diagnostic]) -> SignInScreen:
    """What the second step asks for: the code, or a recovery code where somebody has lost what makes codes."""
    recovers = way == "recovery" and ways.recovery_codes > 0
    links = []
    if recovers:
        links.append(Link(text("second_step_back", language), ADDRESS))
    elif ways.recovery_codes:
        links.append(Link(text("second_step_recover", language), f"{ADDRESS}?with=recovery"))
    links.append(Link(text("second_step_anew", language), "/sign-in"))
    passkey = PasskeyUse("/sign-in/second/passkey", ADDRESS, text("passkey_use", language))
    return SignInScreen(
        workspace=text("workspace", language),
        action=ADDRESS,
        mode="recovery" if recovers else "second",
        problems=tuple(Problem(message_of(each, language), code=each.code) for each in problems),
        links=tuple(links),
        asks_code=recovers or ways.totp,
        passkey=passkey if ways.passkey and not recovers else None,
    )


def enter(exchange: Exchange) -> Response:
    """POST /sign-in/second: the session begins, or the page says why not."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    data = form_data(exchange)
    way = "recovery" if data.get("recovery") else ""
    try:
        passed = _proof(exchange, data)()
    except Refusal as refusal:
        if refusal.kind not in ("unauthorised", "too_many"):
            raise
        return _page(exchange, way, refusal.problems, 429 if refusal.kind == "too_many" else 401)
    following = str(passed.carried.get("next") or "/")
    return entering.enter(exchange, passed.entered, following, dict(passed.carried.get("fields") or {}))


def _proof(exchange: Exchange, data: dict[str, list[str]]) -> Callable[[], Passed]:
    """Looking at whichever proof was sent."""
    runtime, secret, visitor = exchange.runtime, entering.secret_of(exchange), entering.visitor(exchange)
    database, rules = runtime.database, runtime.settings.sign_in_rules
    if data.get("credential"):
        check = checked(exchange, data)
        return lambda: second_step.with_passkey(database, secret, check, visitor, rules)
    if data.get("recovery"):
        code = first(data, "recovery")
        return lambda: second_step.with_recovery_code(database, secret, code, visitor, rules)
    code = first(data, "code")
    return lambda: second_step.with_code(database, secret, code, visitor, runtime.keys, rules)
