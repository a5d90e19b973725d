"""Photograph the ten main screens of the demo: `python -m tests.browser.screenshots FOLDER [NAME…]`.

The demo is made on a database of its own and served from a free port; each screen is taken in Chinese and English, on a
desk and a phone, light and dark, as the person whose work it is. A page that does not answer, or whose scripts
report an error, fails the run.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.gallery import FLAGS, SIZES
from tests.needs import find_chromium

LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
THEMES = ("light", "dark")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Shot:
    """One screen: the person who sees it (nobody: signed out), and its address."""

    person: str
    address: str


SHOTS: dict[str, Shot] = {
    "sign-in": Shot("", "/sign-in"),
    "list": Shot("lin.zhiyuan", "/crm/opportunity"),
    "kanban": Shot("lin.zhiyuan", "/crm/opportunity?view=board"),
    "record": Shot("lin.zhiyuan", "/crm/opportunity/{opportunity}"),
    "form": Shot("lin.zhiyuan", "/crm/quote/{quote}/edit"),
    "import": Shot("admin", "/crm/account/import"),
    "inbox": Shot("{approver}", "/inbox"),
    "dashboard": Shot("lin.zhiyuan", "/crm/dashboards/sales"),
    "designer": Shot("admin", "/design/crm/opportunity?field=amount"),
    "publish": Shot("admin", "/design/crm/publish"),
}


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The demo, made in a folder and served; gives its address."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOUGONG_")}
    kept["PYTHONPATH"] = os.pathsep.join(str(ROOT / each) for each in ("platform", "renderers"))
    command = [sys.executable, "-m", "dougong", "demo", str(folder), "--port", str(port)]
    with subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_ready(address, server)
            yield address
        finally:
            server.terminate()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until the server can serve; making the demo takes a while."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit("the demo ended")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the demo does not answer")


def signed_in(browser: Browser, address: str, person: str, password: str) -> BrowserContext:
    """A browser in which somebody is signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", person)
    page.fill("[name=password]", password)
    page.locator(
        "form:has([name=password]) button[type=submit], form:has([name=password]) button:not([type])"
    ).first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    return context


def figures(context: BrowserContext, address: str) -> dict[str, str]:
    """Records worth showing: an opportunity and a quote with lines."""
    found = {}
    for entity, wanted in (
        ("opportunity", "stage = 'proposal' AND amount > 0"),
        ("quote", "status = 'draft'"),
    ):
        answer = context.request.get(
            f"{address}/api/v1/crm/{entity}", params={"filter": wanted, "limit": "1", "sort": "-updated_at"}
        )
        if not answer.ok or not answer.json()["data"]:
            answer = context.request.get(f"{address}/api/v1/crm/{entity}", params={"limit": "1"})
        found[entity] = answer.json()["data"][0]["id"]
    return found


def draft(context: BrowserContext, address: str) -> None:
    """A change in the designer, so that there is something to publish."""
    page = context.new_page()
    page.goto(f"{address}/design/crm/opportunity")
    for kind in ("date", "text"):
        page.locator(f"[data-type={kind}] button").click()
        page.wait_for_load_state("networkidle")
    page.close()


def photograph(page: Page, address: str, path: Path) -> None:
    """One picture; the page must answer well and without errors of its scripts."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or answer.status >= 400:
        problems.append(f"status {answer.status if answer else 'none'}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 1:
        problems.append(f"{wide} pixels wider than the screen")
    page.screenshot(path=path)
    print(f"{path.name}{': ' + '; '.join(problems) if problems else ''}")
    if problems:
        raise SystemExit(f"{address}: {'; '.join(problems)}")


def take(folder: Path, names: list[str]) -> int:
    """All pictures, or those of some screens, into a folder; gives how many."""
    with (
        tempfile.TemporaryDirectory(prefix="dougong-demo-") as scratch,
        demo(Path(scratch)) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS) as browser,
    ):
        accounts = json.loads(Path(scratch, "accounts.json").read_text(encoding="utf-8"))
        states: dict[str, StorageState | None] = {"": None} | {
            each["login"]: signed_in(browser, address, each["login"], each["password"]).storage_state()
            for each in accounts
        }
        admin = browser.new_context(storage_state=states["admin"])
        words = figures(admin, address) | {"approver": approver(browser, address, states)}
        draft(admin, address)
        chosen = {name: shot for name, shot in SHOTS.items() if not names or name in names}
        variants = list(product(LANGUAGES, SIZES, THEMES))
        for name, shot in chosen.items():
            state = states[shot.person.format(**words)]
            for language, size, theme in variants:
                context = browser_of(browser, address, state, (language, size, theme))
                path = folder / f"{name}-{size}-{language}-{theme}.png"
                photograph(context.new_page(), address + shot.address.format(**words), path)
                context.close()
    return len(chosen) * len(variants)


def browser_of(
    browser: Browser, address: str, state: StorageState | None, variant: tuple[str, str, str]
) -> BrowserContext:
    """A browser in a language, of a size and in a theme, signed in as the state says."""
    language, size, theme = variant
    width, height = SIZES[size]
    context = browser.new_context(
        storage_state=state, viewport={"width": width, "height": height}, locale=LANGUAGES[language]
    )
    for name, value in (("dg_language", language), ("dg_theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context


def approver(browser: Browser, address: str, states: Mapping[str, StorageState | None]) -> str:
    """Somebody who has approvals to decide, else the administrator."""
    for login, state in states.items():
        if login:
            context = browser.new_context(storage_state=state)
            waiting = context.request.get(f"{address}/api/v1/tasks", params={"limit": "1"})
            has_tasks = waiting.ok and bool(waiting.json()["data"])
            context.close()
            if has_tasks:
                return login
    return "admin"


if __name__ == "__main__":
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(SHOTS):
        sys.exit(f"usage: python -m tests.browser.screenshots FOLDER [{'|'.join(SHOTS)}]…")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    print(f"{take(out, sys.argv[2:])} pictures in {out}")
