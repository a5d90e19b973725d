"""Texts that run a script, load something or break out of where they stand, if a page, file or log is put together carelessly.

Each of them, were it taken for markup, would call `dgx(…)`, ask for an address with `dg-payload` in it or for another host.
Among them are elements, event handlers, ends of attributes and comments, addresses that are scripts, encodings, letters that
look like others or change the direction, templates, formulas of sheets, and names of files.
"""

from __future__ import annotations

import json
from pathlib import Path

PAYLOADS: tuple[str, ...] = tuple(
    json.loads((Path(__file__).parent / "payloads.json").read_text(encoding="utf-8"))
)
