"""Every icon that templates, code and the bundled apps name is drawn into the sprite."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
HTML = ROOT / "renderers/dougong_renderers/html"
NAME = r'"([a-z][a-z0-9-]+)"'
# Words inside icon(…) in templates that choose between icons and are none themselves.
KEYS = {
    "access", "added", "asc", "bad", "changed", "conflict", "created", "deleted", "end", "failing", "grip", "imported",
    "met", "missing", "ok", "removed", "restored", "stage", "submitted", "up", "waiting", "warn", "withdrawn", "file", "merged", "revealed",
    "against", "closed", "empty", "for", "no", "some", "yes",
}  # fmt: skip


def drawn() -> set[str]:
    return set(json.loads((HTML / "client/icons.json").read_text("utf-8")))


def test_icons_of_templates_are_drawn() -> None:
    used: set[str] = set()
    for path in (HTML / "templates").rglob("*.html"):
        for call in re.findall(r"icon\((.*?)\)", path.read_text("utf-8"), flags=re.S):
            used |= set(re.findall(NAME, call))
    assert used - drawn() - KEYS == set()


def test_icons_of_scripts_are_drawn() -> None:
    used: set[str] = set()
    for path in (HTML / "client/src").glob("*.ts"):
        for call in re.findall(r"icon\(([^)]*)\)", path.read_text("utf-8")):
            used |= set(re.findall(NAME, call))
    assert used - drawn() - {"date", "met"} == set()


def test_icons_of_code_and_bundled_apps_are_drawn() -> None:
    used: set[str] = set()
    for path in (ROOT / "platform").rglob("*.py"):
        used |= set(re.findall(r"\bicon(?:: str)? ?= ?" + NAME, path.read_text("utf-8")))
    for path in (ROOT / "app_definitions").rglob("*.yaml"):
        used |= set(re.findall(r"\bicon: *([a-z][a-z0-9-]*)", path.read_text("utf-8")))
    assert used
    assert used - drawn() == set()
