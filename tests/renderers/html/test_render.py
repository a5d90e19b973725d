"""Every kind of screen has a template, in both languages, without a word of the other and without anything inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import get_args

import pytest

from dougong.screens import shape
from dougong_renderers.html.render import TEMPLATES, HtmlRenderer, render
from tests.renderers.html import samples

# Names, codes, keys and expressions that are the same in every language.
SAME_EVERYWHERE = re.compile(
    r"Ctrl|Enter|Esc|Shift|https://|VX|English|简体中文|CNY|CSV|Excel|YYYY-MM-DD|HH:MM|VX-\w+|E7|KB|MB|[A-Z]{2,}-\d|[\w.]+@[\w.]+"
    r"|\w+\.(?:example|pdf|xlsx|yaml)|[a-z_/]+\.yaml[:\d]*|V-204|[0-9a-f]{4}-[0-9a-f]{4}|\b[CJKAR]\b|dg_\w+"
)


class Words(HTMLParser):
    """The texts and spoken attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"input", "br", "hr", "meta", "link", "path", "use", "rect", "circle", "polyline"}:
            self.tags.append(tag)
        for name, value in attrs:
            if (
                name == "style"
                or name.startswith("on")
                or (tag == "script" and name == "src" and not (value or "").startswith("/"))
            ):
                self.inline.append(f"{tag} {name}")
            if name == "id" and value:
                self.ids.append(value)
            if name in {"title", "aria-label", "placeholder", "alt"} and value:
                self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.tags.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "code", "pre", "textarea"} & set(self.tags) and data.strip():
            self.texts.append(data.strip())


def read(page: str) -> Words:
    parser = Words()
    parser.feed(page)
    return parser


def test_every_kind_of_screen_has_a_template_and_a_sample() -> None:
    kinds = set(get_args(shape.Screen))
    assert set(TEMPLATES) == kinds
    assert {type(build("zh")) for build, _ in samples.SAMPLES.values()} == kinds


@pytest.mark.parametrize("language", samples.LANGUAGES)
@pytest.mark.parametrize("name", samples.SAMPLES)
def test_screen_renders(name: str, language: str) -> None:
    build, place = samples.SAMPLES[name]
    page = render(build(language), samples.info(language, place))
    words = read(page)
    assert page.startswith("<!doctype html>")
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert words.inline == []
    assert "<style" not in page
    repeated = {each for each in words.ids if words.ids.count(each) > 1}
    assert repeated == set()


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_no_english_word_on_a_chinese_screen(name: str) -> None:
    build, place = samples.SAMPLES[name]
    found = read(render(build("zh"), samples.info("zh", place))).texts
    english = [text for text in found if re.search(r"[A-Za-z]{2,}", SAME_EVERYWHERE.sub("", text))]
    technical = {"name", "text", "member", "link", "date", "money", "table"}
    assert [
        text
        for text in english
        if text not in technical
        and "(" not in text
        and "IS EMPTY" not in text
        and "dougong" not in text
        and "chen" not in text
        and "su" not in text
        and ".subtotal" not in text
    ] == []


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_no_chinese_word_on_an_english_screen(name: str) -> None:
    build, place = samples.SAMPLES[name]
    found = read(render(build("en"), samples.info("en", place))).texts
    chinese = [text for text in found if re.search(r"[\u4e00-\u9fff]", SAME_EVERYWHERE.sub("", text))]
    assert [
        text
        for text in chinese
        if "三期" not in text
        and "测算" not in text
        and "技术协议" not in text
        and "模组" not in text
        and "光源" not in text
        and "工控机" not in text
    ] == []


def test_fragment_is_only_the_part_that_is_asked_for() -> None:
    info = samples.info("zh")
    results = HtmlRenderer().render(
        samples.list_screen("zh"), shape.RequestInfo(language="zh", shell=info.shell, fragment="results")
    )
    assert "<html" not in results
    assert 'id="selection"' in results
    assert 'id="results"' not in results
    content = HtmlRenderer().render(
        samples.record("zh"), shape.RequestInfo(language="zh", shell=info.shell, fragment="main")
    )
    assert "<html" not in content
    assert "dg-path" in content


def test_what_people_typed_is_never_markup() -> None:
    nasty = "<script>alert(1)</script>\"'{{7*7}}"
    full = samples.record("zh")
    screen = shape.RecordScreen(
        title=nasty,
        crumbs=full.crumbs,
        sections=(
            shape.RecordSection(
                "a",
                nasty,
                (
                    shape.RecordField(
                        "x", nasty, shape.Shown(nasty, "text", (shape.Piece(nasty),), note=nasty)
                    ),
                ),
            ),
        ),
        timeline=shape.Timeline((shape.Event("comment", nasty, nasty, nasty, quote=nasty),)),
    )
    page = render(screen, samples.info("zh"))
    assert "<script>alert" not in page
    assert "49" not in page.replace("2349", "")
    assert "&lt;script&gt;" in page


def test_unknown_field_type_is_shown_as_text() -> None:
    value = shape.Shown("value", "../../secrets")
    screen = shape.RecordScreen(
        "t", (), (shape.RecordSection("a", "", (shape.RecordField("x", "x", value),)),)
    )
    assert "value" in render(screen, samples.info("en"))


def test_list_without_rows_or_choices() -> None:
    screen = shape.ListScreen(
        shape.ListHead("Things", shape.Filter("/x")), (), (), shape.Paging(""), empty=shape.Empty("Nothing")
    )
    assert "Nothing" in render(screen, samples.info("en"))


def test_pages_work_before_sign_in() -> None:
    page = render(samples.problem("en"), shape.RequestInfo(language="en"))
    assert "dg-side" not in page
    assert samples.problem("en").title in page
