"""Small drawings, and the tokens they are painted with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dougong_renderers.html import assets, drawing

STYLES = Path(drawing.__file__).parent / "client" / "styles"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("苏映川", "川"), ("Mira Aldane", "MA"), ("Cher", "C"), ("", "?"), ("  ", "?"), ("Anna 苏", "苏")],
)
def test_initials(name: str, expected: str) -> None:
    assert drawing.initial(name) == expected


def test_hue_is_the_same_everywhere_and_in_range() -> None:
    assert drawing.hue("苏映川") == drawing.hue("苏映川")
    assert {drawing.hue(str(number)) for number in range(200)} == set(range(drawing.HUES))


@pytest.mark.parametrize("share", [0, 10, 30, 50, 51, 80, 100, 500])
@pytest.mark.parametrize("outcome", ["", "won", "lost"])
def test_rings(share: int, outcome: str) -> None:
    assert drawing.ring(share, outcome).startswith("<svg")


def test_shares_and_sparks_of_odd_values() -> None:
    assert drawing.shares(("10", "5", "", "x", "-5")) == [1.0, 0.5, 0.0, 0.0, 0.5]
    assert drawing.shares(()) == []
    assert drawing.shares(("0", "0")) == [0.0, 0.0]
    assert drawing.spark(("1",)) == ""
    assert "polyline" in drawing.spark(("1", "1", "1"))


def test_funnel_text_is_escaped() -> None:
    assert "<b>&lt;i&gt;</b>" in drawing.funnel_step(0.5, "<i>", "s-1")


def test_missing_build_leaves_plain_names(tmp_path: Path) -> None:
    found = assets.read_assets(tmp_path)
    assert not found.complete
    assert found.address("main.css") == "/static/dist/main.css"


def test_built_files_are_found_by_their_plain_names(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"main.css": "main-A.css", "icons.svg": "icons-B.svg"}')
    (tmp_path / "icons-B.svg").write_text('<svg><symbol id="plus"></symbol></svg>')
    found = assets.read_assets(tmp_path)
    assert found.complete
    assert found.address("main.css") == "/static/dist/main-A.css"
    assert found.icons == {"plus"}


def block(css: str, start: str) -> dict[str, str]:
    body = css[css.index(start) + len(start) :]
    return dict(re.findall(r"(--dg-[\w-]+):\s*([^;]+);", body[: body.index("}")]))


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    css = (STYLES / "tokens.css").read_text("utf-8")
    assert block(css, '[data-bs-theme="auto"] {') == block(css, '[data-bs-theme="dark"] {')


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ['[data-bs-theme="light"] {', '[data-bs-theme="dark"] {'])
@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [
        ("ink", "surface", 7), ("ink-2", "surface", 4.5), ("ink-2", "ground", 4.5), ("ink-2", "press", 4.5),
        ("ink-3", "surface", 4.5), ("ink-3", "ground", 4.5), ("ink-3", "press", 4.5), ("ink-3", "sunken", 4.5),
        ("accent-text", "surface", 4.5), ("on-accent", "accent", 4.5), ("on-action", "action", 4.5),
        ("link", "surface", 4.5), ("ok", "ok-soft", 4.5), ("warn", "warn-soft", 4.5), ("bad", "bad-soft", 4.5),
        ("line-control", "surface", 3), ("line-control", "ground", 3), ("focus", "surface", 3),
    ],
)  # fmt: skip
def test_contrast_of_the_tokens(theme: str, ink: str, ground: str, ratio: float) -> None:
    tokens = block((STYLES / "tokens.css").read_text("utf-8"), theme)
    first, second = (luminance(tokens[f"--dg-{name}"]) for name in (ink, ground))
    assert (max(first, second) + 0.05) / (min(first, second) + 0.05) >= ratio
