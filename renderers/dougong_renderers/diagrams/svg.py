"""The pen: SVG text made of few shapes, in colours that hold on light and on dark paper, with every text escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from dougong_renderers.diagrams.layered import Point

FONT = "system-ui, 'Segoe UI', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
ACCENT = "#c4553a"
GOOD = "#2f8f68"
BAD = "#b8446f"
_WIDE = frozenset("WF")


def width_of(text: str, size: float) -> float:
    """About how wide a text is: Chinese signs take the whole height, others a bit more than half of it."""
    return sum(size if unicodedata.east_asian_width(sign) in _WIDE else size * 0.56 for sign in text)


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut off with an ellipsis where it is too wide."""
    if width_of(text, size) <= room:
        return text
    kept = ""
    for sign in text:
        if width_of(f"{kept}{sign}…", size) > room:
            break
        kept += sign
    return f"{kept.rstrip()}…"


@dataclass(slots=True)
class Drawing:
    """A drawing as it grows. Ink is the colour of the surrounding text, so that the page decides about light and dark."""

    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        radius: float = 8,
        colour: str = "currentColor",
        fill: float = 0.04,
        line: float = 0.35,
        name: str = "",
    ) -> None:
        """A rectangle; `fill` and `line` are how strong its ground and its border are."""
        told = f' data-name="{escape(name)}"' if name else ""
        self.parts.append(
            f'<rect{told} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}" '
            f'fill="{colour}" fill-opacity="{fill:g}" stroke="{colour}" stroke-opacity="{line:g}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        bold: bool = False,
        soft: bool = False,
        anchor: str = "start",
        colour: str = "currentColor",
    ) -> None:
        """A line of text; `y` is its base line."""
        weight = ' font-weight="600"' if bold else ""
        strength = ' fill-opacity="0.72"' if soft else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{weight}{strength}{place}>{escape(words)}</text>'
        )

    def rule(self, x1: float, y1: float, x2: float, y2: float, *, strength: float = 0.2) -> None:
        """A straight hairline."""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" stroke-opacity="{strength:g}"/>'
        )

    def curve(
        self,
        points: Sequence[Point],
        *,
        down: bool = False,
        dashed: bool = False,
        colour: str = "currentColor",
        arrow: bool = False,
        name: str = "",
    ) -> None:
        """A line through points, straight along its direction and bent in between; `down` says that it runs downwards."""
        told = f' data-name="{escape(name)}"' if name else ""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<path{told} d="{_path(points, down)}" fill="none" stroke="{colour}" stroke-opacity="0.6" stroke-width="1.3"{dash}/>'
        )
        if arrow:
            self._head(points, down, colour)

    def _head(self, points: Sequence[Point], down: bool, colour: str) -> None:
        (x, y), (before_x, before_y) = points[-1], points[-2]
        turned = 1 if (y > before_y if down else x > before_x) else -1
        corners = (
            [(x, y), (x - 4.5, y - 8 * turned), (x + 4.5, y - 8 * turned)]
            if down
            else [(x, y), (x - 8 * turned, y - 4.5), (x - 8 * turned, y + 4.5)]
        )
        shape = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        self.parts.append(f'<polygon points="{shape}" fill="{colour}" fill-opacity="0.75"/>')

    def fork(self, x: float, y: float, direction: int) -> None:
        """The mark for many at the end of a line that leaves a box; `direction` 1 to the right, -1 to the left."""
        tip = x + 9 * direction
        for offset in (-4.5, 4.5):
            self.parts.append(
                f'<line x1="{tip:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y + offset:.1f}" stroke="currentColor" stroke-opacity="0.6"/>'
            )

    def bar(self, x: float, y: float, direction: int) -> None:
        """The mark for one at the end of a line that reaches a box."""
        place = x + 6 * direction
        self.parts.append(
            f'<line x1="{place:.1f}" y1="{y - 4.5:.1f}" x2="{place:.1f}" y2="{y + 4.5:.1f}" stroke="currentColor" stroke-opacity="0.6"/>'
        )

    def document(self, width: float, height: float, margin: float = 24) -> str:
        """The whole drawing as an SVG document."""
        box = f"{-margin:g} {-margin:g} {width + 2 * margin:.0f} {height + 2 * margin:.0f}"
        size = f'width="{width + 2 * margin:.0f}" height="{height + 2 * margin:.0f}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {size} role="img" '
            f'aria-labelledby="title desc" font-family="{escape(FONT)}">'
        )
        named = (
            f'<title id="title">{escape(self.title)}</title><desc id="desc">{escape(self.description)}</desc>'
        )
        return "\n".join([head, named, *self.parts, "</svg>", ""])


def _path(points: Sequence[Point], down: bool) -> str:
    found = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        if (x1 == x2 and down) or (y1 == y2 and not down):
            found.append(f"L{x2:.1f} {y2:.1f}")
        elif down:
            middle = (y1 + y2) / 2
            found.append(f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}")
        else:
            middle = (x1 + x2) / 2
            found.append(f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}")
    return "".join(found)
