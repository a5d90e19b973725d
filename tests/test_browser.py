"""The browser that tests are given is a real one, and it can show Chinese."""

import pytest
from playwright.sync_api import Page

DRAW = """character => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = "48px sans-serif";
    context.fillText(character, 10, 60);
    return canvas.toDataURL();
}"""


def test_a_page_is_laid_out_and_runs_scripts(page: Page) -> None:
    page.set_content("<main><h1>斗拱</h1></main>")
    assert page.get_by_role("heading").inner_text() == "斗拱"
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().width") > 0


@pytest.mark.parametrize("character", ["斗", "龘", "。"])
def test_chinese_is_drawn_and_not_an_empty_box(page: Page, character: str) -> None:
    missing = page.evaluate(DRAW, "\U0010fffd")
    assert page.evaluate(DRAW, character) not in {missing, page.evaluate(DRAW, " ")}
