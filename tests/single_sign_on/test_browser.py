"""Single sign-on in a real browser: out to a certified provider, through its forms, and back as somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from playwright.sync_api import Page, expect

from dougong.people.oidc_directory import directory
from tests.single_sign_on.conftest import as_settings
from tests.single_sign_on.real import real
from tests.web_server import Server, listening

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Later:
    """An application that is known only when its address is."""

    inner: Application

    def __call__(self, environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return self.inner(environment, start)


def test_a_person_comes_in_by_the_provider_and_goes_again(sqlite_server: Server, page: Page) -> None:
    later = Later()
    placeholder = replace(sqlite_server)
    placeholder.application = later  # type: ignore[assignment]
    with listening(placeholder) as at, real([f"{at}/sign-in/with/real/back"], [f"{at}/sign-in"]) as provider:
        directory.cache_clear()
        settings = replace(
            sqlite_server.runtime.settings,
            public_url=at,
            sign_on=(as_settings(provider, creates_accounts=True, default_roles=(("library", "clerk"),)),),
            outgoing_hosts=frozenset({"127.0.0.1"}),
        )
        later.inner = Server(replace(sqlite_server.runtime, settings=settings), {}).application
        refused: list[str] = []
        page.on(
            "console",
            lambda message: refused.append(message.text) if "Content Security" in message.text else None,
        )
        page.goto(f"{at}/library/book")
        page.get_by_role("link", name="Company account").or_(
            page.get_by_role("link", name="企业账号")
        ).click()
        page.locator("input[name=login]").fill("lian")
        page.locator("input[name=password]").fill("any")
        page.locator("button[type=submit]").click()
        page.locator("button[type=submit]").click()
        expect(page).to_have_url(f"{at}/library/book")
        page.goto(f"{at}/profile")
        expect(page.locator("body")).to_contain_text("lian@example.com")
        assert refused == []
