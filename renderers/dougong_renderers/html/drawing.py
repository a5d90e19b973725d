"""Small drawings that pages are sprinkled with: icons, stage rings, avatars, sparks and funnels as SVG."""

from __future__ import annotations

import math
import unicodedata
import zlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from markupsafe import Markup, escape

from dougong_renderers.html.assets import assets

HUES = 8
FALLBACK_ICON = "table"


def icon(name: str, css: str = "") -> Markup:
    """A Tabler icon from the sprite; an icon that was not drawn becomes a plain one."""
    built = assets()
    known = name if not built.icons or name in built.icons else FALLBACK_ICON
    return _icon(built.address("icons.svg"), known, f"ti {css}".strip())


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, classes: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        classes, sprite, name
    )


def initial(name: str) -> str:
    """What stands in an avatar: the last character of a Chinese name, else up to two Latin initials."""
    words = name.split()
    if not words:
        return "?"
    if any(unicodedata.east_asian_width(character) in "WF" for character in name):
        return words[-1][-1]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def first(name: str) -> str:
    """What stands in the small square of a record: its first character."""
    return name.strip()[:1] or "·"


def hue(name: str) -> int:
    """The avatar colour of a name, the same everywhere."""
    return zlib.crc32(name.encode()) % HUES


def ring(share: int, outcome: str) -> Markup:
    """The glyph of a stage: a ring that fills up, a tick when won, a bar when lost."""
    if outcome == "won":
        body = (
            '<circle cx="7" cy="7" r="6.5" fill="currentColor"/>'
            '<path class="cut" d="M4.2 7.2l2 2 3.6-4" fill="none" stroke-width="1.5"/>'
        )
    elif outcome == "lost":
        body = (
            '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
            '<path d="M4.5 9.5l5-5" stroke="currentColor" stroke-width="1.5"/>'
        )
    elif share <= 15:
        body = (
            '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5" '
            'stroke-dasharray="2.4 1.6"/>'
        )
    else:
        body = (
            '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
            f'<path d="{_sector(min(share, 99))}" fill="currentColor"/>'
        )
    return Markup(f'<svg class="ring" viewBox="0 0 14 14" aria-hidden="true">{body}</svg>')  # nosec B704


def _sector(share: int) -> str:
    angle = 2 * math.pi * share / 100
    x, y = 7 + 3.6 * math.sin(angle), 7 - 3.6 * math.cos(angle)
    return f"M7 7V3.4A3.6 3.6 0 {int(share > 50)} 1 {x:.2f} {y:.2f}Z"


def numbers(values: Sequence[str]) -> list[float]:
    """Plain decimals as points to draw; what is not a number counts as nothing."""
    points = []
    for value in values:
        try:
            points.append(float(Decimal(value)))
        except (InvalidOperation, ValueError):
            points.append(0.0)
    return points


def spark(values: Sequence[str], width: int = 80, height: int = 24) -> Markup:
    """A line of the last values with a mark at its end."""
    points = numbers(values)
    if len(points) < 2:
        return Markup("")
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    step = (width - 6) / (len(points) - 1)
    marks = [
        (3 + at * step, height - 4 - (height - 8) * (point - low) / span) for at, point in enumerate(points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
    x, y = marks[-1]
    return Markup(  # nosec B704
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'<polyline points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/></svg>'
    )


def bar(share: float, css: str = "bar") -> Markup:
    """A horizontal bar filled to a share of 0–1, as SVG because inline styles are not allowed."""
    width = max(0.0, min(share, 1.0)) * 100
    return Markup(
        '<svg class="{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="8"/><rect class="fill" width="{}" height="8"/></svg>'
    ).format(css, f"{width:.2f}")


def swatch(colour: str) -> Markup:
    """A small square of a colour (#rrggbb), as SVG because inline styles are not allowed."""
    return Markup(
        '<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="3" fill="{}"/></svg>'
    ).format(colour)


def funnel_step(share: float, text: str, css: str) -> Markup:
    """One step of a funnel: a 斗-shaped block as wide as its share, with its figure inside."""
    width = max(0.06, min(share, 1.0)) * 300
    left, inset = (300 - width) / 2, min(6.0, width * 0.04)
    shape = f"M{left:.1f} .5H{left + width:.1f}L{left + width - inset:.1f} 39.5H{left + inset:.1f}Z"
    return Markup(
        '<svg class="step {}" viewBox="0 0 300 40" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}"/></svg><b>{}</b>'
    ).format(css, shape, escape(text))


def shares(values: Sequence[str]) -> list[float]:
    """Each value as a share of the largest."""
    points = numbers(values)
    largest = max((abs(point) for point in points), default=0.0) or 1.0
    return [abs(point) / largest for point in points]
