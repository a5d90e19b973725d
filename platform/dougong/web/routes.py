"""The table of entry points: every address, what it takes, who may come in and what it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One entry point. `access` is public, signed_in or admin; `parameters` are the query parameters it knows (None: any)."""

    method: str
    rule: str
    view: View
    access: str = "signed_in"
    scope: str = "read"
    """The scope a token needs: read, write or admin."""
    parameters: frozenset[str] | None = frozenset()
    guarded: bool = True
    """Whether a change asks for the session's form token; only signing in has a guard of its own."""

    first: bool = False
    """Whether it is open to somebody who still has to choose a password or add a second factor."""

    @property
    def endpoint(self) -> str:
        """The name Flask knows it by."""
        return f"{self.method} {self.rule}"

    @property
    def changes(self) -> bool:
        """Whether the method may change something."""
        return self.method not in ("GET", "HEAD", "OPTIONS")


def api(method: str, rule: str, view: View, *parameters: str, **more: Any) -> Route:
    """A route of the HTTP API: strict parameters, a token of scope write for changes."""
    scope = more.pop("scope", "read" if method == "GET" else "write")
    return Route(method, f"/api/v1{rule}", view, scope=scope, parameters=frozenset(parameters), **more)


def page(method: str, rule: str, view: View, **more: Any) -> Route:
    """A route of the screens: foreign parameters (bookmarks, mail programs) are left alone."""
    return Route(method, rule, view, scope="admin", parameters=None, **more)


def administration_api(method: str, rule: str, view: View, *parameters: str) -> Route:
    """A route of the HTTP API for administrators, with a token of scope admin."""
    return api(method, rule, view, *parameters, scope="admin", access="admin")
