"""Choosing the language before one has signed in: the browser remembers it."""

from __future__ import annotations

from urllib.parse import urlencode

from werkzeug.wrappers import Response

from dougong.model.text import LANGUAGES
from dougong.screens.addresses import with_query
from dougong.screens.shape import Tab
from dougong.web.exchange import Exchange

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
SECONDS = 31_536_000


def language_tabs(exchange: Exchange, path: str, *more: tuple[str, str]) -> tuple[Tab, ...]:
    """The languages at the foot of a page, each leading to the same page in it."""
    return tuple(
        Tab(
            each,
            LANGUAGE_NAMES[each],
            with_query(path, [("language", each), *more]),
            active=each == exchange.language,
        )
        for each in LANGUAGES
    )


def switched(exchange: Exchange) -> Response | None:
    """To the same page without the language in its address, which the browser remembers from now on; nothing when none is chosen."""
    wanted = exchange.parameters.get("language", "")
    if wanted not in LANGUAGES:
        return None
    rest = [(name, value) for name, value in exchange.parameters.items() if name != "language"]
    response = exchange.redirect(exchange.request.path + (f"?{urlencode(rest)}" if rest else ""))
    remember_language(exchange, response, wanted)
    return response


def remember_language(exchange: Exchange, response: Response, language: str) -> None:
    """Have the browser ask for a language from now on."""
    secure = exchange.runtime.settings.secure
    response.set_cookie("dg_language", language, max_age=SECONDS, path="/", samesite="Lax", secure=secure)
