"""Every sample screen in a real browser: no violation of the content policy, nothing serious for axe, nothing cut off."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.browser.gallery import SIZES, serving
from tests.renderers.html.samples import SAMPLES

pytestmark = pytest.mark.usefixtures("assets")

VARIANTS = [("desk", "zh", "light"), ("phone", "en", "dark")]

OVERFLOWING = """() => {
  const said = [];
  if (document.documentElement.scrollWidth > window.innerWidth + 1) said.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const part of document.querySelectorAll('.btn, .pill, .dg-tabs a, .lab, dt, .dg-bottom a, h2.sec, kbd')) {
    if (part.offsetParent === null || part.closest('.vh')) continue;
    const style = getComputedStyle(part);
    if (part.scrollWidth <= part.clientWidth + 1 || style.overflow === 'visible' || style.display === 'inline') continue;
    said.push(`${part.className}: ${part.textContent.trim().slice(0, 40)}`);
  }
  return said;
}"""

SMALL = """() => [...document.querySelectorAll(
  'a, button, summary, input:not([type=hidden]), select, textarea'
)].filter((part) => {
  if (part.closest('.vh, [hidden], .dg-side, template, p, .tl, dd, td')) return false;
  if (part.matches('.dg-skip, .vh, .vh *, [tabindex="-1"]')) return false;
  if (part.closest('label') && part.closest('label').getBoundingClientRect().height >= 40) return false;
  if (part.matches('.kb-card h3 a, .pick-box input, input.switch')) return false;
  const box = part.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  if (!part.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})) return false;
  return box.height < 40;
}).map((part) => {
  const height = Math.round(part.getBoundingClientRect().height);
  return `${height} ${part.tagName}.${part.className} ${part.textContent.trim().slice(0, 30)}`;
})"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the console says against the page."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def visit(page: Page, address: str, name: str, variant: tuple[str, str, str]) -> None:
    size, language, theme = variant
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{address}/{name}/{language}/{theme}")
    page.wait_for_selector("html.scripted", state="attached")


@pytest.mark.parametrize("variant", VARIANTS, ids="-".join)
@pytest.mark.parametrize("name", SAMPLES)
def test_screen_is_sound(
    page: Page, address: str, complaints: list[str], name: str, variant: tuple[str, str, str]
) -> None:
    visit(page, address, name, variant)
    cut = page.evaluate(OVERFLOWING)
    assert not cut, cut
    small = page.evaluate(SMALL) if variant[0] == "phone" else []
    assert not small, small
    found = Axe().run(page).response["violations"]
    serious = [
        f"{each['id']} {each['impact']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert complaints == []


@pytest.mark.parametrize("name", ["list", "form", "record", "inbox"])
def test_works_without_script(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.goto(f"{address}/{name}/zh/light")
    assert tab.locator("h1").first.is_visible()
    if name == "form":
        assert tab.locator("select[name=account]").is_visible()
        assert tab.locator("noscript input[name=account]").count() == 1
    context.close()


def test_size_of_the_base_script(assets: Path) -> None:
    files = json.loads((assets / "manifest.json").read_text("utf-8"))
    assert len(gzip.compress((assets / files["main.js"]).read_bytes())) <= 30_000
