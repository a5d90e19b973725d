"""Rich text is harmless wherever it stands: kept, read, and in the editor of a form that was refused."""

from __future__ import annotations

import re

import pytest

from dougong.fieldtypes.markup import ELEMENTS, editable, sanitised
from tests.security.payloads import PAYLOADS

ELEMENT = re.compile(r"<\s*/?\s*([a-z0-9:-]*)([^>]*)", re.IGNORECASE)


@pytest.mark.parametrize("make_harmless", [sanitised, editable])
def test_nothing_but_the_allowed_elements_is_left(make_harmless: object) -> None:
    assert callable(make_harmless)
    for each in PAYLOADS:
        for text in (
            each,
            f"<p>{each}</p>",
            f"<a href='{each}'>x</a>",
            f'<a href="{each}">x</a>',
            f"<p {each}>x</p>",
        ):
            kept = make_harmless(text)
            for name, attributes in ELEMENT.findall(kept):
                assert name in ELEMENTS, (text, kept)
                left = re.sub(r'\s(href="(https?:|mailto:|tel:)[^"]*"|rel="[a-z ]*")', "", attributes)
                assert not left.strip(" /"), (text, kept)
            assert make_harmless(kept) == kept


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
