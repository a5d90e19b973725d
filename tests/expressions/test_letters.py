"""The letters whose case the browser knows are those of the other back ends."""

from __future__ import annotations

import json
from pathlib import Path

from dougong.expressions import values

LETTERS = (
    Path(__file__).resolve().parents[2]
    / "renderers/dougong_renderers/html/client/src/expressions/letters.json"
)


def test_the_browser_knows_the_same_letters() -> None:
    """Written anew from `values.py` when it differs: `json.dumps({"upper": …, "lower": …}, ensure_ascii=False, indent=2)`."""
    known = json.loads(LETTERS.read_text(encoding="utf-8"))
    assert known == {"upper": values.UPPER_LETTERS, "lower": values.LOWER_LETTERS}
