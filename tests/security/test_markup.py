"""Rich text is harmless wherever it stands: kept, read, and in the editor of a form that was refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from dougong.fieldtypes.markup import ELEMENTS, editable, sanitised
from tests.security.payloads import PAYLOADS

ADDRESS = re.compile(r"(https?|mailto|tel):|(?![\s\x00-\x1f]*[a-z][a-z0-9+.-]*:)", re.IGNORECASE)


class Elements(HTMLParser):
    """The elements of a text with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attributes}))


@pytest.mark.parametrize("make_harmless", [sanitised, editable])
def test_nothing_but_the_allowed_elements_is_left(make_harmless: Callable[[str], str]) -> None:
    for each in PAYLOADS:
        around = (f"<p>{each}</p>", f"<a href='{each}'>x</a>", f'<a href="{each}">x</a>', f"<p {each}>x</p>")
        for text in (each, *around):
            kept = make_harmless(text)
            for name, attributes in Elements(kept).found:
                assert name in ELEMENTS, (text, kept)
                assert set(attributes) <= ({"href", "rel"} if name == "a" else set()), (text, kept)
                assert ADDRESS.match(attributes.get("href", "")), (text, kept)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("plain words", "plain words"),
        ("a & b", "a & b"),
        ("1 < 2", "<p>1 &lt; 2</p>"),
        ("<p>one</p><script>dgx(1)</script>", "<p>one</p>"),
        ("<svg onload=dgx(1)>", "<p>&lt;svg onload=dgx(1)&gt;</p>"),
        ("<p onclick=dgx(1)>one <b>two</b></p>", "<p>one <strong>two</strong></p>"),
    ],
)
def test_an_editor_begins_with_what_would_be_kept(sent: str, shown: str) -> None:
    assert editable(sent) == shown
