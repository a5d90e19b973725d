"""No page of anybody stays in the browser: going back loads it again, and after signing out there is nothing to go back to."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.web_server import Server, listening


def test_going_back_asks_the_server_again(
    sqlite_server: Server, context: BrowserContext, assets: Path
) -> None:
    assert assets.is_dir()
    api = sqlite_server.api("ada")
    for title in ("Walden", "Emma"):
        api.made("/library/book", title=title)
    cookie = sqlite_server.browser("ada").client.get_cookie("dg_session")
    assert cookie is not None
    with listening(sqlite_server) as base:
        context.add_cookies([{"name": "dg_session", "value": cookie.value, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/library/book")
        page.wait_for_selector("html.scripted", state="attached")
        page.locator("#search").type("Emma")
        expect(page.locator("a.title")).to_have_count(1)
        page.wait_for_url("**q=Emma**")
        assert "Emma" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})").replace(
            "q=Emma", ""
        )
        page.go_back()
        expect(page.locator("a.title")).to_have_count(2)
        assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
        page.close()
