"""What the caller wants back: the language of the texts, and whether an error is read by a person or a program."""

from __future__ import annotations

from functools import lru_cache

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Request

from dougong.model.text import LANGUAGES


def language_of(request: Request, chosen: str, default: str) -> str:
    """The language of the answer: what the person chose, else what the browser prefers, else the default."""
    if chosen in LANGUAGES:
        return chosen
    return _preferred(request.environ.get("HTTP_ACCEPT_LANGUAGE", "")) or default


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str:
    """The first language of an Accept-Language header that there are texts in, or nothing."""
    for tag, _quality in parse_accept_header(accepted, LanguageAccept):
        base = tag.lower().replace("_", "-").split("-")[0]
        if base in LANGUAGES:
            return base
    return ""


def wants_page(request: Request) -> bool:
    """Whether an error at this address should be a page: programs ask under /api or accept JSON first."""
    if request.path.startswith(("/api/", "/mcp")) or request.path == "/openapi.json":
        return False
    best = request.accept_mimetypes.best_match(("text/html", "application/json", "application/problem+json"))
    return best in (None, "text/html")
