"""The library server, with providers of single sign-on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from dougong.people.oidc_directory import directory
from dougong.people.oidc_providers import Provider
from tests.fixtures_web import prepared, server, sqlite_server
from tests.single_sign_on.real import CLIENT, SECRET, Real, real
from tests.web_server import Server

__all__ = ["prepared", "server", "sqlite_server"]

PUBLIC = "http://dougong.example"
Offered = Callable[..., Server]


@pytest.fixture(scope="session")
def provider() -> Iterator[Real]:
    """One real provider for all tests that leave it running as it is."""
    with real([f"{PUBLIC}/sign-in/with/real/back"], [f"{PUBLIC}/sign-in"]) as started:
        yield started


def offering(server: Server, *providers: Provider) -> Server:
    """The same server with these providers, of which nothing is known yet."""
    directory.cache_clear()
    settings = replace(
        server.runtime.settings,
        public_url=PUBLIC,
        secure_cookies=False,
        hosts=("*",),
        sign_on=providers,
        outgoing_hosts=frozenset({"127.0.0.1"}),
    )
    return Server(replace(server.runtime, settings=settings), server.tokens)


def as_settings(started: Real, **more: Any) -> Provider:
    """The real provider as the settings name it."""
    return Provider(
        "real", started.issuer, CLIENT, (("zh", "企业账号"), ("en", "Company account")), SECRET, **more
    )
