"""No text of a definition or a person runs as a script, loads anything or becomes an element, on any page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, expect

from dougong.web.routes import Route
from dougong.web.table import ROUTES
from tests.hostile.doors import address, placeholders
from tests.security.payloads import PAYLOADS
from tests.security.poisoned import PoisonedHouse, poisoned_house
from tests.servers.databases import Databases
from tests.web_server import listening

LOOKS = [
    route
    for route in ROUTES
    if not route.changes and not route.rule.startswith(("/api/", "/static/", "/metrics", "/openapi"))
]
WATCH = """
window.dgRan = [];
window.dgx = (...given) => { window.dgRan.push(String(given)); };
document.addEventListener("securitypolicyviolation", (event) => {
  window.dgRan.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
ACTIVE = (Path(__file__).parent / "active.js").read_text(encoding="utf-8")
"""Finds whatever is active in a page and not the product's own."""


@dataclass
class Watch:
    """A tab in which everything that a payload might do is noted."""

    page: Page
    base: str
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("popup", lambda popup: self.seen.append(f"popup: {popup.url}"))

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if re.search(r"Content.Security.Policy|Refused to|TrustedHTML|Trusted Type", message.text):
            self.seen.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "about"):
            return
        if f"{parts.scheme}://{parts.netloc}" != self.base or parts.path.startswith("/dg-payload"):
            self.seen.append(f"request: {request.url}")

    def visit(self, path: str) -> int:
        """Open a page, let its scripts set it up, and look for anything active that is not the product's; the status."""
        answer = self.page.goto(f"{self.base}{path}", wait_until="load")
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            return answer.status if answer else 0
        self.look(path)
        return answer.status

    def look(self, where: str) -> None:
        """Fail when anything ran, was loaded or became an element."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found = [*self.seen, *self.page.evaluate(ACTIVE)]
        assert found == [], (where, found[:10])


@pytest.fixture(scope="module")
def poisoned(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, assets: Path
) -> Iterator[PoisonedHouse]:
    assert assets.is_dir()  # built before the first page is drawn, which remembers their names
    with poisoned_house(databases, "sqlite", tmp_path_factory.mktemp("poisoned")) as made:
        yield made


@pytest.fixture(scope="module")
def base(poisoned: PoisonedHouse) -> Iterator[str]:
    with listening(poisoned.house.server) as address:
        yield address


@pytest.fixture
def watch(poisoned: PoisonedHouse, base: str, context: BrowserContext, assets: Path) -> Watch:
    """A browser in which the administrator of the poisoned house is signed in."""
    assert assets.is_dir()
    context.add_cookies([{"name": "dg_session", "value": poisoned.session, "url": base, "sameSite": "Lax"}])
    return Watch(context.new_page(), base)


def test_what_is_no_address_no_mail_and_no_number_is_refused(poisoned: PoisonedHouse) -> None:
    """Whatever else was refused would not be seen on the pages."""
    strange = [each for each in poisoned.refused if each[0] not in ("f_url", "f_email", "f_phone")]
    assert strange == []


def addresses(route: Route, house: PoisonedHouse, number: int) -> set[str]:
    """Some addresses of a route."""
    if not placeholders(route):
        return {route.rule}
    if route.rule == "/inbox/<identifier>":
        return {
            f"/inbox/{each['id']}" for each in house.house.server.api("ada")("GET", "/tasks").json["data"]
        }
    return {
        address(route, Random(f"{route.endpoint} {each}"), house.house.known, 0.0) for each in range(number)
    }


def give_something(watch: Watch, route: Route, house: PoisonedHouse, most: int) -> int:
    """How many addresses of a route showed a page; each was looked at."""
    shown = 0
    for path in sorted(addresses(route, house, TRIES * most)):
        answer = house.house.browser.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            watch.visit(path)
            shown += 1
        if shown == most:
            break
    return shown


TRIES = 40
WITHOUT_A_PAGE = {
    *(
        "GET /healthz",
        "GET /readyz",
        "GET /favicon.ico",
        "GET /divisions",
        "GET /sign-in",
        "GET /set-up",
        "GET /",
    ),
    *(
        "GET /templates/<app>/package",
        "GET /files/<identifier>",
        "GET /files/<identifier>/small",
        "GET /<app>",
    ),
    *(
        "GET /inbox/<identifier>/files/<file>",
        "GET /<app>/<entity>/choose/<field>",
        "GET /<app>/<entity>/live/<field>",
    ),
    *(
        "GET /<app>/<entity>/export/<token>/file",
        "GET /<app>/<entity>/import/<token>/failed",
        "GET /<app>/<entity>/export",
    ),
    *("GET /design/<app>", "GET /design/<app>/diagrams/<kind>"),
}
"""Entry points that answer with data, a file, a drawing or another address."""


def test_no_page_runs_or_loads_anything_of_what_people_write(watch: Watch, poisoned: PoisonedHouse) -> None:
    """Every entry point of the table that shows a page is among them: a new one is looked at without being named here."""
    unseen = {route.endpoint for route in LOOKS if not give_something(watch, route, poisoned, most=1)}
    assert unseen <= WITHOUT_A_PAGE, unseen - WITHOUT_A_PAGE


WORST = PAYLOADS[1]
IN_ADDRESSES = quote(WORST, safe="")


PATHS = (
    "/library/thing?size=200",
    "/library/thing?size=200&page=2",
    "/library/thing?kind=kanban",
    "/library/thing?view=board",
    "/library/loan?kind=kanban",
    f"/library/thing?q={IN_ADDRESSES}",
    f"/library/thing?filter={IN_ADDRESSES}",
    f"/library/thing?sort={IN_ADDRESSES}&columns={IN_ADDRESSES}&view={IN_ADDRESSES}&kind={IN_ADDRESSES}",
    f"/library/thing/{IN_ADDRESSES}",
    f"/library/{IN_ADDRESSES}",
    f"/{IN_ADDRESSES}",
    f"/search?q={IN_ADDRESSES}",
    f"/library/reports/loans_by_stage?filter={IN_ADDRESSES}&view={IN_ADDRESSES}",
    f"/jobs/{IN_ADDRESSES}",
    f"/inbox?tab={IN_ADDRESSES}&kind={IN_ADDRESSES}",
    f"/library/thing/new?name={IN_ADDRESSES}&f_text={IN_ADDRESSES}&draft={IN_ADDRESSES}&next={IN_ADDRESSES}",
    f"/library/thing/1/history?cursor={IN_ADDRESSES}",
    f"/design/library/thing?field={IN_ADDRESSES}&section={IN_ADDRESSES}&tab={IN_ADDRESSES}",
    f"/profile?made={IN_ADDRESSES}",
    f"/sign-in?next={IN_ADDRESSES}&language={IN_ADDRESSES}",
    "/library/thing/1",
    "/library/thing/1/edit",
    "/library/thing/2",
    "/library/thing/2/edit",
    "/library/thing/2/history",
)


def test_nothing_runs_from_addresses_lists_boards_and_records(watch: Watch) -> None:
    for path in PATHS:
        watch.visit(path)


SEND = """([path, pairs]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  const token = document.querySelector("input[name=csrf_token]").value;
  for (const [name, value] of [["csrf_token", token], ...pairs]) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("/library/thing/new", ("name", "f_text", "f_integer", "f_email", "f_url", "f_date", "f_choice", "f_link", "f_rich_text")),
        ("/library/book/new", ("title", "isbn", "pages", "price", "keeper", "shelf", "tags", "cover")),
        ("/library/book/1/edit", ("title", "pages", "version")),
        ("/library/book/views", ("name", "filter", "columns")),
        ("/library/book/change", ("field", "how", "value", "expression", "id")),
        ("/design/library/book", ("action", "field", "label_en", "label_zh", "id", "type", "formula")),
        ("/design/library/book/rules", ("action", "when", "message_en", "rule")),
        ("/design/library/book/conditions", ("place", "expression", "action")),
        ("/library/book/1/comments", ("text",)),
        ("/profile/password", ("old", "new", "again")),
        ("/profile/tokens", ("name", "scope")),
        ("/calendar/days", ("first", "last", "kind", "name")),
)  # fmt: skip


def test_nothing_runs_from_what_a_form_gives_back(watch: Watch) -> None:
    """A form that was refused shows again what was sent, and says what is wrong with it."""
    for path, names in FORMS:
        watch.visit("/profile")
        sent = [[name, f"{number}{WORST}"] for number, name in enumerate(names)]
        with watch.page.expect_navigation():
            watch.page.evaluate(SEND, [path, sent])
        watch.look(path)


def test_nothing_runs_from_what_scripts_show(watch: Watch) -> None:
    """What a script fetches and draws: the places and records of the palette, records to choose, tags, a figure under the mouse."""
    page = watch.page
    watch.visit("/library/loan/new")
    page.wait_for_selector("html.scripted", state="attached")
    page.keyboard.press("Control+k")
    page.keyboard.type("dgx")
    expect(page.locator('#palette [role="option"]').first).to_be_visible()
    watch.look("palette")
    page.keyboard.press("Escape")
    page.locator("[data-pick] input:not([type=hidden])").first.click()
    expect(page.locator('[role="listbox"]:visible [role="option"]').first).to_be_visible()
    watch.look("picker")
    watch.visit("/library/thing/new")
    tags = page.locator("[data-tags]").first
    with page.expect_response(lambda answer: "/choose/f_tags" in answer.url):
        tags.locator("input:visible").type("img")
    expect(tags.locator("datalist option").first).to_be_attached()
    watch.look("tags")
    watch.visit("/library/reports/loans_by_stage")
    chart = page.locator("[data-chart] svg").first
    expect(chart).to_be_visible()
    chart.hover()
    watch.look("chart")


@pytest.mark.nightly
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_runs_on_any_page_of_any_payload(
    watch: Watch, poisoned: PoisonedHouse, context: BrowserContext, language: str
) -> None:
    context.add_cookies([{"name": "dg_language", "value": language, "url": watch.base}])
    for number in range(1, len(PAYLOADS) + 1):
        for path in (
            f"/library/thing/{number}",
            f"/library/thing/{number}/edit",
            f"/library/thing/{number}/history",
        ):
            assert watch.visit(path) == 200
    for route in LOOKS:
        give_something(watch, route, poisoned, most=8)
