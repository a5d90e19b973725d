"""Bar codes and QR codes as SVG, black on white with the quiet zone that scanners need."""

from __future__ import annotations

import io
from functools import lru_cache

import barcode
import segno
from barcode.errors import BarcodeError
from markupsafe import Markup

QUIET = 10
_CLASSES = {"ean13": "ean13", "ean8": "ean8", "upca": "upca", "code128": "code128"}
_HEIGHT = 44


@lru_cache(maxsize=512)
def symbol(value: str, symbology: str) -> Markup:
    """The picture of a value; nothing for a value that its symbology cannot draw, such as one kept before a change of it."""
    if symbology == "qr":
        return _matrix(value)
    try:
        modules = barcode.get(_CLASSES[symbology], value).build()[0]
    except (BarcodeError, KeyError, ValueError):
        return Markup("")
    width = len(modules) + 2 * QUIET
    return Markup(  # nosec B704
        f'<svg class="bars" viewBox="0 0 {width} {_HEIGHT}" width="{width * 2}" height="{_HEIGHT * 2}" role="img" '
        f'shape-rendering="crispEdges" aria-hidden="true"><rect width="{width}" height="{_HEIGHT}" fill="#fff"/>'
        f'<path fill="#000" d="{_bars(modules)}"/></svg>'
    )


def _bars(modules: str) -> str:
    """One rectangle for each run of dark modules."""
    parts, start = [], -1
    for place, module in enumerate(modules + "0"):
        if module != "0" and start < 0:
            start = place
        elif module == "0" and start >= 0:
            parts.append(f"M{QUIET + start} 2h{place - start}v{_HEIGHT - 4}h-{place - start}z")
            start = -1
    return "".join(parts)


def _matrix(value: str) -> Markup:
    drawn = io.BytesIO()
    try:
        code = segno.make(value, micro=False, error="m")
    except (segno.DataOverflowError, ValueError):
        return Markup("")
    code.save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        light="#fff",
        scale=4,
        border=4,
        omitsize=False,
    )
    return Markup(drawn.getvalue().decode())  # nosec B704
